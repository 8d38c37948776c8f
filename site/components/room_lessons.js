/**
 * The room of the lessons: the list with its progress, the worksheet, the glossary, and a file of one's own.
 *
 * State: `{page: "list"|"worksheet"|"glossary", open: source of the open lesson or "", progress: {source: {title, seen, steps, finished}},
 * refused: {} | {name, problems: [{line, reason}]}}`, on the worksheet's page what worksheet_page.js draws, on the
 * glossary's what glossary_page.js draws.
 * Sends: `lessons_page {name}`, `resume_lesson`, `forget_refused`, and what worksheet_page.js sends.  Lessons are
 * opened by events, see lesson.js.
 */
import { h, css, fill, redraw, setText } from "./dom.js";
import { granted, whenShown } from "./focus_wish.js";
import { lessonIndex } from "./lesson_files.js";
import { lessonLanguage, nodeStyles } from "./lesson_nodes.js";
import { worksheetPage, worksheetStyles } from "./worksheet_page.js";
import { glossaryPage, glossaryStyles } from "./glossary_page.js";
import { later, many, t, tParts } from "./wording.js";

const PAGES = { list: later("Lessons"), worksheet: later("Your worksheet"), glossary: later("Glossary") };

/** @param {import("./link.js").Link} link */
export function create(link) {
  const tabs = pageSwitch(link);
  const pages = { list: listPage(link), worksheet: worksheetPage(link), glossary: glossaryPage(link) };
  const place = h("div", { class: "place" });
  const element = h("div", { class: "lessons" }, h("h2", { class: "sr" }, t("Lessons")), tabs.element, place);
  const show = (state) => {
    tabs.show(state);
    const page = pages[state.page];
    if (place.firstChild !== page.element) place.replaceChildren(page.element);
    page.show(state);
    if (granted(state.page)) whenShown(tabs.button(state.page), () => tabs.button(state.page).focus({ preventScroll: true }));
  };
  return { element, show };
}

function pageSwitch(link) {
  const buttons = Object.entries(PAGES).map(([name, label]) => h("button", { type: "button", "data-page": name, onclick: () => link.send("lessons_page", { name }) }, t(label)));
  const element = h("div", { class: "segmented pages", role: "group", "aria-label": t("Lessons") }, buttons);
  return { element, button: (name) => buttons.find(({ dataset }) => dataset.page === name), show: ({ page }) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.page === page))) };
}

function listPage(link) {
  const refused = h("div", { class: "refused", role: "alert", hidden: true });
  const list = h("ol", { class: "list" });
  const own = ownLesson();
  const element = h("div", { class: "stack" }, h("p", { class: "muted intro" }, t("Short walks through the tool with questions. Answers stay in this browser until you save or clear them.")), refused, list, own.element);
  const show = async (state) => {
    showRefused(refused, state.refused, link);
    const lessons = await lessonIndex();
    redraw(list, () => fill(list, rows(lessons, state, link)));
  };
  return { element, show };
}

/** The lessons of the site, then those of the reader's own that the worksheet knows. */
function rows(lessons, state, link) {
  const first = lessons.find(({ file }) => !state.progress[`lessons/${file}`]?.finished);
  const summary = (text) => h("p", { class: "muted", lang: lessonLanguage() }, text);
  const listed = lessons.map((about) => row({ ...about, source: `lessons/${about.file}`, summary: summary(about.summary) }, state, link, about === first));
  const others = Object.entries(state.progress).filter(([source]) => !lessons.some(({ file }) => `lessons/${file}` === source));
  return [...listed, ...others.map(([source, { title, steps }]) => row({ source, title, steps, summary: h("p", { class: "muted" }, whence(source)) }, state, link, false))];
}

const whence = (source) => source.startsWith("file:") ? t("From a file of your own: open the file to go on.") : t("At {source}", { source });

/** Back to the lesson: what was pressed goes out of view, and the step is read on. */
function resume(link) {
  link.send("resume_lesson");
  document.dispatchEvent(new Event("lmpanel:lesson-read"));
}

