/**
 * The page's end of the Python worker: starts it, draws what it renders, passes patches and calls
 * on, and restarts it once if it dies.  The last state it reported and, from an idle moment before,
 * the whole session are kept here, so that a restart loses nothing.
 */
import { loadBokeh, PanelBridge } from "./panel_bridge.js";
import { SessionKeeper } from "./session_keeper.js";
import { ownWorker } from "./own_worker.js";
import { keepDrafts, keptDrafts, liveRoot, putDrafts, readDrafts } from "./drafts.js";
import { t, wording } from "./components/wording.js";
import { clearNotice, notice } from "./status.js";

/** What is told of without alarm. */
const GENTLE = new Set(["context_full", "left_out"]);
/** What is told of an accepted change, not of a refused one. */
const NEWS = new Set(["lost_characters", "special_text"]);

export class PythonHost extends EventTarget {
  constructor({ base, status, first = {}, onKept }) {
    super();
    this.base = base;
    this.status = status;
    this.first = first;
    this.calls = new Map();
    this.nextCall = 1;
    this.failure = null;
    /** What the author of a course page asked for: where one begins, and begins anew. */
    this.author = first.author ? { author: first.author } : {};
    this.lastState = first.state ? JSON.stringify(first.state) : null;
    this.restarts = 0;
    this.settled = false;
    this.keeper = new SessionKeeper({ ask: () => this.call("save_session", []), onKept: (text) => { if (text !== null) this.lastState = null; onKept?.(text); }, tell: (word) => { document.documentElement.dataset.session = word; } });
    this.keeper.text = first.file ?? null;
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.keeper.save(); });
    this.refusals = new Set();
    this.replaced = Promise.resolve();
    /** What was being typed when everything was drawn anew. */
    this.drafts = keptDrafts();
    addEventListener("pagehide", keepDrafts);
    this.live = new Promise((resolve) => { this.nowLive = resolve; });
  }

  /** Whether a text of the author's is what comes, or what was kept of work on it; not what was linked. */
  get opensText() {
    const { author, link } = this.first;
    return Boolean(author?.text) && !link;
  }

  start() {
    this.failure = null;
    if (!this.bokeh) this.startBokeh();
    this.worker?.terminate();
    if (this.settled) this.drafts = readDrafts();
    this.worker = ownWorker(new URL("python_worker.js", this.base), "lmpanel-python");
    this.worker.onmessage = (event) => this.receive(event.data);
    this.worker.onerror = (event) => { event.preventDefault(); this.crashed(event.message || t("its program could not be loaded. Check the network.")); };
    this.takeBridge();
    this.settled = false;
    this.post({ verb: "start", base: this.base, wording: wording(), begin: this.wish(this.beginning()) });
  }

  /** What Python is told to begin with, in which language. */
  wish(beginning) {
    return JSON.stringify({ ...beginning, wording: wording() });
  }

  /** What Python is to begin with: the session that was kept, and a state that is newer. */
  beginning() {
    const { text } = this.keeper;
    if (text === null && !this.lastState) return this.first;
    return { ...this.author, ...(text !== null && { file: text }), ...(this.lastState && { state: JSON.parse(this.lastState) }) };
  }

  /**
   * Begins anew, with the text of a session file or with the first example; resolves when it is shown.
   * A file that is refused rejects with the reason, and changes nothing.
   */
  async begin(file) {
    document.dispatchEvent(new Event("lmpanel:anew"));  // no component is to bring anything back
    this.drafts = [];
    await this.replace(file === undefined ? this.author : { file });
  }

  /** Draws everything anew in the language that is spoken now; nothing is forgotten, also what is being typed. */
  async drawAnew() {
    await this.live;
    this.drafts = readDrafts();
    const writes = liveRoot(document.getElementById("slot-controls"))?.querySelector("[data-stop]");
    await this.replace({ file: await this.call("save_session", []) });
    if (writes) notice({ code: "stopped", message: t("The model stopped writing when the page was drawn anew."), remedy: t("What it wrote is kept.") });
  }

  /** One after the other. */
  replace(beginning) {
    this.replaced = this.replaced.catch(() => {}).then(() => this.replaceNow(beginning));
    return this.replaced;
  }

  async replaceNow(beginning) {
    await this.live;
    const main = document.querySelector("main");
    main.inert = true;
    this.bridge.hold();
    const shown = new Promise((resolve) => this.addEventListener("settled", resolve, { once: true }));
    try {
      await this.ask("begin", { begin: this.wish(beginning) });
      await shown;
      this.keeper.forget();
      this.keeper.touched();
    } catch (error) {
      this.bridge.flow();
      throw error;
    } finally {
      main.inert = false;
    }
    // What was told of the former document is history.
    this.clearRefusals();
    for (const code of [...NEWS, "link"]) clearNotice(code);
    this.tell(await this.call("get_state", []));
  }

  /** What is there now, kept for a restart until the whole session is. */
  tell(state) {
    this.lastState = JSON.stringify(state);
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  /** A bridge to a document that is yet to come; what the former one drew stays in view until then. */
  takeBridge() {
    this.bridge?.hold();
    this.former = this.bridge?.document ? this.bridge : this.former;
    this.bridge = new PanelBridge((patch) => { this.post({ verb: "patch", patch }); this.keeper.touched(); });
  }

  startBokeh() {
    this.bokeh = loadBokeh(this.base);
    this.bokeh.catch((error) => { this.bokeh = null; this.fail(error); });
  }

  post(message, transfer = []) {
    this.worker.postMessage(message, transfer);
  }

  /** A call of the scripting interface; resolves or rejects with what Python answers. */
  call(method, args) {
    if (this.failure) return Promise.reject(asError(this.failure));
    const id = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject, posted: false });
      this.live.then(() => this.postCall(id, method, args));
    });
  }

  postCall(id, method, args) {
    const call = this.calls.get(id);
    if (!call) return;
    call.posted = true;
    this.post({ verb: "call", id, method, args: JSON.stringify(args) });
  }

  /** A message that is answered with a result. */
  ask(verb, fields) {
    const id = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject, posted: true });
      this.post({ verb, id, ...fields });
    });
  }

  receive(message) {
    const handlers = {
      render: () => this.render(message).catch((error) => this.fail(error)),
      patch: () => { this.bridge.apply(message.patch, message.buffers); this.keeper.touched(); },
      result: () => this.answer(message),
      notify: () => this.notify(JSON.parse(message.json)),
      failed: () => this.crashed(message.message),
      alive: () => this.watch(message.lock),
      progress: () => this.status.mark(`python_${message.done}`),
    };
    handlers[message.verb]?.();
  }

  async render(message) {
    if (!this.bokeh) return;  // its failure has been told already
    await this.bokeh;
    if (this.bridge.document) this.takeBridge();
    this.former?.close();
    this.former = null;
    const names = JSON.parse(message.names);
    for (const name of names) prepareSlot(name);
    const mounted = allMounted(names);
    await this.bridge.render(message, names.map((name) => `live-${name}`));
    await mounted;
    putDrafts(this.drafts);
    this.drafts = [];
    this.post({ verb: "rendered" });
    this.bridge.flow();
  }

  answer({ id, ok, json }) {
    const waiting = this.calls.get(id);
    this.calls.delete(id);
    if (ok) waiting?.resolve(JSON.parse(json));
    else waiting?.reject(asError(JSON.parse(json)));
  }

  notify(event) {
    if (event.event === "settled") { this.settled = true; this.keeper.held(); this.nowLive(); clearNotice("python_failed"); this.dispatchEvent(new Event("settled")); }
    else if (event.event === "state") { this.clearRefusals(); this.tell(event.state); }
    else if (event.event === "measured") this.dispatchEvent(new CustomEvent("measured"));
    else if (event.event === "clear") clearNotice(event.code);
    else if (event.event === "error") this.report(event);
  }

  /** What was refused is history once something was accepted. */
  clearRefusals() {
    for (const code of this.refusals) clearNotice(code);
    this.refusals.clear();
  }

  report({ code, message, remedy }) {
    if (!NEWS.has(code)) this.refusals.add(code);
    notice({ code, message, remedy, error: !GENTLE.has(code) });
    this.dispatchEvent(new CustomEvent("error", { detail: { code, message } }));
  }

  /** The worker holds a lock for as long as it lives; to get it is to know of its end. */
  watch(lock) {
    const { worker } = this;
    navigator.locks.request(lock, () => { if (worker === this.worker && !this.failure) this.crashed(t("its worker ended")); });
  }

  crashed(message) {
    this.worker.terminate();
    this.rejectCalls(message, (call) => call.posted);
    this.restarts += 1;
    if (!this.settled && this.keeper.text !== null) this.keeper.failed();
    if (this.restarts === 1) { this.dispatchEvent(new Event("restarted")); return this.start(); }
    return this.fail(Object.assign(new Error(stopped(message)), { code: "python_failed", remedy: t("Your document is kept. Start it again, or reload the page.") }));
  }

  fail(error) {
    const { code = "python_failed", message, remedy = t("Reload the page.") } = error;
    this.failure = { code, message };
    this.rejectCalls(message, () => true);
    this.dispatchEvent(new CustomEvent("error", { detail: { code, message } }));
    notice({ code, message, remedy, error: true, actions: [
      { label: t("Start again"), run: () => { this.dispatchEvent(new Event("restarted")); this.start(); } },
      { label: t("Reload"), run: () => location.reload() },
    ] });
  }

  rejectCalls(message, which) {
    for (const [id, call] of this.calls) {
      if (!which(call)) continue;
      this.calls.delete(id);
      call.reject(asError({ code: "python_failed", message: stopped(message) }));
    }
  }
}

/** Resolves when each of these components is drawn; Bokeh itself does not wait for modules. */
function allMounted(names) {
  const missing = new Set(names);
  return new Promise((resolve) => {
    document.addEventListener("lmpanel:mounted", function heard({ detail }) {
      missing.delete(detail.name);
      if (missing.size) return;
      document.removeEventListener("lmpanel:mounted", heard);
      resolve();
    });
  });
}

/** An empty, hidden place for a live root; a restart gets a new one. */
function prepareSlot(name) {
  const slot = document.getElementById(`slot-${name}`);
  const old = slot.querySelector(".live");
  const live = document.createElement("div");
  live.id = `live-${name}`;
  live.className = "live fill";
  live.hidden = old === null;
  if (old) old.replaceWith(live);
  else slot.append(live);
}

const stopped = (reason) => t("The Python part of this page stopped: {reason}", { reason: reason.replace(/\.?$/, ".") });

const asError = ({ code, message }) => Object.assign(new Error(message), { code });
