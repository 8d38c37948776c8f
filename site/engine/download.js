/**
 * Fetching files and proving that they are the right ones.
 *
 * A file is {path, url, bytes?, sha256?}. Its length and SHA-256 are checked before anyone sees a
 * byte of it. What does not pass is thrown away and fetched once more, past the browser's HTTP
 * cache; then a typed error names the file, the likely cause and the remedy. Knows nothing about
 * what is in the files.
 */

import {
  corrupt,
  intercepted,
  missing,
  stalled,
  unreachable,
} from "./download_errors.js";
import { EngineError } from "./errors.js";
import { sha256 } from "./sha256.js";

export const STALL_MS = 30_000;
const RETRY_PAUSE_MS = 300;

/**
 * Fetch one file, verified.
 *
 * @param {{path: string, url: string, bytes?: number, sha256?: string}} file
 * @param {{onBytes?: (delta: number) => void, onHeaders?: (headers: Headers) => void,
 *          fetch?: typeof fetch, stallMs?: number, retryMs?: number}} [options]
 *   onBytes: bytes arrived; negative when what arrived had to be thrown away
 * @returns {Promise<Uint8Array>}
 * @throws {EngineError} network, stalled, missing, intercepted or corrupt
 */
export async function fetchVerified(file, options = {}) {
  try {
    return await attempt(file, options, "default");
  } catch (error) {
    if (error.code === "stalled") throw error;
    await new Promise((resolve) => setTimeout(resolve, options.retryMs ?? RETRY_PAUSE_MS));
    return attempt(file, options, "reload");
  }
}

/**
 * Run `task` over all items, at most `width` at a time; the first failure rejects at once.
 *
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<void>} task
 */
export async function inParallel(items, task, width = 4) {
  const queue = [...items];
  let failed = false;
  const lane = async () => {
    while (queue.length > 0 && !failed) await task(queue.shift());
  };
  const lanes = Array.from({ length: width }, lane);
  await Promise.all(lanes).catch((error) => {
    failed = true;
    throw error;
  });
}

async function attempt(file, options, cache) {
  const { onBytes = () => {} } = options;
  let received = 0;
  const count = (delta) => {
    received += delta;
    onBytes(delta);
  };
  try {
    const body = await transfer(file, options, cache, count);
    await verify(file, body);
    return body;
  } catch (error) {
    onBytes(-received);
    throw error;
  }
}

async function transfer(file, options, cache, count) {
  const { fetch = globalThis.fetch, stallMs = STALL_MS, onHeaders = () => {} } = options;
  const watch = new StallWatch(stallMs);
  try {
    const response = await fetch(file.url, { cache, signal: watch.signal });
    checkResponse(file, response);
    onHeaders(response.headers);
    return await readBody(file, response, (delta) => {
      watch.touch();
      count(delta);
    });
  } catch (error) {
    if (watch.stalled) throw stalled(file, stallMs);
    throw error instanceof EngineError ? error : unreachable(file, error);
  } finally {
    watch.stop();
  }
}

function checkResponse(file, response) {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 404 || response.status === 410) throw missing(file, response.status);
  if (type.includes("text/html") && !file.path.endsWith(".html")) throw intercepted(file, `${response.status} ${type}`);
  if (response.status === 206) throw corrupt(file, "the server sent a fragment (206)");
  if (response.status !== 200) throw unreachable(file, `HTTP status ${response.status}`);
}

async function readBody(file, response, count) {
  const reader = response.body.getReader();
  const whole = new Whole(file.bytes);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    count(value.byteLength);
    if (!whole.fits(value)) {
      await reader.cancel();
      throw corrupt(file, `longer than ${file.bytes} bytes`);
    }
    whole.add(value);
  }
  return whole.bytes();
}

/** What arrives in chunks, in one piece; where its length is known, without keeping the chunks. */
class Whole {
  constructor(size) {
    this.room = size === undefined ? null : new Uint8Array(size);
    this.chunks = [];
    this.length = 0;
  }

  fits(chunk) {
    return !this.room || this.length + chunk.byteLength <= this.room.length;
  }

  add(chunk) {
    if (this.room) this.room.set(chunk, this.length);
    else this.chunks.push(chunk);
    this.length += chunk.byteLength;
  }

  bytes() {
    return this.room?.subarray(0, this.length) ?? join(this.chunks, this.length);
  }
}

/**
 * Gives the memory of an array back now, and not when the garbage is next collected: while a model is
 * loaded that would be 100 MB. The array is empty afterwards.
 *
 * @param {Uint8Array} array over a buffer that nobody else looks at
 */
export function letGo({ buffer }) {
  buffer.transfer?.(0);
}

/** @param {Uint8Array[]} chunks */
export function join(chunks, length = chunks.reduce((sum, c) => sum + c.byteLength, 0)) {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

async function verify(file, body) {
  const problem = await mismatch(file, body);
  if (!problem) return;
  throw looksLikeHtml(body) ? intercepted(file, problem) : corrupt(file, problem);
}

async function mismatch(file, body) {
  if (file.bytes !== undefined && body.byteLength !== file.bytes) {
    return `${body.byteLength} bytes instead of ${file.bytes}`;
  }
  if (file.sha256 === undefined) return null;
  const found = await sha256(body);
  return found === file.sha256 ? null : `SHA-256 ${found} instead of ${file.sha256}`;
}

function looksLikeHtml(body) {
  const head = new TextDecoder().decode(body.subarray(0, 64)).trimStart().toLowerCase();
  return head.startsWith("<!doctype") || head.startsWith("<html");
}

/** Aborts a transfer in which nothing has arrived for a while. */
class StallWatch {
  constructor(ms) {
    this.ms = ms;
    this.stalled = false;
    this.controller = new AbortController();
    this.touch();
  }

  get signal() {
    return this.controller.signal;
  }

  touch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stalled = true;
      this.controller.abort();
    }, this.ms);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
