/**
 * The ranked table of candidates.  Each token is a button that appends it; the token that really
 * stands here and the one that was guessed are marked, even if their ranks are far below the table.
 */
import { h, css, fill, setAttribute, setText } from "./dom.js";
import { named } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { probability, inUnit, surprise, signed, count, exact } from "./format.js";
import { later, t } from "./wording.js";

const HEADS = [["rank", ""], ["token", later("token")], ["more id", later("id")], ["more", later("logit")], ["", later("probability")], ["bar", ""], ["more", later("log p")], ["in-unit", later("bits")], ["", later("cumulative")]];

/**
 * @param {(id: number) => void} onPick
 * @param {(id: number) => void} onPress a token is pressed, and likely to be picked when it is let go
 */
export function candidateTable(onPick, onPress) {
  const head = h("thead", {}, h("tr", {}, HEADS.map(([kind, label]) => h("th", { scope: "col", class: kind || null }, label ? named(label) : h("span", { class: "sr" }, kind === "bar" ? t("bar") : t("rank"))))));
  const body = h("tbody", {});
  const element = h("table", { class: "candidates number" }, h("caption", { class: "sr" }, t("Candidates for the next token, most probable first")), head, body);
  const lines = [];
  const rest = otherLine();
  const show = (state) => {
    setText(head.querySelector(".in-unit .term"), t(state.unit));
    const widest = state.rows[0]?.prob || 1;
    const focused = body.getRootNode().activeElement?.dataset?.rank;
    const below = farBelow(state);
    const rows = [...state.rows, ...below];
    while (lines.length < rows.length) lines.push(candidateLine(onPick, onPress));
    rows.forEach((row, i) => lines[i].show(row, state, widest));
    rest.show(state.other);
    const drawn = lines.slice(0, rows.length).map((line) => line.element);
    keepChildren(body, [...drawn.slice(0, state.rows.length), ...drawn.slice(state.rows.length).flatMap((line) => [gap(), line]), rest.element]);
    if (focused) body.querySelector(`[data-rank="${focused}"]`)?.focus();
  };
  const toggleColumns = () => element.classList.toggle("all");
  return { element, show, toggleColumns };
}

/** Replaces the children of `element` unless they are these already: what is being pressed, and its layout, stay. */
function keepChildren(element, children) {
  const { childNodes } = element;
  if (childNodes.length !== children.length || children.some((child, i) => child !== childNodes[i])) element.replaceChildren(...children);
}

/** The marked rows that the table is too short for, by rank. */
function farBelow({ rows, marked, guessed }) {
  const known = new Set(rows.map((row) => row.id));
  const others = [marked, guessed].filter((row) => row && !known.has(row.id) && known.add(row.id));
  return others.sort((a, b) => a.rank - b.rank);
}

/**
 * One row, whose elements stay while the candidate in it changes: a click draws ten of them anew.
 * A click that began as the press on another candidate picks nothing.
 */
