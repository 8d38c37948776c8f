/** How branches are written: their text with nothing invisible in it, and their totals. */
import { h } from "./dom.js";
import { tokenNodes } from "./token_text.js";
import { bits, signed } from "./format.js";

/** Text as nodes; spaces stay spaces. */
export function visibleText(text) {
  return tokenNodes(text, { spaces: false });
}

/** The end of a text, which is what is left of it where there is no room for all. */
export function ending(text) {
  return h("span", { class: "ending" }, h("bdi", { dir: "ltr" }, visibleText(text)));
}

/** `log p −3.21 · 0.85 bits/token`; an ellipsis while it is not measured. */
export function totalText(total, unit) {
  if (!total) return "…";
  return `log p ${signed(total.logprob)} · ${bits(total.per_token)} ${unit}/token`;
}
