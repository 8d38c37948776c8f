/**
 * Where the page begins: with what a link carries, or with what stood in this tab before a reload.
 * A link's state is in its fragment, which no server sees; lmpanel/links.py writes and reads it.
 */
import { clearNotice, notice } from "./status.js";

const KEY = "lmpanel.state";

const fragment = () => (location.hash.startsWith("#s=") ? location.hash.slice(1) : "");

/** What Python is to begin with, see Host.begin: a reload of the same address keeps what stood there. */
export function firstDocument() {
  const kept = keptState();
  if (kept && kept.link === fragment()) return { state: kept.state };
  return fragment() ? { link: fragment() } : {};
}

/** Keeps the state of the document over a reload of this tab. */
export function keepState(state) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ link: fragment(), state }));
  } catch {
    // Storage is blocked or full: a reload begins with the first example.
  }
}

function keptState() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** A link that is pasted into the address bar of an open page. */
export function followLinks(python) {
  addEventListener("hashchange", async () => {
    if (!fragment()) return;
    clearNotice("link");
    try {
      const { warnings } = await python.call("follow_link", [fragment()]);
      if (warnings.length) notice({ code: "link", message: warnings.join(" ") });
    } catch ({ message }) {
      notice({ code: "link", message, error: true });
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
