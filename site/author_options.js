/**
 * The parameters by which the author of a course page says what its readers meet: which text, where in it,
 * what is in view and what is not.  They work with and without `embed=1`.  What is not usable falls back to
 * its default with a word about it.  Names of parts, tabs and rooms are checked where they are known.
 *
 * @typedef {{embed: boolean, text: string|null, view: string|null, select: [number, number]|null, load: "auto"|"click",
 *   hide: string[], lock: string[], theme: "auto"|"light"|"dark", lang: string, model: string|null,
 *   parentOrigin: string|null}} Author
 */

import { t } from "./components/wording.js";

export const AUTHORED = ["embed", "text", "view", "select", "load", "hide", "lock", "theme", "lang", "model", "parentOrigin"];
export const LANGUAGES = ["en", "es", "fr", "de", "pt"];
const MOST_TEXT = 20_000;
const MOST_PARTS = 200;

/** @param {URLSearchParams} query @param {string[]} warnings is added to @returns {Author} */
export function readAuthor(query, warnings) {
  const read = (name, reader) => {
    const value = query.get(name);
    return value === null ? null : reader(value, (reason) => { warnings.push(`${name}=${clip(value)} ${reason}`); return null; });
  };
  const choice = (name, values, fallback) => read(name, (value, warn) => values.includes(value) ? value : warn(t("is not known; it is {fallback}. Possible: {possible}.", { fallback, possible: values.join(", ") }))) ?? fallback;
  return {
    embed: choice("embed", ["1", "0"], "0") === "1",
    text: read("text", text),
    view: read("view", name),
    select: read("select", positions),
    load: choice("load", ["auto", "click"], "auto"),
    hide: read("hide", parts) ?? [],
    lock: read("lock", parts) ?? [],
    theme: choice("theme", ["auto", "light", "dark"], "auto"),
    lang: choice("lang", LANGUAGES, globalThis.document?.documentElement.lang || "en"),
    model: read("model", name),
    parentOrigin: read("parentOrigin", origin),
  };
}

function text(value, warn) {
  if (value.length <= MOST_TEXT) return value === "" ? warn(t("is empty; the first example is shown.")) : value;
  return warn(t("has more than {n} characters; the first example is shown. Put a long text into a lesson.", { n: MOST_TEXT }));
}

const name = (value, warn) => /^[\w.-]{1,80}$/.test(value) ? value : warn(t("is no name; it was ignored."));

/** "3-5", or one position; counted from 1 as the page does. */
function positions(value, warn) {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  const span = [Number(first), Number(last ?? first)];
  return span[0] >= 1 && span[1] >= span[0] ? span : warn(t("is neither a position such as 3 nor a range such as 3-5; nothing is selected."));
}

function parts(value, warn) {
  const names = value.split(",").map((one) => one.trim()).filter(Boolean);
  return names.length <= MOST_PARTS && names.every((one) => /^[\w -]{1,40}$/.test(one)) ? names : warn(t("is no list of parts, with commas between them; nothing was done."));
}

/** Who may speak with the page: one exact origin, as browsers write it. */
function origin(value, warn) {
  try {
    const url = new URL(value);
    if (/^https?:$/.test(url.protocol) && url.origin === value) return value;
  } catch { /* not even an address */ }
  return warn(t("is no origin such as https://course.example; messages from the course page are not answered."));
}

const clip = (value) => value.length > 40 ? `${value.slice(0, 40)}…` : value;