function candidateLine(onPick, onPress) {
  let id = null;
  let pressed = null;
  const press = ({ button, pointerType }) => {
    if (button !== 0) return;
    pressed = id;
    // A finger may be about to scroll.
    if (pointerType !== "touch") onPress(id);
  };
  // Keys and programs, also those that read a page aloud, click without a press.
  const click = ({ detail }) => {
    const began = detail === 0 ? id : (pressed ?? id);
    pressed = null;
    if (began === id) onPick(id);
  };
  const button = h("button", { type: "button", class: "token", onpointerdown: press, onpointercancel: () => { pressed = null; }, onclick: click });
  const marks = h("span", {});
  const bar = h("div", { class: "fill" });
  const [rank, number, logit, prob, logprob, bits, cumulative] = ["rank muted", "more", "more", null, "more", null, null].map((kind) => h("td", { class: kind }));
  const element = h("tr", {}, rank, h("td", { class: "token-cell" }, button, marks), number, logit, prob, h("td", { class: "bar" }, bar), logprob, bits, cumulative);
  const show = (row, { marked, guessed, unit }, widest) => {
    const here = marked?.id === row.id;
    const mine = guessed?.id === row.id;
    ({ id } = row);
    setText(rank, count(row.rank));
    setAttribute(button, "data-rank", row.rank);
    setAttribute(button, "aria-label", spoken(row.spoken, here, mine));
    setAttribute(button, "class", row.kind === "text" ? "token" : "token code");
    fill(button, rowNodes(row));
    fill(marks, here ? h("span", { class: "here", title: t("This token stands in the document"), "aria-hidden": "true" }, "◂") : null,
      mine ? h("span", { class: "here small", "aria-hidden": "true" }, t("your guess")) : null);
    bar.style.width = `${Math.max(0.5, Math.min(100, (100 * row.prob) / widest))}%`;
    put(number, row.id, String(row.id));
    put(logit, row.logit, signed(row.logit));
    put(prob, row.prob, probability(row.prob));
    put(logprob, row.logprob, signed(row.logprob));
    put(bits, inUnit(row.bits, unit), surprise(row.bits, unit));
    put(cumulative, row.cumulative, probability(row.cumulative));
    setAttribute(element, "class", here || mine ? "marked" : null);
  };
  return { element, show };
}

function spoken(token, here, mine) {
  if (here) return mine ? t("In the document: {token}, your guess", { token }) : t("In the document: {token}", { token });
  return mine ? t("Append {token}, your guess", { token }) : t("Append {token}", { token });
}

function put(cell, value, text) {
  setText(cell, text);
  setAttribute(cell, "title", exact(value));
}

function gap() {
  return h("tr", { class: "gap muted", "aria-hidden": "true" }, h("td", { colspan: HEADS.length }, "⋮"));
}

function otherLine() {
  const label = h("td", { class: "token-cell" });
  const prob = h("td", {});
  const element = h("tr", { class: "muted" }, h("td", {}), label, h("td", { class: "more" }), h("td", { class: "more" }), prob, h("td", { class: "bar" }), h("td", { class: "more" }), h("td", {}), h("td", {}, "1.000"));
  const show = (other) => {
    setText(label, t("(other {n})", { n: count(other.count) }));
    put(prob, other.prob, probability(other.prob));
  };
  return { element, show };
}

export const styles = css`
  .candidates { width: 100%; border-collapse: collapse; }
  .candidates th { font-size: 0.78rem; font-weight: 500; color: var(--muted); text-align: right; padding: 4px 6px; }
  .candidates td { padding: 2px 6px; text-align: right; border-top: 1px solid var(--line); height: 33px; }
  .candidates th.token, .token-cell { text-align: left !important; }
  .token-cell { width: 30%; } .token-cell .token { overflow-wrap: break-word; max-width: 13em; } .bar { width: 24%; } .rank { width: 2.2em; }
  .candidates .more { display: none; } .candidates.all .more { display: table-cell; } .candidates.all .bar { display: none; }
  .candidates.all { font-size: 0.84rem; } .candidates.all td, .candidates.all th { padding-left: 4px; padding-right: 4px; } .candidates.all .token { font-size: 0.9rem; overflow-wrap: normal; }
  .fill { height: 12px; border-radius: 3px; background: var(--bar-fill); }
  tr.marked td { background: var(--accent-soft); } tr.marked .fill { background: var(--accent); }
  .here { color: var(--accent); white-space: nowrap; }
  .code { font: 0.84rem var(--mono); }
  tr.gap td { height: 20px; text-align: left; padding-left: 10px; border: 0; }
  @media (hover: hover) { tbody tr:hover td { background: var(--hover); } tr.marked:hover td { background: var(--accent-soft); } }
  @media (max-width: 30em) { .token-cell { width: 100%; } .token-cell .token { overflow-wrap: anywhere; max-width: none; } .candidates td, .candidates th { padding-left: 4px; padding-right: 4px; } .candidates .bar { display: none; } }
`;
