/**
 * Attention of one layer: a small matrix for each head, one of them large, and one token's looks back at the text.
 *
 * State (of `look`): `{tokens, layers, heads, position, layer, head, weights: [[[weight in ten-thousandths]]], habits:
 * [{first, before, itself}]}`; weights are of each head a lower triangle, row = the token that looks.
 * Sends: `look_layer {number}`, `look_head {number}`, `look_position {index}`.
 */
import { h, css, fill, redraw, saveFile, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { csvLine } from "./format.js";
import { moveAmong } from "./inside_tokens.js";
import { t, tParts } from "./wording.js";

const LISTED = 8;

/** @param {import("./link.js").Link} link */
export function attentionView(link) {
  let latest = null;
  const title = h("h3", { "aria-live": "polite" });
  const layer = h("input", { type: "range", id: "look-layer", min: 1, oninput: () => link.send("look_layer", { number: Number(layer.value) }) });
  const layerLabel = h("label", { class: "number", for: "look-layer" });
  const heads = h("div", { class: "heads", role: "toolbar", "aria-label": t("Heads") });
  heads.addEventListener("keydown", (event) => moveAmong(heads, event));
  const strip = h("div", { class: "look-strip", role: "toolbar", "aria-label": t("The token that looks") });
  strip.addEventListener("keydown", (event) => moveAmong(strip, event));
  const list = h("ol", { class: "looked number" });
  const said = h("p", { class: "small number hovered", "aria-live": "polite" });
  const picture = svg("svg", { class: "matrix", role: "img" });
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("attention.csv", asCsv(latest), "text/csv;charset=utf-8") }, "CSV");
  const element = h("div", { class: "stack" }, title,
    h("p", { class: "prose" }, tParts("In each head of each layer, every token shares out its {attention}, 1 in all, over itself and the tokens before it; none can look ahead, so half of the matrix stays empty. Choose a layer, a head and the token that looks.", { attention: term("attention", t("attention")) })),
    h("div", { class: "row" }, layerLabel, layer), heads,
    h("div", { class: "columns" }, h("section", { class: "stack tight" }, strip, list), h("section", { class: "stack tight" }, h("p", { class: "small muted" }, t("Rows look, columns are looked at; the stronger the colour, the more.")), picture, h("div", { class: "row" }, said, h("span", { class: "spring row" }, save, pictureMenu("attention", () => ({ drawing: large(picture, latest.tokens.length), caption: t("attention of layer {layer}, head {head}: rows look at columns", latest) }), "transformer"))))),
    h("p", { class: "prose small" }, t("What this can tell: where a head takes something from. What it cannot: what it takes, and whether it matters. Much attention rests on the very first token, which works as a place to look at when there is nothing to look for; layers and heads add up, and the feed-forward parts do not look at all.")));
  picture.addEventListener("pointermove", (event) => { const cell = cellAt(picture, event, latest); setText(said, cell ? wordsFor(latest, cell.row, cell.column) : ""); });
  picture.addEventListener("pointerleave", () => setText(said, ""));
  picture.addEventListener("click", (event) => { const cell = cellAt(picture, event, latest); if (cell) link.send("look_position", { index: cell.row }); });
  const show = (look) => {
    latest = look;
    setText(title, t("Layer {layer} of {layers}, head {head} of {heads}", look));
    layer.max = look.layers;
    if (layer.getRootNode().activeElement !== layer) layer.value = look.layer;
    layer.setAttribute("aria-valuetext", t("layer {n}", { n: look.layer }));
    setText(layerLabel, t("Layer {n}", { n: look.layer }));
    redraw(heads, () => fill(heads, look.weights.map((weights, i) => headButton(look, weights, i + 1, link))));
    redraw(strip, () => fill(strip, look.tokens.map((token, i) => stripToken(look, token, i, link))));
    fill(list, looks(look));
    drawMatrix(picture, look);
  };
  return { element, show };
}

/** The matrix at a size that can be looked at. */
function large(picture, size) {
  const scale = 480 / (size + 1);
  const inner = svg("g", { transform: `scale(${scale}) translate(0.5 0.5)` }, [...picture.children].map((part) => part.cloneNode(true)));
  for (const part of inner.children) if (part.getAttribute("class")) part.setAttribute("style", `vector-effect:none;stroke-width:${2 / scale}px`);
  return svg("svg", { class: "matrix", viewBox: "0 0 480 480" }, inner);
}

const share = (parts) => (parts / 10000).toFixed(3);

function habit({ first, before, itself }) {
  const [a, b, c] = [first, before, itself].map((part) => Math.round(part * 100));
  return t("{first} % on the first token, {before} % on the one before, {itself} % on itself", { first: a, before: b, itself: c });
}

function headButton(look, weights, number, link) {
  const chosen = number === look.head;
  const habits = habit(look.habits[number - 1]);
  return h("button", { type: "button", class: "head", "data-key": `head${number}`, tabindex: chosen ? 0 : -1, "aria-pressed": String(chosen), title: habits, "aria-label": t("Head {n}: {habits}", { n: number, habits }), onclick: () => link.send("look_head", { number }) }, thumbnail(weights), h("span", { class: "small number" }, number));
}

