/**
 * A model small enough to check by hand, in the shape of a runner (session.js).
 *
 * The logits after a sequence say which sequence it was: [sum of all ids, last id, length]. The
 * past holds the ids themselves, so a past wrongly used gives wrong logits.
 */

export class FakeRunner {
  constructor() {
    this.vocab = 3;
    this.chunk = 128;
    this.width = 32;
    this.longest = 32;
    this.runs = [];
    this.alive = new Set();
  }

  batches(tails) {
    const count = Math.ceil(tails.length / this.width);
    return Array.from({ length: count }, (_, i) => tails.slice(i * this.width, (i + 1) * this.width));
  }

  tokens(pasts) {
    return pasts.reduce((sum, { ids }) => sum + ids.length, 0);
  }

  release(past) {
    if (!this.alive.delete(past)) throw new Error("released twice");
  }

  before(past, length) {
    if (past && !this.alive.has(past)) throw new Error("used after release");
    if (length > (past?.ids.length ?? 0)) throw new Error("past too short");
    return past ? past.ids.slice(0, length) : [];
  }

  async run({ ids, last, past, length, keep }) {
    this.runs.push({ tokens: ids.length, last: [...last], past: length });
    const all = [...this.before(past, length), ...ids];
    const logits = last.flatMap((at) => expected(all.slice(0, length + at + 1)));
    const kept = keep ? { ids: all } : null;
    if (kept) this.alive.add(kept);
    return { logits: Float32Array.from(logits), past: kept };
  }

  async branch({ tails }) {
    this.runs.push({ branches: tails.length, past: tails.map(({ length }) => length) });
    const texts = tails.map(({ past, length, ids }) => [...this.before(past, length), ...ids]);
    const pasts = texts.map((ids) => ({ ids }));
    pasts.forEach((past) => this.alive.add(past));
    const computed = tails.reduce((sum, { ids }) => sum + ids.length, 0);
    return { logits: Float32Array.from(texts.flatMap(expected)), pasts, computed };
  }
}

/** The fake model's logits after `ids`. */
export const expected = (ids) => [ids.reduce((a, b) => a + b, 0), ids.at(-1), ids.length];
