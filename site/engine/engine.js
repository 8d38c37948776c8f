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
/** Tokens of past, over all rows of a batch, that one branched run may copy. */
const BRANCH_TOKENS = 4096;

/** @typedef {{logits: Float32Array, rows: number, computed: number, reused: number}} Answer */

export class Engine {
  /**
   * @param {{run: Function, pasts: object, chunk: number}} runner see session.js
   * @param {object} model model.json
   */
  constructor(runner, model) {
    Object.assign(this, { runner, model, pasts: runner.pasts });
    const bytesPerToken = 2 * 4 * model.layers * model.kv_heads * model.head_dim;
    this.cache = new KvCache({
      budget: Math.floor(CACHE_BYTES / bytesPerToken),
      release: (past) => this.pasts.release(past),
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
    const width = Math.max(1, Math.floor(BRANCH_TOKENS / ids.length));
    const pieces = [];
    for (let at = 0; at < next.length; at += width) {
      if (at > 0) await pause();
      pieces.push(await this.runBatch(whole, ids.length, next.subarray(at, at + width)));
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
      const run = await this.runAfter(source, at, {
        ids: ids.subarray(at, end),
        last: wanted.length ? wanted : [0],
        keep: !whole,
      });
      if (wanted.length) collect(run.logits);
      if (!whole) source = this.cache.put(ids.slice(0, end), run.past);
    }
    return length;
  }

  /** Run a step behind the first `length` tokens of a cached sequence. */
  async runAfter(entry, length, step) {
    const { past, own } = this.borrow(entry, length);
    try {
      return await this.runner.run({ ...step, past });
    } finally {
      if (own) this.pasts.release(past);
    }
  }

  async runBatch(entry, length, ids) {
    const one = this.borrow(entry, length);
    const past = this.pasts.repeat(one.past, ids.length);
    if (one.own) this.pasts.release(one.past);
    try {
      return (await this.runner.run({ ids, last: [0], keep: false, past })).logits;
    } finally {
      this.pasts.release(past);
    }
  }

  /** A past of exactly `length` tokens; `own` says that the caller has to release it. */
  borrow(entry, length) {
    if (!entry) return { past: this.pasts.empty(), own: true };
    if (entry.past.length === length) return { past: entry.past, own: false };
    return { past: this.pasts.cut(entry.past, length), own: true };
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
