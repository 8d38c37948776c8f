/**
 * The page's end of the messages: answers the course page's calls by the scripting interface, and tells it
 * what it has subscribed to.  Only the window that shows the frame is heard, and only from the origin that the
 * author named in the address; everything else is as if it had not come.
 */
import { API, Bucket, EVENTS, METHODS, isOurs, made, readMessage } from "./protocol.js";

const AT_ONCE = 60;
const A_SECOND = 30;
/** Calls that wait for their answer. */
const MOST_PENDING = 16;
const PROGRESS_MS = 250;

export class Frame {
  /**
   * @param {{api: object, origin: string|null, parent: Window, learner: EventTarget, now?: () => number}} parts
   *   `learner` has "event" events with what a learner did
   */
  constructor({ api, origin, parent, learner, now = () => performance.now() }) {
    Object.assign(this, { api, origin, parent, learner, now });
    this.bucket = new Bucket(AT_ONCE, A_SECOND, now);
    this.refusals = new Bucket(1, 1, now);
    this.pending = 0;
    this.told = false;
    /** Event → what ends the subscription. @type {Map<string, () => void>} */
    this.subscribed = new Map();
  }

  /** Tells everybody that the frame listens, and whether it answers: no content. */
  announce() {
    this.parent.postMessage(made("ready", { answers: this.origin !== null }), "*");
  }

  /** @param {MessageEvent} event */
  receive({ source, origin, data }) {
    if (source !== this.parent || !isOurs(data)) return;
    if (this.origin === null || origin !== this.origin) return this.deaf(origin);
    if (!this.bucket.take()) return this.complain("rate", `More than ${A_SECOND} messages a second: some were not read.`);
    let message;
    try {
      message = readMessage(data);
    } catch ({ id, code, message }) {
      return this.send("error", { id, error: { code, message } });
    }
    if (message.type === "hello") return this.send("result", { id: message.id, result: { api: API, methods: METHODS, events: EVENTS } });
    if (this.pending >= MOST_PENDING) return this.send("error", { id: message.id, error: { code: "busy", message: `${MOST_PENDING} calls are under way; wait for one of them.` } });
    return this.answer(message);
  }

  /** The author of the course page finds it in the console, once; nothing is answered. */
  deaf(origin) {
    if (!this.told) console.warn(`lmpanel does not answer ${origin}: its address says parentOrigin=${this.origin ?? ""}.`);
    this.told = true;
  }

  async answer({ id, method, args }) {
    this.pending += 1;
    try {
      this.send("result", { id, result: (await this.run(method, args)) ?? null });
    } catch ({ code = "internal_error", message }) {
      this.send("error", { id, error: { code, message } });
    } finally {
      this.pending -= 1;
    }
  }

  run(method, args) {
    if (method === "ready") return this.api.ready;
    if (method === "on") return this.subscribe(args[0]);
    if (method === "off") return this.unsubscribe(args[0]);
    return this.api[method](...args);
  }

  /** A second subscription to the same is none. */
  subscribe(event) {
    if (!EVENTS.includes(event)) throw Object.assign(new Error(`There is no such event. Possible: ${EVENTS.join(", ")}.`), { code: "bad_argument" });
    if (this.subscribed.has(event)) return event;
    const tell = (detail) => this.send(event, { [event]: detail });
    this.subscribed.set(event, event === "event" ? heard(this.learner, ({ detail }) => tell(detail)) : this.api.on(event, event === "progress" ? seldom(tell) : tell));
    return event;
  }

  unsubscribe(event) {
    this.subscribed.get(event)?.();
    this.subscribed.delete(event);
    return null;
  }

  /** What goes wrong by the thousand is said once a second. */
  complain(code, message) {
    if (this.refusals.take()) this.send("error", { id: null, error: { code, message } });
  }

  send(type, fields) {
    this.parent.postMessage(made(type, fields), this.origin);
  }
}

function heard(target, handler) {
  target.addEventListener("event", handler);
  return () => target.removeEventListener("event", handler);
}

/** The newest of what comes often, a few times a second. */
function seldom(tell) {
  let newest;
  let timer = 0;
  return (detail) => {
    newest = detail;
    timer ||= setTimeout(() => { timer = 0; tell(newest); }, PROGRESS_MS);
  };
}
