/**
 * What the n-grams are counted in: the bundled novel, or a text of the student's own.  What is in the box stays
 * there, so that a refused text is not lost.
 *
 * State: `{trained: {own}|null, training, problem}`.
 * Sends: `train_ngrams {title, text}`, without a text for the novel.
 */
import { h, css, setText } from "./dom.js";
import { action } from "./action.js";
import { count } from "./format.js";

const NOVEL = "Moby-Dick";
const LARGEST = 1_000_000;

/** @param {import("./link.js").Link} link */
export function ngramText(link) {
  const novel = h("button", { type: "button", class: "button", onclick: () => link.send("train_ngrams") }, `Count in ${NOVEL}`);
  const problem = h("p", { class: "problem", role: "alert" });
  const area = h("textarea", { class: "field", rows: 5, id: "ngram-text", spellcheck: "false" });
  const file = h("input", { type: "file", id: "ngram-file", accept: "text/*,.txt,.md,.csv,.tex" });
  const refused = h("p", { class: "small", role: "status" });
  const send = () => {
    const { length } = area.value;
    if (length > LARGEST) return setText(refused, tooLong("The text", length, "characters"));
    return link.send("train_ngrams", { title: named(file), text: area.value });
  };
  const go = action("Count in this text", send);
  go.enable(true);
  file.addEventListener("change", () => read(file, area, refused));
  area.addEventListener("input", () => { setText(refused, ""); file.value = ""; });
  const own = h("details", {}, h("summary", { class: "small muted" }, "Count in a text of your own"), h("div", { class: "stack tight" },
    h("label", { class: "small muted", for: "ngram-text" }, "Your text, up to 1 MB. It stays on this machine. A tenth of it is held out; of one below 50 tokens nothing is, so that it can be counted by hand."), area,
    h("div", { class: "row small" }, h("label", { class: "muted", for: "ngram-file" }, "or a text file"), file), refused, h("div", { class: "row" }, go.element)));
  const element = h("section", { class: "stack tight", "aria-label": "The text" }, problem, h("div", { class: "row" }, novel), own);
  const show = ({ trained, training, problem: why }) => {
    setText(problem, training ? "" : why ?? "");
    problem.hidden = !problem.textContent;
    novel.parentElement.hidden = Boolean(training) || trained?.own === false;
  };
  return { element, show };
}

const named = (file) => file.files[0]?.name ?? "";

const tooLong = (what, size, unit) => `${what} has ${count(size)} ${unit}; at most ${count(LARGEST)} are counted. Nothing was changed.`;

async function read(file, area, refused) {
  const [chosen] = file.files;
  if (!chosen) return;
  if (chosen.size > LARGEST) return setText(refused, tooLong(chosen.name, chosen.size, "bytes"));
  area.value = await chosen.text();
  setText(refused, `${chosen.name} is in the box.`);
}

export const styles = css`
  .problem { border-left: 4px solid var(--bad); padding: 4px 10px; } .problem[hidden] { display: none; }
  .ngrams .row[hidden] { display: none; }
`;