/** A matrix of a few pixels, drawn in the colour of the text. */
function thumbnail(weights) {
  const size = weights.length;
  const canvas = h("canvas", { width: size, height: size, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const [red, green, blue] = getComputedStyle(document.body).color.match(/\d+/g).map(Number);
  weights.forEach((row, y) => row.forEach((parts, x) => image.data.set([red, green, blue, 255 * Math.sqrt(parts / 10000)], 4 * (y * size + x))));
  context.putImageData(image, 0, 0);
  return canvas;
}

function stripToken(look, token, i, link) {
  const row = look.weights[look.head - 1][look.position];
  const chosen = i === look.position;
  const parts = row[i] ?? null;
  const label = parts === null ? t("{token}, comes later", { token: token.spoken }) : t("{token}, gets {share}", { token: token.spoken, share: share(parts) });
  return h("button", { type: "button", class: `looked-at${parts === null ? " later" : ""}`, "data-key": `at${i}`, tabindex: chosen ? 0 : -1, "aria-pressed": String(chosen), "aria-label": label, title: parts === null ? t("comes later") : share(parts), style: parts === null ? null : `--share:${Math.sqrt(parts / 10000)}`, onclick: () => link.send("look_position", { index: i }) }, rowNodes(token), parts === null ? null : h("i", { "aria-hidden": "true", style: `height:${((parts / 10000) * 16).toFixed(1)}px` }));
}

function looks(look) {
  const row = look.weights[look.head - 1][look.position];
  const order = row.map((parts, i) => ({ parts, i })).sort((a, b) => b.parts - a.parts || a.i - b.i).slice(0, LISTED);
  const rest = 10000 - order.reduce((sum, { parts }) => sum + parts, 0);
  return [h("li", { class: "muted small" }, tParts("“{token}” looks at", { token: rowNodes(look.tokens[look.position]) })), order.map(({ parts, i }) => h("li", {}, h("span", { class: "small muted" }, `${i + 1}`), h("b", {}, rowNodes(look.tokens[i])), i === look.position ? h("span", { class: "small muted" }, t("itself")) : null, h("span", { class: "spring" }, share(parts)))), row.length > LISTED ? h("li", { class: "muted small" }, t("the others together"), h("span", { class: "spring" }, share(Math.max(0, rest)))) : null];
}

function drawMatrix(picture, look) {
  const weights = look.weights[look.head - 1];
  const size = weights.length;
  picture.setAttribute("viewBox", `-0.5 -0.5 ${size + 1} ${size + 1}`);
  picture.setAttribute("aria-label", t("Matrix of head {n}: rows look at columns. {habits}, on average. The list beside it has the numbers of one row.", { n: look.head, habits: habit(look.habits[look.head - 1]) }));
  fill(picture, svg("path", { class: "triangle", d: `M0 0H1${Array.from({ length: size - 1 }, (_, i) => `V${i + 1}H${i + 2}`).join("")}V${size}H0Z` }),
    weights.map((row, y) => row.map((parts, x) => (parts < 20 ? null : svg("rect", { x, y, width: 1, height: 1, "fill-opacity": Math.sqrt(parts / 10000).toFixed(3) })))),
    svg("rect", { class: "row-mark", x: 0, y: look.position, width: look.position + 1, height: 1 }));
}

function cellAt(picture, event, look) {
  const box = picture.getBoundingClientRect();
  const size = look.tokens.length;
  const [column, row] = [event.clientX - box.left, event.clientY - box.top].map((at, i) => Math.floor((at / (i ? box.height : box.width)) * (size + 1) - 0.5));
  return column >= 0 && row < size && column <= row ? { row, column } : null;
}

function wordsFor({ tokens, weights, head }, row, column) {
  const places = { from: tokens[row].spoken, row: row + 1, to: tokens[column].spoken, column: column + 1, share: share(weights[head - 1][row][column]) };
  return t("“{from}” ({row}) looks at “{to}” ({column}): {share}", places);
}

function asCsv({ tokens, weights, layer, head }) {
  const names = tokens.map(({ text }, i) => `${i + 1} ${text}`);
  return [[`layer ${layer} head ${head}`, ...names], ...weights[head - 1].map((row, i) => [names[i], ...row.map((parts) => parts / 10000)])].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .heads { display: flex; flex-wrap: wrap; gap: 6px; }
  .head { display: grid; justify-items: center; gap: 2px; padding: 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); } .head[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
  .head canvas { width: 56px; height: 56px; image-rendering: pixelated; }
  .look-strip { display: flex; flex-wrap: wrap; gap: 3px 2px; padding: 3px; margin: -3px; }
  .looked-at { position: relative; padding: 3px 5px 20px; min-width: 26px; min-height: 44px; border: 1px solid transparent; border-radius: 6px; background: color-mix(in srgb, var(--bar-fill) calc(var(--share, 0) * 70%), transparent); white-space: pre-wrap; overflow-wrap: anywhere; }
  .looked-at i { position: absolute; left: 4px; right: 4px; bottom: 2px; background: var(--accent); border-radius: 1px; } .looked-at.later { color: var(--muted); } .looked-at[aria-pressed="true"] { border-color: var(--accent); font-weight: 650; }
  .looked { list-style: none; display: grid; gap: 2px; max-width: 24rem; } .looked li { display: flex; gap: 8px; align-items: baseline; border-top: 1px solid var(--line); padding: 2px 0; } .looked li:first-child { border: 0; } .looked b { white-space: pre-wrap; overflow-wrap: anywhere; font-weight: 500; }
  .matrix { width: 100%; max-width: 26rem; aspect-ratio: 1; cursor: pointer; shape-rendering: crispEdges; } .matrix rect { fill: var(--ink); } .matrix .triangle { fill: var(--field); stroke: var(--edge); stroke-width: 1px; vector-effect: non-scaling-stroke; } .matrix .row-mark { fill: none; stroke: var(--accent); stroke-width: 2px; vector-effect: non-scaling-stroke; }
  .hovered { min-height: 1.5em; flex: 1 1 14rem; }
`;
