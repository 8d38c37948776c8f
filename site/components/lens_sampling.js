/**
 * Sampling: filters that reshape the distribution, their working, and dice on the 0–1 line.
 *
 * State: `{unit, at, hidden, message, title: {text}, settings: {temperature, top_k, top_p, min_p, seed}, kept,
 * entropy: [before, after], rows: [{rank, id, text, kind, spoken, before, after, cumulative}],
 * other: {count, before, after}, working, dice: {id, text, spoken, r, source, low, high, rank}|null,
 * tally: [{id, text, prob, count, expected, low, high}], biases: see bias_list.js}`.
 * Sends: `filters {temperature, …}`, `seed {text}`, `roll`, `throw {text, kind}`, `take`,
 * `draw_many`, `pick {id, at}`, `tab {name}`.
 */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { named, term } from "./terms.js";
import { action } from "./action.js";
import { guessFirst } from "./guess_form.js";
import { biasList, styles as biasStyles } from "./bias_list.js";
import { diceLine, styles as lineStyles } from "./dice_line.js";
import { filterSliders, styles as sliderStyles } from "./filter_sliders.js";
import { workingSteps, styles as workingStyles } from "./working_steps.js";
import { tokenLabel, tokenNodes, rowNodes } from "./token_text.js";
import { amount, count, probability, surprise } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const title = h("p", { class: "title" });
  const sliders = filterSliders((settings) => link.send("filters", settings));
  const biases = biasList(link);
  const [left, change] = [h("span", {}), h("span", {})];
  const entropy = h("p", { class: "muted number small" }, left, term("entropy", t("entropy")), change);
  const dice = diceBox(link);
  const table = beforeAfter(link);
  const working = workingSteps();
  const draws = drawMany(link);
  const guess = guessFirst(() => link.send("tab", { name: "next" }));
  const parts = [dice, table, working, draws];
  const body = h("div", { class: "stack" });
  const element = h("div", { class: "sampling stack" }, title, guess.element, sliders.element, biases.element, entropy, body);
  const show = (state) => {
    sliders.show(state.settings);
    biases.show(state);
    guess.show(state.hidden);
    title.hidden = Boolean(state.hidden);
    body.hidden = entropy.hidden = Boolean(state.message || state.hidden);
    // What is to be guessed leaves the page, and does not only go out of sight.
    if (state.hidden) return [body, left, change].forEach((part) => fill(part));
    if (!body.firstChild) body.append(...parts.map((part) => part.element));
    fill(title, state.message || tParts("After “{text}”, tokens are drawn from", { text: h("b", {}, tokenNodes(state.title.text, { spaces: false })) }));
    if (state.message) return;
    const [before, after] = state.entropy;
    setText(left, `${many(state.kept, "{n} token left", "{n} tokens left")} · `);
    setText(change, ` ${surprise(before, state.unit)} → ${amount(after, state.unit)}`);
    parts.forEach((part) => part.show(state));
  };
  return { element, show };
}

const KINDS = { "01": later("0–1"), d6: later("d6"), d20: later("d20"), d100: later("d100") };

function diceBox(link) {
  const line = diceLine();
  const seed = h("input", { class: "field small seed", inputmode: "numeric", "aria-label": t("Seed"), onchange: () => useSeed() });
  // What is refused does not stay in the field: it holds the seed that the dice go by.
  const useSeed = () => { const text = seed.value.trim() || t("no number"); seed.value = seed.dataset.shown ?? ""; link.send("seed", { text }); };
  seed.addEventListener("keydown", (event) => { if (event.key === "Enter" && seed.value === seed.dataset.shown) useSeed(); });
  const fresh = h("button", { type: "button", class: "quiet small", onclick: () => link.send("seed", { text: "" }) }, t("New seed"));
  const roll = h("button", { type: "button", class: "button", onclick: () => link.send("roll") }, t("Roll"));
  const typed = h("input", { class: "field small typed", inputmode: "decimal", "aria-label": t("Number thrown"), placeholder: "0.42" });
  const kind = h("select", { class: "field small", "aria-label": t("Kind of die"), onchange: () => { typed.placeholder = kind.value === "01" ? "0.42" : "5"; } },
    Object.entries(KINDS).map(([value, label]) => h("option", { value }, t(label))));
  const send = () => { if (typed.value.trim()) link.send("throw", { text: typed.value, kind: kind.value }); };
  typed.addEventListener("keydown", (event) => { if (event.key === "Enter") send(); });
  const use = h("button", { type: "button", class: "button", onclick: send }, t("Use"));
  const take = action(t("Take this token"), () => link.send("take"), "button primary");
  const said = h("p", { class: "number", role: "status" });
  const element = h("section", { class: "stack tight", "aria-label": t("Dice") }, line.element,
    h("div", { class: "row dice-row" }, roll, h("span", { class: "row small muted" }, term("seed", t("seed")), seed), fresh,
      h("span", { class: "row" }, h("span", { class: "small muted" }, t("or your own:")), kind, typed, use)),
    h("div", { class: "row fell" }, said, take.element));
  const show = (state) => {
    line.show(state);
    showSetting(seed, state.settings.seed);
    fill(said, ...fell(state.dice));
    take.enable(Boolean(state.dice), state.dice ? t("Appends the token that r fell on") : t("Roll first, or type what you threw"));
  };
  return { element, show };
}

