/**
 * The store: files by the hash of their content, and the versions of the site that are complete.
 *
 * A file is only ever put in after its hash was checked, so versions share what is equal in both. A
 * version is written down when all of its files are there, and becomes the current one by one write.
 * Knows nothing about the network, pages or service workers.
 */
import { endingOf, headersFor } from "./headers.js";
import { bytesOf, distinct } from "./manifest.js";
import { namesFor } from "./names.js";

/** @typedef {import("./manifest.js").File} File */
/** @typedef {{version: string, text: string, files: File[]}} Version  text: its manifest.json; files: what is stored of it */

export class Store {
  /** @param {CacheStorage} caches @param {string} scope URL of the site's folder */
  constructor(caches, scope) {
    Object.assign(this, { caches, scope, names: namesFor(scope) });
  }

  /** The address that a file's content lies at; the ending is in it because it decides the type. */
  keyOf({ path, sha256 }) {
    return `${this.scope}.lmpanel/files/${sha256}.${endingOf(path)}`;
  }

  /** @param {File} file @param {Blob} blob whose hash was checked */
  async put(file, blob) {
    const cache = await this.caches.open(this.names.files);
    await cache.put(this.keyOf(file), new Response(blob, { headers: headersFor(file.path, file) }));
  }

  /** @param {File} file @returns {Promise<Response|undefined>} */
  async match(file) {
    return this.caches.match(this.keyOf(file), { cacheName: this.names.files });
  }

  /** Those of `files` that are not there. @param {File[]} files */
  async missing(files) {
    const there = new Set(await this.keys(this.names.files));
    return files.filter((file) => !there.has(this.keyOf(file)));
  }

  /** Write down that a version is complete. @param {Version} version */
  async complete({ version, text, files }) {
    const missing = await this.missing(files);
    if (missing.length) throw new Error(`${missing[0].path} is not stored`);
    await this.write(this.names.version(version), JSON.stringify({ version, text, files }));
  }

  /** @returns {Promise<Version|null>} */
  async read(version) {
    const text = await this.text(this.names.version(version));
    return text === null ? null : JSON.parse(text);
  }

  /** @returns {Promise<string[]>} the complete versions */
  async versions() {
    return this.below(this.names.versions);
  }

  /** @returns {Promise<string|null>} the version that pages get from now on */
  async current() {
    return this.text(this.names.current);
  }

  async makeCurrent(version) {
    await this.write(this.names.current, version);
  }

  /** Remember which version a page or worker was given. @param {{version: string, claimed?: boolean}} given */
  async bind(id, given) {
    await this.write(this.names.client(id), JSON.stringify(given));
  }

  /** @returns {Promise<{version: string, claimed?: boolean}|null>} */
  async bound(id) {
    const text = await this.text(this.names.client(id));
    return text === null ? null : JSON.parse(text);
  }

  async unbind(id) {
    await (await this.caches.open(this.names.state)).delete(this.names.client(id));
  }

  /** @returns {Promise<string[]>} ids of everybody who was given a version */
  async clients() {
    return this.below(this.names.clients);
  }

  /** Forget all versions but these, and every file that none of them has. @param {Set<string>} kept */
  async collect(kept) {
    const state = await this.caches.open(this.names.state);
    for (const version of await this.versions()) if (!kept.has(version)) await state.delete(this.names.version(version));
    const versions = await Promise.all([...kept].map((version) => this.read(version)));
    const wanted = new Set(versions.flatMap((version) => version?.files ?? []).map((file) => this.keyOf(file)));
    const files = await this.caches.open(this.names.files);
    for (const key of await this.keys(this.names.files)) if (!wanted.has(key)) await files.delete(key);
  }

  /** Bytes of all files of the complete versions, shared ones once. */
  async bytes() {
    const versions = await Promise.all((await this.versions()).map((version) => this.read(version)));
    return bytesOf(distinct(versions.flatMap((version) => version?.files ?? []), (file) => this.keyOf(file)));
  }

  /** Remove everything of ours, and nothing else. */
  async clear() {
    for (const name of await this.caches.keys()) if (this.names.owns(name)) await this.caches.delete(name);
  }

  async write(key, text) {
    await (await this.caches.open(this.names.state)).put(key, new Response(text));
  }

  async text(key) {
    const response = await this.caches.match(key, { cacheName: this.names.state });
    return response ? response.text() : null;
  }

  /** Looking does not make a cache. */
  async keys(name) {
    if (!(await this.caches.has(name))) return [];
    return (await (await this.caches.open(name)).keys()).map(({ url }) => url);
  }

  async below(prefix) {
    return (await this.keys(this.names.state)).filter((url) => url.startsWith(prefix)).map((url) => url.slice(prefix.length));
  }
}
