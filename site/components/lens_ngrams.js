/**
 * N-grams: models that count, from uniform to 5-grams, side by side with the transformer at one
 * position; the counts behind their numbers; what more text and longer n-grams bring.
 *
 * State: `{unit, hidden, message, where, can_here, can_next, title: {text}, training, transformer, problem,
 * trained: {title, own, train, held_out, vocabulary, runs: [number]}|null, growth, read}` and, with numbers, that of ngram_table.js and
 * ngram_working.js or ngram_words.js.
 * Sends: `where {name}`, `read_passage` and what the parts send.
 */
import { h, css, fill, fillOnce, setText } from "./dom.js";
import { term } from "./terms.js";
import { tokenNodes } from "./token_text.js";
import { whereSwitch } from "./lens_next.js";
import { ngramTable, styles as tableStyles } from "./ngram_table.js";
import { ngramWorking, styles as workingStyles } from "./ngram_working.js";
import { growthPlot, styles as plotStyles } from "./growth_plot.js";
import { ngramWords, overSwitch, styles as wordStyles } from "./ngram_words.js";
import { ngramText, styles as textStyles } from "./ngram_text.js";
import { count } from "./format.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const where = whereSwitch(link);
  const title = h("p", { class: "title", tabindex: -1 });
  const over = overSwitch(link);
  const words = ngramWords();
  const table = ngramTable(link);
  const working = ngramWorking(link);
  const plot = growthPlot(link);
  const text = ngramText(link);
  const honest = honestly(link);
  const numbers = h("div", { class: "stack" }, table.element, working.element);
  const more = h("div", { class: "stack" }, honest.element, plot.element);
  const element = h("div", { class: "ngrams stack" }, h("div", { class: "row head" }, where.element, over.element), title, words.element, numbers, more, text.element);
  const show = (state) => {
    where.show(state);
    over.show(state);
    words.show(state);
    drawTitle(title, state);
    numbers.hidden = !state.rows;
    more.hidden = !state.trained || Boolean(state.hidden);
    if (state.rows) { table.show(state); working.show(state); }
    else table.clear();
    honest.show(state);
    plot.show(state);
    text.show(state);
  };
  return { element, show };
}

function drawTitle(title, state) {
  if (state.hidden) return setText(title, state.hidden);
  if (!state.trained) return setText(title, t("Before networks, language models counted which token followed which"));
  if (state.message) return setText(title, state.message);
  const here = state.where === "here";
  if (!state.title.text) return setText(title, here ? t("At the very start, each model expected") : t("At the very start, each model expects"));
  const text = h("b", {}, tokenNodes(state.title.text, { spaces: false }));
  return fill(title, here ? tParts("After “{text}”, each model expected", { text }) : tParts("After “{text}”, each model expects", { text }));
}

const RUNS = [
  [later("{n} single token"), later("{n} single tokens")],
  [later("{n} pair"), later("{n} pairs")],
  [later("{n} triple"), later("{n} triples")],
  [later("{n} run of 4"), later("{n} runs of 4")],
  [later("{n} run of 5"), later("{n} runs of 5")],
];

/** In which text it was counted, and how much of it is left to test on. */
function where({ train, held_out: left, title }) {
  const said = left
    ? many(train, "Counted in the first {n} token of {title}; the last {left} were {held_out}.", "Counted in the first {n} tokens of {title}; the last {left} were {held_out}.")
    : many(train, "Counted in all {n} token of {title}. So short a text has no part to spare that is {held_out}.", "Counted in all {n} tokens of {title}. So short a text has no part to spare that is {held_out}.");
  return tParts(said, { title, left: count(left), held_out: term("held-out text", t("held out")) });
}

/** What is compared with what, and what is fair about it. */
function honestly(link) {
  const trained = h("p", { class: "small" });
  const why = h("p", { class: "small" });
  const passage = h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => link.send("read_passage") }, t("Read a held-out passage")), h("span", { class: "small muted" }, t("Text that the n-grams have not counted becomes the document; Undo brings yours back.")));
  const element = h("section", { class: "stack tight", "aria-label": t("What is compared") }, trained, why, passage);
  const show = ({ trained: about, read, transformer }) => {
    if (!about) return;
    passage.hidden = !about.held_out;
    setText(why, differences(read, transformer));
    fillOnce(trained, JSON.stringify(about), () => [where(about), " ", t("The vocabulary has {n} tokens. Different ones seen: {runs}.", { n: count(about.vocabulary), runs: about.runs.map((seen, i) => many(seen, ...RUNS[i])).join(", ") })]);
  };
  return { element, show };
}

function differences(read, transformer) {
  return [
    t("An n-gram knows its last one to four tokens, and only runs that it has seen. A transformer reads the whole document, and what it learnt about one word helps it with similar ones."),
    read ? t("It has also read far more text: {model} about {read} tokens, perhaps this one among it.", { model: transformer, read }) : t("It has also read far more text, perhaps this one among it."),
    t("So the difference comes of the kind of model and of the amount of text together."),
  ].join(" ");
}

const styles = css`
  .ngrams .title { min-height: 0; } .ngrams .segmented button:disabled { opacity: 0.5; cursor: default; }
  .ngrams .head { justify-content: space-between; } .ngrams .segmented[hidden] { display: none; }
  .ngrams section { padding-top: 10px; border-top: 1px solid var(--line); }
  .ngrams h3 { font-size: 0.95rem; font-weight: 600; margin: 0; }
`;

export const sheets = [styles, tableStyles, workingStyles, plotStyles, wordStyles, textStyles];
