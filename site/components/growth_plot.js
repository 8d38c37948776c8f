/**
 * What more text and longer n-grams bring: bits per held-out token, over how much text was counted.
 *
 * State: `{unit, trained: {held_out}, growth: {points: [{n, tokens, bits}], drawing}}`, points as far as they are computed.
 * Sends: `draw_growth`, `stop_growth`.
 */
import { h, css, fill, setAttribute, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { term } from "./terms.js";
import { count, exact, inUnit } from "./format.js";
import { later, t, tParts } from "./wording.js";

const [WIDTH, HEIGHT] = [480, 230];
const BOX = { left: 40, right: 380, top: 30, bottom: 206 };
const NAMES = [later("uniform"), later("unigram"), later("bigram"), later("trigram"), later("4-gram"), later("5-gram")];
const SERIES = [1, 2, 3, 4, 5];
/** Points of the whole plot: six sizes of text for each n. */
const ALL = 30;

/** @param {import("./link.js").Link} link */
export function growthPlot(link) {
  const draw = h("button", { type: "button", class: "button", onclick: () => link.send(drawing ? "stop_growth" : "draw_growth") });
  const said = h("span", { class: "small muted number", role: "status" });
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "growth" });
  const finding = h("p", { class: "small number" });
  const table = h("table", { class: "sums number" });
  let latest;
  const save = h("div", { class: "row" }, h("span", { class: "spring" }, pictureMenu("n-gram-growth", () => ({ drawing: picture, caption: latest }), "transformer")));
  const numbers = h("details", {}, h("summary", { class: "small muted" }, t("The numbers")), h("div", { class: "wide" }, table));
  const element = h("section", { class: "stack tight", "aria-label": t("More text, longer n-grams") }, h("h3", {}, tParts("More text, longer {ngrams}", { ngrams: term("n-gram", t("n-grams")) })), h("div", { class: "row" }, draw, said), picture, save, finding, numbers);
  let drawing = false;
  const show = ({ unit, growth, trained }) => {
    ({ drawing } = growth);
    element.hidden = !trained?.held_out;
    const { points } = growth;
    setText(draw, drawing ? t("Stop") : points.length ? t("Count again") : t("Count again with less text"));
    setText(said, drawing ? t("{n} of {all} points", { n: points.length, all: ALL }) : points.length ? "" : t("from 1/32 of it up to all, and test on what was held out"));
    picture.toggleAttribute("hidden", !points.length);
    numbers.hidden = save.hidden = !points.length;
    latest = t("n-grams over its tokens, counted in parts of {title}: {unit} per held-out token, by n", { title: trained?.title, unit: t(unit) });
    setText(finding, finds(points, unit, drawing, trained));
    if (!points.length) return;
    setAttribute(picture, "aria-label", t("{unit} per held-out token over n, one line for each amount of text counted", { unit: t(unit) }));
    fill(picture, plot(points.map((point) => ({ ...point, value: inUnit(point.bits, unit) })), unit));
    fill(table, rows(points, unit));
  };
  return { element, show };
}

function plot(points, unit) {
  const sizes = [...new Set(points.map(({ tokens }) => tokens))];
  const [low, high] = [Math.floor(Math.min(...points.map(({ value }) => value))), Math.ceil(Math.max(...points.map(({ value }) => value)))];
  const across = (n) => BOX.left + ((n - 1) / (SERIES.length - 1)) * (BOX.right - BOX.left);
  const down = (value) => BOX.bottom - ((value - low) / Math.max(high - low, 1)) * (BOX.bottom - BOX.top);
  const lines = sizes.map((tokens) => points.filter((point) => point.tokens === tokens));
  return [...grid(low, high, down), ...SERIES.map((n) => label(across(n), BOX.bottom + 17, t(NAMES[n]), "middle")),
    label(4, 11, perToken(unit), "start"), label(BOX.right + 12, 11, t("counted in"), "start"),
    ...lines.flatMap((series, i) => drawLine(series, across, down, i)), ...names(lines, across, down)];
}

