/**
 * A model small enough to check by hand, in the shape of session.js's Runner.
 *
 * The logits after a sequence say which sequence it was: [sum of all ids, last id, length]. The
 * past holds the ids themselves, so a wrongly cut or repeated past gives wrong logits.
 */

export class FakeRunner {
  constructor() {
    this.vocab = 3;
    this.chunk = 128;
    this.runs = [];
    this.alive = new Set();
    this.pasts = {
      empty: () => this.make([[]]),
      cut: (past, length) => this.make([past.rows[0].slice(0, length)]),
      repeat: (past, batch) => this.make(Array.from({ length: batch }, () => [...past.rows[0]])),
      release: (past) => {
        if (!this.alive.delete(past)) throw new Error("released twice");
      },
    };
  }

  make(rows) {
    const past = { rows, length: rows[0].length, batch: rows.length };
    this.alive.add(past);
    return past;
  }

  async run({ ids, last, past, keep }) {
    if (!this.alive.has(past)) throw new Error("used after release");
    const size = ids.length / past.batch;
    this.runs.push({ tokens: ids.length, last: [...last], past: past.length, batch: past.batch });
    const rows = past.rows.map((row, i) => [...row, ...ids.slice(i * size, (i + 1) * size)]);
    const logits = rows.flatMap((row) =>
      last.flatMap((at) => expected(row.slice(0, past.length + at + 1))),
    );
    return { logits: Float32Array.from(logits), past: keep ? this.make(rows) : null };
  }
}

/** The fake model's logits after `ids`. */
export const expected = (ids) => [ids.reduce((a, b) => a + b, 0), ids.at(-1), ids.length];
