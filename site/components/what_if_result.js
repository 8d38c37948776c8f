/**
 * What another context changed: a sentence, the totals, and every token's cost before and after.
 *
 * Result: `{number, stale, changed, sentence, largest: row, total, per_token, mean_kl, rows}`, in `unit`; rows are null while the
 * next comparison is made; a row is
 * `{index, id, text, kind, spoken, p: [before, after], cost: [before, after], delta, kl}`.
 * Sends: `what_if_look {position}`, `what_if_again`.
 */
import { h, css, fill, setAttribute, setText } from "./dom.js";
import { named, term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { bits, change, count, exact, probability } from "./format.js";
import { step } from "./scales.js";
import { t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function comparisonResult(link) {
  const sentence = h("p", { class: "sentence", role: "status" });
  const stale = staleNote(link);
  const changed = h("p", { class: "small muted changed" });
  const totals = h("p", { class: "number" });
  const callout = h("p", {});
  const body = h("tbody", {});
  const head = h("thead", {});
  const table = h("table", { class: "shifts number" }, h("caption", { class: "sr" }, t("Each token after the present and after the new context")), head, body);
  const numbers = h("div", { class: "numbers" }, changed, totals, callout, h("div", { class: "wide" }, table), explanation());
  const element = h("section", { class: "comparison", "aria-label": t("Comparison") }, sentence, stale.element, numbers);
  const look = (event) => lookAt(link, event, element);
  body.addEventListener("click", look);
  callout.addEventListener("click", look);
  let shown;
  const show = ({ result, unit, cursor, running }) => {
    const key = result?.rows ? `${result.number} ${unit}` : shown;
    numbers.hidden = !result || key === undefined;
    element.classList.toggle("busy", running);
    setText(sentence, result?.sentence ?? "");
    stale.show(Boolean(result?.stale) && !running);
    if (!result) return;
    element.dataset.stale = result.stale;
    if (key !== shown) draw({ changed, totals, callout, head, body }, result, unit);
    shown = key;
    for (const row of body.children) setAttribute(row, "aria-current", !result.stale && Number(row.dataset.index) === cursor ? "true" : null);
  };
  return { element, show };
}

function staleNote(link) {
  const element = h("div", { class: "row stale", hidden: true }, h("p", {}, t("The document or the model has changed since. These are the numbers of before.")),
    h("button", { type: "button", class: "button", onclick: () => link.send("what_if_again") }, t("Compare again")));
  return { element, show: (on) => { element.hidden = !on; } };
}

function lookAt(link, event, element) {
  const index = event.target.closest("[data-index]")?.dataset.index;
  if (index !== undefined && element.dataset.stale !== "true") link.send("what_if_look", { position: Number(index) });
}

function draw({ changed, totals, callout, head, body }, result, unit) {
  setText(changed, t("Compared with {change}", { change: result.changed }));
  const figure = (name, label, value, text) => [h("span", { class: "muted" }, `${label} `), h("b", { title: exact(value), "data-value": exact(value), "data-name": name }, text), " "];
  fill(totals, figure("Δ total", t("Δ total"), result.total, change(result.total)), figure("per token", t("per token"), result.per_token, change(result.per_token)), figure("mean KL", t("mean KL"), result.mean_kl, divergence(result.mean_kl)), h("span", { class: "muted" }, t(unit)));
  const { largest } = result;
  fill(callout, tParts("The largest change is at token {token} ({n}): {change} {unit}.", { token: tokenButton(largest), n: largest.index + 1, change: change(largest.delta), unit: t(unit) }));
  fill(head, ...heads(unit));
  fill(body, result.rows.map((row) => line(row, unit, row.index === largest.index)));
}

function heads(unit) {
  const cell = (label, props = {}) => h("th", { scope: "col", ...props }, label);
  const sides = [t("before"), t("after"), t("before"), t("after")].map((label, i) => cell(label, { class: i < 2 ? "p" : null }));
  return [
    h("tr", {}, cell("#", { rowspan: 2 }), cell(named("token"), { rowspan: 2, class: "left" }), cell(named("p"), { colspan: 2, scope: "colgroup", class: "p" }), cell(named(unit), { colspan: 2, scope: "colgroup" }),
      cell(`Δ ${t(unit)}`, { rowspan: 2 }), cell(named("KL"), { rowspan: 2, title: t("KL(before ‖ after) in {unit}", { unit: t(unit) }) })),
    h("tr", { class: "sides" }, sides),
  ];
}

function line(row, unit, largest) {
  const cell = (value, text, name) => h("td", { title: exact(value), "data-name": name }, text);
  const inBits = row.delta === null ? null : row.delta / (unit === "nats" ? Math.LN2 : 1);
  return h("tr", { "data-index": row.index, class: largest ? "marked" : null }, h("td", { class: "muted" }, row.index + 1), h("td", { class: "left" }, tokenButton(row)),
    cell(row.p[0], probability(row.p[0]), "p-before"), cell(row.p[1], probability(row.p[1]), "p-after"), cell(row.cost[0], bits(row.cost[0]), "before"), cell(row.cost[1], bits(row.cost[1]), "after"),
    h("td", { title: exact(row.delta), "data-name": "delta" }, h("span", { class: "delta", "data-step": step("delta", { delta: inBits }) }, change(row.delta))), cell(row.kl, divergence(row.kl), "kl"));
}

/** Often far below 1, so with a digit more than costs have. */
const divergence = (value) => (value === null ? "–" : value.toFixed(3));

function tokenButton(row) {
  return h("button", { type: "button", class: row.kind === "text" ? "at" : "at code", "data-index": row.index, "aria-label": t("Look at token {n}, {token}", { n: count(row.index + 1), token: row.spoken }) }, rowNodes(row));
}

function explanation() {
  return h("p", { class: "small muted" }, t("Δ is what a token costs after the new context, less what it costs now. KL(before ‖ after) = Σ p (log p − log q) over the whole vocabulary: how far the prediction moved at this place, whichever token stands there. The document is coloured by Δ."));
}

export const styles = css`
  .comparison, .numbers { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; }
  .comparison.busy .numbers { filter: grayscale(1); color: var(--muted); }
  .sentence { font-size: 1.125rem; line-height: 1.4; font-weight: 650; overflow-wrap: anywhere; } .sentence:empty { display: none; } [data-stale="true"] .sentence { font-weight: 400; color: var(--muted); }
  .stale { background: var(--chip); border-radius: 8px; padding: 8px 10px; } .stale p { flex: 1 1 12rem; }
  .shifts { width: 100%; border-collapse: collapse; font-size: 0.84rem; }
  .shifts th { font-weight: 500; font-size: 0.78rem; color: var(--muted); text-align: right; padding: 2px 4px; vertical-align: bottom; }
  .shifts th[colspan] { text-align: center; }
  .shifts td { text-align: right; padding: 2px 4px; border-top: 1px solid var(--line); height: 30px; }
  .shifts .left { text-align: left; overflow-wrap: anywhere; } .shifts tbody tr { cursor: pointer; }
  .shifts tr[aria-current] td:first-child { box-shadow: inset 3px 0 var(--accent); }
  .at { border: 0; background: none; padding: 2px 5px; margin: 0 -5px; border-radius: 5px; min-height: 24px; min-width: 24px; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; font-weight: 600; } .at.code { font: 0.84rem var(--mono); }
  .at:hover { background: var(--accent-soft); }
  .comparison[data-stale="true"] :is(.at, tbody tr) { cursor: default; } .comparison[data-stale="true"] .at:hover { background: none; }
  .delta { display: inline-block; padding: 0 4px; border-radius: 4px; white-space: nowrap; }
  .delta[data-step="0"] { background: var(--d0); color: var(--d0-ink); } .delta[data-step="1"] { background: var(--d1); color: var(--d1-ink); }
  .delta[data-step="3"] { background: var(--d3); color: var(--d3-ink); } .delta[data-step="4"] { background: var(--d4); color: var(--d4-ink); }
  .wide { overflow-x: auto; }
  /* p says the same as the bits, so it is what goes where there is no room. */
  @media (max-width: 30em) { .shifts td, .shifts th { padding-left: 3px; padding-right: 3px; } .shifts .p, .shifts [data-name^="p-"] { display: none; } }
`;
