/**
 * Surprisal as bars and entropy as a line over the whole document, linked with the strip both ways.
 * Drawn from the rows that the strip has; at most once a frame, and only while it is open.  Where
 * tokens are narrower than a pixel several share one: the highest is drawn, and is what is pointed at.
 *
 * Row: see strip_tokens.js.  Knows nothing about Python.
 */
import { h, css, setAttribute, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { amount, count, inUnit } from "./format.js";
import { many, t } from "./wording.js";

const HEIGHT = 72;
/** Top of the scale at most, about a choice among the whole vocabulary: one odd token must not press the others flat. */
const MOST = { bits: 16, nats: 11 };

/**
 * @param {import("./strip_tokens.js").StripTokens} tokens
 * @param {import("./strip_selection.js").StripSelection} selection
 * @param {(index: number|undefined) => void} onPoint
 */
export function stripCurve(tokens, selection, onPoint) {
  const parts = drawing();
  const top = h("span", {});
  const last = h("span", {});
  const element = h("div", { class: "curve small muted number", hidden: true }, h("div", { class: "scale", "aria-hidden": "true" }, top, h("span", {}, "0")), parts.picture,
    h("div", { class: "key", "aria-hidden": "true" }, h("span", {}, "1"), h("span", {}, h("i", { class: "bar-key" }), `${t("surprisal")}  `, h("i", { class: "line-key" }), t("entropy")), last),
    h("div", { class: "saving" }, pictureMenu("surprise-curve", () => ({ drawing: forFile(parts, top.textContent, tokens.rows.length), caption: many(tokens.rows.length, "surprisal and entropy of {n} token, in {unit}", "surprisal and entropy of {n} tokens, in {unit}", { unit: t(tokens.unit) }) }))));
  let slots = [];
  let pointed;
  let stale = true;
  let frame = 0;

  const draw = () => {
    frame = 0;
    if (element.hidden) return;
    const { width } = parts.picture.getBoundingClientRect();
    if (stale) {
      stale = false;
      slots = slotsOf(tokens.rows, width);
      setText(top, drawSeries(parts, slots, width, tokens.unit));
      setText(last, slots.length ? t("token {n}", { n: count(tokens.rows.length) }) : "");
      setAttribute(parts.picture, "aria-label", summary(tokens));
    }
    drawMarks(parts, selection, pointed, tokens.rows.length, width);
  };
  const schedule = () => { if (!element.hidden) frame ||= requestAnimationFrame(draw); };
  const renew = () => { stale = true; schedule(); };
  const point = (index) => { if (index !== pointed) { pointed = index; schedule(); } };

  new ResizeObserver(renew).observe(parts.picture);
  const tokenAt = (event) => {
    const box = parts.picture.getBoundingClientRect();
    const slot = slots[Math.min(slots.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * slots.length)))];
    return slot?.peak;
  };
  follow(parts.picture, tokenAt, selection, (index) => { tokens.point(index); onPoint(index); point(index); });
  const show = (open) => { element.hidden = !open; renew(); };
  return { element, renew, schedule, point, show };
}

function drawing() {
  const parts = {
    band: svg("rect", { class: "band", y: 0, height: HEIGHT }),
    bars: svg("path", { class: "bars" }), halo: svg("path", { class: "halo" }), line: svg("path", { class: "line" }),
    mark: svg("path", { class: "mark" }), pointer: svg("path", { class: "pointer" }),
  };
  parts.picture = svg("svg", { class: "picture", role: "img", height: HEIGHT, "aria-label": t("Surprisal and entropy along the document") }, Object.values(parts));
  return parts;
}

