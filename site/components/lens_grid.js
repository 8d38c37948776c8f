/**
 * The logit lens as a grid: a column for each token of the text, a row for each layer, in each cell what that layer
 * would predict next.  Below it, one position in full: how the guess and its rank come about, layer by layer.
 *
 * State (of `look`): `{tokens, layers, position, complete, grid: [[[id, p in ten-thousandths]] | null], names: {id: row},
 * rows: [{top: [[id, p]], entropy, final_rank, final_prob, next_rank, next_prob} | null], final, follows, settled}`;
 * row 0 is before the first layer.
 * Sends: `look_position {index}`.
 */
import { h, css, fill, redraw, saveFile, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { named, term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { amount, count, csvLine, probability } from "./format.js";
import { t, tParts } from "./wording.js";

const STEPS = [0.05, 0.2, 0.5, 0.8];
const percent = (p) => Math.round(p * 100);

/** @param {import("./link.js").Link} link */
export function lensGrid(link) {
  let latest = null;
  const title = h("h3", { id: "lens-title" });
  const table = h("table", { class: "lens-grid", role: "grid", "aria-labelledby": "lens-title" });
  const line = h("p", { class: "small cell-line", "aria-live": "polite" });
  const detail = h("section", { class: "stack tight" });
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("logit-lens.csv", asCsv(latest), "text/csv;charset=utf-8") }, "CSV");
  const legend = h("div", { class: "row legend small muted" }, h("span", {}, t("in each cell the guess and its probability in %; the colours:")), STEPS.concat(1).map((most, i) => h("span", { class: "row key" }, h("i", { "data-step": i }), i ? `${percent(STEPS[i - 1])}–${percent(most)} %` : t("below {percent} %", { percent: percent(most) }))), h("span", { class: "row key" }, h("i", { class: "same" }, "●"), t("same as after the last layer")));
  const element = h("div", { class: "stack" },
    h("div", { class: "stack tight" }, title, h("p", { class: "prose" }, tParts("After each layer the final norm and the output matrix are put on what is there so far (the {lens}): what would the model say if it had to answer now? Choose a column with a click, or with the arrow keys and Enter.", { lens: h("span", { class: "whole" }, tParts("“{text}”", { text: term("logit lens", t("logit lens")) })) })), legend),
    h("div", { class: "grid-box", tabindex: -1 }, table), h("div", { class: "row" }, line, h("span", { class: "spring" }, save)), detail,
    h("p", { class: "prose small" }, t("What this can tell: from which layer on a token is favoured. What it cannot: early layers do not write in the language of the output matrix, so an odd guess there is no error, and what the lens cannot read may be there all the same. A guess that appears late was not necessarily made late.")));
  const choose = (index) => link.send("look_position", { index });
  table.addEventListener("click", (event) => { const cell = event.target.closest("td"); if (cell) { focusCell(table, cell); choose(Number(cell.dataset.column)); } });
  table.addEventListener("keydown", (event) => keys(table, event, choose));
  for (const kind of ["focusin", "pointerover"]) table.addEventListener(kind, (event) => { const cell = event.target.closest("td"); if (cell) setText(line, cell.firstChild.textContent); });
  const show = (look, unit) => {
    const fresh = !latest || latest.tokens.length !== look.tokens.length || latest.tokens.some(({ id }, i) => id !== look.tokens[i].id);
    const grown = fresh || !latest.complete;
    latest = look;
    setText(title, t("What each of {n} layers would predict", { n: look.layers }));
    if (fresh) makeTable(table, look);
    fillTable(table, look);
    // Columns grow with what comes into them.
    if (grown && !table.contains(table.getRootNode().activeElement)) intoView(table, table.tBodies[0].rows[0].cells[look.position + 1]);
    redraw(detail, () => fill(detail, positionDetail(look, unit, choose)));
    save.hidden = !look.complete;
  };
  return { element, show };
}

function makeTable(table, { tokens, layers }) {
  const rows = Array.from({ length: layers + 1 }, (_, i) => layers - i);
  fill(table, h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "corner" }, h("span", { class: "sr" }, t("after layer"))), tokens.map((token, i) => h("th", { scope: "col", "data-column": i, title: token.spoken }, rowNodes(token))))),
    h("tbody", {}, rows.map((row) => h("tr", { "data-row": row }, h("th", { scope: "row", class: "number" }, row === 0 ? h("span", { title: t("the embedding, before the first layer") }, "0") : row), tokens.map((_, i) => h("td", { "data-column": i, tabindex: -1 }))))));
}

