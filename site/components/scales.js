/**
 * How a token's numbers become one of five colour steps.  The step also sets the height of the bar
 * under the token, so that colour is never the only cue.  Knows nothing about the DOM.
 *
 * A row is `{bits, rank, entropy, delta}` (bits, entropy and delta in bits, rank from 1), null where the
 * token has no prediction.  A diverging scale goes both ways from its middle step; signs tell which.
 * The steps are the same whatever unit is shown; the legend names their limits in that unit.
 */
import { count, inUnit } from "./format.js";
import { later, t } from "./wording.js";

/** The measures a strip can be coloured by: limits between the five steps, and their names, to be translated. */
export const SCALES = {
  surprisal: {
    title: later("Surprisal"), limits: [1, 3, 5, 8], value: (row) => row.bits,
  },
  probability: {
    title: later("Probability"), limits: [1, 3, 5, 8], value: (row) => row.bits,
    labels: [later("over 1/2"), later("1/2 to 1/8"), later("1/8 to 1/32"), later("1/32 to 1/256"), later("1/256 and less")], ends: ["p = 1", later("below 1/256")],
  },
  entropy: {
    title: later("Entropy"), limits: [1, 2.5, 4, 6], value: (row) => row.entropy,
  },
  rank: {
    title: later("Rank"), limits: [2, 11, 101, 1001], value: (row) => row.rank,
    labels: [later("top choice"), later("top 10"), later("top 100"), later("top {thousand}"), later("beyond {thousand}")], ends: [later("top 1"), later("beyond {thousand}")],
  },
  delta: {
    title: later("Δ bits (what if)"), limits: [-3, -0.5, 0.5, 3], value: (row) => row.delta, signs: ["−−", "−", "", "+", "++"],
    labels: [later("over 3 bits less"), later("0.5 to 3 bits less"), later("about the same"), later("0.5 to 3 bits more"), later("3 bits more and above")], ends: [later("−3 bits"), later("+3 bits")],
  },
};

/** What the legend says: `{labels, ends}`, a label per step; limits without names are in `unit`. */
export function legendOf(measure, unit) {
  const { labels, ends, limits } = SCALES[measure];
  const said = (label) => t(label, { thousand: count(1000) });
  if (labels) return { labels: labels.map(said), ends: ends.map(said) };
  const at = limits.map((limit) => String(Number(inUnit(limit, unit).toFixed(1))));
  const named = t(unit);
  const lowest = at[0] === "1" ? t("under 1 bit") : t("under {n} {unit}", { n: at[0], unit: named });
  const between = at.slice(1).map((limit, i) => t("{low} to {high} {unit}", { low: at[i], high: limit, unit: named }));
  const highest = { n: at.at(-1), unit: named };
  return { labels: [lowest, ...between, t("{n} {unit} and more", highest)], ends: ["0", t("{n}+ {unit}", highest)] };
}

/** @returns {number|null} step 0 (expected, or much less) to 4 (surprising, or much more), null without a prediction */
export function step(measure, row) {
  const value = SCALES[measure].value(row);
  if (value === null || value === undefined) return null;
  const index = SCALES[measure].limits.findIndex((limit) => value < limit);
  return index < 0 ? 4 : index;
}
