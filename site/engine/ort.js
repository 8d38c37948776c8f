/**
 * Choosing, loading and setting up onnxruntime-web: the one module that knows its file names.
 *
 * Three builds: plain WebAssembly; WebGPU on JSPI where the browser can suspend WebAssembly;
 * WebGPU on asyncify elsewhere. Each is one script and one .wasm file under vendor/ort/, in parts
 * where hosts would not take the whole; nothing comes from anywhere else. Knows nothing about the model.
 */

import { t } from "../components/wording.js";
import { EngineError, asEngineError, noWasm } from "./errors.js";

const FOLDER = "vendor/ort/";
const INIT_TIMEOUT_MS = 60_000;

const BUILDS = {
  wasm: { script: "ort.wasm.bundle.min.mjs", binary: ["ort-wasm-simd-threaded.wasm"] },
  jspi: { script: "ort.jspi.bundle.min.mjs", binary: ["ort-wasm-simd-threaded.jspi.wasm"] },
  asyncify: {
    script: "ort.webgpu.bundle.min.mjs",
    binary: ["ort-wasm-simd-threaded.asyncify.wasm.0", "ort-wasm-simd-threaded.asyncify.wasm.1"],
  },
};

/**
 * The build that serves a backend in this browser.
 *
 * @param {"webgpu"|"webgpu-nosubgroups"|"wasm"} backend
 * @returns {{script: string, binary: string[]}} paths relative to the site; binary: its parts
 */
export function buildFor(backend) {
  if (typeof WebAssembly !== "object") throw noWasm();
  const name = backend === "wasm" ? "wasm" : "Suspending" in WebAssembly ? "jspi" : "asyncify";
  const { script, binary } = BUILDS[name];
  return { script: FOLDER + script, binary: binary.map((name) => FOLDER + name) };
}

/**
 * How many threads WebAssembly gets: half the logical processors, at most four, and one where the
 * page is not isolated (threads need shared memory). A number asked for is kept within reason.
 *
 * @param {number|null} wanted
 * @param {{crossOriginIsolated: boolean, hardwareConcurrency: number}} here
 */
export function threadCount(wanted, { crossOriginIsolated, hardwareConcurrency }) {
  if (!crossOriginIsolated) return 1;
  const fallback = Math.min(4, Math.floor((hardwareConcurrency || 1) / 2));
  const count = Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, 16) : fallback;
  return Math.max(1, count);
}

/**
 * Import the build's script and hand it the verified WebAssembly binary.
 *
 * Browsers keep the machine code of what they compile while it arrives. So a binary that came from
 * the store for working offline, where nothing else can take its place, is read from there again.
 *
 * @param {string} base URL of the site
 * @param {{script: string, binary: string[]}} build
 * @param {{bytes: Blob, stored: boolean}} binary
 * @param {number} threads
 * @returns {Promise<object>} the onnxruntime module
 */
export async function loadOrt(base, build, { bytes, stored }, threads) {
  const ort = await importScript(new URL(build.script, base).href, build.script);
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.initTimeout = INIT_TIMEOUT_MS;
  if (stored) ort.env.wasm.wasmPaths = { wasm: new URL(build.binary[0], base).href };
  else ort.env.wasm.wasmBinary = await bytes.arrayBuffer();
  return ort;
}

/** The compiled module has the binary's bytes itself: 14 to 27 MB that nobody reads again. */
export function forgetBinary({ env }) {
  env.wasm.wasmBinary?.transfer?.(0);
}

async function importScript(url, name) {
  try {
    return await import(url);
  } catch (error) {
    const known = asEngineError(error);
    if (known.code !== "internal") throw known;
    throw new EngineError(
      "script_failed",
      t("{file} could not be loaded.", { file: name }),
      t("Check the network, then reload the page."),
      String(error),
    );
  }
}

/**
 * From now on this thread's GPU devices are made without subgroup operations.
 *
 * onnxruntime asks for every feature the adapter has. On adapters with small subgroups its
 * attention is wrong with them and right without, and it has no option for that.
 */
export function forbidSubgroups() {
  const { prototype } = GPUAdapter;
  const request = prototype.requestDevice;
  prototype.requestDevice = function requestDevice(descriptor = {}) {
    const wanted = [...(descriptor.requiredFeatures ?? [])];
    const requiredFeatures = wanted.filter((feature) => !feature.includes("subgroup"));
    return request.call(this, { ...descriptor, requiredFeatures });
  };
}
