/**
 * Attempts: every finished response in a table, to be sorted, gone back to, removed and exported.
 *
 * State: `{rows: [{number, label, model, ngram, text, tokens, current, ended, logprob, loss, bits, per_token}],
 * can_keep}`; numbers are those of `model`, and null while it still measures them.
 * Sends: `keep`, `show_attempt {number}`, `compare_attempt {number}`, `remove_attempt {number}`.
 */
import { h, css, fill, redraw, saveFile, setText } from "./dom.js";
import { term } from "./terms.js";
import { action } from "./action.js";
import { bits, count, csvLine, exact, signed } from "./format.js";
import { later, t, tParts } from "./wording.js";

const COLUMNS = [
  { key: "number", title: "#", text: String },
  { key: "tokens", title: later("tokens"), text: count },
  { key: "logprob", title: later("log p"), text: signed },
  { key: "loss", title: later("loss (nats)"), text: bits },
  { key: "bits", title: later("bits"), text: bits },
  { key: "per_token", title: later("bits/token"), text: bits },
];

/** @param {import("./link.js").Link} link */
export function create(link) {
  let latest = { rows: [] };
  const sorting = { key: "number", down: false };
  const title = h("p", { class: "title" });
  const keep = action(t("Keep this response"), () => link.send("keep"));
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("attempts.csv", asCsv(latest.rows), "text/csv;charset=utf-8") }, "CSV");
  const heads = COLUMNS.map((column) => h("th", { scope: "col", "data-key": column.key }, h("button", { type: "button", class: "quiet small", onclick: () => sortBy(column.key) }, t(column.title))));
  const body = h("tbody", {});
  const table = h("table", { class: "number attempts" }, h("caption", { class: "sr" }, t("Responses that were kept")), h("thead", {}, h("tr", {}, heads, h("th", {}, h("span", { class: "sr" }, t("remove"))))), body);
  const element = h("div", { class: "attempts-lens" }, title, h("div", { class: "row" }, keep.element, h("span", { class: "spring" }, save)), table,
    h("p", { class: "small muted" }, explanation()));
  const draw = () => {
    heads.forEach((head, i) => head.setAttribute("aria-sort", COLUMNS[i].key !== sorting.key ? "none" : sorting.down ? "descending" : "ascending"));
    redraw(body, () => fill(body, sorted(latest.rows, sorting).flatMap((row) => lines(row, link))), keep.element);
  };
  const sortBy = (key) => {
    sorting.down = sorting.key === key && !sorting.down;
    sorting.key = key;
    draw();
  };
  const show = (state) => {
    latest = state;
    setText(title, state.rows.length ? t("What each response cost the model") : t("Responses are kept here when they are finished"));
    keep.enable(state.can_keep, state.can_keep ? t("Puts the response as it stands into the table") : t("Nothing new to keep"));
    table.hidden = save.hidden = state.rows.length === 0;
    draw();
  };
  return { element, show };
}

function explanation() {
  const words = { loss: term("loss", t("Loss")), logprob: term("log-probability", t("log p")), bits: term("surprisal", t("bits")) };
  return tParts("{loss} is −ln p per token of the response: what the model itself would have paid for it. The lower, the more it expected these words. {logprob} is its whole, {bits} say the same to base 2.", words);
}

function sorted(rows, { key, down }) {
  const order = [...rows].sort((a, b) => (a[key] === null) - (b[key] === null) || (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.number - b.number));
  return down ? order.reverse() : order;
}

function lines(row, link) {
  const cells = COLUMNS.map(({ key, text }) => h("td", { title: exact(row[key]), "data-key": key }, row[key] === null ? "…" : text(row[key])));
  const remove = h("button", { type: "button", class: "quiet small", "data-key": `remove${row.number}`, "aria-label": t("Remove attempt {n}", { n: row.number }), onclick: () => link.send("remove_attempt", { number: row.number }) }, "✕");
  const text = h("button", { type: "button", class: "quiet words", "data-key": `show${row.number}`, "aria-label": t("Show attempt {n}: {text}", { n: row.number, text: row.text }), onclick: () => link.send("show_attempt", { number: row.number }) }, row.text.trim() || t("(no text)"));
  const compare = h("button", { type: "button", class: "quiet small", "data-key": `compare${row.number}`, "aria-label": t("Compare attempt {n} with the document", { n: row.number }), onclick: () => link.send("compare_attempt", { number: row.number }) }, t("Compare"));
  return [
    h("tr", { class: row.current ? "marked" : null, "data-number": row.number }, cells, h("td", {}, remove)),
    h("tr", { class: row.current ? "marked second" : "second" }, h("td", {}), h("td", { colspan: COLUMNS.length, class: "left" }, text,
      h("p", { class: "small muted row" }, how(row), row.current ? null : compare))),
  ];
}

/** How a response came about; the transformer goes without saying. */
const how = ({ label, model, ngram, ended }) => [ngram && t("by the {model}", { model }), label, ended && t("ended its turn")].filter(Boolean).join(" · ");

function asCsv(rows) {
  const keys = [...COLUMNS.map(({ key }) => key), "label", "model", "text"];
  return [keys, ...rows.map((row) => keys.map((key) => row[key]))].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .attempts-lens { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; }
  .attempts-lens .title { min-height: 0; }
  .attempts { width: 100%; border-collapse: collapse; }
  .attempts th { text-align: right; padding: 0; } .attempts th button { padding: 2px 6px; font-weight: 500; white-space: nowrap; }
  .attempts th[aria-sort="ascending"] button::after { content: " ↑"; } .attempts th[aria-sort="descending"] button::after { content: " ↓"; }
  .attempts td { text-align: right; padding: 5px 6px 0; border-top: 1px solid var(--line); vertical-align: top; } .attempts .left { text-align: left; overflow-wrap: anywhere; }
  .attempts .second td { border-top: 0; padding-top: 0; padding-bottom: 5px; }
  @media (max-width: 30em) { .attempts [data-key="logprob"], .attempts [data-key="per_token"] { display: none; } }
  .words { text-align: left; padding: 2px 6px; margin-left: -6px; white-space: pre-wrap; max-width: 100%; color: var(--ink); }
`;
