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
import { many, t, tParts } from "./wording.js";

/** Claims from which on a plot is drawn at all. */
const ENOUGH = 3;

/** Bits per token so far, everyone beside each other. */
export function playStandings() {
  const title = h("h3", {});
  const bars = h("table", { class: "sums number standings" });
  const counted = h("p", { class: "small muted" });
  const element = h("section", { class: "stack tight", "aria-label": t("Surprise per token") }, title, bars, counted);
  const show = (state, unit) => {
    element.hidden = !state;
    if (!state) return;
    setText(title, unit === "bits" ? many(state.count, "Bits per token after {n} round", "Bits per token after {n} rounds")
      : many(state.count, "Nats per token after {n} round", "Nats per token after {n} rounds"));
    drawBars(bars, state, unit);
    counted.hidden = !state.standings.some(({ name }) => name === "unigram");
    setText(counted, t("Unigram, bigram and trigram were counted in {title}, for everyone the same.", { title: state.counted_in }));
  };
  return { element, show };
}

/** @param {boolean} open whether calibration and rounds are shown at once */
export function playProgress(open = false) {
  const plot = calibrationPlot();
  const few = h("p", { class: "muted" });
  const rounds = h("div", { class: "scroll" });
  const details = h("details", { open }, h("summary", {}, t("Calibration and all rounds")), h("div", { class: "stack" }, h("h3", {}, tParts("{calibration}: what you claimed against what happened", { calibration: term("calibration", t("Calibration")) })), few, plot.element, h("h3", {}, t("Rounds")), rounds));
  const element = h("section", { class: "stack progress", "aria-label": t("How it goes") }, details);
  const show = (state, unit) => {
    element.hidden = !state;
    if (!state) return;
    few.hidden = state.claims >= ENOUGH;
    setText(few, many(state.claims, "Points were put on {n} token so far; a plot comes with {enough}.", "Points were put on {n} tokens so far; a plot comes with {enough}.", { enough: ENOUGH }));
    plot.element.hidden = state.claims < ENOUGH;
    plot.show(state);
    drawRounds(rounds, state, unit);
  };
  return { element, show };
}

function drawBars(table, { standings, count: rounds }, unit) {
  const most = Math.max(...standings.map(({ mean }) => mean ?? 0), 1);
  fill(table, h("caption", { class: "sr" }, t("Surprise per token")), h("tbody", {}, standings.map(({ name, title, mean, count: played }) => h("tr", { "data-name": name },
    h("th", { scope: "row", class: "left" }, title), h("td", { class: "mean", title: exact(mean) }, mean === null ? "∞" : surprise(mean, unit)), h("td", { class: "bar-cell", "aria-hidden": "true" }, meter((mean ?? most) / most, name === "you")), h("td", { class: "small muted" }, played === rounds ? "" : many(rounds, "{done} of {n} round", "{done} of {n} rounds", { done: played }))))));
}

function drawRounds(box, { history, standings }, unit) {
  const names = standings.map(({ name, title }) => ({ name, title }));
  fill(box, h("table", { class: "sums number history" }, h("caption", { class: "sr" }, t("All rounds, surprise in {unit}", { unit: t(unit) })),
    h("thead", {}, h("tr", {}, [t("token"), t("after …"), h("span", { class: "sr" }, t("came")), t("points"), "q", ...names.map(({ title }) => title)].map((head, i) => h("th", { scope: "col", class: i === 1 || i === 2 ? "left" : null }, head)))),
    h("tbody", {}, history.map((row) => h("tr", {}, h("td", {}, count(row.position)), h("td", { class: "left before" }, "…", tokenNodes(row.before, { spaces: false })), h("th", { scope: "row", class: "left" }, rowNodes(row.token)), h("td", {}, row.points || "–"), h("td", { title: exact(row.q) }, probability(row.q)),
      names.map(({ name }) => h("td", { title: exact(row.costs[name] ?? null) }, name in row.costs ? (row.costs[name] === null ? "∞" : surprise(row.costs[name], unit)) : twoDecimals(null))))))));
}

export const styles = css`
  .progress { border-top: 1px solid var(--line); padding-top: 16px; } .standings { max-width: 46rem; margin-top: 0; } .standings .bar-cell { width: 52%; } .standings .mean { font-weight: 600; }
  .standings [data-name="you"] > th { font-weight: 650; } .progress summary { cursor: pointer; min-height: 28px; color: var(--muted); } .progress details > div { padding-top: 10px; }
  .scroll { overflow-x: auto; max-width: 100%; } .history { min-width: 34rem; margin-top: 0; } .history .before { color: var(--muted); min-width: 12rem; white-space: normal; }
`;
