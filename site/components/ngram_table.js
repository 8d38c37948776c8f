/**
 * The ladder as a table: one row for each model with its likeliest tokens, the probability of one token,
 * and the bits that the document costs it.
 *
 * State: `{unit, rows: [{name, title, predicts, top: [{id, text, kind, spoken, prob}], prob, per_token}], asked: {id, text, kind,
 * spoken, here}|null, measured: {count, span}, trained: {vocabulary}, opened}`; null while the transformer measures.
 * Sends: `ask_ngrams {id}`, `open_ngrams {name}`.
 */
import { h, css, fill, fillOnce, redraw } from "./dom.js";
import { term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { count, exact, inUnit, probability, surprise } from "./format.js";
import { many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function ngramTable(link) {
  const head = h("thead", {});
  const body = h("tbody", {});
  const caption = h("p", { class: "small muted number" });
  const table = h("table", { class: "sums number ladder" }, h("caption", { class: "sr" }, t("What each model expects")), head, body);
  const element = h("div", {}, h("div", { class: "wide" }, table), caption);
  const show = (state) => {
    fillOnce(head, JSON.stringify([state.unit, state.asked, state.measured.span]), () => heads(state));
    redraw(body, () => fill(body, state.rows.map((row) => line(row, state, link))));
    fill(caption, said(state));
  };
  const clear = () => { fillOnce(head, "", () => []); fill(body); fill(caption); };
  return { element, show, clear };
}

function heads({ asked, unit, measured }) {
  const token = asked ? tParts("p of “{token}”", { token: h("b", {}, rowNodes(asked)) }) : t("p");
  const rate = term("cross-entropy", t("{unit} per token", { unit: t(unit) }));
  return h("tr", {}, h("th", { class: "left", scope: "col" }, t("model")), h("th", { class: "left", scope: "col" }, t("expects")), h("th", { scope: "col" }, token),
    h("th", { scope: "col" }, measured.span ? tParts("{bits_per_token} of the selection", { bits_per_token: rate }) : tParts("{bits_per_token} of the document", { bits_per_token: rate })));
}

function line(row, state, link) {
  const value = inUnit(row.per_token, state.unit);
  return h("tr", { "data-model": row.name, class: row.predicts ? "marked" : null },
    h("th", { class: "left", scope: "row" }, name(row, state, link)),
    h("td", { class: "left" }, expects(row, state, link)),
    h("td", { title: exact(row.prob), "data-prob": exact(row.prob) }, row.prob === null ? "…" : probability(row.prob)),
    h("td", { title: exact(value), "data-bits": exact(row.per_token) }, row.per_token === null ? "…" : surprise(row.per_token, state.unit)));
}

/** The rungs open the counts behind them; uniform and the transformer have none. */
function name(row, { opened }, link) {
  if (row.name === "uniform" || row.name === "transformer") return t(row.title);
  return h("button", { type: "button", class: "quiet rung", "data-key": `open ${row.name}`, "aria-expanded": String(opened === row.name), title: t("The counts behind its number"), onclick: () => link.send("open_ngrams", { name: row.name }) }, t(row.title));
}

function expects(row, { asked, trained }, link) {
  if (row.name === "uniform") return h("span", { class: "muted" }, tParts("each {of_all_tokens} alike", { of_all_tokens: h("span", { class: "of-all" }, t("of {n} tokens", { n: count(trained.vocabulary) })) }));
  if (!row.top.length) return h("span", { class: "muted" }, t("the model is reading…"));
  return row.top.map((token, i) => h("span", { class: "expected" },
    h("button", { type: "button", class: "token", "data-key": `${row.name} ${i}`, "aria-pressed": String(token.id === asked?.id), "aria-label": `${token.spoken}, ${probability(token.prob)}`, title: t("p {p}. Compare its probability under all models", { p: exact(token.prob) }), onclick: () => link.send("ask_ngrams", { id: token.id }) }, rowNodes(token)),
    h("span", { class: "muted small", "aria-hidden": "true" }, short(token.prob))));
}

const short = (p) => (p >= 0.0995 ? p.toFixed(2) : p >= 0.00095 ? p.toFixed(3) : p.toExponential(0));

function said({ asked, measured }) {
  const which = !asked ? "" : asked.here ? t("The token compared is the one that stands here.") : t("Press a token to compare its probability; press a model's name for the counts behind it.");
  const bits = measured.span ? many(measured.count, "Bits are those of {n} selected token.", "Bits are those of {n} selected tokens.") : many(measured.count, "Bits are those of {n} token of the document.", "Bits are those of {n} tokens of the document.");
  return which ? `${which} ${bits}` : bits;
}

export const styles = css`
  .ladder th, .ladder td { vertical-align: baseline; } .ladder thead th:nth-child(n + 3) { width: 4.9rem; } .ladder td { white-space: nowrap; } .ladder td.left { white-space: normal; } .ladder thead b { color: var(--ink); white-space: pre-wrap; }
  .ladder tbody th { font-weight: 500; } .ladder .rung { margin-left: -8px; color: var(--accent); text-align: left; white-space: nowrap; } .rung[aria-expanded="true"] { background: var(--accent-soft); font-weight: 600; }
  .rung::after { content: " ▸" / ""; } .rung[aria-expanded="true"]::after { content: " ▾" / ""; }
  .expected { display: inline-flex; align-items: baseline; margin-right: 6px; white-space: nowrap; } .expected .token { margin-left: -4px; padding: 0 4px; font-size: 0.95rem; max-width: 9rem; overflow: clip; text-overflow: ellipsis; white-space: pre; }
  .expected .token[aria-pressed="true"] { background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
  .ladder .marked > * { background: var(--chip); }
  @media (max-width: 30em) { .ladder .expected:nth-child(n + 3) { display: none; } .ladder thead th:nth-child(n + 3) { width: 3.6rem; } .ladder tbody th, .ladder .rung { white-space: normal; overflow-wrap: anywhere; } }
  @media (max-width: 23em) { .ladder .expected:nth-child(n + 2) { display: none; } .ladder .expected .small { display: none; } .ladder .expected .token { max-width: 5rem; } .ladder .of-all { display: none; } .ladder th, .ladder td { padding-left: 2px; padding-right: 2px; } }
`;
