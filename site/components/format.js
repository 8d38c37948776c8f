/**
 * Numbers as text.  Rounded for reading, always with the same number of digits so that columns
 * align; the exact value goes into titles and copies.  Knows nothing about the DOM.
 *
 * Surprise and entropy come from Python in bits; `inUnit` is the one place where they become nats.
 */

import { t } from "./wording.js";

const PER_BIT = { bits: 1, nats: Math.LN2 };

/** So many bits in the unit that is shown, "bits" or "nats". */
export function inUnit(value, unit) {
  return value === null || value === undefined ? value : value * PER_BIT[unit];
}

/** Bits as a number with two decimals in the unit that is shown. */
export function surprise(value, unit) {
  return bits(inUnit(value, unit));
}

/** The same with the unit's name: "3.32 bits", "2.30 nats" */
export function amount(value, unit) {
  return unit === "nats" ? t("{n} nats", { n: surprise(value, unit) }) : t("{n} bits", { n: surprise(value, unit) });
}

/**
 * A probability with three decimals; small ones keep two significant digits, and one that is nearly
 * 1 does not pretend to be it: 0.372, 0.0055, 0.00021, 3.1e-9, 0.99998
 */
export function probability(p) {
  if (p === null || p === undefined) return "–";
  if (p >= 0.9995 && p < 0.999995) return p.toFixed(5);
  if (p === 0 || p >= 0.01) return p.toFixed(3);
  if (p >= 1e-4) return p.toFixed(1 - Math.floor(Math.log10(p)));
  return p.toExponential(1);
}

/** Bits (or nats) with two decimals. */
export function bits(value) {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

/** A logit or log-probability with two decimals and a real minus sign. */
export function signed(value) {
  if (value === null || value === undefined) return "–";
  return value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
}

/** A change of bits or nats: always with its sign. */
export function change(value) {
  const text = signed(value);
  return value > 0 && text !== "0.00" ? `+${text}` : text;
}

/** 49152 → "49 152", with narrow no-break spaces; lmpanel/number_text.py does the same. */
export function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Bytes in the unit a download dialog would use. */
export function bytes(value) {
  if (value < 1e6) return `${Math.round(value / 1e3)} kB`;
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
}

/** A perplexity with four digits; one of ten thousand and more is written out. */
export function perplexity(value) {
  if (value === null || value === undefined) return "–";
  return value >= 9999.5 && value < 1e15 ? count(value) : value.toPrecision(4);
}

/** Everything the number holds, for titles, copies and CSV. */
export function exact(value) {
  return value === null || value === undefined ? "" : String(value);
}

/** A spreadsheet's line: quotes doubled, and nothing that a spreadsheet would run as a formula. */
export function csvLine(cells) {
  return cells.map((cell) => csvCell(cell)).join(",");
}

function csvCell(cell) {
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell ?? "") ? `'${cell}` : String(cell ?? "");
  return `"${text.replaceAll('"', '""')}"`;
}
