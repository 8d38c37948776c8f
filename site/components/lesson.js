/**
 * The lesson: a card above document and lens while a lesson is open.  This file is what is there from the
 * start; the card itself is loaded when a lesson is opened.
 *
 * State from Python: `{open, wanted}`, the latter a lesson that is to be fetched, and, while open, what lesson_card.js draws.
 * Messages: `{op: "keep", text}` the worksheet as it is now;
 * `{op: "save", name, kind, text}` a file for the reader.
 * Sends: `open_lesson {source, text, step, set_up}`, `worksheet_kept {text}`, and what lesson_card.js sends.
 * Hears `lmpanel:lesson {source}` on the document, `lmpanel:lesson-file {file}` too.
 */
import { css, saveFile, shadow } from "./dom.js";
import { shared } from "./styles.js";
import { store } from "./lesson_store.js";
import { t } from "./wording.js";

/** What was open, should Python have to be started again. */
let last = null;
document.addEventListener("lmpanel:anew", () => { last = null; });
/** Only the newest mount answers to the document's events. */
let current = null;

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root } = shadow("lesson", [shared, styles]);
  const own = current = {};
  let card;
  let latest;
  /** While there is one that was open, none is fetched in its place. */
  let asked = last ? null : "";
  const open = async (source, how = {}) => {
    const files = await import("./lesson_files.js");
    const path = files.pathOf(source);
    return attempt(path, async () => link.send("open_lesson", last = { source: path, text: await files.fetchLesson(path), ...how }));
  };
  const openFile = async (file) => attempt(file.name, async () => {
    const { readLesson } = await import("./lesson_files.js");
    link.send("open_lesson", last = { source: `file:${file.name}`, text: await readLesson(file) });
  });
  listen("lmpanel:lesson", own, (event) => { event.preventDefault(); open(event.detail.source, event.detail.how); });
  listen("lmpanel:lesson-file", own, (event) => { event.preventDefault(); openFile(event.detail.file); });
  store.onOther((text) => { if (own === current) link.send("worksheet_kept", { text }); });
  const kept = store.read();
  if (kept) link.send("worksheet_kept", { text: kept });
  // At the step where it was left, which the worksheet knows.
  if (last) link.send("open_lesson", { source: last.source, text: last.text, set_up: false });

  link.onMessage((message) => {
    if (message.op === "keep") { store.write(message.text); document.dispatchEvent(new Event("lmpanel:worksheet-kept")); }
    else if (message.op === "set_aside") store.setAside();
    else if (message.op === "save") saveFile(message.name, message.text, message.kind);
  });
  link.onState(async (state) => {
    latest = state;
    if (asked !== null && state.wanted && state.wanted !== asked) open(state.wanted, { set_up: false });
    asked = state.wanted;
    const main = document.querySelector("main");
    if (state.open) main.dataset.lesson ??= "open";
    else delete main.dataset.lesson;
    if (!state.open && !card) return;
    if (state.open) document.dispatchEvent(new Event("lmpanel:lesson-open"));
    else last = null;
    // The promise is kept, not the card: a second state may come while it is being made.
    card ??= makeCard(link, root);
    const { show } = await card;
    if (latest === state) show(state);
  });
  return host;
}

async function makeCard(link, root) {
  const { create, sheets } = await import("./lesson_card.js");
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
  const card = create(link);
  root.append(card.element);
  return card;
}

function listen(name, own, handler) {
  document.addEventListener(name, (event) => { if (own === current) handler(event); });
}

/** What cannot be read is told in the shell's own words. */
async function attempt(name, run) {
  for (const code of ["lesson", "bad_lesson"]) document.dispatchEvent(new CustomEvent("lmpanel:notice-over", { detail: { code } }));
  try {
    await run();
  } catch ({ message }) {
    document.dispatchEvent(new CustomEvent("lmpanel:notice", { detail: { code: "lesson", message, remedy: t("Nothing was changed."), error: true } }));
  }
}

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; }
`;