function fillTable(table, look) {
  const { grid, names, tokens, layers, position } = look;
  for (const tr of table.tBodies[0].rows) {
    const row = Number(tr.dataset.row);
    tokens.forEach((token, i) => {
      const cell = tr.cells[i + 1];
      cell.classList.toggle("chosen", i === position);
      if (!grid[row]) { cell.dataset.step = ""; if (cell.dataset.key !== "") fill(cell, h("span", { class: "sr" }, t("not known yet")), h("span", { "aria-hidden": "true" }, "…")); cell.dataset.key = ""; return; }
      const [id, parts] = grid[row][i];
      const same = grid[layers]?.[i][0] === id;
      const key = `${id} ${parts} ${same}`;
      if (cell.dataset.key === key) return;
      cell.dataset.key = key;
      const p = parts / 10000;
      cell.dataset.step = STEPS.filter((step) => p >= step).length;
      fill(cell, h("span", { class: "sr" }, spokenCell(row, token, names[id], p, same)), h("span", { class: "guess", "aria-hidden": "true" }, h("span", { class: "word" }, rowNodes(names[id])), h("span", { class: "p number" }, Math.round(p * 100), h("i", { class: "same", "aria-hidden": "true" }, same ? "●" : ""))));
    });
  }
  for (const head of table.tHead.rows[0].cells) head.classList.toggle("chosen", head.dataset.column === String(position));
  if (!table.querySelector("td[tabindex='0']")) table.tBodies[0].rows[0]?.cells[position + 1]?.setAttribute("tabindex", 0);
}

function spokenCell(row, token, guess, p, same) {
  const values = { layer: row, token: token.spoken, guess: guess.spoken, p: p < 0.0001 ? t("below 0.0001") : p.toFixed(p < 0.01 ? 4 : 3) };
  if (row === 0 && same) return t("before the first layer, at “{token}”: {guess}, {p}, as after the last layer", values);
  if (row === 0) return t("before the first layer, at “{token}”: {guess}, {p}", values);
  if (same) return t("after layer {layer}, at “{token}”: {guess}, {p}, as after the last layer", values);
  return t("after layer {layer}, at “{token}”: {guess}, {p}", values);
}

function focusCell(table, cell) {
  table.querySelector("td[tabindex='0']")?.setAttribute("tabindex", -1);
  cell.setAttribute("tabindex", 0);
  cell.focus({ preventScroll: true });
  intoView(table, cell);
}

/** Scrolls the box alone, and past the headings that stand still in it. */
function intoView(table, cell) {
  const [box, view] = [cell.getBoundingClientRect(), table.parentElement.getBoundingClientRect()];
  const left = view.left + table.querySelector(".corner").offsetWidth;
  if (box.left < left) table.parentElement.scrollLeft -= left - box.left;
  else if (box.right > view.right) table.parentElement.scrollLeft += box.right - view.right;
  const top = view.top + table.tHead.offsetHeight;
  if (box.top < top) table.parentElement.scrollTop -= top - box.top;
  else if (box.bottom > view.bottom) table.parentElement.scrollTop += box.bottom - view.bottom;
}

function keys(table, event, choose) {
  const cell = event.target.closest("td");
  if (!cell) return;
  const rows = [...table.tBodies[0].rows];
  const [y, x] = [rows.indexOf(cell.parentElement), cell.cellIndex];
  const last = rows[0].cells.length - 1;
  const to = { ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], Home: [y, 1], End: [y, last] }[event.key];
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(Number(cell.dataset.column)); }
  if (!to) return;
  event.preventDefault();
  focusCell(table, rows[Math.max(0, Math.min(to[0], rows.length - 1))].cells[Math.max(1, Math.min(to[1], last))]);
}

