/**
 * Installs a version of the site: fetches what the store lacks, checks every byte, and writes the
 * version down when all of it is there. What has arrived stays when an install is interrupted.
 *
 * Runs in the page, not in the service worker, which is ended whenever the browser likes. Knows
 * nothing about the page.
 */
import { fetchVerified, letGo } from "../engine/download.js";
import { EngineError } from "../engine/errors.js";
import { t } from "../components/wording.js";
import { MANIFEST, bytesOf, distinct, needed, readManifest } from "./manifest.js";
import { PAST_STORE } from "./names.js";

const LANES = 3;
/** A browser's bookkeeping takes a little more than the bytes themselves. */
const OVERHEAD = 1.02;

/** There is too little room. */
export class StoreFull extends Error {
  /** @param {number} need bytes that are to be stored @param {number} free bytes that could be */
  constructor(need, free) {
    super("too little room");
    Object.assign(this, { need, free });
  }
}

export class Installer {
  /**
   * @param {{store: import("./store.js").Store, base: string, here: {gpu: boolean, jspi: boolean},
   *   kept?: () => Record<string, Blob>, fetch?: typeof fetch,
   *   estimate?: () => Promise<{usage: number, quota: number}>,
   *   onProgress?: (done: number, total: number) => void, options?: object}} parts
   *   kept: files that somebody has fetched and checked already, by their hash
   */
  constructor({ store, base, here, kept = () => ({}), fetch = globalThis.fetch.bind(globalThis), estimate, onProgress = () => {}, options = {} }) {
    Object.assign(this, { store, base, here, kept, estimate, onProgress });
    const past = (url, init) => fetch(url, { ...init, headers: { [PAST_STORE]: "1" } });
    this.options = { ...options, fetch: past };
  }

  /** The version that the server has. @throws {EngineError} */
  async latest() {
    const file = { path: MANIFEST, url: this.base + MANIFEST };
    const fetch = (url, init) => this.options.fetch(url, { ...init, cache: "no-cache" });
    const bytes = await fetchVerified(file, { ...this.options, fetch });
    const text = new TextDecoder().decode(bytes);
    try {
      return { ...readManifest(text), text };
    } catch (error) {
      throw unreadable(text, error);
    }
  }

  /**
   * Store a version completely, without making it the current one.
   *
   * @param {{version: string, files: object[], text: string}} latest
   * @throws {EngineError|StoreFull} then the version is not complete
   */
  async install(latest) {
    const files = needed(latest, this.here);
    const keyOf = (file) => this.store.keyOf(file);
    const missing = distinct(await this.store.missing(files), keyOf);
    const progress = new Progress(bytesOf(distinct(files, keyOf)), bytesOf(missing), this.onProgress);
    try {
      await this.checkRoom(bytesOf(missing));
      await inLanes(missing, LANES, (file) => this.take(file, progress));
      await this.store.complete({ version: latest.version, text: latest.text, files });
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.store.collect(new Set(await this.store.versions()));
      // Browsers may name more than they give: what did fit is the truth.
      throw error instanceof StoreFull ? error : new StoreFull(bytesOf(missing), progress.stored);
    }
  }

  async take(file, progress) {
    const kept = this.kept()[file.sha256];
    if (kept) progress.add(file.bytes);
    await this.store.put(file, kept ?? (await this.fetched(file, (delta) => progress.add(delta))));
    progress.stored += file.bytes;
  }

  async fetched(file, onBytes) {
    const bytes = await fetchVerified({ ...file, url: this.base + file.path }, { ...this.options, onBytes });
    const blob = new Blob([bytes]);
    letGo(bytes);
    return blob;
  }

  async checkRoom(bytes) {
    const free = await this.free();
    if (free !== null && bytes * OVERHEAD > free) throw new StoreFull(bytes, free);
  }

  /** Bytes that may still be stored, null where the browser does not say. */
  async free() {
    const { usage, quota } = (await this.estimate?.().catch(() => null)) ?? {};
    return quota === undefined ? null : Math.max(0, quota - usage);
  }
}

class Progress {
  constructor(total, missing, tell) {
    Object.assign(this, { total, done: total - missing, stored: 0, tell });
    tell(this.done, total);
  }

  add(delta) {
    this.done += delta;
    this.tell(this.done, this.total);
  }
}

/** Like inParallel of download.js, but nothing is under way any more when it is over. */
async function inLanes(items, width, task) {
  const queue = [...items];
  let failure = null;
  const lane = async () => {
    while (queue.length && !failure) await task(queue.shift()).catch((error) => { failure ??= error; });
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failure) throw failure;
}

const isFull = (error) => error instanceof StoreFull || error?.name === "QuotaExceededError";

function unreadable(text, error) {
  const page = /^\s*<(!doctype|html)/i.test(text);
  return page
    ? new EngineError("intercepted", t("Instead of the list of files a web page arrived, probably the sign-in page of the network."), t("Sign in to the network, then try again."), String(error))
    : new EngineError("corrupt", t("{file} on the server is not the list of this site's files.", { file: MANIFEST }), t("Try again later, or tell whoever looks after this site."), String(error));
}
