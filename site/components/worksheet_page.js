/**
 * The worksheet: what was answered and captured, to be read, saved, printed and cleared.
 *
 * State: `{name, about, records: [{title, progress, steps: [{title, tasks: [{text, done}], answers: [{question, value, verdict}], evidence: [{label, table}]}]}]}`.
 * Sends: `sign_worksheet {name}`, `export_worksheet {form}`, `clear_worksheet`.
 */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { lessonLanguage, quoted } from "./lesson_nodes.js";
import { store } from "./lesson_store.js";
import { t } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function worksheetPage(link) {
  const name = h("input", { class: "field", id: "worksheet-name", autocomplete: "name", maxlength: 200 });
  name.addEventListener("change", () => link.send("sign_worksheet", { name: name.value }));
  const tools = toolRow(link);
  const problem = h("p", { class: "small", role: "status" });
  const sheet = h("div", { class: "sheet" });
  const signature = h("div", { class: "row signature" }, h("label", { for: "worksheet-name" }, t("Name")), name, h("span", { class: "small muted screen" }, t("optional; it stays in this browser and in what you save")));
  const about = h("p", { class: "small muted about" });
  const element = h("div", { class: "worksheet stack" }, h("h2", { class: "printed" }, t("Worksheet")), about, tools.element, problem, signature, sheet);
  const show = (state) => {
    if (state.page !== "worksheet") return;
    showSetting(name, state.name);
    setText(problem, t(store.problem));
    setText(about, state.about);
    tools.show(state);
    fill(sheet, state.records.length ? state.records.map(record) : h("p", { class: "muted" }, t("Nothing yet. What you answer and keep in a lesson stands here.")));
  };
  return { element, show };
}

function toolRow(link) {
  const button = (label, run, kind = "button") => h("button", { type: "button", class: kind, onclick: run }, label);
  const save = [button(t("Save as HTML"), () => link.send("export_worksheet", { form: "html" }), "button primary"),
    button(t("Save as Markdown"), () => link.send("export_worksheet", { form: "markdown" })), button(t("Print"), () => print())];
  const clear = button(t("Clear…"), () => ask(true), "quiet");
  const really = h("span", { class: "row", role: "group", "aria-label": t("Clear the worksheet") }, h("span", {}, t("Forget all answers and evidence?")),
    button(t("Clear everything"), () => { link.send("clear_worksheet"); ask(false); }), button(t("Keep it"), () => ask(false), "quiet"));
  const ask = (open) => { really.hidden = !open; clear.hidden = open; (open ? really.lastChild : clear).focus(); };
  really.hidden = true;
  const element = h("div", { class: "row screen" }, save, h("span", { class: "spring row" }, clear, really));
  return { element, show: ({ records }) => { element.hidden = records.length === 0; } };
}

function record({ title, progress, steps }) {
  return h("section", { class: "record" }, h("h3", { lang: lessonLanguage() }, title), h("p", { class: "small muted" }, progress), steps.map(stepOf));
}

function stepOf({ title, tasks, answers, evidence }) {
  return h("div", { class: "of-step" }, h("h4", { lang: lessonLanguage() }, title),
    tasks.map(({ text, done }) => h("p", { class: "small todo" }, h("b", {}, done ? t("✓ done") : t("○ not done")), " ", h("span", { lang: lessonLanguage() }, quoted(text)))),
    answers.map(({ question, value, verdict }) => h("div", { class: "answered" }, h("p", { lang: lessonLanguage() }, quoted(question)), h("p", { class: "value" }, value), verdict ? h("p", { class: "small muted" }, verdict) : null)),
    evidence.map(({ label, table }) => tableOf(label, table)));
}

function tableOf(label, { title, columns, rows, notes }) {
  return h("div", { class: "evidence" }, h("p", {}, h("b", { lang: lessonLanguage() }, label), " ", h("span", { class: "muted" }, title)), h("table", { class: "small", "aria-label": label },
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col" }, column)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", { class: typeof cell === "number" ? "number n" : "" }, shown(cell))))))),
    notes.map((note) => h("p", { class: "small muted" }, note)));
}

const shown = (cell) => cell === null ? "" : typeof cell === "number" && !Number.isInteger(cell) ? String(Number(cell.toPrecision(4))) : String(cell);

export const worksheetStyles = css`
  .printed { display: none; margin: 0; } @media print { .printed { display: block; } }
  .signature .field { flex: 0 1 18rem; } .sheet { display: grid; grid-template-columns: minmax(0, 1fr); gap: 26px; }
  .record { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; border-top: 1px solid var(--line); padding-top: 16px; } .of-step { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; padding-top: 6px; } .of-step h4 { margin: 0; font-size: 0.95rem; color: var(--muted); font-weight: 600; }
  .answered .value { font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere; }
  .evidence { overflow-x: auto; break-inside: avoid; } .evidence table { border-collapse: collapse; } .evidence p { overflow-wrap: anywhere; }
  .evidence th, .evidence td { text-align: left; padding: 2px 18px 2px 0; border-top: 1px solid var(--line); vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; } .evidence th { overflow-wrap: break-word; } .evidence .n { text-align: right; white-space: nowrap; } .answered { break-inside: avoid; }
  @media print { .screen { display: none !important; } .signature .field { border: 0; padding: 0; background: none; } }
`;
