/**
 * Runs the graph with attention in products, keys and values in plain memory (interface:
 * session.js).
 *
 * A mask says which tokens each new one sees: the cached ones before it, and of the new ones either
 * those before it (a text) or none but itself (branches).
 */

import { asEngineError } from "./errors.js";
import { MemoryPasts } from "./memory_past.js";

/**
 * A cancel or a click waits for the run in progress: 32 tokens take half a second on one thread,
 * where larger runs are hardly faster a token.
 */
const CHUNK = 32;

export class MemoryRunner {
  constructor({ ort, session, model }) {
    Object.assign(this, { ort, session, vocab: model.vocab_size, device: null });
    this.chunk = CHUNK;
    this.pasts = new MemoryPasts(model);
    this.nothing = this.pasts.empty();
    this.dims = [1, model.kv_heads, -1, model.head_dim];
    this.names = Array.from({ length: model.layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
  }

  branches() {
    return CHUNK;
  }

  async run({ ids, last, past, length, keep }) {
    const before = past ?? this.nothing;
    const positions = Int32Array.from(ids, (_, i) => length + i);
    const mask = causalMask(ids.length, before.store.room, length);
    const outputs = await this.compute({ ids, last, before, positions, mask });
    return { logits: outputs.logits.data, past: keep ? this.grown(before, length, outputs) : null };
  }

  async branch({ ids, past, length }) {
    const before = past ?? this.nothing;
    const positions = new Int32Array(ids.length).fill(length);
    const mask = siblingMask(ids.length, before.store.room, length);
    const last = [...ids.keys()];
    return (await this.compute({ ids, last, before, positions, mask })).logits.data;
  }

  /** Memory is collected by itself. */
  release() {}

  grown(before, length, outputs) {
    const added = this.names.map((name) => outputs[`new.${name}`].data);
    return this.pasts.append(before, length, added);
  }

  async compute({ ids, last, before, positions, mask }) {
    const { Tensor } = this.ort;
    const long = (values, dims) => new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
    const { arrays, room } = before.store;
    const dims = this.dims.with(2, room);
    const feeds = {
      input_ids: long(ids, [1, ids.length]),
      positions: long(positions, [1, ids.length]),
      last_idx: long(last, [last.length]),
      mask: new Tensor("float32", mask, [ids.length, room + ids.length]),
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

/** Each new token sees the first `length` of the store, the new ones before it, and itself. */
export function causalMask(count, room, length) {
  return mask(count, room, length, (row, column) => column <= row);
}

/** Each new token sees the first `length` of the store, and itself. */
export function siblingMask(count, room, length) {
  return mask(count, room, length, (row, column) => column === row);
}

/** count × (room + count): 0 where a token may look, −∞ where not. */
function mask(count, room, length, sees) {
  const width = room + count;
  const values = new Float32Array(count * width).fill(-Infinity);
  for (let row = 0; row < count; row++) {
    values.fill(0, row * width, row * width + length);
    for (let column = 0; column < count; column++)
      if (sees(row, column)) values[row * width + room + column] = 0;
  }
  return values;
}
