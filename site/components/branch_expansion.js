/**
 * Expand: the likeliest continuations of the position looked at, found by the model by itself.
 *
 * State: `expansion: {width, depth, size, limit, refusal, text, running, done, total, note}`.
 * Sends: `expand_size {width, depth}`, `expand`, `expand_stop`.
 */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { action } from "./action.js";
import { visibleText } from "./branch_text.js";
import { count } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function branchExpansion(link) {
  let state = {};
  const size = () => link.send("expand_size", { width: Number(width.value), depth: Number(depth.value) });
  const width = choice(t("Likeliest tokens at every node"), 5, later("{n} wide"), size);
  const depth = choice(t("Levels"), 6, later("{n} deep"), size);
  const go = action(t("Expand"), () => link.send(state.running ? "expand_stop" : "expand"), "button expand-go");
  const plan = h("p", { class: "small muted" });
  const said = h("p", { class: "small number", role: "status" });
  const element = h("section", { class: "expansion", "aria-label": t("Expand") }, h("div", { class: "row" }, go.element, width, depth, h("div", { class: "said-box" }, said)), plan);
  const show = (whole) => {
    state = whole.expansion;
    showSetting(width, state.width);
    showSetting(depth, state.depth);
    width.disabled = depth.disabled = state.running;
    setText(go.element, state.running ? t("Stop") : t("Expand"));
    go.enable(state.running || !state.refusal, state.running ? t("What was found stays") : state.refusal || t("Asks the model for the likeliest tokens at every node; your document stays as it is"));
    setText(said, state.running ? t("{done} of {total}", { done: count(state.done), total: count(state.total) }) : state.note);
    if (state.refusal) setText(plan, t("{refusal}; at most {limit} are taken. Choose a smaller width or depth.", { refusal: state.refusal, limit: state.limit }));
    else fill(plan, tParts("Up to {tokens} (at most {limit}) after “{text}”", { tokens: many(state.size, "{n} new token", "{n} new tokens"), limit: state.limit, text: visibleText(state.text) }));
  };
  return { element, show };
}

function choice(title, most, words, onchange) {
  return h("select", { class: "field small", "aria-label": title, onchange }, Array.from({ length: most }, (_, i) => h("option", { value: i + 1 }, t(words, { n: i + 1 }))));
}

export const styles = css`
  .branches-lens .expansion { display: grid; gap: 4px; } .branches-lens .expansion p { overflow-wrap: anywhere; }
  .branches-lens .expand-go { min-width: 6.2em; min-height: 34px; padding: 3px 12px; }
  .branches-lens .said-box { min-height: 1.5em; flex: 1 1 8em; }
`;
