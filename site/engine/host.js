/**
 * The page's side of the engine: starts it, steps down where a backend fails, restarts it once
 * when it dies, and hands out ports to it.
 *
 * Events (CustomEvent, `detail`):
 *   "progress" {phase, done, total, message, backend}
 *   "stats" {calls, tokens, reused, tokens_per_second, backend}: after every request
 *   "ready" EngineInfo: also after a restart; ports handed out before are dead then
 *   "lost" {error, restarting}: the engine died; requests on old ports get no answer any more
 *   "error" EngineError: nothing more is tried; `start()` again retries with what has arrived
 * Knows workers and ports; nothing about Python, Panel or the document.
 */

import { t, wording } from "../components/wording.js";
import { EngineError, cancelled, noWasm } from "./errors.js";
import { inspectGpu } from "./gpu.js";
import { available, plan, stepDown } from "./ladder.js";
import { WorkerLink } from "./link.js";
import { ownWorker } from "../own_worker.js";
import { BACKENDS } from "./protocol.js";

/**
 * @typedef {object} EngineInfo
 * @property {"webgpu"|"webgpu-nosubgroups"|"wasm"} backend
 * @property {boolean} compact weights stay quantised
 * @property {number} threads
 * @property {true} verified
 * @property {object} model model.json
 * @property {Record<string, number>} timings_ms
 * @property {import("./ladder.js").Step[]} steps what was tried, with reasons
 */

const spawnWorker = () => ownWorker(new URL("./worker.js", import.meta.url), "lmpanel-engine");

export class EngineHost extends EventTarget {
  /**
   * @param {string} base URL of the site (the folder of manifest.json)
   * @param {{spawn?: () => Worker, inspect?: () => Promise<object>}} [parts] stand-ins for tests
   */
  constructor(base, { spawn = spawnWorker, inspect = inspectGpu } = {}) {
    super();
    Object.assign(this, { base, spawn, inspect });
    /** @type {EngineInfo | null} */
    this.info = null;
    this.steps = [];
    this.stats = { calls: 0, tokens: 0, reused: 0, tokens_per_second: null };
    this.files = {};
    this.link = null;
    this.run = 0;
  }

  /**
   * Start, or start again with other wishes.
   *
   * @param {{backend?: string, threads?: number|null, sparing?: boolean}} [wishes] sparing: with as
   *   little memory as possible
   * @returns {Promise<EngineInfo>}
   * @throws {EngineError} after an "error" event with the same error
   */
  async start({ backend = "auto", threads = null, sparing = false } = {}) {
    if (backend !== "auto" && !BACKENDS.includes(backend)) throw unknownBackend(backend);
    const run = this.reset();
    Object.assign(this, { threads, sparing });
    const gpu = backend === "wasm" ? null : await this.inspectOnce();
    const { rungs, skipped } = plan(backend, gpu, sparing);
    this.steps = skipped;
    this.rungs = rungs;
    return this.climb(run);
  }

  /** Change the backend; the document is not touched, the KV cache starts empty. */
  useBackend(name) {
    return this.start({ backend: name, threads: this.threads, sparing: this.sparing });
  }

  /** Names that `useBackend` takes here, best first. @returns {Promise<string[]>} */
  async backends() {
    return available(await this.inspectOnce());
  }

  /**
   * A port to the running engine, to be transferred to whoever asks for logits.
   *
   * @returns {Promise<MessagePort>}
   * @throws {EngineError} code "not_ready"
   */
  async connect() {
    if (!this.info)
      throw new EngineError("not_ready", t("The model is not ready yet."), t("Wait until it is."));
    const { port1, port2 } = new MessageChannel();
    await this.link.ask("connect", {}, [port1]);
    return port2;
  }

  /** The worker says in the language that is spoken now what it says from now on. */
  async setWording() {
    await this.link?.ask("wording", { wording: wording() }).catch(() => {});  // a worker that ends says no more
  }

  close() {
    this.reset();
  }

  inspectOnce() {
    this.gpu ??= this.inspect();
    return this.gpu;
  }

  reset() {
    this.link?.close();
    this.link = null;
    this.info = null;
    this.restarts = new Set();
    this.run += 1;
    return this.run;
  }

  /** Try one rung after the other. */
  async climb(run) {
    let failure = null;
    while (this.rungs.length > 0) {
      try {
        return await this.launch(run, this.rungs[0]);
      } catch (error) {
        if (run !== this.run) throw cancelled();
        failure = error;
        this.note(this.rungs[0], false, error);
        this.rungs = stepDown(this.rungs, error);
      }
    }
    this.emit("error", failure);
    throw failure;
  }

  async launch(run, rung) {
    if (run !== this.run) throw cancelled();
    if (typeof WebAssembly !== "object") throw noWasm();
    this.link?.close();
    const link = new WorkerLink(this.spawn(), {
      onEvent: (message) => this.onEvent(message, rung),
      onLost: (error) => this.onLost(run, rung, error),
    });
    this.link = link;
    const result = await link.ask("start", {
      base: this.base,
      ...rung,
      threads: this.threads,
      files: this.files,
      wording: wording(),
    });
    this.note(rung, true, rung.compact ? stayCompressed() : undefined);
    this.info = { ...result, steps: this.steps };
    this.emit("ready", this.info);
    return this.info;
  }

  onEvent({ event, ...detail }, rung) {
    if (event === "file") {
      this.files[detail.sha256] = detail.blob;
      return;
    }
    if (event === "stats") this.stats = detail;
    this.emit(event, { ...detail, backend: rung.backend });
  }

  /** A running engine died: the same rung once more, then the next one. */
  onLost(run, rung, error) {
    if (run !== this.run || !this.info) return;
    this.info = null;
    const again = !this.restarts.has(rung) && error.code !== "out_of_memory";
    this.restarts.add(rung);
    if (!again) {
      this.note(rung, false, error);
      this.rungs = stepDown(this.rungs, error);
    }
    this.emit("lost", { error, restarting: this.rungs.length > 0 });
    if (this.rungs.length === 0) this.emit("error", error);
    else this.climb(run).catch(() => {});
  }

  note({ backend, compact }, ok, { code, message } = { code: "", message: "" }) {
    this.steps = [...this.steps, { backend, compact, ok, code, reason: message }];
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const stayCompressed = () => ({
  code: "compact",
  message: t("Little memory: the weights stay compressed, which is slower."),
});

const unknownBackend = (name) =>
  new EngineError(
    "bad_input",
    `There is no backend called ${name}.`,
    `Choose auto, ${BACKENDS.join(", ")}.`,
  );
