/**
 * What one backend needs from the site, downloaded with progress in bytes.
 *
 * Reads manifest.json (hashes of all files) and model.json (shape of the model, parts of its
 * weights). A verified file is handed to `keep`, so that a retry or a restart goes on from there.
 * Knows file names and hashes; nothing about onnxruntime or what the bytes mean.
 */

import { CHECKED } from "../offline/names.js";
import { fetchVerified, inParallel, letGo } from "./download.js";

const MODEL_FOLDER = "model/";
const PROGRESS_EVERY_MS = 100;

/** @typedef {{path: string, url: string, bytes?: number, sha256?: string}} FileEntry */

export class Files {
  /**
   * @param {{base: string, kept: Record<string, Blob>,
   *          keep: (sha256: string, blob: Blob) => void,
   *          onProgress: (done: number, total: number) => void}} options
   */
  constructor({ base, kept, keep, onProgress }) {
    Object.assign(this, { base, kept: { ...kept }, keep, onProgress });
    this.manifest = new Map();
    /** Paths of files that came from the store for working offline. */
    this.stored = new Set();
    this.done = 0;
    this.total = 0;
    this.reported = 0;
  }

  /** Read manifest.json and model.json. @returns {Promise<object>} the parsed model.json */
  async open() {
    const manifest = await this.json({ path: "manifest.json", url: this.url("manifest.json") });
    for (const file of manifest.files) this.manifest.set(file.path, file);
    return this.json(this.entry(`${MODEL_FOLDER}model.json`));
  }

  /**
   * Download what is listed and the weights.
   *
   * @param {string[]} paths relative to the base
   * @param {{parts: {path: string, bytes: number, sha256: string}[]}} weights of model.json
   * @returns {Promise<{files: Record<string, Blob>, weights: Blob}>}
   */
  async load(paths, weights) {
    const parts = weights.parts.map((part) => this.inModel(part));
    const wanted = [...paths.map((path) => this.entry(path)), ...parts];
    this.total = wanted.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    const blobs = new Map();
    await inParallel(wanted, async (file) => blobs.set(file.url, await this.blob(file)));
    this.report(true);
    const files = Object.fromEntries(paths.map((path) => [path, blobs.get(this.url(path))]));
    return { files, weights: new Blob(parts.map((part) => blobs.get(part.url))) };
  }

  /** @param {FileEntry} file */
  async blob(file) {
    const kept = this.kept[file.sha256];
    if (kept) {
      this.arrived(kept.size);
      return kept;
    }
    const onHeaders = (headers) => { if (headers.get(CHECKED) === file.sha256) this.stored.add(file.path); };
    const bytes = await fetchVerified(file, { onBytes: (delta) => this.arrived(delta), onHeaders });
    const blob = new Blob([bytes]);
    letGo(bytes);
    if (file.sha256) this.keep(file.sha256, blob);
    return blob;
  }

  async json(file) {
    return JSON.parse(await (await this.blob(file)).text());
  }

  /** @returns {FileEntry} */
  entry(path) {
    return { path, ...this.manifest.get(path), url: this.url(path) };
  }

  inModel(part) {
    const path = MODEL_FOLDER + part.path;
    return { ...part, path, url: this.url(path) };
  }

  url(path) {
    return new URL(path, this.base).href;
  }

  arrived(delta) {
    this.done += delta;
    this.report(false);
  }

  report(now) {
    if (!this.total || (!now && performance.now() - this.reported < PROGRESS_EVERY_MS)) return;
    this.reported = performance.now();
    this.onProgress(Math.max(0, Math.min(this.done, this.total)), this.total);
  }
}
