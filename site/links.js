/**
 * Where the page begins: with what a link carries, or with what stood in this tab before a reload.
 * A link's state is in its fragment, which no server sees; lmpanel/links.py writes and reads it.
 */
import { clearNotice, notice } from "./status.js";

const KEY = "lmpanel.state";
const SESSION_KEY = "lmpanel.session";
/** A tab's storage holds some five million characters in all. */
const MOST_STORED = 2_000_000;

/** A frame of a course page has a place of its own beside the others of that page. */
const [STATE_KEY, FILE_KEY] = [KEY, SESSION_KEY].map((key) => new URLSearchParams(location.search).has("embed") ? `${key}:${location.search}` : key);
/** What the address says, which the server may see, and what it may not. */
const address = () => location.search + fragment();
const fragment = () => (location.hash.startsWith("#s=") ? location.hash.slice(1) : "");

/**
 * What Python is to begin with, see Host.begin: a reload of the same address keeps what stood there.
 * @param {import("./author_options.js").Author} author
 */
export function firstDocument({ text, select, view }) {
  const author = text !== null || select || view ? { author: { text, select, view } } : {};
  const [state, file] = [STATE_KEY, FILE_KEY].map((key) => kept(key)).map((one) => (one?.link === address() ? one : undefined));
  if (state || file) return { ...author, ...(state && { state: state.state }), ...(file && { file: file.text }) };
  if (!fragment()) return author;
  // What this tab has kept of other work comes back where the link is refused.
  const [before, saved] = [STATE_KEY, FILE_KEY].map((key) => kept(key));
  return { ...author, link: fragment(), kept: { ...(before && { state: before.state }), ...(saved && { file: saved.text }) } };
}

/** Keeps the state of the document over a reload of this tab. */
export function keepState(state) {
  attempt(() => sessionStorage.setItem(STATE_KEY, JSON.stringify({ link: address(), state })));
}

/** Keeps the text of a session file in place of the state before; null forgets it, and one that is too long is not kept. */
export function keepSession(text) {
  attempt(() => {
    sessionStorage.removeItem(FILE_KEY);
    if (text === null || text.length > MOST_STORED) return;
    sessionStorage.setItem(FILE_KEY, JSON.stringify({ link: address(), text }));
    sessionStorage.removeItem(STATE_KEY);
  });
}

const kept = (key) => attempt(() => JSON.parse(sessionStorage.getItem(key)));

/** Where storage is blocked, full or damaged a reload begins with less. */
function attempt(run) {
  try {
    return run();
  } catch {
    return null;
  }
}

/** A link that is pasted into the address bar of an open page. */
export function followLinks(python) {
  addEventListener("hashchange", async ({ oldURL }) => {
    if (!fragment()) return;
    clearNotice("link");
    try {
      const { warnings } = await python.call("follow_link", [fragment()]);
      if (warnings.length) notice({ code: "link", message: warnings.join(" ") });
    } catch ({ message }) {
      notice({ code: "link", message, error: true });
      // A reload finds what stands here by its address.
      history.replaceState(history.state, "", oldURL);
    }
  });
}

/**
 * The address of this page with what is shown, and warnings about what is not in it.
 * Rejects when that is too much for a link.
 */
export async function makeLink(python) {
  const address = new URL(location.href);
  const { fragment: hash, warnings } = await python.call("make_link", []);
  address.hash = hash;
  return { address: address.href, warnings };
}
