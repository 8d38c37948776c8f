/**
 * Drawings of what the page draws with boxes: probability bars, the histogram, the tree.  From the same
 * data and in the same colours, for picture_file.js.
 */
import { svg } from "./dom.js";
import { tokenLabel } from "./token_text.js";
import { count, probability } from "./format.js";
import { t } from "./wording.js";

const ink = (name) => `fill:var(--${name})`;
const text = (x, y, words, { anchor = "start", colour = "ink", size = 13, weight = 400 } = {}) => svg("text", { x, y, style: `${ink(colour)};text-anchor:${anchor};font-size:${size}px;font-weight:${weight}` }, words);
const rect = (x, y, width, height, colour) => svg("rect", { x, y, width: Math.max(width, 0.5).toFixed(2), height, rx: 2, style: ink(colour) });
const short = (words, most = 24) => (Array.from(words).length > most ? `${Array.from(words).slice(0, most - 1).join("")}…` : words);

const ROW = 26;
const BAR = { left: 190, right: 480 };

/**
 * A bar for each token and one line for all others.
 * @param {Array<{rank, text, kind, prob, before?: number, marked?: boolean}>} rows `before`, if it is there, is drawn as a thinner bar
 * @param {{count: number, prob: number, before?: number}} other
 */
export function barsDrawing(rows, other) {
  const lines = [...rows.map((row) => ({ ...row, name: short(row.kind === "bytes" ? row.text : tokenLabel(row.text)) })), { ...other, rank: null, name: t("(other {n})", { n: count(other.count) }), rest: true }];
  const most = Math.max(...rows.flatMap(({ prob, before = 0 }) => [prob, before]), 1e-9);
  const wide = (p) => (Math.min(p / most, 1)) * (BAR.right - BAR.left);
  const both = rows.some(({ before }) => before !== undefined);
  const drawn = lines.flatMap((line, i) => {
    const y = i * ROW;
    return [line.rank ? text(22, y + 17, count(line.rank), { anchor: "end", colour: "muted", size: 12 }) : null, text(34, y + 17, line.name, { colour: line.rest ? "muted" : line.marked ? "accent" : "ink", weight: line.marked ? 650 : 400 }),
      line.rest ? null : rect(BAR.left, y + (both ? 11 : 6), wide(line.prob), both ? 9 : 14, line.marked ? "accent" : "bar-fill"), both && !line.rest ? rect(BAR.left, y + 5, wide(line.before), 4, "muted") : null,
      text(BAR.right + 64, y + 17, line.prob === 0 && both ? t("removed") : probability(line.prob), { anchor: "end", colour: line.rest ? "muted" : "ink" })];
  });
  return svg("svg", { viewBox: `0 0 ${BAR.right + 66} ${lines.length * ROW}` }, drawn);
}

/** @param {{bins: Array<{low, count}>}} spread the last bin has no end */
export function histogramDrawing({ bins }, unit) {
  const [width, height] = [520, 130];
  const step = width / bins.length;
  const most = Math.max(...bins.map((bin) => bin.count), 1);
  const bars = bins.flatMap((bin, i) => {
    const high = (bin.count / most) * (height - 20);
    return [bin.count ? rect(i * step + 1, height - high, step - 2, high, "bar") : null, bin.count ? text((i + 0.5) * step, height - high - 5, count(bin.count), { anchor: "middle", size: 11 }) : null,
      text(i * step + 1, height + 15, i === bins.length - 1 ? `${bin.low}+` : bin.low, { size: 11, colour: "muted" })];
  });
  return svg("svg", { viewBox: `0 0 ${width} ${height + 36}` }, bars, svg("path", { d: `M0 ${height}H${width}`, style: "fill:none;stroke:var(--edge)" }), text(0, height + 32, t("{unit} of surprise; above each bar, how many tokens", { unit: t(unit) }), { size: 11, colour: "muted" }));
}

const [LINE, STEP] = [40, 20];

/**
 * The tree as an outline with its branches drawn.
 * @param {Array<{depth: number, words: string, figures: string, path: boolean, here: boolean}>} rows
 */
export function treeDrawing(rows) {
  const width = Math.max(...rows.map(({ depth, words, figures }) => depth * STEP + 30 + 7.6 * Math.max(Array.from(short(words, 70)).length, 0.85 * figures.length)), 420);
  const at = (row, i) => [row.depth * STEP + 8, i * LINE + 14];
  const lines = rows.flatMap((row, i) => {
    const parent = rows.slice(0, i).findLastIndex(({ depth }) => depth === row.depth - 1);
    if (parent < 0) return [];
    const [x, y] = at(row, i);
    const [from, top] = at(rows[parent], parent);
    return [svg("path", { d: `M${from} ${top + 6}V${y}H${x - 5}`, style: `fill:none;stroke:var(--${row.path ? "accent" : "edge"});stroke-width:${row.path ? 2 : 1}` })];
  });
  const marks = rows.flatMap((row, i) => {
    const [x, y] = at(row, i);
    return [svg("circle", { cx: x, cy: y, r: row.here ? 5 : 3.5, style: ink(row.path ? "accent" : "muted") }), text(x + 14, y + 4, short(row.words, 70), { weight: row.path ? 650 : 400 }), text(x + 14, y + 20, row.figures, { size: 11, colour: "muted" })];
  });
  return svg("svg", { viewBox: `0 0 ${Math.ceil(width)} ${rows.length * LINE}` }, lines, marks);
}
