/**
 * How a token's numbers become one of five colour steps.  The step also sets the height of the bar
 * under the token, so that colour is never the only cue.  Knows nothing about the DOM.
 *
 * A row is `{bits, rank, entropy, delta}` (bits, entropy and delta in bits, rank from 1), null where the
 * token has no prediction.  A diverging scale goes both ways from its middle step; signs tell which.
 * The steps are the same whatever unit is shown; the legend names their limits in that unit.
 */
import { count, inUnit } from "./format.js";

/** The measures a strip can be coloured by: limits between the five steps, and their names. */
export const SCALES = {
  surprisal: {
    title: "Surprisal", limits: [1, 3, 5, 8], value: (row) => row.bits,
  },
  probability: {
    title: "Probability", limits: [1, 3, 5, 8], value: (row) => row.bits,
    labels: ["over 1/2", "1/2 to 1/8", "1/8 to 1/32", "1/32 to 1/256", "1/256 and less"], ends: ["p = 1", "below 1/256"],
  },
  entropy: {
    title: "Entropy", limits: [1, 2.5, 4, 6], value: (row) => row.entropy,
  },
  rank: {
    title: "Rank", limits: [2, 11, 101, 1001], value: (row) => row.rank,
    labels: ["top choice", "top 10", "top 100", `top ${count(1000)}`, `beyond ${count(1000)}`], ends: ["top 1", `beyond ${count(1000)}`],
  },
  delta: {
    title: "Δ bits (what if)", limits: [-3, -0.5, 0.5, 3], value: (row) => row.delta, signs: ["−−", "−", "", "+", "++"],
    labels: ["over 3 bits less", "0.5 to 3 bits less", "about the same", "0.5 to 3 bits more", "3 bits more and above"], ends: ["−3 bits", "+3 bits"],
  },
};

/** What the legend says: `{labels, ends}`, a label per step; limits without names are in `unit`. */
export function legendOf(measure, unit) {
  const { labels, ends, limits } = SCALES[measure];
  if (labels) return { labels, ends };
  const at = limits.map((limit) => String(Number(inUnit(limit, unit).toFixed(1))));
  const one = at[0] === "1" ? unit.slice(0, -1) : unit;
  const between = at.slice(1).map((limit, i) => `${at[i]} to ${limit} ${unit}`);
  return { labels: [`under ${at[0]} ${one}`, ...between, `${at.at(-1)} ${unit} and more`], ends: ["0", `${at.at(-1)}+ ${unit}`] };
}

/** @returns {number|null} step 0 (expected, or much less) to 4 (surprising, or much more), null without a prediction */
export function step(measure, row) {
  const value = SCALES[measure].value(row);
  if (value === null || value === undefined) return null;
  const index = SCALES[measure].limits.findIndex((limit) => value < limit);
  return index < 0 ? 4 : index;
}
