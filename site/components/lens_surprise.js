/**
 * Surprise: the bits of the selected span, every row and the sum written out, and the totals of
 * turn, response and document.
 *
 * State: `{unit, span: {rows: [{index, text, kind, prob, value, running}], sum, total, count,
 * per_token, perplexity, skipped}, totals: [{label, count, total, per_token, perplexity}], marks:
 * [{label, value}], progress}`; values are in `unit` ("bits" or "nats").
 * Sends: `unit {name}`.
 */
import { h, css, fill, setText } from "./dom.js";
import { rowNodes } from "./token_text.js";
import { bits, count, exact, probability } from "./format.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const unit = h("div", { class: "segmented small", role: "group", "aria-label": "Unit" },
    ["bits", "nats"].map((name) => h("button", { type: "button", "data-unit": name, onclick: () => link.send("unit", { name }) }, name)));
  const title = h("p", { class: "title" });
  const hint = h("p", { class: "muted" });
  const span = h("div", {});
  const totals = h("div", {});
  const marks = h("p", { class: "small muted marks" });
  const element = h("div", { class: "surprise" }, h("div", { class: "row" }, unit), title, hint, span, totals, marks);
  const show = (state) => {
    for (const button of unit.children) button.setAttribute("aria-pressed", String(button.dataset.unit === state.unit));
    drawSpan(title, hint, span, state);
    fill(totals, totalsTable(state));
    setText(marks, `For comparison, in ${state.unit}: ${state.marks.map((mark) => `${mark.label} → ${bits(mark.value)}`).join(" · ")}`);
  };
  return { element, show };
}

function drawSpan(title, hint, box, { span, unit, progress }) {
  if (!span.rows.length) {
    setText(title, "Select tokens to add up their surprise");
    setText(hint, progress ?? "Drag over the document, or use Shift with a click or the arrow keys.");
    return fill(box);
  }
  fill(title, `${count(span.count)} tokens carry `, h("b", { class: "number", "data-total": exact(span.total) }, `${bits(span.total)} ${unit}`));
  setText(hint, span.count ? `${bits(span.per_token)} ${unit} per token, perplexity ${span.perplexity.toPrecision(4)}${span.skipped ? "; the first token has no prediction and is not counted" : ""}` : "");
  const rows = span.rows.map((row) => h("tr", {}, h("td", { class: "muted" }, row.index + 1), h("td", { class: "left" }, rowNodes(row)),
    h("td", { title: exact(row.prob) }, probability(row.prob)), h("td", { title: exact(row.value), "data-value": exact(row.value) }, row.value.toFixed(3)), h("td", { title: exact(row.running) }, row.running.toFixed(3))));
  const table = h("table", { class: "sums number" }, h("caption", { class: "sr" }, "Surprise of each selected token"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "#"), h("th", { scope: "col", class: "left" }, "token"), h("th", { scope: "col" }, "p"),
      h("th", { scope: "col" }, unit === "bits" ? "−log₂ p" : "−ln p"), h("th", { scope: "col" }, "so far"))), h("tbody", {}, rows));
  return fill(box, table, h("p", { class: "sum number small" }, span.sum));
}

function totalsTable({ totals, unit }) {
  const head = ["", "tokens", unit, `${unit}/token`, "perplexity"].map((label, i) => h("th", { scope: "col", class: i ? null : "left" }, label || h("span", { class: "sr" }, "part")));
  const rows = totals.map((row) => h("tr", {}, h("th", { scope: "row", class: "left" }, row.label), h("td", {}, count(row.count)), h("td", { title: exact(row.total) }, bits(row.total)),
    h("td", { title: exact(row.per_token) }, bits(row.per_token)), h("td", { title: exact(row.perplexity) }, row.perplexity === null ? "–" : row.perplexity.toPrecision(4))));
  return [h("h3", { class: "small muted" }, "Cross-entropy"), h("table", { class: "sums number" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)),
    h("p", { class: "small muted" }, unit === "bits" ? "Perplexity = 2 to the power of bits per token." : "Perplexity = e to the power of nats per token; in bits it is the same number.")];
}

export const styles = css`
  .surprise { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; }
  .surprise h3 { font-weight: 600; padding-top: 18px; }
  .sum { padding-top: 10px; overflow-wrap: anywhere; }
  .marks { padding-top: 14px; }
`;
