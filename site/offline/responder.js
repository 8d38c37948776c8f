/**
 * What the service worker answers: every page and its workers get the files of the one version that
 * the page was opened with.
 *
 * Clients are found by their ids: a page's is known when it is navigated to, a worker's when its
 * script is asked for. Workers that were there before the service worker have none; they belong to
 * pages that were there too ("claimed"). Bindings are written down, since a service worker is ended
 * whenever it is idle. Knows nothing about installing.
 */
import { sha256 } from "../engine/sha256.js";
import { headersFor } from "./headers.js";
import { MANIFEST, PAGE } from "./manifest.js";
import { PAST_STORE } from "./names.js";
import { notStored, partsMissing, refusal, sayingPage } from "./offline_pages.js";

/** Without these the page cannot even say what is wrong; it tells of all others itself. */
const VITAL = /\.(?:html|js|mjs|css)$/;

export class Responder {
  /**
   * @param {{store: import("./store.js").Store, scope: string, fetch: typeof fetch,
   *   isAlive: (id: string) => Promise<boolean>}} parts
   */
  constructor({ store, scope, fetch, isAlive }) {
    Object.assign(this, { store, scope: new URL(scope), fetch, isAlive });
    /** @type {Map<string, {version: string, claimed?: boolean}>} */
    this.bindings = new Map();
    /** @type {Map<string, object>} versions as they were read */
    this.known = new Map();
  }

  /** Whether a request is ours to answer; everything else goes on as if we were not there. */
  takes({ url, method, headers, cache, mode }) {
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== this.scope.origin || !pathname.startsWith(this.scope.pathname)) return false;
    return !headers.has(PAST_STORE) && !headers.has("Range") && !(cache === "only-if-cached" && mode !== "same-origin");
  }

  /** @param {{request: Request, clientId: string, resultingClientId: string}} event */
  async answer({ request, clientId, resultingClientId }) {
    const version = await this.versionFor({ request, clientId, resultingClientId });
    if (!version) return this.fetch(request);
    const path = this.pathOf(request.url);
    const broken = request.mode === "navigate" && path === PAGE && (await this.repair(version));
    if (broken) return broken;
    if (path === MANIFEST) return new Response(version.text, { headers: headersFor(MANIFEST) });
    const file = version.byPath.get(path);
    if (!file) return this.unlisted(request, path);
    // Whoever saw wrong bytes asks past all caches; without a network there is nothing better.
    if (request.cache === "reload" && request.mode !== "navigate") {
      const fresh = await this.fetch(request).catch(() => null);
      if (fresh?.ok) return fresh;
    }
    return (await this.store.match(file)) ?? this.replace(request, version, file);
  }

  pathOf(url) {
    const path = decodeURIComponent(new URL(url).pathname.slice(this.scope.pathname.length));
    return path === "" ? PAGE : path;
  }

  async versionFor({ request, clientId, resultingClientId }) {
    if (request.mode === "navigate") return this.open(resultingClientId);
    const given = await this.givenTo(clientId);
    if (given && resultingClientId && resultingClientId !== clientId) this.bind(resultingClientId, given);
    return given ? this.version(given.version) : this.currentVersion();
  }

  /** A page is opened: it gets the current version, for as long as it lives. */
  async open(id) {
    const version = await this.currentVersion();
    if (version && id) this.bind(id, { version: version.version });
    return version;
  }

  async givenTo(id) {
    if (!id) return this.claimed();
    const known = this.bindings.get(id) ?? (await this.store.bound(id));
    if (known) this.bindings.set(id, known);
    return known;
  }

  /** What pages got that were there before the service worker, if there still is one. */
  async claimed() {
    for (const id of new Set([...this.bindings.keys(), ...(await this.store.clients())])) {
      const given = this.bindings.get(id) ?? (await this.store.bound(id));
      if (given?.claimed && (await this.isAlive(id))) return given;
    }
    return null;
  }

  /** Written down in the background: `written` is what the service worker has to live for. */
  bind(id, given) {
    this.bindings.set(id, given);
    this.written = Promise.all([this.written, this.store.bind(id, given).catch(() => {})]);
    return this.written;
  }

  async currentVersion() {
    const current = await this.store.current();
    return current ? this.version(current) : null;
  }

  async version(name) {
    const known = this.known.get(name);
    if (known) return known;
    const read = await this.store.read(name);
    if (!read) return null;
    const version = { ...read, byPath: new Map(read.files.map((file) => [file.path, file])) };
    this.known.set(name, version);
    return version;
  }

  /** A file of somebody's own beside the site, or one that this browser does not need. */
  async unlisted(request, path) {
    try {
      return await this.fetch(request);
    } catch (error) {
      if (request.mode === "navigate") return sayingPage(notStored(path), this.scope.href);
      throw error;
    }
  }

  /** Before a page begins: what the browser has dropped of the program is fetched. @returns {Promise<Response|null>} why that failed */
  async repair(version) {
    const missing = (await this.store.missing(version.files)).filter(({ path }) => VITAL.test(path));
    if (!missing.length || !(await this.stillThere(version))) return null;
    const answers = await Promise.all(missing.map((file) => this.renew(file)));
    const lost = missing.filter((_, i) => !answers[i].ok);
    return lost.length ? sayingPage(partsMissing(lost.map(({ path }) => path))) : null;
  }

  /** A file is not stored: the browser has dropped it, or everything was removed. */
  async replace(request, version, file) {
    return (await this.stillThere(version)) ? this.renew(file) : this.fetch(request);
  }

  async stillThere({ version }) {
    const there = (await this.store.read(version)) !== null;
    if (!there) this.known.delete(version);
    return there;
  }

  /** Fetched again, and taken only when it is the same. */
  async renew(file) {
    const response = await this.fetch(this.scope.href + file.path, { cache: "no-cache" }).catch(() => null);
    const blob = response?.ok ? await response.blob().catch(() => null) : null;
    const same = blob && (await sha256(await blob.arrayBuffer())) === file.sha256;
    if (!same) return refusal(file.path, blob !== null);
    await this.store.put(file, blob).catch(() => {});
    return new Response(blob, { headers: headersFor(file.path, file) });
  }

  /** Forget whoever is gone, and what only they used. */
  async tidy() {
    await this.written;
    const kept = new Set([await this.store.current()]);
    for (const id of await this.store.clients()) {
      if (await this.isAlive(id)) {
        const given = await this.givenTo(id);
        if (given) kept.add(given.version);
      } else {
        this.bindings.delete(id);
        await this.store.unbind(id);
      }
    }
    kept.delete(null);
    for (const name of this.known.keys()) if (!kept.has(name)) this.known.delete(name);
    await this.store.collect(kept);
  }
}
