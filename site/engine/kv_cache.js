/**
 * Bookkeeping of the KV cache: which token sequences have their keys and values kept, and which
 * of them helps a request most. Pure: knows token ids and opaque `past` values, nothing about
 * tensors, the GPU or the model. `release(past)` is called exactly once for every value put in.
 *
 * A sequence is only ever dropped when a longer one contains it or when the budget is spent; the
 * least recently used goes first. So a rewind, or a look at an earlier position, costs no prefill
 * afterwards.
 */

/** @typedef {{ids: Int32Array, past: unknown, used: number}} Entry */

export class KvCache {
  /**
   * @param {{budget: number, entries?: number, release?: (past: unknown) => void,
   *          tokens?: (pasts: unknown[]) => number}} options
   *   budget: total tokens kept; entries: the most sequences kept; tokens: how many tokens' memory
   *   pasts take together, where they share some of it
   */
  constructor({ budget, entries = 128, release = () => {}, tokens = null }) {
    Object.assign(this, { budget, limit: entries, release, measure: tokens });
    /** @type {Entry[]} */
    this.entries = [];
    this.clock = 0;
  }

  /** Tokens whose keys and values are kept now. */
  get tokens() {
    if (this.measure) return this.measure(this.entries.map(({ past }) => past));
    return this.entries.reduce((sum, entry) => sum + entry.ids.length, 0);
  }

  /**
   * The sequence that shares the longest beginning with `ids`.
   *
   * @param {Int32Array} ids
   * @param {number} [limit] at most this many tokens are useful
   * @returns {{entry: Entry | null, length: number}} length: tokens shared, at most `limit`
   */
  match(ids, limit = ids.length) {
    let best = { entry: null, length: 0 };
    for (const entry of this.entries) {
      const length = Math.min(commonPrefix(entry.ids, ids), limit);
      if (length > 0 && isBetter(entry, length, best)) best = { entry, length };
    }
    if (best.entry) best.entry.used = ++this.clock;
    return best;
  }

  /** A sequence that begins with all of `ids`. @returns {Entry | null} */
  covering(ids) {
    const found = this.entries.find((entry) => commonPrefix(entry.ids, ids) === ids.length);
    if (found) found.used = ++this.clock;
    return found ?? null;
  }

  /**
   * Keep a sequence; those it contains are released.
   *
   * @param {Int32Array} ids
   * @param {unknown} past
   * @param {{first?: boolean}} [options] first: nobody has asked for it yet, it is the first to go
   * @returns {Entry}
   */
  put(ids, past, { first = false } = {}) {
    this.drop((entry) => commonPrefix(entry.ids, ids) === entry.ids.length);
    const added = { ids, past, used: first ? 0 : ++this.clock };
    this.entries.push(added);
    while (this.entries.length > 1 && this.isOverfull()) {
      const oldest = this.entries.reduce((a, b) => (a.used <= b.used ? a : b));
      this.drop((entry) => entry === oldest);
    }
    return added;
  }

  clear() {
    this.drop(() => true);
  }

  isOverfull() {
    return this.entries.length > this.limit || this.tokens > this.budget;
  }

  drop(test) {
    const gone = this.entries.filter(test);
    this.entries = this.entries.filter((entry) => !gone.includes(entry));
    for (const entry of gone) this.release(entry.past);
  }
}

/**
 * How many tokens two sequences have in common from the start.
 *
 * commonPrefix([5, 6, 7], [5, 6, 9, 9]) is 2.
 */
export function commonPrefix(a, b) {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}

/** Longer wins; then the one that need not be cut; then the one used last. */
function isBetter(entry, length, best) {
  if (length !== best.length) return length > best.length;
  const whole = Number(entry.ids.length === length);
  const bestWhole = Number(best.entry.ids.length === length);
  return whole !== bestWhole ? whole > bestWhole : entry.used > best.entry.used;
}
