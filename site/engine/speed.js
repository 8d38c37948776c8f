/**
 * Counts what the engine did and how fast a single token is.
 *
 * Pure arithmetic over answers; knows nothing about how they came about.
 */

const RECENT = 16;

export class Speed {
  constructor() {
    this.totals = { calls: 0, tokens: 0, reused: 0 };
    this.recent = [];
  }

  /**
   * Take one answer into account.
   *
   * @param {{computed: number, reused: number, rows: number}} answer
   * @param {number} ms
   * @returns {{calls: number, tokens: number, reused: number, tokens_per_second: number|null}}
   *   tokens: computed so far; tokens_per_second: median over the last single-token runs
   */
  count({ computed, reused }, ms) {
    this.totals.calls += 1;
    this.totals.tokens += computed;
    this.totals.reused += reused;
    if (computed === 1) this.recent = [...this.recent, ms].slice(-RECENT);
    return { ...this.totals, tokens_per_second: this.tokensPerSecond() };
  }

  tokensPerSecond() {
    if (this.recent.length === 0) return null;
    const sorted = [...this.recent].sort((a, b) => a - b);
    return 1000 / Math.max(sorted[sorted.length >> 1], 0.01);
  }
}