/** One position: a sentence, the rank over the layers as a curve, and the five likeliest of each layer. */
function positionDetail(look, unit, choose) {
  const { tokens, position, rows, names, final, follows, layers, settled } = look;
  const name = (row) => h("b", { class: "name" }, tParts("“{text}”", { text: rowNodes(row) }));
  const move = (by, label, to) => h("button", { type: "button", class: "quiet small", "data-key": `move ${by}`, "aria-disabled": String(to), onclick: () => { if (!to) choose(position + by); } }, label);
  const known = rows.map((row, i) => ({ row, i })).filter(({ row }) => row);
  const sentences = rows[layers] ? [tParts("The model's answer: {token} with {p}.", { token: name(names[final]), p: probability(rows[layers].final_prob) }), settledSentence(settled, layers, () => name(names[final])), follows ? followsSentence(name(follows), rows[layers].next_rank) : []] : [[t("Not known yet.")]];
  return [
    h("div", { class: "row" }, h("h3", {}, tParts("After {token}", { token: name(tokens[position]) })), h("span", { class: "spring row" }, move(-1, t("◀ previous token"), position === 0), move(1, t("next token ▶"), position === tokens.length - 1))),
    h("p", {}, sentences.filter((said) => said.length).map((said, i) => (i ? [" ", said] : said))),
    rankCurve(look),
    h("details", { class: "each-layer" }, h("summary", {}, t("The five likeliest after each layer")), h("div", { class: "wide" }, h("table", { class: "sums number" },
      h("caption", { class: "sr" }, t("The five likeliest tokens after each layer")),
      h("thead", {}, h("tr", {}, [t("layer"), t("likeliest"), term("entropy", t("entropy")), t("rank of the answer"), follows ? t("rank of what follows") : null].filter(Boolean).map((label, i) => h("th", { scope: "col", class: i === 1 ? "left" : null }, label)))),
      h("tbody", {}, known.reverse().map(({ row, i }) => h("tr", {}, h("td", {}, i), h("td", { class: "left" }, row.top.map(([id, p]) => h("span", { class: "one" }, h("b", {}, rowNodes(names[id])), ` ${probability(p)}`))), h("td", {}, amount(row.entropy, unit)), h("td", {}, count(row.final_rank)), follows ? h("td", {}, count(row.next_rank)) : null)))))),
  ];
}

function settledSentence(settled, layers, token) {
  if (settled === null) return [];
  if (settled === layers) return tParts("{token} becomes the likeliest only after the last layer.", { token: token() });
  if (settled === 0) return tParts("{token} is the likeliest in every layer.", { token: token() });
  return tParts("{token} is the likeliest from layer {layer} on.", { token: token(), layer: settled });
}

function followsSentence(token, rank) {
  if (rank === 1) return tParts("In the text follows {token}, just that.", { token });
  return tParts("In the text follows {token}, rank {rank} in the end.", { token, rank: count(rank) });
}

/** Ranks from the first layer to the last, on a logarithmic scale with 1 on top. */
function rankCurve({ rows, layers, follows, names, final }) {
  const [width, height, left] = [520, 130, 46];
  const ranks = rows.flatMap((row) => (row ? [row.final_rank, row.next_rank] : []));
  const most = Math.max(10, ...ranks);
  const x = (i) => left + (i / layers) * (width - left - 12);
  const y = (rank) => 10 + (Math.log10(rank) / Math.log10(most)) * (height - 32);
  const path = (key) => rows.map((row, i) => (row ? `${i && rows[i - 1] ? "L" : "M"}${x(i).toFixed(1)} ${y(row[key]).toFixed(1)}` : "")).join("");
  const ticks = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => 10 ** i);
  const same = !follows || follows.id === final;
  const words = t("Rank of the answer {token} after each layer: {ranks}.", { token: names[final]?.spoken ?? "", ranks: rows.map((row) => row ? count(row.final_rank) : t("unknown")).join(", ") });
  const picture = svg("svg", { class: "ranks", role: "img", viewBox: `0 0 ${width} ${height}`, "aria-label": words },
    ticks.map((rank) => [svg("path", { class: "grid", d: `M${left} ${y(rank)}H${width - 12}` }), svg("text", { x: left - 6, y: y(rank) + 4, "text-anchor": "end" }, count(rank))]),
    [0, 10, 20, 30].filter((i) => i <= layers).map((i) => svg("text", { x: x(i), y: height - 4, "text-anchor": "middle" }, i)),
    same ? null : svg("path", { class: "next", d: path("next_rank") }), svg("path", { class: "final", d: path("final_rank") }));
  const save = pictureMenu("logit-lens-ranks", () => ({ drawing: picture, caption: same ? t("rank of “{token}” after each layer", { token: names[final]?.spoken ?? "" }) : t("rank of “{token}” after each layer; dashed: of “{follows}”, which follows in the text", { token: names[final]?.spoken ?? "", follows: follows.spoken }) }), "transformer");
  return h("div", { class: "stack tight" }, picture, h("div", { class: "row" }, h("span", { class: "spring" }, save)), h("p", { class: "row small muted" }, h("span", {}, t("Rank after each layer:")), h("span", { class: "row key" }, h("i", { class: "final-key" }), t("the model's answer")), same ? null : h("span", { class: "row key" }, h("i", { class: "next-key" }), t("what follows in the text"))));
}

