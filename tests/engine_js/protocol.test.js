import assert from "node:assert/strict";
import { test } from "node:test";

import { checkBranch, checkLogits } from "../../site/engine/protocol.js";

const MODEL = { vocab_size: 100, context_length: 200 };
const bad = { name: "EngineError", code: "bad_input" };

test("good requests come out as typed arrays", () => {
  const { ids, first } = checkLogits({ ids: [1, 2, 99], first: 2 }, MODEL);
  assert.deepEqual(ids, Int32Array.of(1, 2, 99));
  assert.equal(first, 2);
  assert.deepEqual(checkBranch({ ids: [0], tails: [[5], [6, 7]] }, MODEL).tails, [Int32Array.of(5), Int32Array.of(6, 7)]);
});

for (const ids of [undefined, null, [], [100], [-1], [1.5], ["a"], [NaN], [1, undefined], "12"]) {
  test(`ids ${JSON.stringify(ids)} are refused`, () => {
    assert.throws(() => checkLogits({ ids, first: 0 }, MODEL), bad);
    assert.throws(() => checkBranch({ ids: [1], tails: [[1], ids] }, MODEL), bad);
  });
}

for (const first of [-1, 3, 0.5, NaN, undefined, "0"]) {
  test(`first = ${first} is refused`, () => {
    assert.throws(() => checkLogits({ ids: [1, 2, 3], first }, MODEL), bad);
  });
}

test("missing arguments are refused", () => {
  assert.throws(() => checkLogits(undefined, MODEL), bad);
  assert.throws(() => checkBranch(undefined, MODEL), bad);
});

test("at most 128 rows and 64 branches", () => {
  const ids = new Int32Array(150);
  assert.equal(checkLogits({ ids, first: 22 }, MODEL).first, 22);
  assert.throws(() => checkLogits({ ids, first: 21 }, MODEL), bad);
  assert.throws(() => checkBranch({ ids, tails: Array(65).fill([1]) }, MODEL), bad);
});

test("longer than the context is refused by its own code", () => {
  const full = { code: "context_full", message: /201 tokens.*at most 200/ };
  assert.throws(() => checkLogits({ ids: new Int32Array(201), first: 200 }, MODEL), full);
  assert.throws(() => checkBranch({ ids: new Int32Array(199), tails: [[1], [1, 2]] }, MODEL), full);
});
