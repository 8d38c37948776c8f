/**
 * Challenges in the page's address: `#play=CODE`.  The only place of the game that knows the URL.  The
 * code is text of unknown origin: it is cut at a length, handed to Python, and checked there.
 *
 * Sends: `play_challenge {code}`.
 */
const PREFIX = "#play=";
/** One more than Python takes, so that it can say that a code is too long. */
const LONGEST = 8001;

let taken = "";
let stopBefore = null;

/** Opens the challenge of the address, now and whenever another one is entered. @param {import("./link.js").Link} link */
export function followChallenges(link) {
  stopBefore?.abort();
  stopBefore = new AbortController();
  const take = () => {
    const { hash } = location;
    if (!hash.startsWith(PREFIX) || hash === taken) return;
    taken = hash;
    link.send("play_challenge", { code: hash.slice(PREFIX.length, PREFIX.length + LONGEST) });
  };
  addEventListener("hashchange", () => { if (!location.hash.startsWith(PREFIX)) taken = ""; take(); }, { signal: stopBefore.signal });
  take();
}

/** The address of a challenge on this page, with the page's own parameters. */
export const challengeUrl = (code) => `${location.href.split("#")[0]}${PREFIX}${code}`;
