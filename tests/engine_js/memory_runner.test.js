import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { MemoryPasts, roomFor } from "../../site/engine/memory_past.js";
import { MemoryRunner, causalMask, siblingMask } from "../../site/engine/memory_runner.js";

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

const run = (ids, past = null, length = past?.length ?? 0) =>
  runner.run({ ids: Int32Array.from(ids), last: [...ids.keys()], past, length, keep: true });

test("each token sees those before it, cached or new", async () => {
  const first = await run([1, 2, 3]);
  assert.deepEqual([...first.logits], [1, 12, 123]);
  const second = await run([4, 5], first.past);
  assert.deepEqual([...second.logits], [1234, 12345]);
});

test("appending shares the store, a fork gets its own, both stay right", async () => {
  const { past } = await run([1, 2, 3]);
  const longer = await run([4], past);
  assert.equal(longer.past.store, past.store);
  const fork = await run([9], past, 2);
  assert.notEqual(fork.past.store, past.store);
  assert.deepEqual([...(await run([5], longer.past)).logits], [12345]);
  assert.deepEqual([...(await run([5], fork.past)).logits], [1295]);
  assert.deepEqual([...(await run([6], past, 3)).logits], [1236]);
});

test("a store grows without losing its tokens", async () => {
  let past = null;
  for (let start = 0; start < 70; start += 7) past = (await run(Array(7).fill(1), past)).past;
  assert.equal(past.length, 70);
  assert.equal(past.store.room, 128);
  const sum = past.store.arrays[3].reduce((a, b) => a + b, 0);
  assert.equal(sum, 70 * 1 + 70 * 1001);
});

test("branches see the text and themselves, not each other", async () => {
  const { past } = await run([1, 2, 3]);
  const next = Int32Array.of(4, 5, 6);
  assert.deepEqual([...(await runner.branch({ ids: next, past, length: 3 }))], [1234, 1235, 1236]);
  assert.deepEqual([...(await runner.branch({ ids: next, past, length: 1 }))], [14, 15, 16]);
});

test("nothing is kept of a run that is not to be kept", async () => {
  const { past } = await run([1, 2]);
  const step = { ids: Int32Array.of(3), last: [0], past, length: 2, keep: false };
  assert.equal((await runner.run(step)).past, null);
  assert.equal(past.store.used, 2);
});

test("masks, written out", () => {
  assert.deepEqual([...causalMask(2, 3, 1)], [0, NO, NO, 0, NO, 0, NO, NO, 0, 0]);
  assert.deepEqual([...siblingMask(2, 1, 1)], [0, 0, NO, 0, NO, 0]);
});

test("there is always room for one more, in small steps first", () => {
  assert.deepEqual([0, 1, 63, 64, 255, 256, 2000].map(roomFor), [64, 64, 64, 128, 256, 512, 2048]);
  assert.equal(new MemoryPasts(MODEL).empty().store.arrays.length, 4);
});
