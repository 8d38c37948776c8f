/** How branches are written: their text with nothing invisible in it, and their totals. */
import { h } from "./dom.js";
import { tokenNodes } from "./token_text.js";
import { bits, signed } from "./format.js";
import { later, t } from "./wording.js";

const PER_TOKEN = { bits: later("bits/token"), nats: later("nats/token") };

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
  return `log p ${signed(total.logprob)} · ${perToken(total.per_token, unit)}`;
}

/** `3.32 bits`, of a value that is in this unit already */
export const withUnit = (value, unit) => (unit === "nats" ? t("{n} nats", { n: bits(value) }) : t("{n} bits", { n: bits(value) }));

/** `0.85 bits/token`, likewise */
export const perToken = (value, unit) => `${bits(value)} ${t(PER_TOKEN[unit])}`;
