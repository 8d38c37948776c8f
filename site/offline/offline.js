/**
 * Working offline, from the page's side: registers the service worker, installs and updates in idle
 * time, and knows how it stands. Everything begins when the live page has come to rest; what goes
 * wrong here never disturbs it.
 *
 * `state` is {phase, …}, told by a "change" event:
 *   waiting       nothing is known yet
 *   unavailable   reason: why this browser or window stores nothing, to be translated where it is told
 *   storing       done, total: bytes; update: another version is stored already
 *   ready         bytes, persisted; update: a newer version than this page's is ready
 *   full          need, free: in bytes; bytes: what is stored and goes on working
 *   failed        message, remedy; bytes: the same; missing: files that the browser has dropped
 *   removed       the user wants nothing to be stored
 *   off           whoever looks after the site has switched it off
 */
import { ownScript } from "../own_script.js";
import { later, t } from "../components/wording.js";
import { Installer, StoreFull } from "./installer.js";
import { Store } from "./store.js";

const SCRIPT = "service_worker.js";
const ANSWER_MS = 10_000;
/** A page that was hidden that long looks for a new version when it is seen again. */
const STALE_MS = 3_600_000;

const BLOCKED = later("This browser allows lmpanel no storage here (a private window, or a setting), so nothing is kept for offline use. Everything works while you are online.");
const INSECURE = later("Offline use needs an address that begins with https, or localhost. Everything works while you are online.");

export class Offline extends EventTarget {
  /**
   * @param {{base: string, version: () => string, here: () => Promise<object>, kept: () => Record<string, Blob>}} parts
   *   version: which one this page was loaded as; here: see installer.js; kept: verified files
   */
  constructor({ base, version, here, kept }) {
    super();
    Object.assign(this, { base, version, here, kept });
    this.state = { phase: "waiting" };
    this.wish = `lmpanel:${new URL(base).pathname}:offline`;
    this.checked = 0;
  }

  /** Begin; called once, when there is nothing else to do. */
  async start() {
    if (!globalThis.isSecureContext) return this.set({ phase: "unavailable", reason: INSECURE });
    // In a frame without an origin it throws even to ask.
    if (!attempt(() => navigator.serviceWorker) || !attempt(() => globalThis.caches) || !navigator.locks) return this.set({ phase: "unavailable", reason: BLOCKED });
    addEventListener("online", () => this.again());
    addEventListener("storage", ({ key }) => { if (key === this.wish) this.heard(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - this.checked > STALE_MS) this.again(); });
    return this.wanted() ? this.begin() : this.set({ phase: "removed" });
  }

  async begin() {
    const { serviceWorker } = navigator;
    try {
      this.store = new Store(globalThis.caches, this.base);
      await this.store.current();  // where storage is blocked this fails
      // Other tabs learn from the one that stored it that a new version is there.
      this.others = new BroadcastChannel(this.store.names.lock);
      this.others.onmessage = () => { if (this.state.phase === "ready") this.ready(); };
      this.registration = await serviceWorker.register(ownScript(this.base + SCRIPT), { scope: this.base, updateViaCache: "none" });
      if (!this.registration) return this.set({ phase: "unavailable", reason: BLOCKED });
    } catch (error) {
      if (isBlocked(error)) return this.set({ phase: "unavailable", reason: BLOCKED });
      // Without a network the one that is there goes on.
      this.registration = await serviceWorker.getRegistration(this.base).catch(() => null);
      if (!this.registration) return this.fail(error);
    }
    await newest(this.registration);
    return this.bring();
  }

  /** Look for a new version, and for what the browser has dropped; store what is missing. */
  async bring() {
    if (this.busy) return this.busy;
    this.busy = navigator.locks.request(this.store.names.lock, () => this.check()).catch((error) => this.fail(error)).finally(() => { this.busy = null; });
    return this.busy;
  }

  again() {
    if (this.registration && this.wanted()) this.bring();
  }

