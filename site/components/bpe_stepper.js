/**
 * One piece from bytes to tokens: forwards, backwards, to the end, or played.  The step is the page's own;
 * every state is replayed from the list of merges.
 *
 * State: `chosen: {index, text, special, rule, rows: [{id, text, kind, spoken}], bytes, too_long, symbols: [{symbol, hex}],
 * merges: [[position, rank]], ranks: [[left, right, rank]], whole, characters: [{text, hex}]}`, `merge_count`.
 * Symbols are written in the byte alphabet.
 */
import { h, css, fill, setText } from "./dom.js";
import { action } from "./action.js";
import { rowNodes, tokenNodes } from "./token_text.js";
import { count } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

const PLAY_MS = 1100;
/** What is said of a piece, by lmpanel/bpe_steps.py's name for the rule that cut it off. */
const CUT = {
  "English ending": later("Cut off as an English ending."), "letters": later("Cut off as letters, with the one space before them."),
  "digits": later("Digits are cut off one by one, so that numbers are read digit by digit."), "white space": later("White space; the last space before a word goes with the word."),
  "other signs": later("Cut off as signs that are neither letters, digits nor white space."),
};

export function bpeStepper() {
  let piece = null;
  let learnt = 0;
  let ranks = new Map();
  let step = 0;
  let timer = null;
  const last = () => piece?.merges.length ?? 0;
  const go = (to) => { step = Math.max(0, Math.min(to, last())); if (step === last()) stop(); draw(); };
  const stop = () => { clearInterval(timer); timer = null; };
  const toggle = () => {
    if (timer) { stop(); return draw(); }
    if (step === last()) step = 0;
    timer = setInterval(() => go(step + 1), PLAY_MS);
    draw();
  };
  const buttons = { first: action(t("« Bytes"), () => go(0), "button small"), back: action(t("◀ Back"), () => go(step - 1), "button small"), play: action(t("Run"), toggle, "button small play"), next: action(t("Next ▶"), () => go(step + 1), "button small primary"), end: action(t("Tokens »"), () => go(last()), "button small") };
  const slider = h("input", { type: "range", id: "merge-step", min: 0, oninput: () => { stop(); go(Number(slider.value)); } });
  const title = h("h3", {});
  const characters = h("p", { class: "small muted characters" });
  const note = h("p", { class: "prose" });
  const said = h("p", { class: "said", role: "status" });
  const cells = h("ol", { class: "cells", "aria-label": t("The piece after this step") });
  const tokens = h("p", { class: "tokens" });
  const controls = h("div", { class: "stack tight", role: "group", "aria-label": t("Steps") }, h("div", { class: "row" }, Object.values(buttons).map(({ element }) => element)), h("div", { class: "row slide" }, h("label", { class: "small muted number", for: "merge-step" }), slider));
  const label = controls.querySelector("label");
  const element = h("section", { class: "stack tight stepper" }, title, note, controls, said, cells, tokens, characters);
  element.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move || event.target === slider) return;
    event.preventDefault();
    stop();
    go(step + move);
  });

  const draw = () => {
    const stepped = piece.symbols.length > 0 && !piece.whole;
    controls.hidden = !stepped || last() === 0;
    slider.max = last();
    slider.value = step;
    setText(label, t("Step {n} of {count}", { n: step, count: last() }));
    slider.setAttribute("aria-valuetext", label.textContent);
    buttons.first.enable(step > 0); buttons.back.enable(step > 0); buttons.next.enable(step < last()); buttons.end.enable(step < last()); buttons.play.enable(last() > 0);
    setText(buttons.play.element, timer ? t("Pause") : t("Run"));
    const state = stepped ? replay(piece, step) : [];
    const coming = step < last() ? piece.merges[step] : null;
    setText(said, stepped ? sentence(piece, state, step, ranks, learnt) : "");
    said.hidden = !stepped;
    fill(cells, state.map((cell, i) => h("li", {}, cellNode(cell, step > 0 && cell.at === piece.merges[step - 1][0]), i + 1 < state.length ? joint(cell, state[i + 1], ranks, coming) : null)));
    const done = step === last();
    tokens.hidden = !done;
    fill(tokens, done ? tokensLine(piece) : []);
  };
  const show = ({ chosen, merge_count }) => {
    element.hidden = !chosen;
    if (!chosen) { piece = null; return stop(); }
    const same = piece && piece.index === chosen.index && piece.text === chosen.text && piece.special === chosen.special;
    piece = chosen;
    learnt = merge_count;
    ranks = new Map(chosen.ranks.map(([left, right, rank]) => [`${left} ${right}`, rank]));
    if (!same) { step = 0; stop(); }
    const text = h("span", { class: "name" }, tParts("“{text}”", { text: h("bdi", {}, tokenNodes(chosen.text)) }));
    fill(title, tParts("2. From bytes to tokens: {text}", { text }));
    fill(characters, chosen.characters?.length && chosen.characters.length <= 40 ? characterLine(chosen) : []);
    setText(note, explain(chosen));
    note.hidden = !note.textContent;
    draw();
  };
  return { element, show };
}

/** The cells after so many merges: `{symbol, hex, at}`, `at` the place of the first byte. */
export function replay({ symbols, merges }, steps) {
  const cells = new Map(symbols.map(({ symbol, hex }, at) => [at, { symbol, hex, at }]));
  for (const [position] of merges.slice(0, steps)) {
    let next = position + 1;
    while (!cells.has(next)) next += 1;
    const [left, right] = [cells.get(position), cells.get(next)];
    cells.set(position, { symbol: left.symbol + right.symbol, hex: `${left.hex} ${right.hex}`, at: position });
    cells.delete(next);
  }
  return [...cells.values()].sort((a, b) => a.at - b.at);
}

