/**
 * Answers requests for logits with as little computing as the KV cache allows.
 *
 * A click that appends one token is one run of one token; a rewind is at most that. Long inputs go
 * through in chunks, between which `pause` may throw to cancel; what was computed until then stays
 * in the cache. Knows runs and pasts as opaque things of a `runner`; nothing about onnxruntime.
 */

import { KvCache } from "./kv_cache.js";
import { join, letGo } from "./download.js";

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
      tokens: (pasts) => runner.tokens(pasts),
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
   * Logits after ids + tail for each of `tails`, computed as one batch where memory allows.
   *
   * @param {{ids: Int32Array, tails: Int32Array[]}} request checked, see protocol.js
   * @param {() => Promise<void>} pause
   * @returns {Promise<Answer>}
   */
  async branch({ ids, tails }, pause) {
    const covered = Boolean(this.cache.covering(ids));
    const reused = covered ? ids.length : await this.extend(ids, ids.length - 1, pause, () => {});
    const { vocab, longest } = this.runner;
    const starts = tails.map((tail, row) => this.startOf(row, joinIds(ids, tail)));
    const logits = new Float32Array(tails.length * vocab);
    const runs = [];
    for (const batch of this.runner.batches(starts.filter((start) => start.ids.length <= longest))) {
      if (runs.length > 0) await pause();
      const run = await this.runner.branch({ tails: batch });
      batch.forEach(({ row }, i) => logits.set(run.logits.subarray(i * vocab, (i + 1) * vocab), row * vocab));
      letGo(run.logits);
      runs.push({ ...run, batch });
    }
    // Only now: keeping one text may let go of what another one begins with.
    for (const { batch, pasts } of runs)
      batch.forEach(({ text }, i) => pasts && this.cache.put(text, pasts[i], { first: true }));
    for (const { row, text } of starts.filter((start) => start.ids.length > longest)) {
      const one = await this.logits({ ids: text, first: text.length - 1 }, pause);
      logits.set(one.logits, row * vocab);
      runs.push(one);
    }
    const computed = runs.reduce((sum, run) => sum + run.computed, ids.length - reused);
    return { logits, rows: tails.length, computed, reused };
  }

  /** From where a continuation is computed; one that is too long for a batch is read like a text. */
  startOf(row, text) {
    const { entry, length } = this.cache.match(text, text.length - 1);
    return { row, text, past: entry.past, length, ids: text.subarray(length) };
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

function joinIds(ids, tail) {
  const text = new Int32Array(ids.length + tail.length);
  text.set(ids);
  text.set(tail, ids.length);
  return text;
}

function joinFloats(pieces) {
  if (pieces.length === 1) return pieces[0];
  const bytes = join(pieces.map((p) => new Uint8Array(p.buffer, p.byteOffset, p.byteLength)));
  return new Float32Array(bytes.buffer);
}
