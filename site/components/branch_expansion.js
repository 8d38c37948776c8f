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

/** @param {import("./link.js").Link} link */
export function branchExpansion(link) {
  let state = {};
  const size = () => link.send("expand_size", { width: Number(width.value), depth: Number(depth.value) });
  const width = choice("Likeliest tokens at every node", 5, "wide", size);
  const depth = choice("Levels", 6, "deep", size);
  const go = action("Expand", () => link.send(state.running ? "expand_stop" : "expand"), "button expand-go");
  const plan = h("p", { class: "small muted" });
  const said = h("p", { class: "small number", role: "status" });
  const element = h("section", { class: "expansion", "aria-label": "Expand" }, h("div", { class: "row" }, go.element, width, depth, h("div", { class: "said-box" }, said)), plan);
  const show = (whole) => {
    state = whole.expansion;
    showSetting(width, state.width);
    showSetting(depth, state.depth);
    width.disabled = depth.disabled = state.running;
    setText(go.element, state.running ? "Stop" : "Expand");
    go.enable(state.running || !state.refusal, state.running ? "What was found stays" : state.refusal || "Asks the model for the likeliest tokens at every node; your document stays as it is");
    setText(said, state.running ? `${count(state.done)} of ${count(state.total)}` : state.note);
    if (state.refusal) setText(plan, `${state.refusal}; at most ${state.limit} are taken. Choose a smaller width or depth.`);
    else fill(plan, `Up to ${count(state.size)} new tokens (at most ${state.limit}) after “`, ...visibleText(state.text), "”");
  };
  return { element, show };
}

function choice(title, most, word, onchange) {
  return h("select", { class: "field small", "aria-label": title, onchange }, Array.from({ length: most }, (_, i) => h("option", { value: i + 1 }, `${i + 1} ${word}`)));
}

export const styles = css`
  .branches-lens .expansion { display: grid; gap: 4px; } .branches-lens .expansion p { overflow-wrap: anywhere; }
  .branches-lens .expand-go { min-width: 6.2em; min-height: 34px; padding: 3px 12px; }
  .branches-lens .said-box { min-height: 1.5em; flex: 1 1 8em; }
`;
