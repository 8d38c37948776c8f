/**
 * Surprise: the bits of the selected span with every row and the sum written out, how they are
 * spread, and the totals of turn, response and document.
 *
 * State: `{hidden, unit, span: {rows: [{index, text, kind, spoken, prob, bits, running}], sum, selected, skipped, …figures},
 * spread (see surprise_spread.js), totals: [{label, …figures}], marks: [{label, bits}], progress,
 * can_reply, scored, max_scored}`; figures: `{count, missing, total, per_token, perplexity, formula}`.  Numbers are bits; `sum`
 * and `formula` are written in `unit`.
 * Sends: `show_token {index}`, `score_text {text, reply}`.
 */
import { guessFirst } from "./guess_form.js";
import { h, css, fill, setText } from "./dom.js";
import { rowNodes } from "./token_text.js";
import { amount, count, exact, inUnit, many, perplexity, probability, surprise } from "./format.js";
import { scoreBox, styles as boxStyles } from "./score_box.js";
import { surpriseSpread, styles as spreadStyles } from "./surprise_spread.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const title = h("p", { class: "title" });
  const hint = h("p", { class: "muted number" });
  const box = scoreBox((text, reply) => link.send("score_text", { text, reply }));
  const span = spanRows();
  const spread = surpriseSpread((index) => link.send("show_token", { index }));
  const totals = h("section", { "aria-label": "Cross-entropy" });
  const marks = h("p", { class: "small muted marks" });
  const guess = guessFirst(() => link.send("tab", { name: "next" }));
  const parts = [title, hint, box.element, span.element, spread.element, totals, marks];
  const element = h("div", { class: "surprise" }, parts);
  const show = (state) => {
    guess.show(state.hidden);
    // What is to be guessed leaves the page, and does not only go out of sight.
    if (state.hidden) return element.replaceChildren(guess.element);
    if (!title.isConnected || guess.element.isConnected) element.replaceChildren(...parts);
    drawHead(title, hint, state);
    span.show(state);
    box.show(state);
    spread.show(state);
    fill(totals, totalsTable(state));
    setText(marks, `For comparison, in ${state.unit}: ${state.marks.map((mark) => `${mark.label} → ${surprise(mark.bits, state.unit)}`).join(" · ")}`);
  };
  return { element, show };
}

function drawHead(title, hint, { span, unit, progress }) {
  if (!span.rows.length) {
    setText(title, span.selected ? "There is nothing to add up yet" : "Select tokens to add up their surprise");
    return setText(hint, span.missing ? progress ?? "The model is reading…" : span.selected ? "The first token of a document has no prediction." : "Drag over the document, or use Shift with a click or the arrow keys.");
  }
  const total = h("b", { class: "number", "data-total": exact(inUnit(span.total, unit)) }, amount(span.total, unit));
  if (span.missing) fill(title, `${count(span.count)} of ${count(span.count + span.missing)} tokens, measured so far, carry `, total);
  else fill(title, `${many(span.count, "token")} ${span.count === 1 ? "carries" : "carry"} `, total);
  const formula = span.missing ? "" : `, perplexity ${span.formula}`;
  return setText(hint, `${amount(span.per_token, unit)} per token${formula}${span.skipped ? "; the first token has no prediction and is not counted" : ""}`);
}

/** Every row of the span in a box of its own height, and the sum; focus and scrolling outlast new numbers. */
function spanRows() {
  const rows = h("div", { class: "rows", role: "region", tabindex: 0, "aria-label": "Surprise of each selected token" });
  const left = h("p", { class: "small muted" });
  const sum = h("p", { class: "sum number small" });
  const element = h("div", {}, rows, left, sum);
  const show = ({ span, unit }) => {
    element.hidden = span.rows.length === 0;
    const { scrollTop } = rows;
    fill(rows, spanTable(span, unit));
    rows.scrollTop = scrollTop;
    setText(left, span.count > span.rows.length ? `The first ${count(span.rows.length)} of ${count(span.count)} are listed; all are counted.` : "");
    setText(sum, span.sum);
  };
  return { element, show };
}

function spanTable(span, unit) {
  const cell = (bits, mark) => { const value = inUnit(bits, unit); return h("td", { title: exact(value), [mark]: exact(value) }, value.toFixed(3)); };
  const rows = span.rows.map((row) => h("tr", {}, h("td", { class: "muted" }, row.index + 1), h("td", { class: "left" }, rowNodes(row)),
    h("td", { title: exact(row.prob) }, probability(row.prob)), cell(row.bits, "data-value"), cell(row.running, "data-running")));
  return h("table", { class: "sums number" }, h("caption", { class: "sr" }, "Surprise of each selected token"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "#"), h("th", { scope: "col", class: "left" }, "token"), h("th", { scope: "col" }, "p"),
      h("th", { scope: "col" }, unit === "bits" ? "−log₂ p" : "−ln p"), h("th", { scope: "col" }, "so far"))), h("tbody", {}, rows));
}

function totalsTable({ totals, unit }) {
  const head = ["", "tokens", unit, `${unit}/token`, "perplexity"].map((label, i) => h("th", { scope: "col", class: i ? null : "left" }, label || h("span", { class: "sr" }, "part")));
  const rows = totals.map((row) => h("tr", {}, h("th", { scope: "row", class: "left" }, row.label), h("td", {}, row.missing ? `${count(row.count)} of ${count(row.count + row.missing)}` : count(row.count)), h("td", { title: exact(inUnit(row.total, unit)) }, surprise(row.total, unit)),
    h("td", { title: exact(inUnit(row.per_token, unit)) }, surprise(row.per_token, unit)), h("td", { title: exact(row.perplexity) }, perplexity(row.perplexity))));
  const written = totals.at(-1).missing ? null : totals.at(-1).formula;
  return [h("h3", { class: "small muted" }, "Cross-entropy"), h("table", { class: "sums number" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)),
    written ? h("p", { class: "small muted number formula" }, `Perplexity = ${unit === "bits" ? "2^(bits / tokens)" : "e^(nats / tokens), the same number as in bits"}. For the document: ${written}`) : null];
}

const styles = css`
  .surprise { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; }
  .surprise .title { min-height: 0; } .surprise .title + p { min-height: 1.5em; overflow-wrap: anywhere; }
  .surprise h3 { font-weight: 600; padding-top: 18px; }
  .rows { max-height: 22rem; overflow-y: auto; } .rows thead { position: sticky; top: 0; background: var(--card); }
  .rows .sums { margin-top: 0; }
  .sum, .formula { padding-top: 10px; overflow-wrap: anywhere; }
  .marks { padding-top: 14px; }
`;

export const sheets = [styles, boxStyles, spreadStyles];
