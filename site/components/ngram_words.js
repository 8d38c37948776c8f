/**
 * The ladder over words: what followed the last word or two, and how often.
 *
 * State: `{words: {rows: [{name, context: [string], seen, top: [{word, prob, count}]}]|null, context, vocabulary, uniform}|null}`; rows
 * are null while words are counted, `words` while tokens are shown.
 * Sends: `count_over {name}`.
 */
import { h, css, fill, setText } from "./dom.js";
import { count, exact, probability } from "./format.js";

/** Tokens or words.  @param {import("./link.js").Link} link */
export function overSwitch(link) {
  const buttons = ["tokens", "words"].map((name) => h("button", { type: "button", "data-over": name, "aria-pressed": "false", onclick: () => link.send("count_over", { name }) }, name));
  const element = h("div", { class: "segmented small", role: "group", "aria-label": "What is counted" }, buttons);
  const show = ({ words, trained, hidden }) => {
    element.hidden = !trained || Boolean(hidden);
    buttons.forEach((button) => button.setAttribute("aria-pressed", String((button.dataset.over === "words") === Boolean(words))));
  };
  return { element, show };
}

export function ngramWords() {
  const body = h("tbody", {});
  const table = h("table", { class: "sums number ladder" }, h("caption", { class: "sr" }, "The likeliest next words"),
    h("thead", {}, h("tr", {}, ["model", "expects, and how often it was seen there"].map((label) => h("th", { class: "left", scope: "col" }, label)))), body);
  const note = h("p", { class: "small muted number" });
  const element = h("div", {}, h("div", { class: "wide" }, table), note);
  const show = ({ words }) => {
    element.hidden = !words;
    table.hidden = !words?.rows;
    if (!words) return;
    if (!words.rows) return setText(note, "Counting words…");
    fill(body, words.rows.map(line));
    setText(note, `${count(words.vocabulary)} different words, in lower case, punctuation counted as words; uniform would give each ${probability(words.uniform)}. Words are not the model's tokens, so their probabilities cannot be compared with its.`);
  };
  return { element, show };
}

function line({ name, context, seen, top }) {
  const after = context.length ? [` after “${context.join(" ")}”, seen ${seen === 1 ? "once" : `${count(seen)} times`}`] : [` of ${count(seen)} words`];
  return h("tr", { "data-words": name }, h("th", { class: "left", scope: "row" }, name), h("td", { class: "left" }, top.map(({ word, prob, count: times }) => h("span", { class: "expected", "data-word": word, "data-prob": exact(prob), "data-count": times },
    h("b", {}, word || "(a word not in the text)"), h("span", { class: "muted small" }, ` ${times ? `${count(times)}× · ` : ""}${probability(prob)}`))), h("p", { class: "small muted" }, after)));
}

export const styles = css`
  .expected b { font-weight: 500; margin-right: 4px; }
`;
