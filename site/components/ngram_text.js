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
import { t } from "./wording.js";

const NOVEL = "Moby-Dick";
const LARGEST = 1_000_000;

/** @param {import("./link.js").Link} link */
export function ngramText(link) {
  const novel = h("button", { type: "button", class: "button", onclick: () => link.send("train_ngrams") }, t("Count in {title}", { title: NOVEL }));
  const problem = h("p", { class: "problem", role: "alert" });
  const area = h("textarea", { class: "field", rows: 5, id: "ngram-text", spellcheck: "false" });
  const file = h("input", { type: "file", id: "ngram-file", accept: "text/*,.txt,.md,.csv,.tex" });
  const refused = h("p", { class: "small", role: "status" });
  const send = () => {
    const { length } = area.value;
    if (length > LARGEST) return setText(refused, t("The text has {n} characters; at most {most} are counted. Nothing was changed.", { n: count(length), most: count(LARGEST) }));
    return link.send("train_ngrams", { title: named(file), text: area.value });
  };
  const go = action(t("Count in this text"), send);
  go.enable(true);
  file.addEventListener("change", () => read(file, area, refused));
  area.addEventListener("input", () => { setText(refused, ""); file.value = ""; });
  const own = h("details", {}, h("summary", { class: "small muted" }, t("Count in a text of your own")), h("div", { class: "stack tight" },
    h("label", { class: "small muted", for: "ngram-text" }, t("Your text, up to 1 MB. It stays on this machine. A tenth of it is held out; of one below 50 tokens nothing is, so that it can be counted by hand.")), area,
    h("div", { class: "row small" }, h("label", { class: "muted", for: "ngram-file" }, t("or a text file")), file), refused, h("div", { class: "row" }, go.element)));
  const element = h("section", { class: "stack tight", "aria-label": t("The text") }, problem, h("div", { class: "row" }, novel), own);
  const show = ({ trained, training, problem: why }) => {
    setText(problem, training ? "" : why ?? "");
    problem.hidden = !problem.textContent;
    novel.parentElement.hidden = Boolean(training) || trained?.own === false;
  };
  return { element, show };
}

const named = (file) => file.files[0]?.name ?? "";

async function read(file, area, refused) {
  const [chosen] = file.files;
  if (!chosen) return;
  if (chosen.size > LARGEST) return setText(refused, t("{file} has {n} bytes; at most {most} are counted. Nothing was changed.", { file: chosen.name, n: count(chosen.size), most: count(LARGEST) }));
  area.value = await chosen.text();
  setText(refused, t("{file} is in the box.", { file: chosen.name }));
}

export const styles = css`
  .problem { border-left: 4px solid var(--bad); padding: 4px 10px; } .problem[hidden] { display: none; }
  .ngrams .row[hidden] { display: none; }
`;
