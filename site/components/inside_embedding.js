/**
 * Embedding: which tokens the model's own matrix puts near each other, by cosine.
 *
 * State: `{token, other, search: {query, found, message}, other_search, examples, width, vocab, tied, waiting, error}` and,
 * when known, `{own, rows: [{rank, id, text, kind, spoken, cosine, length}], compared, middle, spread: [count]}`.
 * Sends: `embedding_query {query}`, `embedding_other_query {query}`, `embedding_look {id}`, `embedding_compare {id}`.
 */
import { h, css, fill, fillOnce, redraw, saveFile, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { named, term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { bits, count, csvLine } from "./format.js";
import { later, t, tParts } from "./wording.js";

const COLUMNS = ["#", later("token"), later("id"), later("cosine"), later("length")];

/** @param {import("./link.js").Link} link */
export function create(link) {
  let latest = null;
  const look = (id) => link.send("embedding_look", { id });
  const compare = (id) => link.send("embedding_compare", { id });
  const find = tokenSearch("embedding-query", t("Find a token"), (query) => link.send("embedding_query", { query }), look);
  const against = tokenSearch("embedding-other", t("Compare with"), (query) => link.send("embedding_other_query", { query }), compare);
  const examples = h("div", { class: "row examples", role: "group", "aria-label": t("Examples") });
  const title = h("h3", { class: "title", "aria-live": "polite" });
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const body = h("tbody", {});
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("neighbours.csv", asCsv(latest.rows), "text/csv;charset=utf-8") }, "CSV");
  const table = h("table", { class: "sums number near" }, h("caption", { class: "sr" }, t("Nearest tokens")), h("thead", {}, h("tr", {}, COLUMNS.map((label, i) => h("th", { scope: "col", class: i === 1 ? "left" : i === 2 ? "id" : null, title: label === "length" ? t("of the row of numbers; the cosine does not depend on it") : null }, named(label))))), body);
  const spread = spreadPicture();
  const pair = h("div", { class: "pair", role: "status" });
  const facts = h("p", { class: "prose" });
  const element = h("div", { class: "stack embedding-part" }, facts,
    h("div", { class: "columns" },
      h("section", { class: "stack tight" }, find.element, examples, title, error, h("div", { class: "wide" }, table), h("div", { class: "row" }, h("span", { class: "spring" }, save))),
      h("section", { class: "stack" },
        h("div", { class: "stack tight" }, h("h4", {}, t("Two tokens")), against.element, pair),
        h("div", { class: "stack tight" }, h("h4", {}, t("All tokens")), spread.element),
        h("div", { class: "stack tight words" }, h("h4", {}, t("What the numbers mean")),
          h("p", {}, t("The cosine compares directions: 1 is the same direction, 0 a right angle. It is the sum of products of the two rows, divided by both lengths, so that lengths do not count. The length of a row (the last column) is the root of the sum of its squares.")),
          h("p", {}, t("Zero is not the usual value: the rows share a common direction, so a cosine says little by itself. Compare it with the middle of all tokens.")),
          h("p", {}, tParts("Neighbours are used alike, which is not the same as meaning alike: opposites are near each other, and so are the spellings of one word. Tokens that training hardly ever met were all moved alike: they lie close together without having anything in common (try {token}).", { token: h("code", {}, "<|im_start|>") }))))));
  const show = (state) => {
    latest = state;
    fillOnce(facts, `${state.vocab} ${state.width} ${state.tied}`, () => whatRowsAre(state));
    find.show(state.search);
    against.show(state.other_search);
    if (!examples.firstChild) fill(examples, h("span", { class: "label" }, t("Try")), state.examples.map((row) => h("button", { type: "button", class: "quiet small", "aria-label": t("Neighbours of {token}", { token: row.spoken }), onclick: () => look(row.id) }, rowNodes(row))));
    fill(title, ...heading(state));
    setText(error, state.error);
    error.hidden = !state.error;
    element.classList.toggle("busy", state.waiting);
    table.hidden = save.hidden = !state.rows && !body.firstChild;
    fill(pair, ...compared(state));
    if (!state.rows) return;
    redraw(body, () => fill(body, state.rows.map((row) => line(row, look))));
    spread.show(state);
  };
  return { element, show };
}

function whatRowsAre({ vocab, width, tied }) {
  const rows = tParts("Each of the {n} tokens is a row of {width} numbers, the model's {embedding} of it.", { n: count(vocab), width: count(width), embedding: term("embedding", t("embedding")) });
  return [rows, " ", tied ? t("The same rows serve as the output matrix: the logit of a token is the product of its row with the last layer's result.") : t("The output matrix is another one in this model; these are the rows that are read.")];
}

function heading({ token, waiting }) {
  if (!token) return [t("Choose a token")];
  const name = h("span", { class: "name" }, tParts("“{text}”", { text: rowNodes(token) }));
  return waiting ? tParts("Looking up {token}…", { token: name }) : tParts("Nearest to {token}", { token: name });
}

/** A search field with the tokens that fit as buttons. */
function tokenSearch(id, label, ask, choose) {
  const field = h("input", { class: "field", type: "search", id, placeholder: t("text or id"), autocomplete: "off", spellcheck: "false", oninput: () => ask(field.value) });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") found.querySelector("button")?.click(); });
  const found = h("div", { class: "row found", role: "group", "aria-label": t("{label}: tokens that fit", { label }) });
  const said = h("span", { class: "small muted" });
  const element = h("div", { class: "stack tight" }, h("div", { class: "row" }, h("label", { for: id }, label), field, said), found);
  const show = ({ query, found: rows, message }) => {
    setText(said, message);
    if (!query && field.getRootNode().activeElement !== field) field.value = "";
    redraw(found, () => fill(found, rows.map((row) => h("button", { type: "button", class: "button small offer", "data-key": `${id}${row.id}`, "aria-label": `${row.spoken}, ${row.id}`, onclick: () => { field.value = ""; choose(row.id); } }, rowNodes(row), h("span", { class: "muted number" }, ` ${row.id}`)))), field);
    found.hidden = rows.length === 0;
  };
  return { element, show };
}

