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
import { h, css, fill, fillOnce, setText } from "./dom.js";
import { named, term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { amount, count, exact, inUnit, perplexity, probability, surprise } from "./format.js";
import { scoreBox, styles as boxStyles } from "./score_box.js";
import { surpriseSpread, styles as spreadStyles } from "./surprise_spread.js";
import { later, many, t, tParts } from "./wording.js";

const PER_TOKEN = { bits: later("bits/token"), nats: later("nats/token") };

/** @param {import("./link.js").Link} link */
export function create(link) {
  const title = h("p", { class: "title" });
  const hint = h("p", { class: "muted number" });
  const box = scoreBox((text, reply) => link.send("score_text", { text, reply }));
  const span = spanRows();
  const spread = surpriseSpread((index) => link.send("show_token", { index }));
  const totals = totalsTable();
  const marks = h("p", { class: "small muted marks" });
  const guess = guessFirst(() => link.send("tab", { name: "next" }));
  const parts = [title, hint, box.element, span.element, spread.element, totals.element, marks];
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
    totals.show(state);
    setText(marks, t("For comparison, in {unit}: {marks}", { unit: t(state.unit), marks: state.marks.map((mark) => `${mark.label} → ${surprise(mark.bits, state.unit)}`).join(" · ") }));
  };
  return { element, show };
}

function drawHead(title, hint, { span, unit, progress }) {
  if (!span.rows.length) {
    setText(title, span.selected ? t("There is nothing to add up yet") : t("Select tokens to add up their surprise"));
    return setText(hint, span.missing ? progress ?? t("The model is reading…") : span.selected ? t("The first token of a document has no prediction.") : t("Drag over the document, or use Shift with a click or the arrow keys."));
  }
  const total = h("b", { class: "number", "data-total": exact(inUnit(span.total, unit)) }, amount(span.total, unit));
  if (span.missing) fill(title, tParts("{n} of {all} tokens, measured so far, carry {amount}", { n: count(span.count), all: count(span.count + span.missing), amount: total }));
  else fill(title, tParts(many(span.count, "{n} token carries {amount}", "{n} tokens carry {amount}"), { amount: total }));
  return setText(hint, perToken(span, unit));
}

function perToken({ per_token, missing, formula, skipped }, unit) {
  const values = { amount: amount(per_token, unit), formula };
  if (missing) return skipped ? t("{amount} per token; the first token has no prediction and is not counted", values) : t("{amount} per token", values);
  return skipped ? t("{amount} per token, perplexity {formula}; the first token has no prediction and is not counted", values) : t("{amount} per token, perplexity {formula}", values);
}

/** Every row of the span in a box of its own height, and the sum; focus and scrolling outlast new numbers. */
function spanRows() {
  const [head, body] = [h("thead", {}), h("tbody", {})];
  const table = h("table", { class: "sums number" }, h("caption", { class: "sr" }, t("Surprise of each selected token")), head, body);
  const rows = h("div", { class: "rows", role: "region", tabindex: 0, "aria-label": t("Surprise of each selected token") }, table);
  const left = h("p", { class: "small muted" });
  const sum = h("p", { class: "sum number small" });
  const element = h("div", {}, rows, left, sum);
  const show = ({ span, unit }) => {
    element.hidden = span.rows.length === 0;
    const { scrollTop } = rows;
    fillOnce(head, unit, () => spanHead(unit));
    fill(body, spanLines(span, unit));
    rows.scrollTop = scrollTop;
    setText(left, span.count > span.rows.length ? t("The first {n} of {all} are listed; all are counted.", { n: count(span.rows.length), all: count(span.count) }) : "");
    setText(sum, span.sum);
  };
  return { element, show };
}

function spanLines(span, unit) {
  const cell = (bits, mark) => { const value = inUnit(bits, unit); return h("td", { title: exact(value), [mark]: exact(value) }, value.toFixed(3)); };
  return span.rows.map((row) => h("tr", {}, h("td", { class: "muted" }, row.index + 1), h("td", { class: "left" }, rowNodes(row)),
    h("td", { title: exact(row.prob) }, probability(row.prob)), cell(row.bits, "data-value"), cell(row.running, "data-running")));
}

function spanHead(unit) {
  return h("tr", {}, h("th", { scope: "col" }, "#"), h("th", { scope: "col", class: "left" }, named(later("token"))), h("th", { scope: "col" }, named("p")),
    h("th", { scope: "col" }, named(unit === "bits" ? "−log₂ p" : "−ln p")), h("th", { scope: "col" }, t("so far")));
}

function totalsTable() {
  const [head, body] = [h("thead", {}), h("tbody", {})];
  const formula = h("p", { class: "small muted number formula" });
  const element = h("section", { "aria-label": t("Cross-entropy") }, h("h3", { class: "small muted" }, term("cross-entropy", t("Cross-entropy"))), h("table", { class: "sums number" }, head, body), formula);
  const show = ({ totals, unit }) => {
    fillOnce(head, unit, () => totalsHead(unit));
    fill(body, totalsLines(totals, unit));
    const written = totals.at(-1).missing ? null : totals.at(-1).formula;
    formula.hidden = !written;
    setText(formula, written ? explained(written, unit) : "");
  };
  return { element, show };
}

function explained(formula, unit) {
  if (unit === "bits") return t("Perplexity = 2^(bits / tokens). For the document: {formula}", { formula });
  return t("Perplexity = e^(nats / tokens), the same number as in bits. For the document: {formula}", { formula });
}

function totalsHead(unit) {
  return h("tr", {}, ["", later("tokens"), unit, PER_TOKEN[unit], later("perplexity")].map((label, i) => h("th", { scope: "col", class: i ? null : "left" }, label ? named(label) : h("span", { class: "sr" }, t("part")))));
}

function totalsLines(totals, unit) {
  return totals.map((row) => h("tr", {}, h("th", { scope: "row", class: "left" }, row.label), h("td", {}, row.missing ? t("{n} of {all}", { n: count(row.count), all: count(row.count + row.missing) }) : count(row.count)), h("td", { title: exact(inUnit(row.total, unit)) }, surprise(row.total, unit)),
    h("td", { title: exact(inUnit(row.per_token, unit)) }, surprise(row.per_token, unit)), h("td", { title: exact(row.perplexity) }, perplexity(row.perplexity))));
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
