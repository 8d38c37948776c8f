/**
 * One step of a lesson: what to read, what to do, what to answer, and what to notice afterwards.
 *
 * State: `{source, title, steps: [{title, seen, done}], step, name, parts, done, asks, notice, can_set_up, aside, terms,
 * highlight, hide, lock}`; parts are `{kind: "prose"|"notice", nodes}`, `{kind: "ask", …}`, `{kind: "task", …}` and
 * `{kind: "capture", …}`, see lesson_parts.js; `notice` says that one is still hidden, `aside`
 * what of the reader's own waits until the lesson is closed.
 * Sends: `step {number}`, `close_lesson`, `notice`, `set_up`, and what lesson_parts.js sends.
 */
import { h, css, fill, mayTakeFocus, redraw, setText, heldOutside } from "./dom.js";
import { drawNodes, glossaryPopover, lessonLanguage, nodeStyles } from "./lesson_nodes.js";
import { askView, captureView, partStyles, taskView } from "./lesson_parts.js";
import { lessonIndex } from "./lesson_files.js";
import { mark } from "./lesson_marks.js";
import { whenShown, wish } from "./focus_wish.js";
import { store } from "./lesson_store.js";
import { t } from "./wording.js";

const VIEWS = { ask: askView, task: taskView, capture: captureView };

/** @param {import("./link.js").Link} link */
export function create(link) {
  const glossary = glossaryPopover();
  const head = header(link);
  const steps = stepDots(link);
  const body = stepBody(link, glossary);
  const foot = footer(link, body);
  const stored = h("p", { class: "small stored", role: "status" });
  const aside = h("p", { class: "small muted aside" });
  const element = h("div", { class: "card" }, head.element, h("div", { class: "folding" }, body.element, aside, stored, foot.element), glossary.element);
  head.element.append(steps.element, head.buttons);
  document.addEventListener("lmpanel:worksheet-kept", () => setText(stored, t(store.problem)));
  let open = false;
  // Whoever opened it from where nothing is any more begins to read here.
  document.addEventListener("lmpanel:lesson-read", () => takeFocus(body.name));
  const show = (state) => {
    element.hidden = !state.open;
    mark(state.open ? state : { highlight: [], hide: [], lock: [] });
    const was = open;
    open = state.open;
    if (!state.open) return close(body, was);
    setText(aside, state.aside);
    glossary.show(state.terms);
    setText(stored, t(store.problem));
    [head, steps, body, foot].forEach((part) => part.show(state));
    if (!was) takeFocus(body.name);
  };
  return { element, show };
}

/** Focuses `element` where the focus is nowhere, on what opened the lesson, or in the card itself: never away from a text that is being written. */
function takeFocus(element) {
  whenShown(element, () => {
    if (document.activeElement?.matches("main, #start-lesson, #slot-room *") || mayTakeFocus(element)) element.focus({ preventScroll: true });
  });
}

/** The way back in is where lessons are begun. */
function close(body, was) {
  body.forget();
  if (was) requestAnimationFrame(() => { if (mayTakeFocus(body.element)) document.querySelector("#rooms [data-room=lessons]")?.focus(); });
}

function header(link) {
  const title = h("h2", { class: "lesson-title small", lang: lessonLanguage() });
  const fold = h("button", { type: "button", class: "quiet icon", "aria-expanded": "true", "aria-label": t("Fold"), title: t("Fold") }, "–");
  const shut = h("button", { type: "button", class: "quiet icon", "aria-label": t("Close lesson"), title: t("Close lesson"), onclick: () => link.send("close_lesson") }, "×");
  const buttons = h("div", { class: "row buttons" }, fold, shut);
  const element = h("div", { class: "head" }, title);
  fold.addEventListener("click", () => {
    const folded = element.parentElement.classList.toggle("folded");
    document.querySelector("main").dataset.lesson = folded ? "folded" : "open";
    setText(fold, folded ? "+" : "–");
    fold.title = folded ? t("Unfold") : t("Fold");
    fold.setAttribute("aria-label", fold.title);
    fold.setAttribute("aria-expanded", String(!folded));
  });
  return { element, buttons, show: (state) => setText(title, state.title) };
}