function sentence(piece, state, step, ranks, learnt) {
  if (step === 0 && piece.merges.length === 0) return state.length === 1 ? t("One byte: there is nothing to merge.") : t("No two of these bytes were ever merged in training: each stays a token.");
  if (step === 0) return t("{n} bytes, one sign each. Under the gaps: when a merge of the two was learnt. The earliest one comes next.", { n: state.length });
  const [position, rank] = piece.merges[step - 1];
  const before = replay(piece, step - 1);
  const i = before.findIndex(({ at }) => at === position);
  const [left, right] = [before[i], before[i + 1]];
  const known = before.slice(1).filter((cell, j) => ranks.has(`${before[j].symbol} ${cell.symbol}`)).length;
  const places = { left: left.symbol, right: right.symbol, both: left.symbol + right.symbol, rank: count(rank + 1), learnt: count(learnt), known };
  const merged = known > 1 ? t("“{left}” and “{right}” become “{both}”: merge {rank} of {learnt}, the earliest of the {known} possible here.", places)
    : t("“{left}” and “{right}” become “{both}”: merge {rank} of {learnt}, the only one possible here.", places);
  return step === piece.merges.length ? `${merged} ${t("No pair that is left was ever learnt, so these are the tokens.")}` : merged;
}

function explain(piece) {
  if (piece.special) return t("A special token. It is looked for before anything else, and stands for itself: no bytes, no merges. Nothing a reader types should be able to become one by accident; in this document it can, since it is read as the model reads it.");
  if (piece.too_long) return t("This piece has {n} bytes. Its tokens are below; merge by merge only pieces of up to 256 bytes are shown.", { n: count(piece.bytes) });
  if (piece.whole) return t("This piece is in the vocabulary as it stands and is taken whole, without merging.");
  return piece.rule in CUT ? t(CUT[piece.rule]) : "";
}

function characterLine({ characters }) {
  const several = characters.some(({ hex }) => hex.includes(" "));
  const written = characters.map(({ text, hex }, i) => [i ? ", " : "", tParts("{character} as {bytes}", { character: h("bdi", { class: "char" }, text), bytes: h("span", { class: "mono" }, hex) })]);
  return several ? tParts("UTF-8 writes {characters}.", { characters: written }) : tParts("Each character is one byte: {characters}.", { characters: written });
}

function cellNode(cell, fresh) {
  const hex = cell.hex.split(" ");
  return h("span", { class: fresh ? "cell fresh" : "cell" }, h("span", { class: "mono sign" }, cell.symbol), h("span", { class: "mono hex", title: cell.hex }, hex.length > 4 ? many(hex.length, "{n} byte", "{n} bytes") : cell.hex));
}

function joint(cell, right, ranks, coming) {
  const rank = ranks.get(`${cell.symbol} ${right.symbol}`);
  const next = coming?.[0] === cell.at;
  const number = rank === undefined ? "·" : count(rank + 1);
  const name = rank === undefined ? t("never merged") : next ? t("merge {rank}, comes next", { rank: number }) : t("merge {rank}", { rank: number });
  return h("span", { class: next ? "joint next" : "joint", title: name }, h("span", { class: "sr" }, name), h("span", { class: "number", "aria-hidden": "true" }, number), next ? h("i", { "aria-hidden": "true" }, t("next")) : null);
}

function tokensLine(piece) {
  const said = (text) => h("span", { class: "muted" }, text, " ");
  if (!piece.rows.length) return [said(t("The 0 tokens:")), t("none.")];
  return [said(many(piece.rows.length, "The token:", "The {n} tokens:")), piece.rows.map((row) => h("span", { class: "made" }, h("b", {}, rowNodes(row)), h("span", { class: "muted number" }, ` ${row.id}`)))];
}

export const styles = css`
  .stepper .name { font-weight: 500; } .stepper .said { min-height: 3em; max-width: 46rem; }
  .mono { font-family: var(--mono); } .char { font-weight: 600; } .characters { max-width: 46rem; overflow-wrap: anywhere; }
  .slide label { min-width: 8rem; } .slide input { flex: 1 1 12rem; max-width: 24rem; } .play { min-width: 5rem; }
  .cells { display: flex; flex-wrap: wrap; list-style: none; row-gap: 10px; } .cells li { display: flex; align-items: flex-start; }
  .cell { display: grid; justify-items: center; gap: 2px; padding: 5px 8px; min-width: 34px; border: 1px solid var(--edge); border-radius: 8px; background: var(--field); }
  .cell .sign { font-size: 1.1rem; line-height: 1.3; } .cell .hex { font-size: 0.72rem; color: var(--muted); }
  .cell.fresh { background: var(--accent-soft); border-color: var(--accent); }
  .joint { display: grid; justify-items: center; align-content: start; min-width: 24px; padding: 8px 3px 0; font-size: 0.72rem; color: var(--muted); }
  .joint.next { color: var(--accent); font-weight: 650; } .joint.next span.number { border-bottom: 2px solid var(--accent); } .joint i { font-style: normal; font-size: 0.68rem; }
  .made { display: inline-block; margin: 2px 6px 2px 0; padding: 2px 8px; border: 1px solid var(--accent); border-radius: 7px; background: var(--accent-soft); white-space: pre-wrap; overflow-wrap: anywhere; }
`;
