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
    this.runs = [];
    this.alive = new Set();
  }

  branches() {
    return this.width;
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

  async branch({ ids, past, length }) {
    this.runs.push({ branches: ids.length, past: length });
    const before = this.before(past, length);
    return Float32Array.from([...ids].flatMap((id) => expected([...before, id])));
  }
}

/** The fake model's logits after `ids`. */
export const expected = (ids) => [ids.reduce((a, b) => a + b, 0), ids.at(-1), ids.length];