function line(row, look) {
  const width = `width:${(Math.max(0, row.cosine) * 100).toFixed(1)}%`;
  return h("tr", {}, h("td", {}, row.rank), h("td", { class: "left" }, h("button", { type: "button", class: "token", "data-key": row.id, "aria-label": t("Neighbours of {token}", { token: row.spoken }), onclick: () => look(row.id) }, rowNodes(row))),
    h("td", { class: "id muted" }, row.id), h("td", { class: "bar-cell", title: row.cosine }, h("span", { class: "track", "aria-hidden": "true" }, h("i", { style: width })), cosine(row.cosine)), h("td", { title: row.length }, bits(row.length)));
}

const cosine = (value) => value.toFixed(3).replace("-", "−");

function compared({ token, other, compared: found, vocab }) {
  if (!other) return [h("p", { class: "small muted" }, t("Find a second token to compare this one with."))];
  if (!found) return [];
  const names = { token: rowNodes(token), other: rowNodes(other) };
  if (found.rank === 0) return [h("p", {}, tParts("“{token}” and “{other}” are one token: the cosine is 1.", names))];
  const value = h("b", { class: "number", title: found.cosine }, cosine(found.cosine));
  return [h("p", {}, tParts("The cosine of “{token}” and “{other}” is {cosine}: rank {rank} among the {others} others.", { ...names, cosine: value, rank: count(found.rank), others: count(vocab - 1) }))];
}

/** How many tokens lie at which cosine; marks for the middle and for the token compared with. */
function spreadPicture() {
  const [width, height] = [400, 84];
  const bars = svg("path", { class: "bars" });
  const marks = svg("g", {});
  const picture = svg("svg", { class: "spread", role: "img", viewBox: `0 0 ${width} ${height + 18}` }, bars, svg("path", { class: "axis", d: `M0 ${height}H${width}` }), ["−1", "0", "1"].map((label, i) => svg("text", { x: [2, width / 2, width - 2][i], y: height + 14, "text-anchor": ["start", "middle", "end"][i] }, label)), marks);
  const text = h("p", { class: "small muted" });
  const x = (value) => ((value + 1) / 2) * width;
  const show = ({ spread, middle, compared: other, token, vocab }) => {
    const top = Math.max(...spread);
    const step = width / spread.length;
    bars.setAttribute("d", spread.map((n, i) => (n ? `M${i * step + 0.5} ${height}v${-Math.max(1, (n / top) * (height - 14))}h${step - 1}V${height}z` : "")).join(""));
    const mark = (value, label, kind) => [svg("path", { class: kind, d: `M${x(value)} ${height}V8` }), svg("text", { x: Math.min(width - 34, Math.max(34, x(value))), y: 8, "text-anchor": "middle" }, label)];
    fill(marks, mark(middle, t("middle {cosine}", { cosine: cosine(middle) }), "middle"), other && other.rank > 0 && Math.abs(other.cosine - middle) > 0.2 ? mark(other.cosine, cosine(other.cosine), "other") : []);
    const words = t("How many of the {n} tokens have which cosine with “{token}”. Half of them are above {middle}.", { n: count(vocab), token: token.text.replace(/^ /, "␣"), middle: cosine(middle) });
    setText(text, words);
    picture.setAttribute("aria-label", words);
  };
  const save = pictureMenu("cosines", () => ({ drawing: picture, caption: text.textContent }), "transformer");
  return { element: h("div", { class: "stack tight" }, picture, text, h("div", { class: "row" }, h("span", { class: "spring" }, save))), show };
}

function asCsv(rows) {
  return [["rank", "id", "text", "cosine", "length"], ...rows.map((row) => [row.rank, row.id, row.text, row.cosine, row.length])].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .embedding-part .name { font-weight: 500; white-space: pre-wrap; } .busy .near { filter: grayscale(1); color: var(--muted); }
  .embedding-part .field[type="search"] { width: 12rem; max-width: 100%; }
  .found { gap: 6px; } .offer { min-height: 30px; padding: 2px 10px; white-space: pre-wrap; }
  .near .bar-cell { position: relative; min-width: 7.5rem; } .near .track { position: absolute; inset: 8px 4.2rem 6px 6px; } .near .track i { display: block; height: 100%; background: var(--bar-fill); border-radius: 2px; }
  .near td { padding-top: 2px; padding-bottom: 2px; } .error { color: var(--bad); }
  .spread { width: 100%; max-width: 26rem; height: auto; overflow: visible; } .spread text { font-size: 11px; fill: var(--muted); }
  .spread .bars { fill: var(--bar-fill); } .spread .axis { stroke: var(--edge); } .spread .middle { stroke: var(--muted); stroke-dasharray: 3 3; } .spread .other { stroke: var(--accent); stroke-width: 2; }
  .words p { line-height: 1.55; color: var(--muted); max-width: 40rem; } .words code { font-family: var(--mono); font-size: 0.9em; }
  @media (max-width: 30em) { .near .id { display: none; } }
`;
