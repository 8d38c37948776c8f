/**
 * The ladder over words: what followed the last word or two, and how often.
 *
 * State: `{words: {rows: [{name, context: [string], seen, top: [{word, prob, count}]}]|null, context, vocabulary, uniform}|null}`; rows
 * are null while words are counted, `words` while tokens are shown.
 * Sends: `count_over {name}`.
 */
import { h, css, fill, setText } from "./dom.js";
import { count, exact, probability } from "./format.js";
import { later, many, t } from "./wording.js";

const OVER = [later("tokens"), later("words")];

/** Tokens or words.  @param {import("./link.js").Link} link */
export function overSwitch(link) {
  const buttons = OVER.map((name) => h("button", { type: "button", "data-over": name, "aria-pressed": "false", onclick: () => link.send("count_over", { name }) }, t(name)));
  const element = h("div", { class: "segmented small", role: "group", "aria-label": t("What is counted") }, buttons);
  const show = ({ words, trained, hidden }) => {
    element.hidden = !trained || Boolean(hidden);
    buttons.forEach((button) => button.setAttribute("aria-pressed", String((button.dataset.over === "words") === Boolean(words))));
  };
  return { element, show };
}

export function ngramWords() {
  const body = h("tbody", {});
  const table = h("table", { class: "sums number ladder" }, h("caption", { class: "sr" }, t("The likeliest next words")),
    h("thead", {}, h("tr", {}, [t("model"), t("expects, and how often it was seen there")].map((label) => h("th", { class: "left", scope: "col" }, label)))), body);
  const note = h("p", { class: "small muted number" });
  const element = h("div", {}, h("div", { class: "wide" }, table), note);
  const show = ({ words }) => {
    element.hidden = !words;
    table.hidden = !words?.rows;
    if (!words) return;
    if (!words.rows) return setText(note, t("Counting words…"));
    fill(body, words.rows.map(line));
    setText(note, said(words));
  };
  return { element, show };
}

function said({ vocabulary, uniform }) {
  return many(vocabulary, "{n} different word, in lower case, punctuation counted as words; uniform would give each {p}. Words are not the model's tokens, so their probabilities cannot be compared with its.",
    "{n} different words, in lower case, punctuation counted as words; uniform would give each {p}. Words are not the model's tokens, so their probabilities cannot be compared with its.", { p: probability(uniform) });
}

function line({ name, context, seen, top }) {
  const after = context.length ? many(seen, "after “{words}”, seen once", "after “{words}”, seen {n} times", { words: context.join(" ") }) : many(seen, "of {n} word", "of {n} words");
  return h("tr", { "data-words": name }, h("th", { class: "left", scope: "row" }, t(name)), h("td", { class: "left" }, top.map(({ word, prob, count: times }) => h("span", { class: "expected", "data-word": word, "data-prob": exact(prob), "data-count": times },
    h("b", {}, word || t("(a word not in the text)")), h("span", { class: "muted small" }, ` ${times ? `${count(times)}× · ` : ""}${probability(prob)}`))), h("p", { class: "small muted" }, " ", after)));
}

export const styles = css`
  .expected b { font-weight: 500; margin-right: 4px; }
`;
