/**
 * The distribution as one line from 0 to 1: every candidate takes as much of it as its probability,
 * in the order of the table; the rest is "other".
 */
import { h, css } from "./dom.js";
import { tokenLabel } from "./token_text.js";
import { probability } from "./format.js";
import { t } from "./wording.js";

/** @param {(id: number) => void} onPick */
export function cumulativeStrip(onPick) {
  const bar = h("div", { class: "cum", role: "img" });
  const element = h("div", { class: "cum-box" }, bar, axis());
  const show = ({ rows, other, marked }) => {
    const parts = rows.map((row) => piece(row, marked, onPick));
    if (other.prob > 0) parts.push(h("span", { class: "other", style: null }, other.prob > 0.1 ? t("other") : ""));
    parts.forEach((part, i) => { part.style.flexGrow = rows[i]?.prob ?? other.prob; });
    bar.replaceChildren(...parts);
    bar.setAttribute("aria-label", t("Probabilities from 0 to 1: {tokens}, other {p}", { tokens: rows.slice(0, 5).map((row) => `${row.spoken} ${probability(row.prob)}`).join(", "), p: probability(other.prob) }));
  };
  return { element, show };
}

/** The numbers 0 to 1 below a strip. */
export function axis() {
  return h("div", { class: "cum-scale small muted number", "aria-hidden": "true" }, [0, 0.25, 0.5, 0.75, 1].map((x) => h("span", {}, String(x))));
}

function piece(row, marked, onPick) {
  const label = row.prob > 0.06 ? tokenLabel(row.text.trim() || row.text) : "";
  const part = h("span", { title: t("{token}  p {p}, up to {sum}", { token: tokenLabel(row.text), p: probability(row.prob), sum: probability(row.cumulative) }), onclick: () => onPick(row.id) }, label);
  if (marked?.id === row.id) part.classList.add("marked");
  return part;
}

export const styles = css`
  .cum-box { padding: 12px 0 8px; }
  .cum { display: flex; height: 28px; border-radius: 7px; overflow: hidden; border: 1px solid var(--edge); background: var(--chip); }
  .cum span { flex: 0 1 0; min-width: 0; padding: 0; overflow: hidden; white-space: nowrap; text-align: center; font-size: 0.78rem; line-height: 26px; background: var(--bar-fill); color: var(--bar-ink); box-shadow: inset -1px 0 var(--card); cursor: pointer; }
  .cum .other { background: var(--chip); color: var(--muted); box-shadow: none; cursor: default; }
  .cum .marked { background: var(--accent); color: var(--on-accent); }
  @media (forced-colors: active) { .cum span { forced-color-adjust: none; border-right: 1px solid Canvas; } .cum .marked { background: CanvasText; color: Canvas; } }
  .cum-scale { display: flex; justify-content: space-between; font-size: 0.72rem; padding-top: 2px; }
`;