function row({ source, title, summary, minutes, steps }, state, link, primary) {
  const known = state.progress[source];
  const open = state.open === source;
  const label = open ? t("Go on") : !known ? t("Start") : known.finished ? t("Again") : t("Go on");
  const begin = () => open ? resume(link) : document.dispatchEvent(new CustomEvent("lmpanel:lesson", { detail: { source }, cancelable: true }));
  const button = h("button", { type: "button", class: primary || open ? "button primary" : "button", "data-key": source, "aria-label": `${label}: ${title}`, onclick: begin }, label);
  const done = !known ? "" : known.finished ? t("✓ done") : many(known.steps, "{seen} of {n} step", "{seen} of {n} steps", { seen: known.seen });
  return h("li", {}, h("div", {}, h("h3", { lang: lessonLanguage() }, title), summary),
    h("p", { class: "small muted number" }, minutes ? t("{n} min", { n: minutes }) : "", h("br"), done),
    source.startsWith("file:") && !open ? h("span") : button);
}

function ownLesson() {
  const input = h("input", { type: "file", accept: ".md,.markdown,.txt,text/markdown", id: "lesson-file", class: "sr" });
  const open = (file) => { if (file) document.dispatchEvent(new CustomEvent("lmpanel:lesson-file", { detail: { file }, cancelable: true })); };
  input.addEventListener("change", () => { open(input.files[0]); input.value = ""; });
  const element = h("div", { class: "own" }, h("h3", {}, t("Your own lesson")),
    h("p", { class: "muted" }, tParts("A lesson is one Markdown file. Drop it here or choose it; the README says how to write one. Any lesson of this site can be linked to with {address}.", { address: h("code", {}, "?lesson=path.md") })),
    h("div", {}, input, h("label", { for: "lesson-file", class: "button" }, t("Open a lesson file…"))));
  element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("over"); });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => { event.preventDefault(); element.classList.remove("over"); open(event.dataTransfer.files[0]); });
  return { element };
}

function showRefused(box, { name, problems }, link) {
  box.hidden = !problems;
  if (!problems) return box.replaceChildren();
  const said = many(problems.length, "{name} has one mistake and was not opened", "{name} has {n} mistakes and was not opened", { name: name.replace(/^file:/, "") });
  return fill(box, h("h3", {}, said),
    h("ol", { class: "problems" }, problems.map(({ line, reason }) => h("li", {}, h("b", { class: "number" }, t("line {n}", { n: line })), ` ${reason}`))),
    h("button", { type: "button", class: "button", onclick: () => link.send("forget_refused") }, t("Dismiss")));
}

const styles = css`
  .lessons { display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; max-width: 60rem; width: 100%; margin: 0 auto; }
  .pages { justify-self: start; flex-wrap: wrap; max-width: 100%; } h3 { font-size: 1.05rem; font-weight: 650; margin: 0; } .intro { max-width: 60ch; }
  .list { list-style: none; display: grid; } .list li { display: grid; grid-template-columns: minmax(0, 1fr) 7.5em minmax(6.5em, auto); gap: 4px 20px; align-items: center; padding: 13px 0; border-top: 1px solid var(--line); } .list .button { width: 100%; }
  .own { display: grid; gap: 8px; padding: 16px 18px; border: 1.5px dashed var(--edge); border-radius: 12px; } .own.over { border-color: var(--accent); background: var(--accent-soft); }
  .own label { display: inline-block; cursor: pointer; } .own input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; } .own code { font: 0.92em var(--mono); }
  .refused { display: grid; gap: 8px; justify-items: start; padding: 14px 18px; border: 1px solid var(--edge); border-left: 4px solid var(--bad); border-radius: 9px; } .problems { list-style: none; display: grid; gap: 3px; overflow-wrap: anywhere; }
  @media print { .pages { display: none; } }
  @media (max-width: 40em) { .list li { grid-template-columns: minmax(0, 1fr) minmax(6em, auto); } .list li > div { grid-column: 1 / -1; } }
`;

export const sheets = [styles, nodeStyles, worksheetStyles, glossaryStyles];
