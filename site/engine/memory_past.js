/**
 * Keys and values of token sequences in plain memory, with room to grow.
 *
 * A past is {store, slots}: where in a store the keys and values of each of its tokens are. A store
 * is a tree of tokens: texts that begin alike share the slots of their beginning, so a longer text
 * costs its new tokens, and a fork or a cut costs nothing. Everything in a store goes into every run,
 * seen or not; what has too little room or too much that is not needed is copied to a store of its
 * own. Stores hold an array for each layer's keys and values, heads × room × dim, in the layout that
 * the graph reads. Knows nothing about onnxruntime, or about which sequences are worth keeping.
 */

/** @typedef {{arrays: Float32Array[], room: number, used: number}} Store */
/** @typedef {{store: Store, slots: Int32Array}} Past */

/** Room grows in steps: small ones while it is small, since all of it goes into every run. */
const SMALL_STEP = 64;
const STEP = 256;
/** So many slots that a text does not need, or a quarter of its own number, are put up with. */
const SPARE = 64;

export class MemoryPasts {
  /** @param {{layers: number, kv_heads: number, head_dim: number}} model */
  constructor(model) {
    Object.assign(this, { heads: model.kv_heads, dim: model.head_dim, count: 2 * model.layers });
  }

  /** The past of no tokens at all. @returns {Past} */
  empty() {
    const arrays = Array.from({ length: this.count }, () => new Float32Array(0));
    return { store: { arrays, room: 0, used: 0 }, slots: new Int32Array(0) };
  }

  /**
   * New tokens behind the beginnings of texts that share a store.
   *
   * @param {Store} store
   * @param {{slots: Int32Array, rows: number[]}[]} texts the slots of each beginning, and which of
   *   the new tokens follow it
   * @param {Float32Array[]} added keys and values of the new tokens, heads × count × dim each
   * @returns {Past[]} one for each text
   */
  append(store, texts, added) {
    const count = added[0].length / (this.heads * this.dim);
    const { target, moved } = this.withRoom(store, texts.map(({ slots }) => slots), count);
    const first = target.used;
    target.arrays.forEach((array, i) => {
      this.copyRows(added[i], 0, count, array, first, target.room, count);
    });
    target.used += count;
    return texts.map(({ rows }, i) => {
      const slots = new Int32Array(moved[i].length + rows.length);
      slots.set(moved[i]);
      rows.forEach((row, j) => { slots[moved[i].length + j] = first + row; });
      return { store: target, slots };
    });
  }

  /** The store itself, or a copy of what is needed of it with room for `count` more. */
  withRoom(store, beginnings, count) {
    const needed = union(beginnings, store.used);
    const spare = store.used - needed.length;
    const fits = store.used + count <= store.room;
    if (fits && spare <= Math.max(SPARE, needed.length / 4)) {
      return { target: store, moved: beginnings };
    }
    const target = this.copy(store, needed, roomFor(needed.length + count));
    const place = new Int32Array(store.used);
    needed.forEach((slot, i) => { place[slot] = i; });
    return { target, moved: beginnings.map((slots) => slots.map((slot) => place[slot])) };
  }

  copy(store, slots, room) {
    const stretches = stretchesOf(slots);
    const arrays = store.arrays.map((array) => {
      const copy = new Float32Array(this.heads * room * this.dim);
      for (const { from, to, count } of stretches)
        this.copyRows(array, from, store.room, copy, to, room, count);
      return copy;
    });
    return { arrays, room, used: slots.length };
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

/** Every slot that occurs, in ascending order. */
function union(lists, size) {
  const present = new Uint8Array(size);
  for (const slots of lists) for (const slot of slots) present[slot] = 1;
  const slots = [];
  present.forEach((is, slot) => { if (is) slots.push(slot); });
  return slots;
}

/** Ascending slots as stretches {from, to, count}: `count` slots from `from` on go to place `to`. */
function stretchesOf(slots) {
  const stretches = [];
  slots.forEach((slot, to) => {
    const last = stretches.at(-1);
    if (last && last.from + last.count === slot) last.count += 1;
    else stretches.push({ from: slot, to, count: 1 });
  });
  return stretches;
}
