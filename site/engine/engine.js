/**
 * Answers requests for logits with as little computing as the KV cache allows.
 *
 * A click that appends one token is one run of one token; a rewind is at most that. Long inputs go
 * through in chunks, between which `pause` may throw to cancel; what was computed until then stays
 * in the cache. Knows runs and pasts as opaque things of a `runner`; nothing about onnxruntime.
 */

import { KvCache } from "./kv_cache.js";
import { join } from "./download.js";

/** Memory for keys and values of sequences kept for reuse. */
const CACHE_BYTES = 192 * 2 ** 20;

/** @typedef {{logits: Float32Array, rows: number, computed: number, reused: number}} Answer */

export class Engine {
  /**
   * @param {object} runner see session.js
   * @param {object} model model.json
   */
  constructor(runner, model) {
    Object.assign(this, { runner, model });
    const bytesPerToken = 2 * 4 * model.layers * model.kv_heads * model.head_dim;
    this.cache = new KvCache({
      budget: Math.floor(CACHE_BYTES / bytesPerToken),
      release: (past) => runner.release(past),
    });
  }

  /**
   * Logits of what follows ids[0…first], …, ids[0…n-1].
   *
   * @param {{ids: Int32Array, first: number}} request checked, see protocol.js
   * @param {() => Promise<void>} pause called between chunks; throws to cancel
   * @returns {Promise<Answer>}
   */
  async logits({ ids, first }, pause) {
    const pieces = [];
    const reused = await this.extend(ids, first, pause, (logits) => pieces.push(logits));
    const logits = pieces.length === 1 ? pieces[0] : joinFloats(pieces);
    return { logits, rows: ids.length - first, computed: ids.length - reused, reused };
  }

  /**
   * Logits after ids + [t] for each t of `next`, computed as one batch where memory allows.
   *
   * @param {{ids: Int32Array, next: Int32Array}} request checked, see protocol.js
   * @param {() => Promise<void>} pause
   * @returns {Promise<Answer>}
   */
  async branch({ ids, next }, pause) {
    const reused = this.cache.covering(ids)
      ? ids.length
      : await this.extend(ids, ids.length - 1, pause, () => {});
    const whole = this.cache.covering(ids);
    const width = this.runner.branches(ids.length);
    const pieces = [];
    for (let at = 0; at < next.length; at += width) {
      if (at > 0) await pause();
      const step = { ids: next.subarray(at, at + width), past: whole.past, length: ids.length };
      pieces.push(await this.runner.branch(step));
    }
    return {
      logits: joinFloats(pieces),
      rows: next.length,
      computed: ids.length - reused + next.length,
      reused,
    };
  }

  /** Compute what the cache lacks of `ids`; gives the logits from `first` on to `collect`. */
  async extend(ids, first, pause, collect) {
    const { entry, length } = this.cache.match(ids, first);
    const whole = this.cache.covering(ids);
    let source = whole ?? entry;
    for (let at = length; at < ids.length; at += this.runner.chunk) {
      if (at > length) await pause();
      const end = Math.min(ids.length, at + this.runner.chunk);
      const wanted = positions(Math.max(first, at), end, at);
      const run = await this.runner.run({
        ids: ids.subarray(at, end),
        last: wanted.length ? wanted : [0],
        past: at > 0 ? source.past : null,
        length: at,
        keep: !whole,
      });
      if (wanted.length) collect(run.logits);
      if (!whole) source = this.cache.put(ids.slice(0, end), run.past);
    }
    return length;
  }
}

function positions(from, end, origin) {
  return Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i - origin);
}

function joinFloats(pieces) {
  if (pieces.length === 1) return pieces[0];
  const bytes = join(pieces.map((p) => new Uint8Array(p.buffer, p.byteOffset, p.byteLength)));
  return new Float32Array(bytes.buffer);
}
