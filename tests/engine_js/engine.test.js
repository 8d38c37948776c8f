import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Engine } from "../../site/engine/engine.js";
import { cancelled } from "../../site/engine/errors.js";
import { FakeRunner, expected } from "./fake_runner.js";

const MODEL = { vocab_size: 3, layers: 30, kv_heads: 3, head_dim: 64, context_length: 8192 };
const range = (n) => Int32Array.from({ length: n }, (_, i) => i % 7);
const singles = (...ids) => ids.map((id) => Int32Array.of(id));
const noPause = async () => {};

let runner;
let engine;

beforeEach(() => {
  runner = new FakeRunner();
  engine = new Engine(runner, MODEL);
});

const logits = (ids, first = ids.length - 1) =>
  engine.logits({ ids: Int32Array.from(ids), first }, noPause);

function rowsFrom(ids, first) {
  return Array.from({ length: ids.length - first }, (_, i) =>
    expected([...ids.slice(0, first + i + 1)]),
  ).flat();
}

test("a short prompt is one run", async () => {
  const answer = await logits([4, 5, 6], 0);
  assert.deepEqual([...answer.logits], rowsFrom([4, 5, 6], 0));
  assert.deepEqual([answer.rows, answer.computed, answer.reused], [3, 3, 0]);
  assert.deepEqual(runner.runs, [{ tokens: 3, last: [0, 1, 2], past: 0 }]);
});

test("appending a token is one run of one token", async () => {
  await logits([4, 5, 6]);
  const answer = await logits([4, 5, 6, 7]);
  assert.deepEqual([answer.computed, answer.reused], [1, 3]);
  assert.deepEqual(runner.runs[1], { tokens: 1, last: [0], past: 3 });
  assert.deepEqual([...answer.logits], expected([4, 5, 6, 7]));
});

test("a rewind is one run of one token, and costs nothing afterwards", async () => {
  await logits([4, 5, 6, 7, 8]);
  assert.equal((await logits([4, 5, 6])).computed, 1);
  assert.equal((await logits([4, 5, 6, 7, 8, 9])).computed, 1);
});

test("a fork keeps both sides", async () => {
  await logits([4, 5, 6, 7]);
  assert.equal((await logits([4, 5, 9])).computed, 1);
  assert.equal((await logits([4, 5, 9, 1])).computed, 1);
  assert.equal((await logits([4, 5, 6, 7, 1])).computed, 1);
});

test("an inner stretch of the cached text needs only its own tokens", async () => {
  const ids = range(50);
  await logits(ids);
  const answer = await logits(ids.slice(0, 40), 30);
  assert.equal(answer.computed, 10);
  assert.deepEqual([...answer.logits], rowsFrom(ids.slice(0, 40), 30));
});

test("many rows of cached text may take several runs", async () => {
  const ids = range(100);
  await logits(ids);
  runner.chunk = 32;
  const answer = await logits(ids.slice(0, 90), 10);
  assert.deepEqual(
    runner.runs.slice(1).map(({ past, tokens }) => [past, tokens]),
    [
      [10, 32],
      [42, 32],
      [74, 16],
    ],
  );
  assert.deepEqual([...answer.logits], rowsFrom(ids.slice(0, 90), 10));
  assert.equal(runner.alive.size, 1);
});

test("long texts go through in chunks; rows may straddle two of them", async () => {
  const ids = range(300);
  const answer = await logits(ids, 200);
  assert.deepEqual(
    runner.runs.map((run) => run.tokens),
    [128, 128, 44],
  );
  assert.deepEqual(runner.runs[0].last, [0]);
  assert.deepEqual([...answer.logits], rowsFrom(ids, 200));
});

test("cancelling between chunks keeps what was computed", async () => {
  const stop = async () => {
    throw cancelled();
  };
  const ids = range(300);
  await assert.rejects(engine.logits({ ids, first: 299 }, stop), { code: "cancelled" });
  assert.equal((await logits(ids)).reused, 128);
});

test("branches are one batch behind one past", async () => {
  await logits([4, 5]);
  const answer = await engine.branch(
    { ids: Int32Array.of(4, 5), tails: singles(1, 2, 3) },
    noPause,
  );
  assert.deepEqual(
    [...answer.logits],
    [1, 2, 3].flatMap((t) => expected([4, 5, t])),
  );
  assert.deepEqual([answer.rows, answer.computed, answer.reused], [3, 3, 2]);
  assert.deepEqual(runner.runs[1], { branches: 3, past: [2, 2, 2] });
});

test("branching from an uncached text computes it first", async () => {
  const answer = await engine.branch({ ids: Int32Array.of(4, 5), tails: singles(1) }, noPause);
  assert.deepEqual([...answer.logits], expected([4, 5, 1]));
  assert.deepEqual([answer.computed, answer.reused], [3, 0]);
});

test("branching from a prefix of the cached text cuts it", async () => {
  await logits([4, 5, 6, 7]);
  const answer = await engine.branch(
    { ids: Int32Array.of(4, 5), tails: singles(1, 2) },
    noPause,
  );
  assert.deepEqual(
    [...answer.logits],
    [1, 2].flatMap((t) => expected([4, 5, t])),
  );
});

test("behind a long text branches come in batches that fit", async () => {
  const ids = range(2000);
  await logits(ids);
  runner.width = 2;
  runner.runs.length = 0;
  await engine.branch({ ids, tails: singles(1, 2, 3) }, noPause);
  assert.deepEqual(
    runner.runs.map((run) => run.branches),
    [2, 1],
  );
});

test("continuations may part anywhere, and each step of a beam search is one token a beam", async () => {
  await logits([4, 5]);
  const ask = (tails) =>
    engine.branch({ ids: Int32Array.of(4, 5), tails: tails.map((t) => Int32Array.from(t)) }, noPause);
  const uneven = [[1], [2, 3, 1], [2, 3]];
  const answer = await ask(uneven);
  assert.deepEqual([...answer.logits], uneven.flatMap((tail) => expected([4, 5, ...tail])));
  assert.equal(answer.computed, 6);
  const beams = [[1, 6], [2, 3, 1, 6], [2, 3, 1, 5]];
  const next = await ask(beams);
  assert.deepEqual([...next.logits], beams.flatMap((tail) => expected([4, 5, ...tail])));
  assert.equal(next.computed, 3);
  assert.equal(runner.runs.length, 3);
});

test("a continuation that is too long for a batch is read like a text", async () => {
  const long = [...range(40)];
  const tails = [Int32Array.from(long), Int32Array.of(3)];
  const answer = await engine.branch({ ids: Int32Array.of(4, 5), tails }, noPause);
  assert.deepEqual([...answer.logits], [...expected([4, 5, ...long]), ...expected([4, 5, 3])]);
  assert.equal(answer.computed, 43);
});

test("no past is leaked: only cached ones stay alive", async () => {
  await logits([1, 2, 3, 4]);
  await logits([1, 2]);
  await logits([1, 2, 5]);
  await engine.branch({ ids: Int32Array.of(1, 2), tails: singles(3, 4) }, noPause);
  await logits(range(300));
  assert.deepEqual(runner.alive, new Set(engine.cache.entries.map(({ past }) => past)));
});

test("a failing run leaks nothing and leaves the cache usable", async () => {
  await logits([1, 2, 3]);
  const { run } = FakeRunner.prototype;
  runner.run = async () => {
    throw new Error("broken");
  };
  await assert.rejects(logits([1, 2, 4]), /broken/);
  runner.run = run;
  assert.equal((await logits([1, 2, 3, 4])).computed, 1);
  assert.equal(runner.alive.size, engine.cache.entries.length);
});
