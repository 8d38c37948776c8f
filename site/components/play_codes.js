/**
 * Result codes that were handed in, read back: one, or those of a whole class at once.
 *
 * State: `{refusal, readings: [{problem, line, excerpt} | {problem: "", times, player, title, fingerprint, how, played, planned, mean, model, rounds: [{position,
 * points, bits}]}], claims, groups}`.
 * Sends: `play_read {text}`.
 */
import { h, css, fill, saveFile, setText } from "./dom.js";
import { count, csvLine, exact, surprise } from "./format.js";
import { calibrationPlot } from "./calibration_plot.js";
import { many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function playCodes(link) {
  const text = h("textarea", { class: "field", id: "play-codes", rows: 4, spellcheck: "false", placeholder: "LMR1.…" });
  const read = () => link.send("play_read", { text: text.value.slice(0, 500_000) });
  const refusal = h("p", { class: "wrong", role: "status" });
  const title = h("h3", { role: "status" });
  const box = h("div", { class: "scroll" });
  const plot = calibrationPlot();
  let latest = { readings: [] };
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("results.csv", asCsv(latest.readings), "text/csv;charset=utf-8") }, "CSV");
  const outcome = h("div", { class: "stack" }, h("div", { class: "row" }, title, h("span", { class: "spring" }, save)), box, h("h3", {}, t("Calibration of all of them together")), plot.element);
  const element = h("div", { class: "stack codes" },
    h("p", { class: "lead" }, t("At the end of a game there is a result code. Paste one here, or those of a whole class: whatever stands between them is passed over.")),
    h("label", { class: "small muted", for: "play-codes" }, t("Result codes")), text,
    h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: read }, t("Read")), h("span", { class: "small muted" }, t("The checksum finds copying errors. It does not prove who played."))),
    refusal, outcome);
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); read(); } });
  const show = (state, unit) => {
    latest = state;
    setText(refusal, state.refusal);
    outcome.hidden = state.readings.length === 0;
    setText(title, counted(state.readings));
    fill(box, resultTable(state.readings, unit));
    plot.element.hidden = state.claims === 0;
    plot.element.previousSibling.hidden = state.claims === 0;
    plot.show(state);
  };
  return { element, show };
}

/** How many results there are, how many codes could not be read, and what was pasted more than once. */
function counted(readings) {
  const results = readings.filter(({ problem }) => !problem);
  const again = results.reduce((sum, { times }) => sum + times - 1, 0);
  const torn = readings.length - results.length;
  return [many(results.length, "{n} result", "{n} results"), torn ? many(torn, "{n} code not readable", "{n} codes not readable") : "", again ? t("{n} pasted again, counted once", { n: count(again) }) : ""].filter(Boolean).join(", ");
}

function resultTable(readings, unit) {
  const heads = [t("name"), t("text"), t("which tokens"), t("rounds"), t("{unit} per token", { unit: t(unit) }), t("transformer"), t("each round")];
  return h("table", { class: "sums number results" }, h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", { scope: "col", class: i < 3 || i === 6 ? "left" : null }, head)))),
    h("tbody", {}, readings.map((row) => h("tr", {}, row.problem ? h("td", { class: "left", colspan: heads.length }, h("span", { class: "wrong" }, tParts("Line {n}, {excerpt}: {problem}", { n: count(row.line), excerpt: h("span", { class: "torn" }, row.excerpt), problem: row.problem }))) : cells(row, unit)))));
}

function cells(row, unit) {
  return [h("th", { scope: "row", class: "left" }, row.player || t("(no name)"), row.times > 1 ? h("span", { class: "small muted" }, " ", t("pasted {n} times, counted once", { n: count(row.times) })) : null), h("td", { class: "left" }, `${row.title} `, h("span", { class: "small muted" }, row.fingerprint)), h("td", { class: "left" }, row.how), h("td", {}, t("{n} of {count}", { n: row.played, count: row.planned })),
    h("td", { class: "mean", title: exact(row.mean) }, surprise(row.mean, unit)), h("td", {}, surprise(row.model, unit)),
    h("td", { class: "left small" }, row.rounds.map(({ position, points, bits }) => h("span", { class: "each", title: many(points, "token {position}: {n} point", "token {position}: {n} points", { position: count(position) }) }, surprise(bits, unit))))];
}

function asCsv(readings) {
  const rows = readings.filter(({ problem }) => !problem);
  return [["name", "text", "fingerprint", "which tokens", "rounds", "bits per token", "transformer"], ...rows.map((row) => [row.player, row.title, row.fingerprint, row.how, row.played, row.mean, row.model ?? ""])].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .codes textarea { max-width: 60rem; font: 0.84rem/1.5 var(--mono); } .results { min-width: 40rem; margin-top: 0; } .results .mean { font-weight: 650; } .results td { vertical-align: top; } .torn { font: 0.84rem var(--mono); overflow-wrap: anywhere; }
  .each + .each::before { content: " · "; color: var(--muted); }
`;
