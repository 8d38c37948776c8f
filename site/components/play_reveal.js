/**
 * What a round came to: the token, what the player gave it and paid for it, and what it cost the others.
 *
 * State: `{number, of, vocab_size, last: {token, points, placed, others, each, q, bits, jolt, words, costs: [{name, title, prob,
 * bits, rank}], top: [{…token, prob, points, came}]}|null}`.
 * Sends: `play_next`.
 */
import { h, css, fill, mayTakeFocus, redraw, setText } from "./dom.js";
import { named } from "./terms.js";
import { gauge, jolt } from "./jolt.js";
import { rowNodes } from "./token_text.js";
import { amount, count, exact, probability, surprise } from "./format.js";
import { t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function playReveal(link) {
  const title = h("p", { class: "big" });
  const formula = h("p", { class: "number formula" });
  const bar = h("i", {});
  const words = h("p", {});
  const box = h("div", { class: "stack tight", role: "status" }, title, h("div", { class: "gauge", "aria-hidden": "true" }, bar), words, formula);
  const costs = h("table", { class: "sums number costs" });
  const top = h("div", { class: "stack tight" });
  const next = h("button", { type: "button", class: "button primary", onclick: () => link.send("play_next") }, t("Next token"));
  const element = h("div", { class: "stack" }, box, h("div", { class: "row" }, next), costs, top);
  let shown = "";
  const show = ({ last, turn, number, of }, unit) => {
    element.hidden = !last;
    if (!last) { shown = ""; return; }
    fill(title, tParts("It was “{token}”: you pay {bits}", { token: rowNodes(last.token), bits: amount(last.bits, unit) }));
    setText(words, last.words);
    setText(formula, written(last, unit));
    gauge(bar, last.jolt);
    redraw(costs, () => fill(costs, costRows(last.costs, unit)));
    fill(top, topRows(last.top));
    setText(next, number === of ? t("See the result") : t("Next token"));
    const key = `${turn}`;
    if (shown === key) return;
    shown = key;
    jolt(box, last.jolt);
    if (!mayTakeFocus(box)) return;
    next.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  };
  return { element, show };
}

const LOG = { bits: "log₂", nats: "ln" };

function written({ points, placed, others, q, bits }, unit) {
  const claimed = points ? `${points}/100` : `${100 - placed}/100 ÷ ${count(others)}`;
  return `q = ${claimed} = ${probability(q)}   −${LOG[unit]} q = ${amount(bits, unit)}`;
}

function costRows(costs, unit) {
  const most = Math.max(...costs.map(({ bits }) => bits ?? 0), 1);
  return [
    h("caption", { class: "sr" }, t("What the token cost everyone")),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "sr" }, t("who"))), ["probability", "rank", unit].map((head) => h("th", { scope: "col" }, named(head))), h("td", { class: "bar-cell", "aria-hidden": "true" }))),
    h("tbody", {}, costs.map(({ name, title, prob, bits, rank }) => h("tr", { "data-name": name }, h("th", { scope: "row", class: "left" }, title), h("td", { "data-col": "prob", title: exact(prob) }, probability(prob)), h("td", {}, rank === null ? "" : count(rank)), h("td", { "data-col": "bits", title: exact(bits) }, bits === null ? "∞" : surprise(bits, unit)), h("td", { class: "bar-cell", "aria-hidden": "true" }, meter((bits ?? most) / most, name === "you"))))),
  ];
}

/** A bar of this share of its width. */
export function meter(share, you) {
  const bar = h("i", {});
  bar.style.transform = `scaleX(${share})`;
  return h("div", { class: you ? "meter you" : "meter" }, bar);
}

function topRows(top) {
  if (!top.length) return [];
  return [
    h("h3", {}, t("What the transformer expected here")),
    h("table", { class: "sums number expected" }, h("thead", {}, h("tr", {}, [t("token"), t("probability"), t("your points")].map((head, i) => h("th", { scope: "col", class: i === 0 ? "left" : null }, head)), h("td", { class: "bar-cell", "aria-hidden": "true" }))),
      h("tbody", {}, top.map((row) => h("tr", { class: row.came ? "came" : null }, h("th", { scope: "row", class: "left" }, rowNodes(row)), h("td", { title: exact(row.prob) }, probability(row.prob)), h("td", {}, row.points || "–"), h("td", { class: "bar-cell", "aria-hidden": "true" }, meter(row.prob, false)))))),
  ];
}

export const styles = css`
  .costs [data-name="you"] > * { font-weight: 650; } .costs .bar-cell { width: 36%; } .expected .bar-cell { width: 30%; } .expected .came > * { background: var(--accent-soft); }
  .formula { white-space: pre-wrap; }
  @media (max-width: 23em) { .costs .bar-cell, .expected .bar-cell { display: none; } }
`;
