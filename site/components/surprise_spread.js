/**
 * How surprise is spread: a histogram, and the most and the least surprising tokens, each a button
 * that leads to its place in the document.
 *
 * State: `{unit, spread: {whole, count, bins: [{low, count}], most: [token], least: [token]}}`, token:
 * `{index, text, kind, spoken, prob, bits}`; a bin is one `unit` wide, the last has no end.
 */
import { h, css, fill, setText } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { rowNodes } from "./token_text.js";
import { count, exact, inUnit, probability, surprise } from "./format.js";
import { later, many, t } from "./wording.js";

const LISTS = { most: later("Most surprising"), least: later("Least surprising") };

/** @param {(index: number) => void} onToken */
export function surpriseSpread(onToken) {
  const title = h("h3", { class: "small muted" });
  const bars = h("ol", { class: "histogram number" });
  const axis = h("p", { class: "small muted axis" });
  let latest;
  const picture = pictureMenu("surprise-histogram", async () => {
    const { histogramDrawing } = await import("./picture_charts.js");
    const { spread, unit } = latest;
    return { drawing: histogramDrawing(spread, unit), caption: pictured(spread, unit) };
  });
  const lists = Object.keys(LISTS).map((name) => tokenList(name, onToken));
  const element = h("section", { "aria-label": t("How surprise is spread") }, title, bars, h("div", { class: "row" }, axis, h("span", { class: "spring" }, picture)), h("div", { class: "extremes" }, lists.map((list) => list.element)));
  const show = ({ spread, unit }) => {
    latest = { spread, unit };
    element.hidden = spread.count === 0;
    setText(title, spread.whole ? t("The whole document, by surprise") : t("The selected tokens, by surprise"));
    drawBars(bars, spread.bins, unit);
    setText(axis, many(spread.count, "{unit} of surprise; above each bar, how many of {n} token", "{unit} of surprise; above each bar, how many of {n} tokens", { unit: t(unit) }));
    lists.forEach((list) => list.show(spread, unit));
  };
  return { element, show };
}

function pictured(spread, unit) {
  const values = { unit: t(unit) };
  if (spread.whole) return many(spread.count, "surprise of {n} token of the document, in {unit}", "surprise of {n} tokens of the document, in {unit}", values);
  return many(spread.count, "surprise of {n} token of the selection, in {unit}", "surprise of {n} tokens of the selection, in {unit}", values);
}

function drawBars(list, bins, unit) {
  const highest = Math.max(...bins.map((bin) => bin.count), 1);
  fill(list, bins.map((bin, i) => {
    const last = i === bins.length - 1;
    const values = { low: bin.low, high: bin.low + 1, unit: t(unit), n: count(bin.count) };
    const said = last ? t("{low} {unit} and more: {n}", values) : t("{low} to {high} {unit}: {n}", values);
    const bar = h("i", {});
    bar.style.height = bin.count ? `max(2px, ${(60 * bin.count) / highest}px)` : "0";
    return h("li", { title: said }, h("span", { class: "sr" }, said),
      h("span", { class: "many", "aria-hidden": "true" }, bin.count ? count(bin.count) : ""), bar, h("span", { class: "edge", "aria-hidden": "true" }, last ? `${bin.low}+` : bin.low));
  }));
}

function tokenList(name, onToken) {
  const list = h("ol", {});
  const element = h("div", {}, h("h4", { class: "small muted", id: `${name}-surprising` }, t(LISTS[name])), list);
  list.setAttribute("aria-labelledby", `${name}-surprising`);
  const show = (spread, unit) => {
    const focused = list.getRootNode().activeElement;
    const place = [...list.children].findIndex((row) => row.contains(focused));
    fill(list, spread[name].map((token) => h("li", {}, tokenButton(token, unit, onToken))));
    if (place >= 0) list.children[place]?.firstChild.focus({ preventScroll: true });
  };
  return { element, show };
}

function tokenButton(token, unit, onToken) {
  const said = { n: token.index + 1, token: token.spoken, p: probability(token.prob), unit: t(unit), bits: surprise(token.bits, unit) };
  return h("button", { type: "button", class: "extreme number", "data-index": token.index, onclick: () => onToken(token.index) },
    h("span", { class: "sr" }, t("Token {n}, {token}, probability {p}, surprise in {unit} {bits}", said)), h("span", { class: "muted", "aria-hidden": "true" }, said.n), h("span", { class: "word", "aria-hidden": "true" }, rowNodes(token)),
    h("span", { class: "muted", "aria-hidden": "true", title: exact(token.prob) }, said.p), h("span", { "aria-hidden": "true", title: exact(inUnit(token.bits, unit)) }, said.bits));
}

export const styles = css`
  .histogram { list-style: none; display: flex; align-items: flex-end; gap: 2px; padding: 8px 0 0; }
  .histogram li { flex: 1 1 0; min-width: 0; display: grid; justify-items: stretch; position: relative; }
  .histogram i { background: var(--bar); border-radius: 3px 3px 0 0; }
  .histogram .many { font-size: 0.75rem; color: var(--ink); text-align: center; white-space: nowrap; }
  /* A limit stands below the left end of its bar. */
  .histogram .edge { font-size: 0.75rem; color: var(--muted); border-top: 1px solid var(--edge); margin-right: -2px; }
  .histogram li:last-child .edge { margin-right: 0; }
  .extremes { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 4px 20px; padding-top: 12px; }
  .extremes h4 { margin: 0; font-weight: 600; } .extremes ol { list-style: none; margin: 4px -6px 0; }
  .extreme { position: relative; display: grid; grid-template-columns: 2.6em minmax(0, 1fr) auto 3.2em; gap: 8px; align-items: baseline; width: 100%; min-height: 28px; padding: 2px 6px; border: 0; border-radius: 6px; background: none; text-align: right; }
  .extreme:hover { background: var(--accent-soft); }
  .extreme .word { text-align: left; white-space: pre; overflow: hidden; text-overflow: ellipsis; }
  @media (max-width: 30em) { .extremes { grid-template-columns: minmax(0, 1fr); } }
`;
