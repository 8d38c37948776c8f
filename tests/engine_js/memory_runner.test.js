import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { MemoryPasts, roomFor } from "../../site/engine/memory_past.js";
import { MemoryRunner, maskOf, plant } from "../../site/engine/memory_runner.js";

const MODEL = { vocab_size: 1, layers: 2, kv_heads: 2, head_dim: 1 };
const NO = -Infinity;

class Tensor {
  constructor(type, data, dims) {
    assert.equal(data.length, dims.reduce((a, b) => a * b, 1));
    Object.assign(this, { type, data, dims });
  }
}

/**
 * Stands for the graph: keys and values are (id + 1000 × head) of each token; the logit of a token
 * is the list of all ids it sees, read through the mask from what it is given, as one number.
 */
const session = {
  async run(feeds) {
    const ids = [...feeds.input_ids.data].map(Number);
    const room = feeds["past.0.key"].dims[2];
    const outputs = {};
    for (const name of ["0.key", "0.value", "1.key", "1.value"]) {
      const data = Float32Array.from([...ids, ...ids.map((id) => id + 1000)]);
      outputs[`new.${name}`] = { data };
    }
    const seen = (row) => {
      const width = room + ids.length;
      const mask = feeds.mask.data.subarray(row * width, (row + 1) * width);
      const past = feeds["past.1.value"].data;
      assert.deepEqual(
        [...past.subarray(0, room)].filter((_, i) => mask[i] === 0).map((v) => v + 1000),
        [...past.subarray(room)].filter((_, i) => mask[i] === 0),
      );
      return [...past.subarray(0, room), ...ids].filter((_, i) => mask[i] === 0);
    };
    const last = [...feeds.last_idx.data].map(Number);
    const positions = [...feeds.positions.data].map(Number);
    last.forEach((row) => assert.equal(positions[row] + 1, seen(row).length));
    const logits = last.map((row) => Number(seen(row).join("")));
    return { logits: { data: Float32Array.from(logits) }, ...outputs };
  },
};

let runner;
beforeEach(() => {
  runner = new MemoryRunner({ ort: { Tensor }, session, model: MODEL });
});

const run = (ids, past = null, length = past?.slots.length ?? 0) =>
  runner.run({ ids: Int32Array.from(ids), last: [...ids.keys()], past, length, keep: true });

test("each token sees those before it, cached or new", async () => {
  const first = await run([1, 2, 3]);
  assert.deepEqual([...first.logits], [1, 12, 123]);
  const second = await run([4, 5], first.past);
  assert.deepEqual([...second.logits], [1234, 12345]);
});

test("appending and forking share the store, all stay right", async () => {
  const { past } = await run([1, 2, 3]);
  const longer = await run([4], past);
  const fork = await run([9], past, 2);
  assert.equal(longer.past.store, past.store);
  assert.equal(fork.past.store, past.store);
  assert.deepEqual([...fork.past.slots], [0, 1, 4]);
  assert.deepEqual([...(await run([5], longer.past)).logits], [12345]);
  assert.deepEqual([...(await run([5], fork.past)).logits], [1295]);
  assert.deepEqual([...(await run([6], past, 3)).logits], [1236]);
});

test("what is mostly not needed is left behind", async () => {
  let { past } = await run(Array(30).fill(8));
  for (let i = 0; i < 3; i++) past = (await run(Array(30).fill(7), past)).past;
  const fork = await run([1], past, 2);
  assert.notEqual(fork.past.store, past.store);
  assert.deepEqual([fork.past.store.room, fork.past.store.used], [64, 3]);
  assert.deepEqual([...(await run([5], fork.past)).logits], [8815]);
  assert.equal(runner.tokens([past, past, fork.past]), 128 + 64);
});

test("a store grows without losing its tokens", async () => {
  let past = null;
  for (let start = 0; start < 70; start += 7) past = (await run(Array(7).fill(1), past)).past;
  assert.equal(past.slots.length, 70);
  assert.equal(past.store.room, 128);
  const sum = past.store.arrays[3].reduce((a, b) => a + b, 0);
  assert.equal(sum, 70 * 1 + 70 * 1001);
});

const tail = (past, length, ...ids) => ({ past, length, ids: Int32Array.from(ids) });

test("continuations see their own text, not each other's, and go on from there", async () => {
  const { past } = await run([1, 2, 3]);
  const first = await runner.branch({ tails: [tail(past, 3, 4), tail(past, 1, 5, 6), tail(past, 1, 5, 7)] });
  assert.deepEqual([...first.logits], [1234, 156, 157]);
  assert.equal(first.computed, 4);
  const [one, , third] = first.pasts;
  const next = await runner.branch({ tails: [tail(third, 3, 8), tail(one, 4, 9), tail(one, 3, 9)] });
  assert.deepEqual([...next.logits], [1578, 12349, 1239]);
});

test("what several continuations begin with is computed once", () => {
  const past = { slots: Int32Array.of(0, 3) };
  const { rows, texts } = plant([tail(past, 2, 5, 6), tail(past, 2, 5), tail(past, 1, 5)]);
  assert.deepEqual(rows.map(({ id, position, sees }) => [id, position, sees]), [[5, 2, [0]], [6, 3, [0, 1]], [5, 1, [2]]]);
  assert.deepEqual(texts.map((text) => text.rows), [[0, 1], [0], [2]]);
});

test("batches keep to one store and to short runs", async () => {
  const [{ past: one }, { past: other }] = [await run([1, 2]), await run([3])];
  const tails = [tail(one, 2, 4), tail(other, 1, 5), tail(one, 2, 6), tail(one, 1, ...Array(31).fill(2))];
  const sizes = runner.batches(tails).map((batch) => batch.map(({ ids }) => ids.length));
  assert.deepEqual(sizes, [[1, 1], [31], [1]]);
});

test("nothing is kept of a run that is not to be kept", async () => {
  const { past } = await run([1, 2]);
  const step = { ids: Int32Array.of(3), last: [0], past, length: 2, keep: false };
  assert.equal((await runner.run(step)).past, null);
  assert.equal(past.store.used, 2);
});

test("a mask, written out", () => {
  const rows = [{ slots: [0], sees: [0] }, { slots: [0, 2], sees: [1] }];
  assert.deepEqual([...maskOf(rows, 3)], [0, NO, NO, 0, NO, 0, NO, 0, NO, 0]);
});

test("there is always room for one more, in small steps first", () => {
  assert.deepEqual([0, 1, 63, 64, 255, 256, 2000].map(roomFor), [64, 64, 64, 128, 256, 512, 2048]);
  assert.equal(new MemoryPasts(MODEL).empty().store.arrays.length, 4);
});
