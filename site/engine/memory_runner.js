/**
 * Runs the graph with attention in products, keys and values in plain memory (interface:
 * session.js).
 *
 * A mask says which tokens each new one sees: the cached ones of its own text, and of the new ones
 * those that it comes after. So texts that part anywhere go in one run.
 */

import { asEngineError } from "./errors.js";
import { MemoryPasts } from "./memory_past.js";

/**
 * A cancel or a click waits for the run in progress: 32 tokens take half a second on one thread,
 * where larger runs are hardly faster a token.
 */
const CHUNK = 32;

/**
 * A new token: its id, its position in its text, the cached slots that it sees, and which of the
 * new ones: those before it in its text, and itself.
 *
 * @typedef {{id: number, position: number, slots: Int32Array, sees: number[]}} Row
 */

export class MemoryRunner {
  constructor({ ort, session, model }) {
    Object.assign(this, { ort, session, vocab: model.vocab_size, device: null });
    this.chunk = CHUNK;
    this.longest = CHUNK;
    this.pasts = new MemoryPasts(model);
    this.nothing = this.pasts.empty();
    this.dims = [1, model.kv_heads, -1, model.head_dim];
    this.names = Array.from({ length: model.layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
  }

  async run({ ids, last, past, length, keep }) {
    const { store, slots } = past ?? this.nothing;
    const before = slots.subarray(0, length);
    const sees = [...ids.keys()];
    const rows = Array.from(ids, (id, i) => ({
      id, position: length + i, slots: before, sees: sees.slice(0, i + 1),
    }));
    const outputs = await this.compute(store, rows, last);
    const texts = [{ slots: before, rows: sees }];
    return { logits: outputs.logits.data, past: keep ? this.grown(store, texts, outputs)[0] : null };
  }

  /** Continuations whose texts share a store, so many that a run stays short. */
  batches(tails) {
    const batches = [];
    for (const store of new Set(tails.map((tail) => tail.past.store))) {
      let room = 0;
      for (const tail of tails.filter(({ past }) => past.store === store)) {
        room -= tail.ids.length;
        if (room < 0) { batches.push([]); room = CHUNK - tail.ids.length; }
        batches.at(-1).push(tail);
      }
    }
    return batches;
  }

  async branch({ tails }) {
    const { store } = tails[0].past;
    const { rows, texts } = plant(tails);
    const last = texts.map((text) => text.rows.at(-1));
    const outputs = await this.compute(store, rows, last);
    const pasts = this.grown(store, texts, outputs);
    return { logits: outputs.logits.data, pasts, computed: rows.length };
  }

  /** Memory is collected by itself. */
  release() {}

  /** Tokens that these pasts have room for, which is what they cost. */
  tokens(pasts) {
    const stores = new Set(pasts.map(({ store }) => store));
    return [...stores].reduce((sum, { room }) => sum + room, 0);
  }

  grown(store, texts, outputs) {
    return this.pasts.append(store, texts, this.names.map((name) => outputs[`new.${name}`].data));
  }

  async compute({ arrays, room }, rows, last) {
    const { Tensor } = this.ort;
    const long = (values, dims) => new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
    const dims = this.dims.with(2, room);
    const feeds = {
      input_ids: long(rows.map((row) => row.id), [1, rows.length]),
      positions: long(rows.map((row) => row.position), [1, rows.length]),
      last_idx: long(last, [last.length]),
      mask: new Tensor("float32", maskOf(rows, room), [rows.length, room + rows.length]),
    };
    this.names.forEach((name, i) => {
      feeds[`past.${name}`] = new Tensor("float32", arrays[i], dims);
    });
    try {
      return await this.session.run(feeds);
    } catch (error) {
      throw asEngineError(error);
    }
  }
}

/**
 * The rows of a run for continuations; what several of them begin with is one row.
 *
 * @param {{past: object, length: number, ids: Int32Array}[]} tails
 * @returns {{rows: Row[], texts: {slots: Int32Array, rows: number[]}[]}}
 */
export function plant(tails) {
  const rows = [];
  const known = new Map();
  const texts = tails.map(({ past, length, ids }) => {
    const slots = past.slots.subarray(0, length);
    const path = [];
    for (const id of ids) {
      // A slot stands for all of the text up to it, and so does a row.
      const key = path.length ? `row ${path.at(-1)} ${id}` : `slot ${slots.at(-1)} ${id}`;
      if (!known.has(key)) {
        known.set(key, rows.length);
        const sees = [...path, rows.length];
        rows.push({ id, position: length + path.length, slots, sees });
      }
      path.push(known.get(key));
    }
    return { slots, rows: path };
  });
  return { rows, texts };
}

/** rows × (room + rows): 0 where a token may look, −∞ where not. @param {Row[]} rows */
export function maskOf(rows, room) {
  const width = room + rows.length;
  const mask = new Float32Array(rows.length * width).fill(-Infinity);
  rows.forEach(({ slots, sees }, i) => {
    for (const slot of slots) mask[i * width + slot] = 0;
    for (const row of sees) mask[i * width + room + row] = 0;
  });
  return mask;
}
