/**
 * What is answered where there is nothing to answer with: in words, naming what is missing.  In English: the
 * service worker has no table of another language.
 */
import { headersFor } from "./headers.js";

const POLICY = { "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'" };
const STYLE = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem;overflow-wrap:anywhere}";
const MARKUP = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const plain = (text) => text.replace(/[&<>"]/g, (sign) => MARKUP[sign]);

/** A whole page that says why the wanted one is not there. @param {string[]} lines @param {string} home address of lmpanel */
export function sayingPage([first, ...rest], home) {
  const body = `<h1>${plain(first)}</h1>${rest.map((line) => `<p>${plain(line)}</p>`).join("")}`;
  const link = home ? `<p><a href="${plain(home)}">Open lmpanel</a></p>` : "";
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>lmpanel</title><style>${STYLE}</style><body>${body}${link}`;
  return new Response(text, { status: 503, headers: { ...headersFor("page.html"), ...POLICY } });
}

/** A page of this site that is not one of lmpanel's files. */
export const notStored = (path) => [
  "This page is not available offline.",
  `${path} is not a part of lmpanel, so it is not stored in this browser, and the network cannot be reached. Connect and reload.`,
];

/** The browser has dropped parts of the program, and they cannot be fetched. */
export const partsMissing = (paths) => [
  "Parts of lmpanel are missing.",
  `The browser has removed ${paths.length === 1 ? "a file" : `${paths.length} files`} that ${paths.length === 1 ? "was" : "were"} stored for offline use: ${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ", …" : ""}.`,
  "Connect to the network and reload: what is missing is then fetched again.",
];

/** One file that is neither stored nor to be had. @param {boolean} reached the server answered, with something else */
export function refusal(path, reached) {
  const reason = reached ? "the server has another version of it; reload the page" : "it was removed from this browser's storage, and the network cannot be reached";
  return new Response(`${path} is missing: ${reason}.\n`, { status: 504, statusText: "Not stored", headers: headersFor("missing.txt") });
}
