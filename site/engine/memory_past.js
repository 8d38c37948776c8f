/**
 * Keys and values of a token sequence in plain memory, with room to grow.
 *
 * A past is {store, length}: the first `length` tokens of a store. Texts that begin alike share a
 * store until one of them writes where another has written already; then it gets its own. So a
 * longer text costs its new tokens, and a shorter one nothing. Stores hold an array for each layer's
 * keys and values, heads × room × dim, in the layout that the graph reads. Knows nothing about
 * onnxruntime, or about which sequences are worth keeping.
 */

/** @typedef {{arrays: Float32Array[], room: number, used: number}} Store */
/** @typedef {{store: Store, length: number}} Past */

/** Room grows in steps: small ones while it is small, since all of it goes into every run. */
const SMALL_STEP = 64;
const STEP = 256;

export class MemoryPasts {
  /** @param {{layers: number, kv_heads: number, head_dim: number}} model */
  constructor(model) {
    Object.assign(this, { heads: model.kv_heads, dim: model.head_dim, count: 2 * model.layers });
  }

  /** The past of no tokens at all. @returns {Past} */
  empty() {
    const arrays = Array.from({ length: this.count }, () => new Float32Array(0));
    return { store: { arrays, room: 0, used: 0 }, length: 0 };
  }

  /**
   * The first `length` tokens of `past`, followed by new ones.
   *
   * @param {Past} past
   * @param {number} length
   * @param {Float32Array[]} added keys and values of the new tokens, heads × count × dim each
   * @returns {Past}
   */
  append(past, length, added) {
    const count = added[0].length / (this.heads * this.dim);
    const total = length + count;
    const free = past.store.used === length && past.store.room >= total;
    const store = free ? past.store : this.copyStart(past.store, length, roomFor(total));
    store.arrays.forEach((array, i) => {
      this.copyRows(added[i], 0, count, array, length, store.room, count);
    });
    store.used = total;
    return { store, length: total };
  }

  copyStart(store, length, room) {
    const arrays = store.arrays.map((array) => {
      const copy = new Float32Array(this.heads * room * this.dim);
      this.copyRows(array, 0, store.room, copy, 0, room, length);
      return copy;
    });
    return { arrays, room, used: length };
  }

  /** For each head, `count` rows from row `from` of a source to row `to` of a target. */
  copyRows(source, from, sourceRoom, target, to, targetRoom, count) {
    for (let head = 0; head < this.heads; head++) {
      const start = (head * sourceRoom + from) * this.dim;
      const rows = source.subarray(start, start + count * this.dim);
      target.set(rows, (head * targetRoom + to) * this.dim);
    }
  }
}

/** Tokens that a store for `total` of them has room for. */
export function roomFor(total) {
  const step = total < STEP ? SMALL_STEP : STEP;
  return Math.ceil((total + 1) / step) * step;
}