function stepDots(link) {
  const list = h("ol", { class: "dots" });
  const element = h("nav", { "aria-label": t("Steps of the lesson") }, list);
  const show = ({ steps, step }) => redraw(list, () => fill(list, steps.map(({ title, seen, done }, i) => {
    const about = { n: i + 1, title };
    const said = done ? t("Step {n}: {title}, done", about) : seen ? t("Step {n}: {title}, seen", about) : t("Step {n}: {title}", about);
    return h("li", {}, h("button", { type: "button", "data-key": `dot-${i}`, class: done ? "done" : seen ? "seen" : "", "aria-label": said, title: said, "aria-current": i === step ? "step" : null, onclick: () => link.send("step", { number: i }) }, h("i")));
  })));
  return { element, show };
}

function stepBody(link, glossary) {
  const name = h("h3", { class: "name", tabindex: -1, lang: lessonLanguage() });
  const bands = h("div", { class: "bands" });
  const element = h("div", { class: "step" }, name, bands);
  let place = "";
  let views = new Map();
  let arranged = "";
  const forget = () => { place = ""; arranged = ""; views = new Map(); };
  const viewOf = (key, part) => {
    if (!views.has(key)) views.set(key, VIEWS[part.kind] ? VIEWS[part.kind](link, part) : proseView(part, glossary));
    return views.get(key);
  };
  const show = (state) => {
    const moved = place !== "" && place !== `${state.source} ${state.step}`;
    if (place !== `${state.source} ${state.step}`) forget();
    place = `${state.source} ${state.step}`;
    setText(name, `${state.step + 1}. ${state.name}`);
    const counts = {};
    const keyed = state.parts.map((part) => [part.id ?? `${part.kind}${counts[part.kind] = (counts[part.kind] ?? 0) + 1}`, part]);
    for (const [key, part] of keyed) viewOf(key, part).show?.(part);
    const order = keyed.map(([key]) => key).join(" ");
    const more = arranged !== "" && order !== arranged;
    if (order !== arranged) redraw(bands, () => fill(bands, inBands(keyed, viewOf)), name);
    arranged = order;
    if (more) bringIntoView(element.parentElement, bands.querySelector(".notice"));
    if (moved) { element.parentElement.scrollTop = 0; element.scrollTop = 0; if (!heldOutside()) name.focus({ preventScroll: true }); }
  };
  return { element, name, show, forget };
}

/** Scrolls `box` alone, above what sticks to its lower edge. */
function bringIntoView(box, element) {
  if (!element) return;
  const [inside, outside] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
  const lower = outside.bottom - box.lastElementChild.offsetHeight - 8;
  if (inside.bottom > lower) box.scrollTop += Math.min(inside.bottom - lower, inside.top - outside.top - 8);
}

function proseView(part, glossary) {
  const nodes = drawNodes(part.nodes, glossary.term);
  const inside = h("div", { class: "text", lang: lessonLanguage() }, nodes);
  return { element: part.kind === "notice" ? h("div", { class: "notice", role: "status" }, h("p", { class: "small muted" }, t("Notice")), inside) : inside };
}

/** Text on the left and what is to be done beside it; a text after a task begins a new band. */
function inBands(keyed, viewOf) {
  const bands = [];
  let band = null;
  const fresh = () => { band = { text: [], todo: [], after: [] }; bands.push(band); };
  fresh();
  for (const [key, part] of keyed) {
    const { element } = viewOf(key, part);
    if (part.kind === "prose" && (band.todo.length || band.after.length)) fresh();
    if (part.kind === "prose") band.text.push(element);
    else if (part.kind === "notice") band.after.push(element);
    else band.todo.push(element);
  }
  return bands.map(({ text, todo, after }) => h("div", { class: todo.length && text.length ? "band two" : "band" },
    text.length ? h("div", { class: "stack tight" }, text) : null, todo.length ? h("div", { class: "stack" }, todo) : null, after));
}

