/**
 * The next-token distribution: one sentence, the 0–1 strip, the ranked table, a look-up.
 *
 * State: `{unit, at, where, can_here, can_next, title: {text, token}, message, entropy, choices, length,
 * rows: [{rank, id, text, kind, spoken, logit, prob, logprob, bits, cumulative}], marked: row|null,
 * other: {count, prob}, lookup: {query, rows, message}, waiting}`, and that of guess_form.js; `at` is
 * the position shown. While `asks` is there, no numbers are, neither here nor in the page.
 * While the model computes, the numbers before stay where they are, dimmed, so that nothing jumps.
 * Sends: `where {name}`, `press {id, at}` when a candidate is pressed, `pick {id, at}` when it is clicked, `length {n}`, `lookup {query}`, and what guess_form.js sends.
 */
import { h, css, fill, saveFile, setText } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { term } from "./terms.js";
import { tokenNodes, rowNodes, tokenLabel } from "./token_text.js";
import { cumulativeStrip } from "./cumulative_strip.js";
import { candidateTable } from "./candidate_table.js";
import { guessForm, guessSwitch } from "./guess_form.js";
import { amount, count, csvLine, probability } from "./format.js";
import { many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const where = whereSwitch(link);
  const first = guessSwitch(link);
  const guess = guessForm(link);
  const title = h("p", { class: "title", tabindex: -1 });
  const surprise = h("span", {});
  const entropy = h("p", { class: "entropy muted number" }, term("entropy", t("entropy")), surprise);
  let latest = null;
  const choose = (verb) => (id) => { if (latest && !latest.waiting && !latest.writing) link.send(verb, { id, at: latest.at }); };
  const pick = choose("pick");
  const strip = cumulativeStrip(pick);
  const table = candidateTable(pick, choose("press"));
  const lookup = lookUp(link, pick);
  const tools = toolRow(link, () => latest);
  const body = h("div", { class: "wide" });
  const head = h("div", { class: "row head" }, where.element, first.element);
  const element = h("div", { class: "next" }, head, title, guess.element, entropy, body, tools.element, lookup.element);
  const show = (state) => {
    const drawn = body.childElementCount > 0 && !body.hidden;
    const { activeElement } = element.getRootNode();
    const focused = element.contains(activeElement) ? activeElement : null;
    latest = state;
    where.show(state);
    first.show(state);
    guess.show(state);
    element.classList.toggle("busy", Boolean(state.waiting));
    element.classList.toggle("writing", Boolean(state.writing));
    if (state.waiting && drawn) return setText(title, state.message);
    fill(title, ...sentence(state));
    setText(surprise, entropyLine(state));
    entropy.classList.toggle("unknown", !surprise.textContent);
    body.hidden = !state.rows;
    // Numbers that are to be guessed leave the page, and do not only go out of sight.
    if (state.asks) body.replaceChildren();
    else if (state.rows && !body.firstChild) body.append(strip.element, table.element);
    if (state.rows) { strip.show(state); table.show(state); }
    tools.show(state, table);
    lookup.show(state);
    const held = element.getRootNode().activeElement;
    if (focused && (!element.contains(held) || held.closest("[hidden]"))) (guess.target() ?? title).focus({ preventScroll: true });
  };
  return { element, show };
}

function sentence(state) {
  if (state.message) return [state.message];
  const next = state.where === "next";
  const words = {
    text: h("b", {}, tokenNodes(state.title.text, { spaces: false })),
    token: next ? null : h("b", { class: "chosen" }, tokenNodes(state.title.token)),
    model: who(state),
  };
  return state.title.text ? afterText(state, next, words) : atStart(state, next, words);
}

function afterText({ asks }, next, words) {
  if (asks && next) return tParts("After “{text}”: guess before you look", words);
  if (asks) return tParts("For “{token}”, after “{text}”: guess before you look", words);
  if (next) return tParts("After “{text}”, {model} expects", words);
  return tParts("For “{token}”, after “{text}”, {model} expected", words);
}

function atStart({ asks }, next, words) {
  if (asks && next) return tParts("At the very start: guess before you look", words);
  if (asks) return tParts("For “{token}”, at the very start: guess before you look", words);
  if (next) return tParts("At the very start, {model} expects", words);
  return tParts("For “{token}”, at the very start, {model} expected", words);
}

/** "the model", or which one where that is an n-gram: "the trigram". */
function who({ by }) {
  if (!by) return t("the model");
  return by === "uniform" ? t("the uniform model") : t("the {model}", { model: t(by.split(",")[0]) });
}

function entropyLine(state) {
  if (state.message || state.entropy === undefined) return "";
  const n = state.choices < 10 ? state.choices.toFixed(1) : Math.round(state.choices);
  return ` ${t("{amount}, like choosing among {n} equal options", { amount: amount(state.entropy, state.unit), n })}`;
}