function grid(low, high, down) {
  const marks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  return marks.flatMap((value) => [svg("line", { x1: BOX.left, x2: BOX.right, y1: down(value), y2: down(value), class: "rule" }), label(BOX.left - 10, down(value) + 4, value, "end")]);
}

function drawLine(series, across, down, i) {
  const at = series.map(({ n, value }) => `${across(n).toFixed(1)},${down(value).toFixed(1)}`);
  return [svg("polyline", { points: at.join(" "), class: "line", "data-size": i }), ...series.map(({ n, tokens, value, bits }) => svg("circle", { cx: across(n), cy: down(value), r: 2.8, class: "dot", "data-size": i, "data-n": n, "data-tokens": tokens, "data-bits": exact(bits) }))];
}

/** How much text, at the ends of the lines; kept apart where the lines are not. */
function names(lines, across, down) {
  const ends = lines.map((series) => ({ tokens: series[0].tokens, x: across(series.at(-1).n), y: down(series.at(-1).value) })).sort((a, b) => a.y - b.y);
  let least = -Infinity;
  return ends.map(({ tokens, x, y }) => {
    least = Math.max(y, least + 13);
    return label(x + 12, least + 4, t("{n} tokens", { n: thousands(tokens) }), "start");
  });
}

const label = (x, y, text, anchor) => svg("text", { x, y, "text-anchor": anchor, class: "mark" }, text);
const perToken = (unit) => t("{unit} per held-out token", { unit: t(unit) });
const thousands = (tokens) => (tokens < 1000 ? tokens : `${count(tokens / 1000)}k`);

function finds(points, unit, drawing, trained) {
  if (drawing || !points.length || !trained) return "";
  const best = (tokens) => points.filter((point) => point.tokens === tokens).reduce((one, other) => (other.bits < one.bits ? other : one));
  const [first, last] = [best(points[0].tokens), best(points.at(-1).tokens)];
  const cost = ({ bits }) => inUnit(bits, unit).toFixed(2);
  return t("On the {held_out} held-out tokens, with {tokens} tokens the {model} is the best ({bits} {unit} per token), with {more_tokens} tokens the {other_model} is the best ({other_bits} {unit} per token). A longer n-gram has seen fewer of the runs it meets, and helps only when there is much more text.", {
    held_out: count(trained.held_out), unit: t(unit), tokens: count(first.tokens), model: t(NAMES[first.n]), bits: cost(first),
    more_tokens: count(last.tokens), other_model: t(NAMES[last.n]), other_bits: cost(last),
  });
}

function rows(points, unit) {
  const sizes = [...new Set(points.map(({ tokens }) => tokens))];
  const value = (n, tokens) => points.find((point) => point.n === n && point.tokens === tokens)?.bits;
  return [h("caption", { class: "sr" }, perToken(unit)), h("thead", {}, h("tr", {}, h("th", { class: "left", scope: "col" }, t("tokens")), SERIES.map((n) => h("th", { scope: "col" }, t(NAMES[n]))))),
    h("tbody", {}, sizes.map((tokens) => h("tr", {}, h("th", { class: "left", scope: "row" }, count(tokens)), SERIES.map((n) => { const bits = value(n, tokens); return h("td", { title: exact(bits) }, bits === undefined ? "…" : inUnit(bits, unit).toFixed(2)); }))))];
}

export const styles = css`
  .growth { width: 100%; max-width: 34rem; height: auto; display: block; } .growth[hidden] { display: none; }
  .growth .mark { font-size: 11px; fill: var(--muted); } .growth .rule { stroke: var(--line); stroke-width: 1; }
  .growth .line { fill: none; stroke: var(--accent); stroke-width: 1.5; opacity: 0.55; } .growth .dot { fill: var(--accent); opacity: 0.75; }
  .growth .line[data-size="5"] { stroke-width: 2.4; opacity: 1; } .growth .dot[data-size="5"] { opacity: 1; }
  .ngrams summary { cursor: pointer; min-height: 28px; padding: 4px 0; }
`;
