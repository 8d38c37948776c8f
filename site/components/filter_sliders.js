/**
 * The four filters as sliders with their values, in the order in which they are applied.
 *
 * Dragging sends the newest setting as soon as the one before has been drawn: never a queue of old
 * positions, never a wait.
 */
import { h, css, setText } from "./dom.js";
import { named } from "./terms.js";
import { later, t } from "./wording.js";

const SLIDERS = [
  { name: "temperature", label: later("temperature"), min: 0, max: 2, step: 0.05, off: 1, hint: later("divides the logits; 0 leaves only the likeliest") },
  { name: "top_k", label: later("top-k"), min: 0, max: 100, step: 1, off: 0, hint: later("keeps the k likeliest") },
  { name: "top_p", label: later("top-p"), min: 0, max: 1, step: 0.01, off: 1, hint: later("keeps the likeliest until they hold p") },
  { name: "min_p", label: later("min-p"), min: 0, max: 1, step: 0.01, off: 0, hint: later("keeps those at least this share of the likeliest") },
];

/** @param {(settings: object) => void} onChange */
export function filterSliders(onChange) {
  const changes = latestOnly(onChange);
  const sliders = SLIDERS.map((spec) => slider(spec, (value) => changes.send({ [spec.name]: value })));
  const reset = h("button", { type: "button", class: "quiet small", onclick: () => changes.send(Object.fromEntries(SLIDERS.map(({ name, off }) => [name, off]))) }, t("Reset"));
  const element = h("div", { class: "filters", role: "group", "aria-labelledby": "filters-order" },
    h("div", { class: "row filters-head" }, h("span", { class: "small muted", id: "filters-order" }, t("Filters, applied in this order")), h("span", { class: "spring" }, reset)), sliders.map(({ element: row }) => row));
  const show = (settings) => {
    if (!changes.arrived()) return;
    sliders.forEach(({ show: set }, i) => set(settings[SLIDERS[i].name]));
    reset.disabled = SLIDERS.every(({ name, off }) => settings[name] === off);
  };
  return { element, show };
}

/** Sends a change at once when nothing is under way, else the sum of all changes when it arrives. */
function latestOnly(onChange) {
  let underWay = false;
  let waiting = null;
  const send = (change) => {
    if (underWay) { waiting = { ...waiting, ...change }; return; }
    underWay = true;
    onChange(change);
  };
  /** True when what is shown is what was asked for last. */
  const arrived = () => {
    underWay = false;
    if (!waiting) return true;
    const next = waiting;
    waiting = null;
    send(next);
    return false;
  };
  return { send, arrived };
}

function slider({ name, label, min, max, step, off, hint }, onInput) {
  const id = `filter-${name}`;
  const input = h("input", { type: "range", id, min, max, step, oninput: () => { draw(Number(input.value)); onInput(Number(input.value)); } });
  const value = h("output", { class: "number small", for: id });
  const text = (x) => (x === off && name !== "temperature" ? t("off") : step < 1 ? x.toFixed(2) : String(x));
  const draw = (x) => { setText(value, text(x)); input.setAttribute("aria-valuetext", text(x)); };
  const show = (x) => { input.value = x; draw(x); };
  const element = h("div", { class: "slider", title: t(hint) }, h("label", { for: id }, named(label)), input, value);
  return { element, show };
}

export const styles = css`
  .filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 2px 24px; }
  .filters-head { grid-column: 1 / -1; } .filters-head .quiet { margin-right: -8px; } .filters-head .quiet:disabled { opacity: 0.55; cursor: default; }
  .slider { display: grid; grid-template-columns: 6.2em minmax(0, 1fr) 2.6em; gap: 8px; align-items: center; min-height: 30px; font-size: 0.9rem; }
  .slider output { text-align: right; } .slider input { width: 100%; min-height: 24px; accent-color: var(--accent); margin: 0; }
  @media (max-width: 30em) { .filters { grid-template-columns: minmax(0, 1fr); } }
`;