export function whereSwitch(link) {
  const button = (name, label) => h("button", { type: "button", "aria-pressed": "false", onclick: () => link.send("where", { name }) }, label);
  const buttons = { here: button("here", t("Predicted here")), next: button("next", t("What comes next")) };
  const element = h("div", { class: "segmented small", role: "group", "data-part": "where", "aria-label": t("Which prediction") }, buttons.here, buttons.next);
  const show = (state) => {
    for (const [name, item] of Object.entries(buttons)) item.setAttribute("aria-pressed", String(state.where === name));
    buttons.here.disabled = !state.can_here;
    buttons.next.disabled = !state.can_next;
  };
  return { element, show };
}

function toolRow(link, latest) {
  const length = h("select", { class: "field small", "aria-label": t("Rows in the table"), onchange: () => link.send("length", { n: Number(length.value) }) },
    [5, 10, 20, 50, 100].map((n) => h("option", { value: n }, many(n, "{n} row", "{n} rows"))));
  const columns = h("button", { type: "button", class: "quiet small", "aria-pressed": "false" }, t("All columns"));
  const said = h("span", { class: "small muted", role: "status" });
  const copy = h("button", { type: "button", class: "quiet small", onclick: async () => { await navigator.clipboard.writeText(asText(latest(), "\t")); setText(said, t("Copied")); } }, t("Copy"));
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("distribution.csv", asText(latest()), "text/csv;charset=utf-8") }, "CSV");
  const picture = pictureMenu("distribution", async () => {
    const { barsDrawing } = await import("./picture_charts.js");
    const { rows, other, marked, title, where } = latest();
    const drawing = barsDrawing(rows.map((row) => ({ ...row, marked: row.id === marked?.id })), other);
    return { drawing, caption: pictured(title, where) };
  });
  const element = h("div", { class: "row tools" }, length, columns, h("span", { class: "spring row" }, said, copy, save, picture));
  let table;
  columns.addEventListener("click", () => columns.setAttribute("aria-pressed", String(table.toggleColumns())));
  const show = (state, current) => {
    table = current;
    element.hidden = !state.rows;
    length.value = state.length;
    setText(said, "");
  };
  return { element, show };
}

function pictured(title, where) {
  const words = { text: tokenLabel(title.text), token: tokenLabel(title.token) };
  return where === "here" ? t("probability of the next token after “{text}”; “{token}” stands there", words) : t("probability of the next token after “{text}”", words);
}

const FIELDS = ["rank", "token", "id", "logit", "probability", "logprob", "bits", "cumulative"];

function asText(state, separator = ",") {
  const rows = state.rows.map((row) => [row.rank, tokenLabel(row.text), row.id, row.logit, row.prob, row.logprob, row.bits, row.cumulative]);
  rows.push(["", `(other ${state.other.count})`, "", "", state.other.prob, "", "", 1]);
  const lines = [FIELDS, ...rows];
  return lines.map((cells) => separator === "," ? csvLine(cells) : cells.join(separator)).join("\n") + "\n";
}

function lookUp(link, pick) {
  const input = h("input", { class: "field", type: "search", placeholder: t("token text or id"), autocomplete: "off", spellcheck: "false", id: "lookup" });
  const out = h("div", { class: "found", "aria-live": "polite" });
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => link.send("lookup", { query: input.value.slice(0, 200) }), 120);
  });
  const element = h("div", { class: "lookup" }, h("label", { class: "small muted", for: "lookup" }, t("Look up any token")), input, out);
  const show = (state) => {
    element.hidden = !state.rows;
    const found = state.lookup;
    if (!found?.query) return fill(out);
    const rows = found.rows.map((row) => h("li", { class: "number" },
      h("button", { type: "button", class: "token", "aria-label": t("Pick {token}", { token: row.spoken }), onclick: () => pick(row.id) }, rowNodes(row)),
      " ", t("id {id} · rank {rank} · p {p} · {amount}", { id: row.id, rank: count(row.rank), p: probability(row.prob), amount: amount(row.bits, state.unit) })));
    return fill(out, rows.length ? h("ul", { class: "small" }, rows) : null, found.message ? h("p", { class: "small muted" }, found.message) : null);
  };
  return { element, show };
}

export const styles = css`
  .next { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .head { justify-content: space-between; margin-bottom: 12px; }
  .segmented button:disabled { opacity: 0.5; cursor: default; }
  .tools { padding-top: 10px; }
  .tools [aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); }
  .unknown { visibility: hidden; min-height: 1.5em; }
  .lookup { display: grid; gap: 6px; padding-top: 14px; }
  .lookup input { max-width: 16rem; }
  .found ul { list-style: none; display: grid; gap: 2px; } .found .token { margin-left: 0; }
  .next.writing .candidates .token, .next.writing .cum span { cursor: not-allowed; }
  /* Of another place still: without colour, but as readable as ever. */
  .next.busy :is(.cum-box, .candidates) { filter: grayscale(1); color: var(--muted); }
`;
