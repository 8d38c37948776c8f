/**
 * Points on tokens: a row for each with its points, and what is kept for all others.  What is placed lives
 * here until it is committed; Python gets a copy to keep.
 *
 * State: `{turn, tokens: [{id, text, kind, spoken}], draft: [[id, points]], vocab_size}`.
 * Sends: `play_spread {turn, pairs}`.  `kept` is a short line for where the points are committed.
 */
import { h, css, fill, setText } from "./dom.js";
import { rowNodes } from "./token_text.js";
import { amount, count, probability } from "./format.js";
import { many, t } from "./wording.js";

const MOST = 99;
const STEP = 5;
const WAIT_MS = 250;

/** @param {import("./link.js").Link} link */
export function pointsTable(link) {
  const list = h("ul", { class: "points number", "aria-label": t("Tokens and their points") });
  const rest = h("p", { class: "number rest" });
  const said = h("p", { class: "wrong", role: "status" });
  const kept = h("span", { class: "small muted number kept" });
  const element = h("div", { class: "stack tight" }, list, said, rest);
  let state = { turn: null, tokens: [] };
  let unit = "bits";
  let points = new Map();
  let timer;

  const pairs = () => [...points].filter(([, n]) => n > 0);
  const placed = () => pairs().reduce((sum, [, n]) => sum + n, 0);
  const put = (id, wanted) => {
    const left = MOST - placed() + (points.get(id) ?? 0);
    const n = Math.min(Math.max(Number.isFinite(wanted) ? Math.round(wanted) : 0, 0), left);
    setText(said, wanted > left ? many(left, "Only {n} point is left for it: at least one of the 100 is kept for all other tokens.", "Only {n} points are left for it: at least one of the 100 is kept for all other tokens.") : "");
    points.set(id, n);
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => link.send("play_spread", { turn: state.turn, pairs: pairs() }), WAIT_MS);
    return n;
  };
  const draw = () => {
    for (const row of list.children) showPoints(row, points.get(Number(row.dataset.id)) ?? 0);
    const [others, left] = [state.vocab_size - pairs().length, 100 - placed()];
    const each = left / 100 / others;
    setText(kept, many(left, "{n} point kept", "{n} points kept"));
    setText(rest, many(left, "{n} of 100 points is kept: {n}/100 ÷ {others} = {p} for every other token, {bits} if one of them comes.", "{n} of 100 points are kept: {n}/100 ÷ {others} = {p} for every other token, {bits} if one of them comes.", { others: count(others), p: probability(each), bits: amount(-Math.log2(each), unit) }));
  };
  const show = (latest, latestUnit) => {
    const fresh = latest.turn !== state.turn;
    const key = latest.tokens.map(({ id }) => id).join();
    state = latest;
    unit = latestUnit;
    if (fresh) { points = new Map(latest.draft); clearTimeout(timer); setText(said, ""); }
    if (fresh || list.dataset.shown !== key) {
      list.dataset.shown = key;
      const held = list.getRootNode().activeElement?.closest?.("li")?.dataset.id;
      fill(list, latest.tokens.map((token) => tokenRow(token, points, put)));
      if (held && !fresh) focus(Number(held));
    }
    draw();
  };
  const focus = (id) => list.querySelector(`li[data-id="${id}"] input`)?.focus();
  return { element, kept, show, pairs, focus, stop: () => clearTimeout(timer) };
}

/** One tab stop for each token: in its field the arrow keys do what the buttons do for the pointer. */
function tokenRow(token, points, put) {
  const field = h("input", { class: "field", type: "number", min: 0, max: MOST, step: 1, "aria-label": t("Points on {token}", { token: token.spoken }) });
  field.addEventListener("focus", () => field.select());
  field.addEventListener("input", () => { if (put(token.id, Number(field.value)) !== Number(field.value)) field.value = points.get(token.id); });
  field.addEventListener("blur", () => { field.value = points.get(token.id) || ""; });
  const by = (step) => { put(token.id, (points.get(token.id) ?? 0) + step); field.value = points.get(token.id) || ""; };
  return h("li", { "data-id": token.id },
    h("i", { class: "share", "aria-hidden": "true" }),
    h("span", { class: token.kind === "text" ? "word" : "word code-token" }, rowNodes(token)),
    h("button", { type: "button", class: "quiet", tabindex: -1, "aria-label": t("{n} points less on {token}", { n: STEP, token: token.spoken }), onclick: () => by(-STEP) }, "−"),
    field,
    h("button", { type: "button", class: "quiet", tabindex: -1, "aria-label": t("{n} points more on {token}", { n: STEP, token: token.spoken }), onclick: () => by(STEP) }, "+"));
}

function showPoints(row, n) {
  const field = row.querySelector("input");
  if (field.getRootNode().activeElement !== field) field.value = n || "";
  row.querySelector(".share").style.transform = `scaleX(${n / 100})`;
  row.classList.toggle("some", n > 0);
}

export const styles = css`
  .points { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr)); gap: 6px; }
  .points li { position: relative; display: flex; align-items: center; gap: 2px; min-height: 40px; padding: 2px 3px 2px 11px; border: 1px solid var(--line); border-radius: 9px; overflow: hidden; }
  .points li.some { border-color: var(--accent); } .points .share { position: absolute; inset: 0; background: var(--accent-soft); transform-origin: left; transform: scaleX(0); }
  .points li > :not(.share) { position: relative; } .points .word { flex: 1 1 auto; min-width: 0; font-size: 1.06rem; overflow-wrap: anywhere; white-space: pre-wrap; } .points .code-token { font: 0.84rem var(--mono); }
  .points .field { width: 3.6em; min-height: 32px; text-align: center; padding: 2px 4px; appearance: textfield; } .points .field::-webkit-inner-spin-button { appearance: none; }
  .points .quiet { min-width: 28px; font-size: 1.1rem; } .rest { color: var(--muted); }
`;
