/**
 * What a learner did, in words from which a course page can make xAPI statements of its own: verb, object,
 * result.  No learner is named, nothing is sent anywhere; the course page hears it if it has subscribed.
 *
 * verbs: "initialized", "interacted" (the document), "answered", "progressed" and "completed" (a lesson).
 */

/** @typedef {{verb: string, object: {id: string, type: string, name: string}, result: object}} Act */

/** What is new on a worksheet. @param {object|null} before @param {object|null} after @returns {Act[]} */
export function learnt(before, after) {
  const acts = [];
  for (const [source, record] of Object.entries(after?.records ?? {})) {
    const old = before?.records?.[source] ?? { seen: [], answers: {} };
    const object = { id: source, type: "lesson", name: record.title };
    for (const [id, answer] of Object.entries(record.answers ?? {})) {
      const had = old.answers?.[id];
      if (had?.value === answer.value && had?.right === answer.right) continue;
      acts.push({ verb: "answered", object: { id: `${source}#${id}`, type: "question", name: id }, result: { response: answer.value, ...(typeof answer.right === "boolean" && { success: answer.right }) } });
    }
    if (record.seen.length === old.seen.length) continue;
    const progress = record.seen.length / record.steps.length;
    acts.push({ verb: "progressed", object, result: { progress } });
    if (progress === 1) acts.push({ verb: "completed", object, result: { completion: true } });
  }
  return acts;
}

/** Its "event" events carry an Act with its time. */
export class LearnerEvents extends EventTarget {
  /** @param {{python: EventTarget, ready: Promise<{model: string}>}} parts */
  constructor({ python, ready }) {
    super();
    ready.then(({ model }) => this.tell({ verb: "initialized", object: { id: "model", type: "model", name: model }, result: {} }), () => {});
    python.addEventListener("state", ({ detail: { ids } }) => this.tell({ verb: "interacted", object: { id: "document", type: "document", name: "document" }, result: { tokens: ids.length } }));
    document.addEventListener("lmpanel:worksheet-kept", () => this.worksheet());
    this.worksheet();
  }

  /** The first look is where one begins. */
  async worksheet() {
    const { store } = await import("../components/lesson_store.js");
    const now = JSON.parse(store.read() ?? "{}");
    const before = this.known;
    this.known = now;
    if (before) learnt(before, now).forEach((act) => this.tell(act));
  }

  /** @param {Act} act */
  tell(act) {
    this.dispatchEvent(new CustomEvent("event", { detail: { ...act, timestamp: new Date().toISOString() } }));
  }
}