function footer(link) {
  const back = h("button", { type: "button", class: "button", "data-key": "back" }, t("Back"));
  const next = h("button", { type: "button", class: "button primary", "data-key": "next" }, t("Next"));
  const other = h("button", { type: "button", class: "button primary", "data-key": "other", hidden: true }, t("Next lesson"));
  const worksheet = h("button", { type: "button", class: "button", "data-key": "worksheet" }, t("Your worksheet"));
  const again = h("button", { type: "button", class: "quiet small", title: t("Back to the document and settings that this step begins with"), onclick: () => link.send("set_up") }, t("Set up again"));
  const notice = h("button", { type: "button", class: "quiet small", title: t("Show it although not all is answered and done"), onclick: () => link.send("notice") }, t("What to notice"));
  const element = h("div", { class: "row foot" }, back, next, other, worksheet, h("span", { class: "row more" }, notice, again));
  let state;
  let following = null;
  back.addEventListener("click", () => link.send("step", { number: state.step - 1 }));
  next.addEventListener("click", () => link.send("step", { number: state.step + 1 }));
  other.addEventListener("click", () => document.dispatchEvent(new CustomEvent("lmpanel:lesson", { detail: { source: following }, cancelable: true })));
  worksheet.addEventListener("click", () => { wish("worksheet"); link.send("worksheet_page"); });
  const show = async (now) => {
    const last = now.step === now.steps.length - 1;
    state = now;
    back.hidden = now.step === 0;
    next.hidden = last;
    next.classList.toggle("primary", now.done || !now.asks);
    worksheet.hidden = !last;
    other.hidden = true;
    again.hidden = !now.can_set_up;
    notice.hidden = !now.notice;
    if (!last) return;
    const lessons = await lessonIndex();
    const at = lessons.findIndex(({ file }) => `lessons/${file}` === now.source);
    const after = at >= 0 ? lessons[at + 1] : null;
    if (state !== now || !after) return;
    following = `lessons/${after.file}`;
    other.setAttribute("aria-label", t("Next lesson: {title}", { title: after.title }));
    other.title = after.title;
    other.hidden = false;
  };
  return { element, show };
}

const styles = css`
  .card { display: flex; flex-direction: column; min-height: 0; gap: 8px; flex: 1 1 auto; }
  .head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; } .lesson-title { font-weight: 600; } nav { order: 1; } .buttons { margin-left: auto; gap: 2px; }
  .dots { list-style: none; display: flex; flex-wrap: wrap; } .dots button { width: 24px; height: 24px; padding: 0; border: 0; background: none; display: grid; place-items: center; border-radius: 6px; }
  .dots i { width: 9px; height: 9px; border-radius: 50%; border: 1.5px solid var(--edge); } .dots .seen i { background: var(--line); } .dots .done i { background: var(--accent); border-color: var(--accent); }
  .dots [aria-current] i { outline: 2px solid var(--accent); outline-offset: 2px; } .dots button:hover { background: var(--hover); }
  .folding { display: flex; flex-direction: column; min-height: 0; gap: 10px; overflow-y: auto; margin: 0 -8px; padding: 0 8px 2px; flex: 1 1 auto; } .folded .folding { display: none; }
  .name { font-size: 1.125rem; font-weight: 650; line-height: 1.35; outline-offset: 4px; color: var(--ink); }
  .step { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; } .bands { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
  .band { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px 36px; align-items: start; } .stack { align-content: start; }
  .notice { grid-column: 1 / -1; padding: 8px 14px; background: var(--accent-soft); border-radius: 10px; }
  .foot { position: sticky; bottom: -2px; background: var(--card); padding: 6px 0 2px; } .foot .button { padding: 5px 14px; } .more { margin-left: auto; gap: 2px; } .more .quiet { padding-inline: 6px; white-space: nowrap; }
  .icon { width: 28px; min-height: 28px; padding: 0; font-size: 1.15rem; line-height: 1; } .aside:empty { display: none; } .aside { margin: 0; }
  @media (max-width: 56.25em), (min-width: 73.75em) and (min-height: 35em) {
    .head { gap: 2px 8px; } .lesson-title { order: 2; width: 100%; } .head nav { order: 0; flex: 1 1 0; } .dots { margin-left: -8px; } .buttons { align-self: start; }
  }
  @media (min-width: 73.75em) and (min-height: 35em) {
    .foot { gap: 6px; } .foot .button { padding: 4px 10px; font-size: 0.92rem; } .more { margin-left: -6px; }
  }
  .stored:empty { display: none; } .stored { color: var(--bad); }
  @media (min-width: 56.3125em) and (max-width: 73.74em) { .two { grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); } }
`;

export const sheets = [styles, nodeStyles, partStyles];