  async check() {
    this.checked = Date.now();
    if (!this.wanted()) return this.set({ phase: "removed" });
    // Asked first: nothing is stored where the service worker has been switched off.
    if ((await this.hello()).off) return this.set({ phase: "off" });
    const before = await this.store.current();
    const stored = before && (await this.store.read(before));
    const dropped = stored ? await this.store.missing(stored.files) : [];
    const installer = new Installer({ store: this.store, base: this.base, here: await this.here(), kept: this.kept,
      estimate: async () => (await navigator.storage?.estimate?.()) ?? {}, onProgress: (done, total) => this.progress(done, total, Boolean(stored)) });
    try {
      const latest = await installer.latest();
      if (latest.version !== before || dropped.length) await this.install(installer, latest);
    } catch (error) {
      // Without a network there is nothing to be told, as long as all is there.
      if (error.code !== "network" || !stored || dropped.length) return this.fail(error, stored, dropped);
    }
    await this.hello();
    await this.tell({ verb: "tidy" });
    return this.ready();
  }

  /** Tells the service worker who we are; once our version is stored it takes care of us. */
  hello() {
    return this.tell({ verb: "hello", version: this.version() });
  }

  async install(installer, latest) {
    await installer.install(latest);
    await this.store.makeCurrent(latest.version);
    this.others.postMessage(latest.version);
  }

  async ready() {
    const [bytes, current, persisted] = await Promise.all([this.store.bytes(), this.store.current(), navigator.storage?.persisted?.()]);
    this.set({ phase: "ready", bytes, persisted: Boolean(persisted), update: current !== this.version() });
  }

  /** Asks the browser to keep what is stored. */
  async persist() {
    const persisted = await navigator.storage?.persist?.().catch(() => false);
    this.set({ ...this.state, persisted: Boolean(persisted), refused: !persisted });
  }

  /** Removes everything of ours from this browser, until it is asked for again. */
  async remove() {
    attempt(() => localStorage.setItem(this.wish, "no"));
    await navigator.locks.request(this.store.names.lock, async () => {
      await this.registration?.unregister();
      this.registration = null;
      await this.store.clear();
    });
    this.set({ phase: "removed" });
  }

  /** Another tab was told what the user wants. */
  heard() {
    if (!this.wanted()) return this.set({ phase: "removed" });
    return this.state.phase === "removed" ? this.begin() : null;
  }

  /** The user wants it stored, or wants another try. */
  async want() {
    attempt(() => localStorage.removeItem(this.wish));
    return this.registration ? this.bring() : this.begin();
  }

  wanted() {
    return attempt(() => localStorage.getItem(this.wish)) !== "no";
  }

  /** A message to the service worker that is in charge, answered. */
  tell(message) {
    if (!this.registration?.active) return Promise.resolve({ off: true });
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      setTimeout(() => resolve({ ok: false }), ANSWER_MS);
      this.registration.active.postMessage(message, [port2]);
    }).finally(() => port1.close());
  }

  progress(done, total, update) {
    const { phase, percent } = this.state;
    const now = total ? Math.floor((100 * done) / total) : 100;
    if (phase !== "storing" || percent !== now) this.set({ phase: "storing", done, total, percent: now, update });
  }

  async fail(error, stored = null, dropped = []) {
    const bytes = stored && !dropped.length ? await this.store.bytes() : 0;
    if (error instanceof StoreFull) return this.set({ phase: "full", need: error.need, free: error.free, bytes });
    const { message, remedy = t("Try again later."), detail } = error;
    return this.set({ phase: "failed", message, remedy, detail: detail ?? String(error), bytes, missing: dropped.map(({ path }) => path) });
  }

  set(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** A newer service worker, or the one that switches all off, comes first. */
async function newest(registration) {
  if (await settled(registration)) return;
  await registration.update().catch(() => {});
  await settled(registration);
}

/** Waits for the one that is on its way. @returns {Promise<boolean>} whether there was one */
async function settled(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return false;
  await new Promise((resolve) => {
    const look = () => { if (["activated", "redundant"].includes(coming.state)) resolve(); };
    coming.addEventListener("statechange", look);
    look();
  });
  return true;
}

/** What browsers throw where a window or a setting forbids storage. */
const isBlocked = ({ name, message }) => name === "SecurityError" || /denied|blocked|not supported|insecure/i.test(message);

function attempt(run) {
  try {
    return run();
  } catch {
    return null;
  }
}
