/**
 * Result codes that were handed in, read back: one, or those of a whole class at once.
 *
 * State: `{refusal, readings: [{problem, line, excerpt} | {problem: "", times, player, title, fingerprint, how, played, planned, mean, model, rounds: [{position,
 * points, bits}]}], claims, groups}`.
 * Sends: `play_read {text}`.
 */
import { h, css, fill, saveFile, setText } from "./dom.js";
import { count, csvLine, exact, many, surprise } from "./format.js";
import { calibrationPlot } from "./calibration_plot.js";

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
  const outcome = h("div", { class: "stack" }, h("div", { class: "row" }, title, h("span", { class: "spring" }, save)), box, h("h3", {}, "Calibration of all of them together"), plot.element);
  const element = h("div", { class: "stack codes" },
    h("p", { class: "lead" }, "At the end of a game there is a result code. Paste one here, or those of a whole class: whatever stands between them is passed over."),
    h("label", { class: "small muted", for: "play-codes" }, "Result codes"), text,
    h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: read }, "Read"), h("span", { class: "small muted" }, "The checksum finds copying errors. It does not prove who played.")),
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
  return [many(results.length, "result"), results.length < readings.length ? `${many(readings.length - results.length, "code")} not readable` : "", again ? `${count(again)} pasted again, counted once` : ""].filter(Boolean).join(", ");
}

function resultTable(readings, unit) {
  const heads = ["name", "text", "which tokens", "rounds", `${unit} per token`, "transformer", "each round"];
  return h("table", { class: "sums number results" }, h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", { scope: "col", class: i < 3 || i === 6 ? "left" : null }, head)))),
    h("tbody", {}, readings.map((row) => h("tr", {}, row.problem ? h("td", { class: "left", colspan: heads.length }, h("span", { class: "wrong" }, `Line ${count(row.line)}, `, h("span", { class: "torn" }, row.excerpt), `: ${row.problem}`)) : cells(row, unit)))));
}

function cells(row, unit) {
  return [h("th", { scope: "row", class: "left" }, row.player || "(no name)", row.times > 1 ? h("span", { class: "small muted" }, ` pasted ${count(row.times)} times, counted once`) : null), h("td", { class: "left" }, `${row.title} `, h("span", { class: "small muted" }, row.fingerprint)), h("td", { class: "left" }, row.how), h("td", {}, `${row.played} of ${row.planned}`),
    h("td", { class: "mean", title: exact(row.mean) }, surprise(row.mean, unit)), h("td", {}, surprise(row.model, unit)),
    h("td", { class: "left small" }, row.rounds.map(({ position, points, bits }) => h("span", { class: "each", title: `token ${count(position)}: ${points} points` }, surprise(bits, unit))))];
}

function asCsv(readings) {
  const rows = readings.filter(({ problem }) => !problem);
  return [["name", "text", "fingerprint", "which tokens", "rounds", "bits per token", "transformer"], ...rows.map((row) => [row.player, row.title, row.fingerprint, row.how, row.played, row.mean, row.model ?? ""])].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .codes textarea { max-width: 60rem; font: 0.84rem/1.5 var(--mono); } .results { min-width: 40rem; margin-top: 0; } .results .mean { font-weight: 650; } .results td { vertical-align: top; } .torn { font: 0.84rem var(--mono); overflow-wrap: anywhere; }
  .each + .each::before { content: " · "; color: var(--muted); }
`;