/** Pointing, clicking and dragging on the curve; a drag is told to Python as fast as it answers. */
function follow(picture, tokenAt, selection, onPoint) {
  let dragging = false;
  picture.addEventListener("pointerdown", (event) => {
    const index = tokenAt(event);
    if (index === undefined || event.button !== 0) return;
    event.preventDefault();
    dragging = true;
    picture.setPointerCapture(event.pointerId);
    selection.move(index, event.shiftKey || selection.extending, true);
  });
  picture.addEventListener("pointermove", (event) => {
    const index = tokenAt(event);
    onPoint(index);
    if (dragging && index !== undefined && index !== selection.cursor) selection.move(index, true, true);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) picture.addEventListener(end, () => { dragging = false; selection.settle(); });
  picture.addEventListener("pointerleave", () => onPoint(undefined));
}

/** One slot per token, or per pixel where there are more tokens than pixels. */
function slotsOf(rows, width) {
  const length = Math.min(rows.length, Math.max(1, Math.floor(width)));
  return Array.from({ length }, (_, slot) => slotOf(rows, Math.floor((slot * rows.length) / length), Math.floor(((slot + 1) * rows.length) / length)));
}

function slotOf(rows, start, stop) {
  const slot = { peak: start, bits: null, entropy: null };
  for (let i = start; i < stop; i++) {
    const { bits, entropy } = rows[i];
    if (bits === null) continue;
    if (slot.bits === null || bits > slot.bits) Object.assign(slot, { peak: i, bits });
    if (slot.entropy === null || entropy > slot.entropy) slot.entropy = entropy;
  }
  return slot;
}

/** Draws both series and returns the label of the scale's top. */
function drawSeries(parts, slots, width, unit) {
  const step = width / Math.max(1, slots.length);
  const gap = step >= 4 ? 1 : 0;
  const largest = Math.max(1, Math.ceil(slots.reduce((most, slot) => Math.max(most, inUnit(Math.max(slot.bits, slot.entropy), unit)), 0)));
  const highest = Math.min(largest, MOST[unit]);
  const height = (bits) => (Math.max(0, 1 - inUnit(bits, unit) / highest) * HEIGHT).toFixed(1);
  let bars = "";
  let line = "";
  slots.forEach(({ bits, entropy }, i) => {
    if (bits === null) return;
    const [left, right] = [(i * step).toFixed(2), ((i + 1) * step).toFixed(2)];
    bars += `M${left} ${HEIGHT}V${height(bits)}H${(right - gap).toFixed(2)}V${HEIGHT}Z`;
    line += slots[i - 1] && slots[i - 1].bits !== null ? `V${height(entropy)}H${right}` : `M${left} ${height(entropy)}H${right}`;
  });
  parts.bars.setAttribute("d", bars);
  for (const path of [parts.halo, parts.line]) path.setAttribute("d", line);
  const [n, named] = [highest, t(unit)];
  return largest > highest ? t("{n}+ {unit}", { n, unit: named }) : t("{n} {unit}", { n, unit: named });
}

/** The selected span as a band, the token looked at and the one pointed at as marks. */
function drawMarks(parts, { anchor, cursor }, pointed, length, width) {
  const at = (index) => (index / Math.max(1, length)) * width;
  const [from, to] = [Math.min(anchor, cursor), Math.min(Math.max(anchor, cursor) + 1, length)];
  const inside = from < length;
  setAttribute(parts.band, "visibility", inside ? null : "hidden");
  setAttribute(parts.band, "x", at(from).toFixed(2));
  setAttribute(parts.band, "width", Math.max(2, at(to) - at(from)).toFixed(2));
  const middle = (index) => (at(index) + at(index + 1)) / 2;
  parts.mark.setAttribute("d", cursor < length ? `M${middle(cursor).toFixed(2)} 0V${HEIGHT}m-4 0h8` : `M${(width - 1).toFixed(2)} 0V${HEIGHT}`);
  parts.pointer.setAttribute("d", pointed < length ? `M${middle(pointed).toFixed(2)} 0V${HEIGHT}` : "");
}

/** The same with its scale and key inside, without where the pointer is. */
function forFile(parts, top, length) {
  const { width } = parts.picture.getBoundingClientRect();
  const name = (x, y, text, anchor = "start") => svg("text", { x, y, style: `fill:var(--muted);font-size:11px;text-anchor:${anchor}` }, text);
  const drawn = [parts.band, parts.bars, parts.halo, parts.line, parts.mark].map((part) => part.cloneNode(true));
  return svg("svg", { class: "picture", viewBox: `-58 -6 ${width + 62} ${HEIGHT + 34}` }, drawn, svg("path", { d: `M0 ${HEIGHT}H${width}`, style: "stroke:var(--edge)" }), name(-6, 6, top, "end"), name(-6, HEIGHT, "0", "end"), name(0, HEIGHT + 16, "1"), name(width, HEIGHT + 16, t("token {n}", { n: count(length) }), "end"),
    svg("rect", { x: width / 2 - 90, y: HEIGHT + 8, width: 10, height: 9, style: "fill:var(--bar)" }), name(width / 2 - 74, HEIGHT + 16, t("surprisal")), svg("path", { d: `M${width / 2 + 6} ${HEIGHT + 13}h16`, class: "line" }), name(width / 2 + 28, HEIGHT + 16, t("entropy")));
}

function summary({ rows, unit }) {
  const known = rows.filter((row) => row.bits !== null);
  if (!known.length) return t("Surprisal and entropy: nothing is measured yet");
  const mean = (field) => amount(known.reduce((sum, row) => sum + row[field], 0) / known.length, unit);
  const peak = known.reduce((most, row) => row.bits > most.bits ? row : most);
  return many(known.length, "Surprisal and entropy of {n} token: surprisal {surprisal} on average, highest at token {place}, {token}, {most}; entropy {entropy} on average", "Surprisal and entropy of {n} tokens: surprisal {surprisal} on average, highest at token {place}, {token}, {most}; entropy {entropy} on average",
    { surprisal: mean("bits"), place: count(rows.indexOf(peak) + 1), token: peak.spoken, most: amount(peak.bits, unit), entropy: mean("entropy") });
}

export const curveStyles = css`
  .curve { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 8px; padding-top: 10px; flex: none; font-size: 0.75rem; line-height: 1.3; }
  .scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; min-width: 4.4em; }
  .picture { display: block; width: 100%; height: ${HEIGHT}px; border-bottom: 1px solid var(--edge); cursor: pointer; touch-action: pan-y; overflow: visible; }
  .saving { grid-column: 1; grid-row: 2; width: 5.2em; margin: 0 -0.8em 0 -4px; } .saving button { padding: 0 4px; min-height: 24px; min-width: 24px; font-size: 0.75rem; white-space: nowrap; } .key { grid-column: 2; display: flex; justify-content: space-between; padding-top: 3px; white-space: pre; }
  .bar-key, .line-key { display: inline-block; width: 10px; margin-right: 4px; vertical-align: middle; } .bar-key { height: 9px; background: var(--bar); } .line-key { width: 16px; border-top: 2px solid var(--accent); }
  .band { fill: var(--accent-soft); stroke: var(--accent); stroke-width: 1; } .bars { fill: var(--bar); } .line, .halo, .mark, .pointer { fill: none; pointer-events: none; }
  .halo { stroke: var(--card); stroke-width: 3; } .line { stroke: var(--accent); stroke-width: 1.5; }
  .mark { stroke: var(--accent); stroke-width: 1.5; } .pointer { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 2; }
  @media (forced-colors: active) { .bars { fill: CanvasText; } .line, .mark { stroke: Highlight; } .halo { stroke: Canvas; } .band { fill: Canvas; stroke: Highlight; } }
`;
