/**
 * The engine worker: one backend, one session, one queue of requests.
 *
 * Starts by downloading, preparing and proving the model on one backend, and says so or fails with
 * a typed error; choosing another backend is the page's business (host.js), in a fresh worker. The
 * messages are those of protocol.js.
 */

import "../guard.js";
import { Engine } from "./engine.js";
import { EngineError, asEngineError, engineLost, outOfMemory } from "./errors.js";
import { Files } from "./files.js";
import { holdLock } from "./life.js";
import { buildFor, forbidSubgroups, forgetBinary, loadOrt, threadCount } from "./ort.js";
import { prove } from "./proof.js";
import { answer, checkBranch, checkInside, checkLens, checkLogits, checkSimilar, reject } from "./protocol.js";
import { RequestQueue } from "./queue.js";
import { createRunner } from "./session.js";
import { Speed } from "./speed.js";
import { expandedData, quantizedData, readerOf } from "./weights.js";
import { t, useWording } from "../components/wording.js";

const PROOF = "model/proof.json";

/** @type {Engine | null} */
let engine = null;
/** What the rarely used requests are made from. @type {{ort: object, model: object, read: Function, entry: Function} | null} */
let parts = null;
/** @type {import("./inside.js").Inside | null} */
let inside = null;
let lost = false;
const speed = new Speed();
const queue = new RequestQueue(lose);

self.onmessage = async ({ data: { verb, id, args }, ports }) => {
  try {
    if (verb === "start") answer(self, id, await start(args));
    if (verb === "connect") {
      listen(ports[0]);
      answer(self, id, {});
    }
    if (verb === "wording") {
      useWording(args.wording);
      answer(self, id, {});
    }
  } catch (thrown) {
    reject(self, id, asEngineError(thrown));
  }
};

holdLock("lmpanel-engine", (lock) => self.postMessage({ event: "alive", lock }));

// An exception nobody caught, here or in one of WebAssembly's own threads: askers hear of it first.
self.onerror = (message) => lose(engineLost(String(message)));

/** @param {object} args of "start", see protocol.js */
async function start({ base, backend, compact, threads, files, wording }) {
  useWording(wording);
  const clock = new Clock();
  const build = buildFor(backend);
  if (backend === "webgpu-nosubgroups") forbidSubgroups();
  const loaded = await download(base, build, backend, compact, files);
  clock.lap("download");
  const count = backend === "wasm" ? threadCount(threads, here()) : 1;
  const runner = await prepare({ ...loaded, base, build, backend, compact, threads: count });
  clock.lap("session");
  const deviation = await prove(JSON.parse(await loaded.proof.text()), runner, (done, total) =>
    progress("verify", done, total, t("Checking the numbers on a known text")),
  );
  clock.lap("verify");
  engine = new Engine(runner, loaded.model);
  parts = { ort: runner.ort, model: loaded.model, read: readerOf(loaded.weights), entry: loaded.entry };
  watchDevice(runner.device);
  progress("ready", 1, 1, t("Ready"));
  return {
    backend,
    compact,
    threads: count,
    verified: true,
    deviation,
    model: loaded.model,
    timings_ms: clock.laps,
  };
}

const here = () => ({
  crossOriginIsolated: self.crossOriginIsolated,
  hardwareConcurrency: self.navigator.hardwareConcurrency,
});

async function download(base, build, backend, compact, kept) {
  const files = new Files({
    base,
    kept,
    keep: (sha256, blob) => self.postMessage({ event: "file", sha256, blob }),
    onProgress: (done, total) => progress("download", done, total, t("Downloading the model")),
  });
  const model = await files.open();
  const name = backend !== "wasm" ? "webgpu" : compact ? "wasm_compact" : "wasm";
  const graph = `model/${model.graphs[name]}`;
  const { files: blobs, weights } = await files.load([...build.binary, graph, PROOF], model.weights);
  return {
    model,
    entry: (path) => files.entry(path),
    expand: name === "wasm",
    weights,
    graph: blobs[graph],
    proof: blobs[PROOF],
    binary: {
      bytes: new Blob(build.binary.map((part) => blobs[part])),
      stored: build.binary.length === 1 && files.stored.has(build.binary[0]),
    },
  };
}

async function prepare({ base, build, backend, compact, threads, model, expand, weights, graph, binary }) {
  progress("prepare", 0, 0, t("Preparing the model"));
  const ort = await loadOrt(base, build, binary, threads);
  const onTensor = (done, total) => progress("prepare", done, total, t("Preparing the model"));
  const read = readerOf(weights);
  const externalData = expand ? expandedData(model, read, onTensor) : quantizedData(model, read);
  const runner = await createRunner({ ort, backend, compact: backend === "wasm" && compact, graph: await bytesOf(graph), model, externalData });
  forgetBinary(ort);
  return runner;
}

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());

function listen(port) {
  port.onmessage = ({ data: { verb, id, args } }) => {
    if (verb === "cancel") queue.cancel(port, args.target);
    else if (!HANDLERS[verb]) reject(port, id, unknownVerb(verb));
    else if (!engine && !queue.closed) reject(port, id, notReady());
    else queue.add(port, id, (pause) => handle(verb, args, pause));
  };
}

const HANDLERS = {
  logits: (args, pause) => engine.logits(checkLogits(args, engine.model), pause),
  branch: (args, pause) => engine.branch(checkBranch(args, engine.model), pause),
  similar: async (args, pause) => {
    const { id } = checkSimilar(args, parts.model);
    const { similarRows } = await import("./similar.js");
    return { similar: await similarRows(parts.model, parts.read, id, pause) };
  },
  open_inside: async () => { await (await insideOf()).open(); return {}; },
  inside: async (args) => (await insideOf()).inside(checkInside(args, parts.model)),
  lens: async (args) => (await insideOf()).lens(checkLens(args, parts.model)),
  close_inside: async () => { await inside?.close(); return {}; },
};

/** Loaded when it is first asked for. */
async function insideOf() {
  const { Inside } = await import("./inside.js");
  return (inside ??= new Inside(parts));
}

async function handle(verb, args, pause) {
  const started = performance.now();
  const found = await HANDLERS[verb](args, pause);
  const ms = performance.now() - started;
  if (found.logits) self.postMessage({ event: "stats", ...speed.count(found, ms) });
  const transfer = Object.values(found).filter(ArrayBuffer.isView).map(({ buffer }) => buffer);
  return { result: { ...found, ms }, transfer };
}

function watchDevice(device) {
  if (!device) return;
  device.lost.then(({ reason, message }) =>
    lose(engineLost(`GPU device lost: ${reason} ${message}`)),
  );
  device.addEventListener("uncapturederror", ({ error }) => {
    if (error instanceof GPUOutOfMemoryError) lose(outOfMemory(error.message));
  });
}

function lose(error) {
  if (lost) return;
  lost = true;
  engine = null;
  queue.close(engineLost(error.detail));
  self.postMessage({ event: "lost", error: error.toMessage() });
}

function progress(phase, done, total, message) {
  self.postMessage({ event: "progress", phase, done, total, message });
}

const notReady = () =>
  new EngineError("not_ready", t("The model is not ready yet."), t("Wait until it is."));

const unknownVerb = (verb) => new EngineError("bad_input", `There is no request called ${verb}.`);

/** Milliseconds spent in each phase. */
class Clock {
  constructor() {
    this.last = performance.now();
    this.laps = {};
  }

  lap(name) {
    const now = performance.now();
    this.laps[name] = Math.round(now - this.last);
    this.last = now;
  }
}
