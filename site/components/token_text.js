/**
 * Draws one token's text so that nothing in it is invisible or mistaken for markup.
 *
 * A token arrives as `{text, kind}`; kinds: "text", "special" (template tokens), "bytes" (part of a
 * UTF-8 character, text holds ⟨E2 80⟩).  Whitespace and control characters get a glyph.
 */
import { h } from "./dom.js";

const GLYPHS = { " ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍" };
const INVISIBLE = /[\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff]/u;

/** The glyph for a character that cannot be seen, else the character itself. */
export function visible(character) {
  if (GLYPHS[character]) return GLYPHS[character];
  if (!INVISIBLE.test(character)) return character;
  return `⟨${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/**
 * @param {string} text
 * @param {{spaces?: boolean}} options spaces: show a leading space as a glyph (tables) or as a space
 * @returns {Node[]} text nodes and spans
 */
export function tokenNodes(text, { spaces = true } = {}) {
  const nodes = [];
  let plain = "";
  const flush = () => { if (plain) { nodes.push(document.createTextNode(plain)); plain = ""; } };
  for (const character of text) {
    const shown = character === " " && !spaces ? " " : visible(character);
    if (shown === character) { plain += character; continue; }
    flush();
    nodes.push(h("span", { class: "glyph" }, shown));
    // In running text a line may end where the text's own did.
    if (character === "\n" && !spaces) nodes.push(h("wbr"));
  }
  flush();
  return nodes;
}

/** A row's token for a table: bytes are spelled out already, their blanks are no spaces. */
export function rowNodes({ text, kind }) {
  return kind === "bytes" ? [document.createTextNode(text)] : tokenNodes(text);
}

/** The whole token in one string, every invisible character spelled out. */
export function tokenLabel(text) {
  return Array.from(text, visible).join("");
}
