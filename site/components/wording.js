/**
 * What the interface says, in the reader's language.  The English text in the code is the key of the one table
 * of all texts, lmpanel/wording.json; the build makes wording/LANGUAGE.json of it.  Without a table everything
 * is English.  lmpanel/wording.py does the same for Python.  Knows nothing about the DOM.
 *
 * Texts stand in the code as literals, so that a test finds them all: `t("Token {n} of {count}", { n, count })`.
 */
import { count } from "./format.js";

/** @typedef {{language: string, table: Record<string, string>}} Wording */

/** @type {Wording} */
const ENGLISH = { language: "en", table: {} };
/** Where Panel serves the page this module is there twice, by two addresses: both speak the same, what the page says. */
const here = globalThis.lmpanelWording ??= speaking(JSON.parse(globalThis.document?.getElementById("wording")?.textContent ?? "null") ?? ENGLISH);

/** What is spoken now, to be handed to a worker. @returns {Wording} */
export const wording = () => here.spoken;

/** @param {Wording} [wording] speaks it from now on */
export function useWording(wording = ENGLISH) {
  Object.assign(here, speaking(wording));
}

function speaking(spoken) {
  return { spoken, plural: new Intl.PluralRules(spoken.language) };
}

/**
 * Fetches a language; English is always there.
 * @param {string} language e.g. "de" @param {string} base of the site @returns {Promise<Wording>}
 * @throws {Error} where it cannot be had
 */
export async function fetchWording(language, base) {
  if (language === "en") return ENGLISH;
  const response = await fetch(new URL(`wording/${language}.json`, base));
  if (!response.ok) throw new Error(`wording/${language}.json could not be loaded (status ${response.status}).`);
  return { language, table: await response.json() };
}

const PLACE = /\{(\w+)\}/g;

/**
 * A text in the reader's language.
 * @param {string} text in English, with places such as {n}
 * @param {Record<string, string|number>} [values] what goes there
 */
export function t(text, values) {
  const said = translated(text);
  return values ? said.replace(PLACE, (place, name) => values[name] ?? place) : said;
}

/** The same with elements in its places: a list of texts and nodes, as `h` takes it. */
export function tParts(text, values) {
  return translated(text).split(PLACE).map((piece, i) => i % 2 ? values[piece] ?? `{${piece}}` : piece).filter((piece) => piece !== "");
}

/**
 * A text with a number in it, in the form that the language has for this number: `many(3, "{n} token", "{n} tokens")`.
 * `values` fill its other places.
 */
export function many(n, one, other, values = {}) {
  return t(here.plural.select(n) === "one" ? one : other, { n: count(n), ...values });
}

/** Marks a text that is translated later, where it is shown: `t(TITLES[name])`. */
export const later = (text) => text;

const translated = (text) => Object.hasOwn(here.spoken.table, text) ? here.spoken.table[text] : text;
