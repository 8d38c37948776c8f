/**
 * Runs the graph with fused attention, keys and values in GPU buffers (interface: session.js).
 *
 * The graph reads a past of exactly the tokens that come before and writes a longer one; a cut or
 * a repeated past is a copy.
 */

import { asEngineError } from "./errors.js";
import { GpuPasts } from "./gpu_past.js";

/** Tokens of past, over all rows of a batch, that one branched run may copy. */
const BRANCH_TOKENS = 4096;
/** The most tokens of which a batch of continuations is kept for later ones. */
const KEPT_TOKENS = 2048;

export class GpuRunner {
  constructor({ ort, session, model, device }) {
    Object.assign(this, { ort, session, device, vocab: model.vocab_size });
    this.chunk = 128;
    this.longest = 1;
    this.pasts = new GpuPasts(ort, model, device);
  }

  async run({ ids, last, past, length, keep }) {
    return this.behind(past, length, (before) => this.compute({ ids, last, before, keep }));
  }

  /** Those of one length together, as many as may be copied side by side. */
  batches(tails) {
    const batches = [];
    for (const length of new Set(tails.map((tail) => tail.length))) {
      const equal = tails.filter((tail) => tail.length === length);
      const width = Math.max(1, Math.floor(BRANCH_TOKENS / (length + 1)));
      for (let at = 0; at < equal.length; at += width) batches.push(equal.slice(at, at + width));
    }
    return batches;
  }

  /** One token each: the operator takes several rows with a past only so. */
  async branch({ tails }) {
    const [{ length }] = tails;
    const keep = tails.length * (length + 1) <= KEPT_TOKENS;
    const before = this.pasts.stack(tails.map(({ past }) => past), length);
    try {
      const ids = tails.map((tail) => tail.ids[0]);
      const { logits, past } = await this.compute({ ids, last: [0], before, keep });
      return { logits, pasts: keep ? this.pasts.rows(past) : null, computed: tails.length };
    } finally {
      this.pasts.release(before);
    }
  }

  release(past) {
    this.pasts.release(past);
  }

  tokens(pasts) {
    return pasts.reduce((sum, { length }) => sum + length, 0);
  }

  /** Calls `compute` with a past of exactly `length` tokens; a copy made for it is freed. */
  async behind(past, length, compute) {
    if (past?.length === length && past.row === undefined) return compute(past);
    const before = past ? this.pasts.cut(past, length) : this.pasts.empty();
    try {
      return await compute(before);
    } finally {
      this.pasts.release(before);
    }
  }

  async compute({ ids, last, before, keep }) {
    const { batch } = before;
    const total = before.length + ids.length / batch;
    try {
      const outputs = await this.session.run(
        this.feeds(ids, last, before, total),
        keep ? this.session.outputNames : ["logits"],
      );
      const past = keep ? this.pasts.fromOutputs(outputs, total, batch) : null;
      return { logits: outputs.logits.data, past };
    } catch (error) {
      throw asEngineError(error);
    }
  }

  feeds(ids, last, before, total) {
    const { Tensor } = this.ort;
    const { batch } = before;
    return {
      input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [batch, ids.length / batch]),
      seqlens_k: new Tensor("int32", new Int32Array(batch).fill(total - 1), [batch]),
      total_len: new Tensor("int32", Int32Array.of(total), []),
      last_idx: new Tensor("int64", BigInt64Array.from(last, BigInt), [last.length]),
      ...before.tensors,
    };
  }
}
