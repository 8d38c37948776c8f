/**
 * The 0–1 line that dice fall on: the filtered candidates side by side, each as wide as its
 * probability, with a marker at r.
 */
import { h, css, fill } from "./dom.js";
import { axis } from "./cumulative_strip.js";
import { tokenLabel } from "./token_text.js";
import { probability } from "./format.js";
import { t } from "./wording.js";

export function diceLine() {
  const bar = h("div", { class: "cum", role: "img" });
  const mark = h("div", { class: "mark", hidden: true });
  const element = h("div", { class: "cum-box dice-line" }, mark, bar, axis());
  const show = ({ rows, other, dice }) => {
    const kept = rows.filter((row) => row.after > 0);
    fill(bar, kept.map((row) => piece(row.after, label(row), dice?.id === row.id)), other.after > 0 ? piece(other.after, other.after > 0.1 ? t("other") : "", false, "other") : null);
    bar.setAttribute("aria-label", spokenLine(kept, dice));
    mark.hidden = !dice;
    if (!dice) return;
    mark.style.left = `${100 * dice.r}%`;
    mark.textContent = dice.r.toFixed(3);
    mark.classList.toggle("late", dice.r > 0.85);
  };
  return { element, show };
}

function spokenLine(kept, dice) {
  const list = kept.slice(0, 5).map((row) => t("{token} up to {p}", { token: row.spoken, p: probability(row.cumulative) })).join(", ");
  if (!dice) return t("Filtered probabilities from 0 to 1: {list}", { list });
  return t("Filtered probabilities from 0 to 1: {list}; r is {r}", { list, r: dice.r.toFixed(4) });
}

const label = (row) => (row.after > 0.06 ? tokenLabel(row.text.trim() || row.text) : "");

function piece(width, text, marked, kind) {
  const part = h("span", { class: [kind, marked ? "marked" : null].filter(Boolean).join(" ") || null }, text);
  part.style.flexGrow = width;
  return part;
}

export const styles = css`
  .dice-line { position: relative; padding-top: 26px; }
  .dice-line .cum span { cursor: default; }
  .mark { position: absolute; top: 2px; height: 56px; border-left: 2px solid var(--ink); padding-left: 5px; font: 600 0.84rem/1.2 var(--font); font-variant-numeric: tabular-nums; pointer-events: none; z-index: 1; }
  .mark.late { transform: translateX(-100%); border-left: 0; border-right: 2px solid var(--ink); padding: 0 5px 0 0; }
  @media (prefers-reduced-motion: no-preference) { .mark { transition: left 0.25s ease-out; } }
`;
