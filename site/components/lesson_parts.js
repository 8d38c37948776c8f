/**
 * What is to be done in a step: questions, tasks, evidence.
 *
 * `{kind: "ask", id, question, type: "text"|"number"|"choice", options, unit, lines, checked, value, verdict: null|"kept"|"right"|"wrong"|"refused", said, outcome, can_tell}`,
 * `{kind: "task", id, task, done}`, `{kind: "capture", id, label, have, title, said}`.
 * Sends: `answer {id, value}`, `tell_answer {id}`, `capture {id}`.
 */
import { h, css, fill, fillOnce, setText } from "./dom.js";
import { lessonLanguage, quoted } from "./lesson_nodes.js";
import { later, t, tParts } from "./wording.js";

const MARKS = { right: "✓", wrong: "✗" };
const SAID = { right: later("Right."), wrong: later("Not yet."), kept: later("Kept.") };

export function askView(link, part) {
  const field = part.type === "choice" ? choices(part) : entry(part);
  const submit = h("button", { type: "submit", class: "button small", "data-key": `submit-${part.id}` }, part.checked ? t("Check") : t("Keep"));
  const tell = h("button", { type: "button", class: "quiet small", onclick: () => link.send("tell_answer", { id: part.id }) }, t("Tell me"));
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const said = h("span", { class: "small", role: "status" });
  const result = h("div", { class: "row result" }, mark, said, tell);
  const outcome = h("p", { class: "small outcome", role: "status" });
  const element = h("form", { class: "ask", "data-id": part.id, novalidate: true }, field.element, result, outcome);
  if (field.line) field.line.append(submit);
  else result.prepend(submit);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    link.send("answer", { id: part.id, value: field.value() });
  });
  if (part.lines > 1) field.input.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit(); });
  let shown = "";
  const show = (now) => {
    if (now.value !== shown) { field.set(now.value); shown = now.value; }
    element.dataset.verdict = now.verdict ?? "";
    setText(mark, MARKS[now.verdict] ?? "");
    setText(said, quoted(now.said) || (now.verdict in SAID ? t(SAID[now.verdict]) : ""));
    fill(outcome, now.outcome ? tParts("You expected “{value}”. It came: “{outcome}”.", { value: h("b", {}, now.value), outcome: h("b", {}, now.outcome) }) : null);
    tell.hidden = !now.can_tell;
  };
  return { element, show };
}

function entry({ id, question, type, unit, lines }) {
  const common = { class: "field", id: `answer-${id}`, "data-key": `answer-${id}`, autocomplete: "off", maxlength: 4000 };
  const input = lines > 1 ? h("textarea", { ...common, rows: 3 }) : h("input", { ...common, type: "text", inputmode: type === "number" ? "decimal" : null, class: type === "number" ? "field short" : "field" });
  const line = h("div", { class: lines > 1 ? "row line many" : "row line" }, input, unit ? h("span", { class: "muted small", lang: lessonLanguage() }, unit) : null);
  const element = h("div", { class: "entry" }, h("label", { for: input.id, lang: lessonLanguage() }, quoted(question)), line);
  return { element, input, line, value: () => input.value, set: (value) => { input.value = value; } };
}

function choices({ id, question, options }) {
  const inputs = options.map((option, i) => h("input", { type: "radio", name: `answer-${id}`, value: i, "data-key": `answer-${id}-${i}` }));
  const rows = options.map((option, i) => h("label", { class: "option" }, inputs[i], h("span", { lang: lessonLanguage() }, option)));
  const element = h("fieldset", { class: "entry" }, h("legend", { lang: lessonLanguage() }, quoted(question)), rows);
  return {
    element, input: element,
    value: () => options[inputs.findIndex((input) => input.checked)] ?? "",
    set: (value) => inputs.forEach((input, i) => { input.checked = options[i] === value; }),
  };
}

export function taskView(link, part) {
  const box = h("span", { class: "box", "aria-hidden": "true" });
  const done = h("span", { class: "sr", role: "status" });
  const element = h("div", { class: "task", "data-id": part.id }, box, h("span", { lang: lessonLanguage() }, quoted(part.task)), done);
  const show = (now) => {
    element.dataset.done = String(now.done);
    setText(box, now.done ? "✓" : "");
    setText(done, now.done ? t("Done") : "");
  };
  return { element, show };
}

export function captureView(link, part) {
  const button = h("button", { type: "button", class: "button small", "data-key": `capture-${part.id}`, onclick: () => link.send("capture", { id: part.id }) });
  const said = h("span", { class: "small muted", role: "status" });
  const element = h("div", { class: "row capture", "data-id": part.id }, button, said);
  const show = (now) => {
    fillOnce(button, `${now.have} ${now.label}`, () => captureLabel(now));
    setText(said, now.said || (now.have ? t("✓ Kept: {title}", { title: now.title }) : ""));
  };
  return { element, show };
}

function captureLabel({ have, label: text }) {
  const label = h("span", { lang: lessonLanguage() }, text);
  return have ? tParts("Keep again: {label}", { label }) : tParts("Keep on the worksheet: {label}", { label });
}

export const partStyles = css`
  .ask { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; padding: 10px 14px; border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: 10px; }
  .ask[data-verdict="right"] { border-left-color: var(--good); } .ask[data-verdict="kept"] { border-left-color: var(--edge); } .ask:is([data-verdict="wrong"], [data-verdict="refused"]) { border-left-color: var(--wait); }
  .result:not(:has(:not(:empty, [hidden]))), .outcome:empty { display: none; } .outcome { margin: 0; }
  .entry { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; border: 0; margin: 0; padding: 0; min-width: 0; } .entry legend { padding: 0 0 4px; } .entry label, .entry legend { overflow-wrap: anywhere; }
  .line { flex-wrap: nowrap; } .line.many { flex-wrap: wrap; } .line.many .field { flex-basis: 100%; } .line .field { flex: 1 1 auto; min-width: 0; width: auto; } .line .short { flex: 0 1 8em; }
  .option { display: flex; gap: 8px; align-items: baseline; min-height: 28px; padding: 2px 6px; margin-left: -6px; border-radius: 7px; cursor: pointer; } .option:hover { background: var(--hover); } .option input { width: 17px; height: 17px; margin: 0; flex: none; align-self: center; accent-color: var(--accent); }
  .button.small { min-height: 32px; padding: 3px 12px; font-size: 0.9rem; } .mark { font-weight: 700; } .mark:empty { display: none; } [data-verdict="right"] .mark { color: var(--good); } [data-verdict="wrong"] .mark { color: var(--bad); }
  .task { display: grid; grid-template-columns: 22px minmax(0, 1fr); gap: 10px; align-items: start; } .box { width: 20px; height: 20px; margin-top: 1px; border: 1.5px dashed var(--edge); border-radius: 50%; display: grid; place-items: center; font-size: 0.8rem; font-weight: 700; line-height: 1; }
  .task[data-done="true"] .box { background: var(--accent); border: 1.5px solid var(--accent); color: var(--on-accent); }
`;
