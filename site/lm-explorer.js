/**
 * <lm-explorer>: lmpanel in a page of your own.  One file without dependencies:
 *
 *   <script type="module" src="LMPANEL/lm-explorer.js"></script>
 *   <lm-explorer text="Once upon a time" load="click"></lm-explorer>
 *
 * Attributes: text, lesson, view, select, load, hide, lock, theme, lang, backend, threads, memory, model: as in
 * lmpanel's address; `src`, the folder of lmpanel where this file lies elsewhere; `height`, pixels until the
 * frame says its own; `label`, the frame's name for screen readers; `fragment`, "s=1.…" of a link.
 * Methods, each a promise: ready, status, tokenize, next, score, generate, getState, setState, backends, useBackend.
 * DOM events, which do not bubble: "lm-ready", "lm-state", "lm-progress", "lm-error" and "lm-event" (what a
 * learner did: {verb, object, result, timestamp}); `detail` is the value.
 */
const CONTEXT = "lmpanel";
const API = 1;
const PASSED = ["text", "lesson", "view", "select", "load", "hide", "lock", "theme", "lang", "backend", "threads", "memory", "model"];
const METHODS = ["ready", "status", "tokenize", "next", "score", "generate", "getState", "setState", "backends", "useBackend"];
const EVENTS = ["state", "progress", "error", "event"];
/** lmpanel reads some thirty messages a second and computes for a few at once: the element does not ask for more. */
const GAP_MS = 50;
const AT_ONCE = 20;
const MOST_UNANSWERED = 12;
const FIRST_HEIGHT = 420;
const MOST_HEIGHT = 20_000;
/** Where lmpanel is: beside this file. */
const HOME = new URL("./", import.meta.url).href;

class LmExplorer extends HTMLElement {
  static observedAttributes = [...PASSED, "src", "fragment", "label"];

  #frame = null;
  #calls = new Map();
  #waiting = [];
  #unanswered = new Set();
  #free = 0;
  #next = 1;
  #heard = (event) => this.#receive(event);
  #drawing = false;
  #live = false;

  connectedCallback() {
    window.addEventListener("message", this.#heard);
    this.#draw();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#heard);
    this.#frame?.remove();
    this.#frame = null;
    this.#giveUp("The frame was taken out of the page.");
  }

  /** Other attributes are another page; all that change together are one. */
  attributeChangedCallback(name) {
    if (this.#frame && name === "label") this.#frame.title = this.#title;
    if (!this.#frame || this.#drawing || name === "label") return;
    this.#drawing = true;
    queueMicrotask(() => { this.#drawing = false; if (this.isConnected) this.#draw(); });
  }

  get #address() {
    const address = new URL("index.html", new URL(this.getAttribute("src") ?? HOME, document.baseURI));
    address.searchParams.set("embed", "1");
    for (const name of PASSED) if (this.hasAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
    // What a reload keeps is each frame's own, also beside one with the same text.
    const all = [...document.getElementsByTagName(this.localName)];
    address.searchParams.set("frame", `${location.pathname} ${all.indexOf(this)}`);
    // A page that is opened from a file has no origin that could be named.
    if (location.origin !== "null") address.searchParams.set("parentOrigin", location.origin);
    address.hash = this.getAttribute("fragment") ?? "";
    return address;
  }

  get #title() {
    return this.getAttribute("label") || "lmpanel: a language model, one token at a time";
  }

  #draw() {
    this.#giveUp("The frame shows another page now.");
    this.#frame?.remove();
    this.#live = false;
    const address = this.#address;
    const frame = document.createElement("iframe");
    frame.title = this.#title;
    frame.allow = `cross-origin-isolated ${address.origin}; clipboard-write ${address.origin}`;
    // With a page of its own origin, `allow-same-origin` would let the frame take its sandbox off: without it
    // lmpanel works from memory.
    const apart = address.origin !== location.origin;
    frame.sandbox = `allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox allow-modals${apart ? " allow-same-origin" : ""}`;
    frame.style.cssText = "display:block;width:100%;border:0;color-scheme:normal";
    frame.style.height = `${Number(this.getAttribute("height")) || FIRST_HEIGHT}px`;
    frame.src = address.href;
    this.#frame = Object.assign(frame, { ready: false });
    if (getComputedStyle(this).display === "inline") this.style.display = "block";
    this.append(frame);
  }

  /** A call of lmpanel's scripting interface. */
  call(method, ...args) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, message: { type: "call", method, args } });
      this.#waiting.push(id);
      if (this.#frame?.ready) this.#pump();
    });
  }

  /** Sends what waits, at the pace that lmpanel reads. */
  #pump() {
    const now = performance.now();
    while (this.#waiting.length && this.#unanswered.size < MOST_UNANSWERED) {
      this.#free = Math.max(this.#free, now - AT_ONCE * GAP_MS) + GAP_MS;
      if (this.#free > now) { this.#free -= GAP_MS; setTimeout(() => this.#pump(), GAP_MS); return; }
      this.#post(this.#waiting.shift());
    }
  }

  #post(id) {
    const { message } = this.#calls.get(id) ?? {};
    if (!message) return;
    try {
      this.#send({ id, ...message });
      this.#unanswered.add(id);
    } catch {
      this.#settle(id, ({ reject }) => reject(asError({ code: "bad_argument", message: "This argument is not JSON." })));
    }
  }

  #send(message) {
    // A frame without an origin can be reached in no other way; nothing but this window's own calls is in it.
    const target = this.#frame.sandbox.contains("allow-same-origin") ? new URL(this.#frame.src).origin : "*";
    this.#frame.contentWindow.postMessage({ context: CONTEXT, api: API, ...message }, target);
  }

  #receive({ source, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow) return;
    if (typeof data !== "object" || data?.context !== CONTEXT || data.api !== API) return;
    if (data.type === "height") this.#grow(data.height);
    else if (data.type === "ready") this.#greet(data.answers === true);
    else if (data.type === "result") this.#settle(data.id, ({ resolve }) => resolve(data.result));
    else if (data.type === "error" && data.id !== undefined) this.#settle(data.id, ({ reject }) => reject(asError(data.error)));
    else if (EVENTS.includes(data.type)) this.#tell(data.type, data[data.type]);
  }

  /** While the page is being built it only grows: nothing below it jumps to and fro. A poster is as low as it is. */
  #grow(height) {
    const least = this.#live || this.getAttribute("load") === "click" ? 0 : parseFloat(this.#frame.style.height);
    if (Number.isFinite(height) && height > least) this.#frame.style.height = `${Math.min(height, MOST_HEIGHT)}px`;
  }

  #greet(answers) {
    if (!answers) return this.#giveUp("This page has no origin that lmpanel could answer. Serve it over http or https.");
    this.#frame.ready = true;
    for (const event of EVENTS) this.#send({ id: `on-${event}`, type: "call", method: "on", args: [event] });
    this.#pump();
    this.call("ready").then((info) => { this.#live = true; this.#tell("ready", info); }, () => {});
  }

  #settle(id, how) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (this.#unanswered.delete(id)) this.#pump();
    if (call) how(call);
  }

  #giveUp(reason) {
    this.#waiting.length = 0;
    for (const id of [...this.#calls.keys()]) this.#settle(id, ({ reject }) => reject(asError({ code: "not_there", message: reason })));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`lm-${name}`, { detail }));
  }
}

for (const name of METHODS) {
  LmExplorer.prototype[name] = function called(...args) { return this.call(name, ...args); };
}

const asError = ({ code, message }) => Object.assign(new Error(String(message)), { code });

customElements.define("lm-explorer", LmExplorer);
