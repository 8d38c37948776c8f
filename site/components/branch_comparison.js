/**
 * Two branches side by side from where they part, token by token, with both totals.
 *
 * State: `{unit, comparison: {parting, text, difference, difference_bits, sides: [{name, tokens:
 * [{text, kind, prob, value}], count, logprob, surprise, per_token}]}}`; no sides while they are
 * being measured. `difference` is what the second costs more than the first, in `unit`.
 * Sends: `branch_end_comparison`.
 */
import { h, css, fill } from "./dom.js";
import { named } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { visibleText, withUnit } from "./branch_text.js";
import { bits, count, exact, probability, signed } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function branchComparison(link) {
  const back = h("button", { type: "button", class: "button small", onclick: () => link.send("branch_end_comparison") }, t("Back to the tree"));
  const verdict = h("p", { class: "verdict", role: "status" });
  const body = h("div", { class: "stack" });
  const element = h("section", { class: "stack comparison", "aria-label": t("Comparison"), hidden: true }, h("div", {}, back), verdict, body);
  const show = ({ comparison, unit }) => {
    if (!comparison.sides.length) { fill(verdict, t("The model is reading…")); return fill(body); }
    const names = comparison.sides.map((side, i) => side.name || "AB"[i]);
    fill(verdict, sentence(comparison, unit, names));
    return fill(body, h("p", { class: "muted small" }, comparison.parting ? tParts("They part after “{text}”, {tokens}. Totals count from there.", { text: visibleText(comparison.text), tokens: many(comparison.parting, "{n} token", "{n} tokens") }) : t("They part at the very start; the first token has no prediction and is not counted.")),
      totals(comparison, unit, names), tokens(comparison, unit, names));
  };
  return { element, show, focus: () => back.focus() };
}

function sentence({ difference, difference_bits: difference_, sides }, unit, names) {
  const empty = sides.findIndex((side) => side.count === 0);
  const apart = withUnit(Math.abs(difference), unit);
  if (empty >= 0) return t("{shorter} is the beginning of {longer}: there is nothing to prefer. Going on costs {cost}.", { shorter: names[empty], longer: names[1 - empty], cost: apart });
  const by = h("b", { class: "number", "data-difference": exact(difference_) }, apart);
  if (difference === 0) return tParts("The model prefers neither: {by}", { by });
  const times = 2 ** Math.abs(difference_);
  const name = h("b", {}, names[difference > 0 ? 0 : 1]);
  return [times < 1e6 ? tParts("The model prefers {name} by {by}: {times} times as likely.", { name, by, times: times < 10 ? times.toFixed(2) : count(times) }) : tParts("The model prefers {name} by {by}.", { name, by }),
    sides[0].count === sides[1].count ? null : ` ${unequal(sides, unit)}`];
}

const unequal = ([first, second], unit) => t("They are not equally long ({first} and {second} tokens): every further token costs something, so compare the {unit} per token too.", { first: count(first.count), second: count(second.count), unit: t(unit) });

function totals({ sides }, unit, names) {
  const head = ["", later("tokens"), later("log p"), unit, `${unit}/token`].map((title, i) => h("th", { scope: "col", class: i ? null : "left" }, title ? named(title) : h("span", { class: "sr" }, t("branch"))));
  const rows = sides.map((side, i) => h("tr", {}, h("th", { scope: "row", class: "left" }, names[i]), h("td", {}, count(side.count)), h("td", { title: exact(side.logprob) }, signed(side.logprob)),
    h("td", { title: exact(side.surprise), "data-surprise": exact(side.surprise) }, bits(side.surprise)), h("td", { title: exact(side.per_token) }, bits(side.per_token))));
  return h("table", { class: "sides number" }, h("caption", { class: "sr" }, t("Totals of both branches")), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}

function tokens({ sides }, unit, names) {
  const length = Math.max(...sides.map((side) => side.tokens.length));
  const cells = (token) => token ? [h("td", { class: "left" }, rowNodes(token)), h("td", { title: exact(token.prob) }, probability(token.prob)), h("td", { title: exact(token.value), "data-value": exact(token.value) }, bits(token.value))] : [h("td", {}), h("td", {}), h("td", {})];
  const rows = Array.from({ length }, (_, i) => h("tr", {}, sides.map((side) => cells(side.tokens[i])).flat()));
  const hidden = Math.max(...sides.map((side) => side.count)) - length;
  return h("div", { class: "stack tight" }, h("table", { class: "sides pairs number" }, h("caption", { class: "sr" }, t("Both branches, token by token")),
    h("thead", {}, h("tr", {}, names.map((name) => [h("th", { scope: "col", class: "left" }, name), h("th", { scope: "col" }, "p"), h("th", { scope: "col" }, t(unit))]).flat())), h("tbody", {}, rows)),
  hidden > 0 ? h("p", { class: "small muted" }, many(hidden, "and {n} more token, which is in the totals", "and {n} more tokens, which are in the totals")) : null);
}

export const styles = css`
  .branches-lens .sides { width: 100%; border-collapse: collapse; }
  .branches-lens .sides th { font-weight: 500; font-size: 0.78rem; color: var(--muted); text-align: right; padding: 4px 6px; overflow-wrap: anywhere; }
  .branches-lens .sides thead th:not(.left) { overflow-wrap: normal; }
  .branches-lens .sides tbody th { color: var(--ink); font-size: inherit; font-weight: 600; border-top: 1px solid var(--line); }
  .branches-lens .sides td { text-align: right; padding: 4px 6px; border-top: 1px solid var(--line); }
  .branches-lens .sides .left { text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }
  .branches-lens .pairs { table-layout: fixed; } .branches-lens .pairs td:nth-child(4), .branches-lens .pairs th:nth-child(4) { border-left: 1px solid var(--line); }
  .branches-lens .verdict { font-size: 1.05rem; overflow-wrap: anywhere; }
  @media (max-width: 30em) { .branches-lens .sides { font-size: 0.84rem; } .branches-lens .sides td, .branches-lens .sides th { padding-left: 3px; padding-right: 3px; } }
`;