function asCsv({ grid, names, tokens }) {
  const head = ["layer", ...tokens.flatMap(({ text }, i) => [`${i} ${text}`, "probability"])];
  return [head, ...grid.map((row, i) => [i, ...row.flatMap(([id, parts]) => [names[id].text, parts / 10000])])].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .whole { white-space: nowrap; }
  .grid-box { overflow: auto; max-height: 34rem; border: 1px solid var(--line); border-radius: 10px; }
  .lens-grid { border-collapse: separate; border-spacing: 0; font-size: 0.84rem; }
  .lens-grid th { position: sticky; background: var(--card); font-weight: 600; padding: 4px 6px; white-space: nowrap; max-width: 8.5em; overflow: hidden; text-overflow: ellipsis; z-index: 1; }
  .lens-grid thead th { top: 0; text-align: left; border-bottom: 1px solid var(--edge); } .lens-grid tbody th { left: 0; text-align: right; color: var(--muted); border-right: 1px solid var(--edge); } .lens-grid .corner { left: 0; z-index: 2; }
  .lens-grid td { position: relative; padding: 2px 6px; min-width: 4.6em; max-width: 8.5em; height: 26px; white-space: nowrap; overflow: hidden; cursor: pointer; border-bottom: 1px solid var(--line); }
  .lens-grid td:focus-visible { outline-offset: -2px; } .guess { display: flex; align-items: baseline; gap: 6px; } .lens-grid .word { flex: 1 1 auto; min-width: 1.2em; overflow: hidden; text-overflow: ellipsis; } .lens-grid .p { font-size: 0.72rem; } .same { font-style: normal; font-size: 0.7em; } .guess .same { display: inline-block; width: 1.3em; text-align: right; }
  .lens-grid td.chosen { box-shadow: inset 2px 0 0 var(--accent), inset -2px 0 0 var(--accent); } .lens-grid th.chosen { color: var(--accent); }
  [data-step="1"] { background: var(--s1); color: var(--s1-ink); } [data-step="2"] { background: var(--s2); color: var(--s2-ink); } [data-step="3"] { background: var(--s3); color: var(--s3-ink); } [data-step="4"] { background: var(--s4); color: var(--s4-ink); } [data-step] .glyph { color: inherit; }
  .legend { gap: 4px 14px; } .key { gap: 5px; } .legend i { display: inline-block; min-width: 14px; height: 14px; border-radius: 3px; border: 1px solid var(--edge); } .legend i.same { border: 0; font-size: 0.8rem; line-height: 14px; }
  .cell-line { min-height: 1.5em; margin: 0; flex: 1 1 16rem; }
  .ranks { width: 100%; max-width: 40rem; height: auto; } .ranks text { font-size: 11px; fill: var(--muted); font-variant-numeric: tabular-nums; } .ranks .grid { stroke: var(--line); }
  .ranks .final { fill: none; stroke: var(--accent); stroke-width: 2.2; } .ranks .next { fill: none; stroke: var(--bar); stroke-width: 2; stroke-dasharray: 5 4; }
  .final-key, .next-key { display: inline-block; width: 20px; border-top: 3px solid var(--accent); } .next-key { border-top: 3px dashed var(--bar); }
  .each-layer summary { cursor: pointer; min-height: 28px; padding: 4px 0; color: var(--muted); } .one { display: inline-block; margin-right: 12px; white-space: pre-wrap; } .name { white-space: pre-wrap; font-weight: 600; }
`;