function fell(dice) {
  if (!dice) return [t("Roll: the first token whose cumulative probability exceeds r is taken.")];
  const [low, r, high] = apart(dice);
  return tParts("r = {r} ({source}) lies between {low} and {high}: {token}, rank {rank}",
    { r, source: dice.source, low, high, token: h("b", { class: "chosen" }, rowNodes(dice)), rank: count(dice.rank) });
}

/** The three numbers with as many digits as it takes to see that low ≤ r < high. */
function apart({ low, r, high }) {
  for (let digits = 4; digits < 12; digits++) {
    const [a, b, c] = [low, r, high].map((x) => x.toFixed(digits));
    if (Number(a) <= Number(b) && Number(b) < Number(c)) return [a, b, c];
  }
  return [low, r, high].map(String);
}

/** The class of each column, its heading, and what is said where nothing is written. */
const HEADS = [["rank", "", later("rank")], ["token", later("token")], [null, later("before")], [null, later("after")], ["bar", "", later("bar")], [null, later("cumulative")]];

function beforeAfter(link) {
  let at = 0;
  const body = h("tbody", {});
  const table = h("table", { class: "candidates number" }, h("caption", { class: "sr" }, t("Candidates before and after the filters")),
    h("thead", {}, h("tr", {}, HEADS.map(([kind, label, said]) => h("th", { scope: "col", class: kind }, label ? named(label) : h("span", { class: "sr" }, t(said)))))), body);
  let latest;
  const picture = pictureMenu("sampling", async () => {
    const { barsDrawing } = await import("./picture_charts.js");
    const { rows, other, dice, settings, title } = latest;
    const drawing = barsDrawing(rows.map((one) => ({ ...one, prob: one.after, marked: one.id === dice?.id })), { ...other, prob: other.after });
    const filters = [t("temperature {n}", { n: settings.temperature }), settings.top_k ? t("top-k {n}", { n: settings.top_k }) : "", settings.top_p < 1 ? t("top-p {n}", { n: settings.top_p }) : "", settings.min_p ? t("min-p {n}", { n: settings.min_p }) : ""].filter(Boolean).join(", ");
    return { drawing, caption: t("next token after “{text}”, before (thin) and after {filters}", { text: tokenLabel(title.text), filters }) };
  });
  const element = h("div", {}, h("div", { class: "wide" }, table), h("div", { class: "row" }, h("span", { class: "spring" }, picture)));
  const row = (entry, widest, dice) => {
    const bar = h("div", { class: "fill" });
    bar.style.width = `${(100 * entry.after) / widest}%`;
    const gone = entry.after === 0;
    return h("tr", { class: dice?.id === entry.id ? "marked" : gone ? "gone" : null }, h("td", { class: "rank muted" }, count(entry.rank)),
      h("td", { class: "token-cell" }, h("button", { type: "button", class: entry.kind === "text" ? "token" : "token code", "aria-label": t("Append {token}", { token: entry.spoken }), onclick: () => link.send("pick", { id: entry.id, at }) }, rowNodes(entry))),
      h("td", { class: "muted" }, probability(entry.before)), h("td", {}, gone ? t("removed") : probability(entry.after)),
      h("td", { class: "bar" }, bar), h("td", {}, gone ? "–" : probability(entry.cumulative)));
  };
  const show = (state) => {
    ({ at } = state);
    latest = state;
    const widest = Math.max(...state.rows.map((entry) => entry.after), 1e-9);
    fill(body, state.rows.map((entry) => row(entry, widest, state.dice)),
      h("tr", { class: "muted" }, h("td", {}), h("td", { class: "token-cell" }, t("(other {n})", { n: count(state.other.count) })), h("td", {}, probability(state.other.before)), h("td", {}, probability(state.other.after)), h("td", { class: "bar" }), h("td", {})));
  };
  return { element, show };
}

function drawMany(link) {
  const go = h("button", { type: "button", class: "button", onclick: () => link.send("draw_many") }, t("Draw 200 times"));
  const body = h("tbody", {});
  const table = h("table", { class: "candidates number", hidden: true }, h("thead", {}, h("tr", {}, [later("token"), later("p"), later("drawn"), later("expected"), later("19 of 20 times")].map((label, i) => h("th", { scope: "col", class: i ? null : "token" }, named(label))))), body);
  const element = h("section", { class: "stack tight", "aria-label": t("Many draws") }, h("div", { class: "row" }, go, h("span", { class: "small muted" }, t("how often each comes up, beside what p promises"))), h("div", { class: "wide" }, table));
  const show = (state) => {
    table.hidden = state.tally.length === 0;
    fill(body, state.tally.map((entry) => {
      const odd = entry.count < entry.low || entry.count > entry.high;
      return h("tr", {}, h("td", { class: "token-cell" }, entry.id === null ? t("(all others)") : rowNodes(entry)), h("td", {}, probability(entry.prob)), h("td", {}, h("b", {}, String(entry.count)), odd ? " !" : ""),
        h("td", { class: "muted" }, entry.expected.toFixed(1)), h("td", { class: "muted" }, t("{low} to {high}", { low: entry.low, high: entry.high })));
    }));
  };
  return { element, show };
}

export const styles = css`
  .sampling .title { min-height: 0; }
  .seed { width: 6em; } .typed { width: 4.5em; } .seed, .typed { min-height: 30px; padding: 2px 8px; }
  .dice-row { gap: 6px 10px; }
  .fell { justify-content: space-between; min-height: 3.2em; } .fell p { flex: 1 1 14rem; }
  tr.gone td { color: var(--muted); }
`;

export const sheets = [styles, biasStyles, lineStyles, sliderStyles, workingStyles];
