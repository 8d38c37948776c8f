/**
 * How it goes: bits per token of everyone so far, calibration, and every round.
 *
 * State: `{count, standings: [{name, title, count, bits, mean}], claims, groups, history: [{position, before, token,
 * points, q, costs: {name: bits}}], counted_in}|null`.
 */
import { h, css, fill, setText } from "./dom.js";
import { term } from "./terms.js";
import { rowNodes, tokenNodes } from "./token_text.js";
import { bits as twoDecimals, count, exact, probability, surprise } from "./format.js";
import { meter } from "./play_reveal.js";
import { calibrationPlot } from "./calibration_plot.js";

/** Claims from which on a plot is drawn at all. */
const ENOUGH = 3;

/** Bits per token so far, everyone beside each other. */
export function playStandings() {
  const title = h("h3", {});
  const bars = h("table", { class: "sums number standings" });
  const counted = h("p", { class: "small muted" });
  const element = h("section", { class: "stack tight", "aria-label": "Surprise per token" }, title, bars, counted);
  const show = (state, unit) => {
    element.hidden = !state;
    if (!state) return;
    setText(title, `${unit === "bits" ? "Bits" : "Nats"} per token after ${state.count} ${state.count === 1 ? "round" : "rounds"}`);
    drawBars(bars, state, unit);
    counted.hidden = !state.standings.some(({ name }) => name === "unigram");
    setText(counted, `Unigram, bigram and trigram were counted in ${state.counted_in}, for everyone the same.`);
  };
  return { element, show };
}

/** @param {boolean} open whether calibration and rounds are shown at once */
export function playProgress(open = false) {
  const plot = calibrationPlot();
  const few = h("p", { class: "muted" });
  const rounds = h("div", { class: "scroll" });
  const details = h("details", { open }, h("summary", {}, "Calibration and all rounds"), h("div", { class: "stack" }, h("h3", {}, term("calibration", "Calibration"), ": what you claimed against what happened"), few, plot.element, h("h3", {}, "Rounds"), rounds));
  const element = h("section", { class: "stack progress", "aria-label": "How it goes" }, details);
  const show = (state, unit) => {
    element.hidden = !state;
    if (!state) return;
    few.hidden = state.claims >= ENOUGH;
    setText(few, `Points were put on ${state.claims} ${state.claims === 1 ? "token" : "tokens"} so far; a plot comes with ${ENOUGH}.`);
    plot.element.hidden = state.claims < ENOUGH;
    plot.show(state);
    drawRounds(rounds, state, unit);
  };
  return { element, show };
}

function drawBars(table, { standings, count: rounds }, unit) {
  const most = Math.max(...standings.map(({ mean }) => mean ?? 0), 1);
  fill(table, h("caption", { class: "sr" }, "Surprise per token"), h("tbody", {}, standings.map(({ name, title, mean, count: played }) => h("tr", { "data-name": name },
    h("th", { scope: "row", class: "left" }, title), h("td", { class: "mean", title: exact(mean) }, mean === null ? "∞" : surprise(mean, unit)), h("td", { class: "bar-cell", "aria-hidden": "true" }, meter((mean ?? most) / most, name === "you")), h("td", { class: "small muted" }, played === rounds ? "" : `${played} of ${rounds} rounds`)))));
}

function drawRounds(box, { history, standings }, unit) {
  const names = standings.map(({ name, title }) => ({ name, title }));
  fill(box, h("table", { class: "sums number history" }, h("caption", { class: "sr" }, `All rounds, surprise in ${unit}`),
    h("thead", {}, h("tr", {}, ["token", "after", h("span", { class: "sr" }, "came"), "points", "q", ...names.map(({ title }) => title)].map((head, i) => h("th", { scope: "col", class: i === 1 || i === 2 ? "left" : null }, head)))),
    h("tbody", {}, history.map((row) => h("tr", {}, h("td", {}, count(row.position)), h("td", { class: "left before" }, "…", tokenNodes(row.before, { spaces: false })), h("th", { scope: "row", class: "left" }, rowNodes(row.token)), h("td", {}, row.points || "–"), h("td", { title: exact(row.q) }, probability(row.q)),
      names.map(({ name }) => h("td", { title: exact(row.costs[name] ?? null) }, name in row.costs ? (row.costs[name] === null ? "∞" : surprise(row.costs[name], unit)) : twoDecimals(null))))))));
}

export const styles = css`
  .progress { border-top: 1px solid var(--line); padding-top: 16px; } .standings { max-width: 46rem; margin-top: 0; } .standings .bar-cell { width: 52%; } .standings .mean { font-weight: 600; }
  .standings [data-name="you"] > th { font-weight: 650; } .progress summary { cursor: pointer; min-height: 28px; color: var(--muted); } .progress details > div { padding-top: 10px; }
  .scroll { overflow-x: auto; max-width: 100%; } .history { min-width: 34rem; margin-top: 0; } .history .before { color: var(--muted); min-width: 12rem; white-space: normal; }
`;
