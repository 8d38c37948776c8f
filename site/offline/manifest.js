/**
 * The site's manifest.json: checked, and which of its files this browser needs.
 *
 * Knows nothing about where files are kept.
 */

export const MANIFEST = "manifest.json";
export const PAGE = "index.html";

/** The service worker's scripts are kept by the browser itself. */
const WORKERS = ["service_worker.js", "service_worker_off.js"];
/** What the paths of these builds begin with: a large one is in parts. */
const WEBGPU = {
  jspi: "vendor/ort/ort-wasm-simd-threaded.jspi.wasm",
  asyncify: "vendor/ort/ort-wasm-simd-threaded.asyncify.wasm.",
};
const MOST_FILES = 5000;

/** @typedef {{path: string, bytes: number, sha256: string}} File */
/** @typedef {{version: string, files: File[]}} Manifest */

/**
 * @param {string} text of manifest.json
 * @returns {Manifest}
 * @throws {Error} when it is not one
 */
export function readManifest(text) {
  const { version, files } = JSON.parse(text);
  const sound = /^[0-9a-f]{8,64}$/.test(version) && Array.isArray(files) && files.length <= MOST_FILES
    && files.every(isFile) && files.some(({ path }) => path === PAGE);
  if (!sound) throw new Error("not the list of files of this site");
  return { version, files };
}

const isFile = ({ path, bytes, sha256 }) => typeof path === "string" && /^[^/\\?#][^\\?#]*$/.test(path)
  && !path.split("/").includes("..") && Number.isSafeInteger(bytes) && bytes >= 0 && /^[0-9a-f]{64}$/.test(sha256);

/**
 * All files but those that no page of this browser ever asks for: builds for another kind of WebGPU.
 *
 * @param {Manifest} manifest
 * @param {{gpu: boolean, jspi: boolean}} here gpu: a GPU can be used; jspi: WebAssembly can be suspended
 */
export function needed({ files }, { gpu, jspi }) {
  const builds = Object.values(WEBGPU).filter((name) => !gpu || name !== WEBGPU[jspi ? "jspi" : "asyncify"]);
  return files.filter(({ path }) => !WORKERS.includes(path) && !builds.some((name) => path.startsWith(name)));
}

/** Each content once, however many paths lead to it. @param {File[]} files */
export function distinct(files, keyOf) {
  return [...new Map(files.map((file) => [keyOf(file), file])).values()];
}

export const bytesOf = (files) => files.reduce((sum, { bytes }) => sum + bytes, 0);
