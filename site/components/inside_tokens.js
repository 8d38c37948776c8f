/**
 * Tokens: a text is cut into pieces, and one piece is merged from bytes to tokens, step by step.
 *
 * State: `{text, plain, examples: [{name, text}], notes: [text], counts: {characters, bytes, pieces, tokens},
 * pieces: [{text, special, rule, spoken, tokens}], chosen: {index, …piece, rows, bytes, too_long, symbols,
 * merges, ranks, whole, characters} | null, merge_count}`; see bpe_stepper.js for the last ones.
 * Sends: `tokenize_text {text, plain}`, `choose_piece {index}`.
 */
import { h, css, fill, redraw, setText } from "./dom.js";
import { term } from "./terms.js";
import { tokenNodes } from "./token_text.js";
import { bpeStepper, styles as stepperStyles } from "./bpe_stepper.js";
import { later, many, t, tParts } from "./wording.js";

/** Why a piece was cut off, by lmpanel/bpe_steps.py's names for it. */
const RULES = { "English ending": later("English ending"), "letters": later("letters"), "digits": later("digits"), "white space": later("white space"), "other signs": later("other signs") };

/** Of a longer text its beginning is sent, with enough more for Python to see that it was longer. */
const SENT = 4002;

/** @param {import("./link.js").Link} link */
export function create(link) {
  const area = h("textarea", { class: "field", id: "tokenize", rows: 3, spellcheck: "false", dir: "auto", oninput: () => send() });
  const plain = h("input", { type: "checkbox", id: "plain", onchange: () => send() });
  const send = () => link.send("tokenize_text", { text: area.value.slice(0, SENT), plain: plain.checked });
  const examples = h("div", { class: "row examples", role: "group", "aria-label": t("Examples") });
  const notes = h("div", { class: "stack tight notes", role: "status" });
  const counts = h("p", { class: "muted number" });
  const pieces = h("div", { class: "pieces", role: "toolbar", "aria-label": t("Pieces") });
  pieces.addEventListener("keydown", (event) => moveAmong(pieces, event));
  const stepper = bpeStepper();
  const element = h("div", { class: "columns tokens-part" }, h("div", { class: "stack" },
    h("p", { class: "prose" }, tParts("The model reads tokens, not letters. Before it sees anything, the text is cut into pieces, each piece is written as bytes, and neighbouring bytes are {merged} in the order in which merges were learnt, until no known pair is left.", { merged: term("byte-pair encoding", t("merged")) })),
    h("div", { class: "stack tight" }, h("label", { for: "tokenize", class: "small muted" }, t("A text of yours; it does not change the document")), area, examples,
      h("label", { class: "row small check", for: "plain" }, plain, t("read special tokens as plain characters")), notes),
    h("section", { class: "stack tight" }, h("h3", {}, t("1. Pieces")), counts, pieces)),
    stepper.element);
  let typed = null;
  area.addEventListener("input", () => { typed = area.value; });
  const show = (state) => {
    // An answer to what was typed a moment ago must not take back what was typed since.
    if (area.getRootNode().activeElement !== area || typed === null) area.value = state.text;
    plain.checked = state.plain;
    if (!examples.firstChild) fill(examples, h("span", { class: "label" }, t("Try")), state.examples.map(({ name, text }) => h("button", { type: "button", class: "quiet small", onclick: () => { area.value = text; send(); } }, name)));
    if (notes.textContent !== state.notes.join("")) fill(notes, state.notes.map((note) => h("p", { class: "small" }, note)));
    setText(counts, countsLine(state.counts));
    redraw(pieces, () => fill(pieces, state.pieces.map((piece, i) => pieceButton(piece, i, state.chosen?.index === i, link))));
    stepper.show(state);
  };
  return { element, show };
}

function countsLine({ characters, bytes, pieces, tokens }) {
  return t("{characters}, {bytes}, {pieces}, {tokens}. Nothing is ever merged across the border of a piece; choose one.", {
    characters: many(characters, "{n} character", "{n} characters"), bytes: many(bytes, "{n} byte", "{n} bytes"),
    pieces: many(pieces, "{n} piece", "{n} pieces"), tokens: many(tokens, "{n} token", "{n} tokens") });
}

function pieceButton(piece, i, chosen, link) {
  const rule = piece.special ? t("special token") : t(RULES[piece.rule] ?? piece.rule);
  const label = t("Piece {n}, {spoken}: {rule}, {tokens}", { n: i + 1, spoken: piece.spoken, rule, tokens: many(piece.tokens, "{n} token", "{n} tokens") });
  return h("button", { type: "button", class: piece.special ? "piece special" : "piece", "data-key": `piece${i}`, tabindex: chosen ? 0 : -1, "aria-pressed": String(chosen), title: rule, onclick: () => link.send("choose_piece", { index: i }) },
    h("span", { class: "sr" }, label), h("bdi", { "aria-hidden": "true" }, tokenNodes(piece.text)), piece.tokens === 1 ? null : h("sub", { class: "number", "aria-hidden": "true" }, piece.tokens));
}

/** Arrows, Home and End move the focus and choose. */
export function moveAmong(group, event) {
  const buttons = [...group.querySelectorAll("button")];
  const at = buttons.indexOf(event.target.closest("button"));
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const button = buttons[Math.max(0, Math.min(to, buttons.length - 1))];
  button.focus();
  button.click();
}

export const sheets = [stepperStyles, css`
  @media (min-width: 60.01em) { .tokens-part.columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); } } .tokens-part textarea { max-width: 46rem; }
  .notes p { border-left: 3px solid var(--wait); padding-left: 10px; max-width: 46rem; }
  .pieces { display: flex; flex-wrap: wrap; gap: 4px; max-height: 14rem; overflow-y: auto; padding: 3px; margin: -3px; }
  .piece { position: relative; min-height: 30px; min-width: 26px; padding: 2px 7px; border: 1px solid var(--line); border-radius: 7px; background: var(--card); white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; }
  .piece:hover { background: var(--hover); } .piece[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
  .piece.special { font: 0.86em var(--mono); background: var(--chip); } .piece sub { color: var(--muted); font-size: 0.72em; margin-left: 3px; }
`];
