/**
 * Reliability: for claims of similar probability, how often they came true, with what so few allow to say.
 *
 * State: `{claims, groups: [{count, came, claimed, happened, low, high}]}`.
 */
import { h, css, fill, setText, svg } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { count } from "./format.js";
import { many, t } from "./wording.js";

const SIZE = 260;
const at = (p) => 10 + p * (SIZE - 20);

export function calibrationPlot() {
  const picture = svg("svg", { class: "reliability", role: "img", viewBox: `0 0 ${SIZE} ${SIZE}` });
  const body = h("tbody", {});
  const words = h("p", {});
  const table = h("table", { class: "sums number" }, h("caption", { class: "sr" }, t("Claims by groups")), h("thead", {}, h("tr", {}, [t("claimed"), t("came"), t("of"), t("that is"), t("95 % range")].map((head) => h("th", { scope: "col" }, head)))), body);
  let latest;
  const save = pictureMenu("calibration", () => ({ drawing: withAxes(picture), caption: many(latest, "calibration of a player’s claims about {n} token: how often they came, against what was claimed", "calibration of a player’s claims about {n} tokens: how often they came, against what was claimed") }), "transformer");
  const element = h("div", { class: "calibration" }, h("div", { class: "axes" }, h("span", { class: "small muted up" }, t("happened")), picture, h("span", { class: "small muted" }, t("claimed →")), save), h("div", { class: "stack tight" }, words, table));
  const show = ({ groups, claims }) => {
    latest = claims;
    fill(picture, frame(), groups.map(mark));
    picture.setAttribute("aria-label", groups.map(({ claimed, came, count: all }) => t("claimed {claimed}: came {came} of {all}", { claimed: percent(claimed), came, all })).join("; ") || t("nothing yet"));
    fill(body, groups.map((group) => h("tr", {}, h("td", {}, percent(group.claimed)), h("td", {}, count(group.came)), h("td", {}, count(group.count)), h("td", {}, percent(group.happened)), h("td", {}, `${percent(group.low)} – ${percent(group.high)}`))));
    setText(words, t("Each dot is a group of tokens that had similar points, {n} in all. On the line you are calibrated: of what you call 30 %, 30 % comes. Below it you claimed too much. The upright lines show what so few tokens leave open.", { n: claims }));
  };
  return { element, show };
}

/** The same with its axes named inside. */
function withAxes(picture) {
  const name = (x, y, text, anchor) => svg("text", { x, y, style: `fill:var(--muted);font-size:12px;text-anchor:${anchor}` }, text);
  const scale = [0, 0.5, 1].flatMap((p) => [name(at(p), SIZE + 12, percent(p), "middle"), name(4, at(1 - p) + 4, percent(p), "end")]);
  return svg("svg", { class: "reliability", viewBox: `-40 -22 ${SIZE + 66} ${SIZE + 54}` }, [...picture.children].map((part) => part.cloneNode(true)), scale, name(at(0) - 10, -8, t("happened"), "start"), name(at(0.5), SIZE + 28, t("claimed"), "middle"));
}

const percent = (p) => `${Math.round(100 * p)} %`;

function frame() {
  const lines = [0, 0.25, 0.5, 0.75, 1].map((p) => svg("path", { class: "grid", d: `M${at(p)} ${at(0)}V${at(1)}M${at(0)} ${at(p)}H${at(1)}` }));
  return [...lines, svg("path", { class: "ideal", d: `M${at(0)} ${at(1)}L${at(1)} ${at(0)}` })];
}

function mark({ claimed, happened, low, high, count: all }) {
  const [x, y] = [at(claimed), at(1 - happened)];
  return [svg("path", { class: "range", d: `M${x} ${at(1 - low)}V${at(1 - high)}` }), svg("circle", { class: "dot", cx: x, cy: y, r: Math.min(4 + Math.sqrt(all), 12) })];
}

export const styles = css`
  .calibration { display: flex; flex-wrap: wrap; gap: 16px 32px; align-items: flex-start; } .calibration > .stack { flex: 1 1 18rem; min-width: 0; }
  .axes { display: grid; justify-items: center; gap: 2px; position: relative; } .axes .up { justify-self: start; } .reliability { width: min(${SIZE}px, 70vw); height: auto; display: block; }
  .reliability .grid { stroke: var(--line); fill: none; } .reliability .ideal { stroke: var(--muted); stroke-dasharray: 5 4; fill: none; } .reliability .range { stroke: var(--accent); stroke-width: 2; } .reliability .dot { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; }
  @media (forced-colors: active) { .reliability .dot { fill: Highlight; } .reliability .range { stroke: Highlight; } .reliability .ideal { stroke: CanvasText; } }
`;
