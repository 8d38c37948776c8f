/**
 * Does what the author of a course page asked for by the address (author_options.js): the poster, parts that
 * are hidden or locked, and in a frame the messages, the height and the way to a page of its own.  What is
 * about the document (text, place, view) is for Python.
 */
import { clearNotice, notice } from "../status.js";
import { withoutOrigin } from "../own_worker.js";
import { t } from "../components/wording.js";

/**
 * @param {{author: import("../author_options.js").Author, base: string, api: object, python: object, status: object, start: () => void}} parts
 * @returns {Promise<void>} when the page is in its first state; `start` is called now or by the reader
 */
export async function beginAs(parts) {
  const { author, base, python, status, start } = parts;
  const click = author.load === "click";
  const text = python.opensText ? author.text : null;
  status.set({ example: text === null, ...(click && { phase: "waiting" }) });
  const begin = () => { status.set({ phase: "start" }); start(); };
  if (!click) start();
  if (author.embed) await inFrame(parts);
  if (author.hide.length || author.lock.length) mask(author, base).catch(() => {});
  if (author.model) python.addEventListener("measured", () => tellModel(author.model, status), { once: true });
  if (!click && text === null) return;
  const { showPoster } = await import("./poster.js");
  const leave = showPoster({ base, text, start: click ? begin : null });
  python.addEventListener("settled", leave, { once: true });
}

async function inFrame({ author, api, python }) {
  const [{ Frame }, { tellHeights }, { LearnerEvents }, { leadApart }] = await Promise.all([import("./frame.js"), import("./height.js"), import("./learner_events.js"), import("./apart.js")]);
  leadApart(python);
  if (keepsNothing()) notice({ code: "storage", message: t("This frame may keep nothing."), remedy: t("Everything works, and is forgotten when it closes. Opened in a new tab, your work stays.") });
  if (window.parent === window) return;
  const frame = new Frame({ api, origin: author.parentOrigin, parent: window.parent, learner: new LearnerEvents({ python, ready: api.ready }) });
  addEventListener("message", (event) => frame.receive(event));
  tellHeights(window.parent);
  frame.announce();
}

function keepsNothing() {
  if (withoutOrigin()) return true;
  try {
    return !localStorage;
  } catch {
    return true;
  }
}

/** The same marks as those of lessons, all the time. */
async function mask({ hide, lock }, base) {
  const [{ markAlways }, { parts }] = await Promise.all([import("../components/lesson_marks.js"), fetch(new URL("recorded.json", base)).then((response) => response.json())]);
  const unknown = [...hide, ...lock].filter((name) => !Object.hasOwn(parts, name));
  const places = (names) => names.filter((name) => Object.hasOwn(parts, name)).map((name) => parts[name]);
  markAlways({ hide: places(hide), lock: places(lock) });
  if (unknown.length) notice({ code: "parts", message: t("There is no part “{name}” of this page to hide or lock.", { name: unknown[0] }), remedy: t("Possible: {names}.", { names: Object.keys(parts).join(", ") }) });
}

function tellModel(wanted, status) {
  clearNotice("model");
  if (status.engine && wanted !== status.engine.model) notice({ code: "model", message: t("model={wanted} is not on this site; {model} runs.", { wanted, model: status.engine.model }) });
}
