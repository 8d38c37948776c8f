import assert from "node:assert/strict";
import { test } from "node:test";

import { deviation, proofSpans, prove } from "../../site/engine/proof.js";
import { FakeRunner, expected } from "./fake_runner.js";

const IDS = [1, 2, 1, 0, 2, 1, 2];

function logprobs(logits) {
  const norm = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - norm);
}

function proofOf(shift = 0) {
  const entries = (position) =>
    logprobs(expected(IDS.slice(0, position + 1))).map((lp, id) => [id, lp + shift]);
  return {
    ids: IDS,
    prefill: 4,
    tolerance: 0.01,
    expected: [3, 6].map((position) => ({ position, top: entries(position), probe: [] })),
  };
}

test("spans: the prefill, a continuation, one token", () => {
  assert.deepEqual(proofSpans({ ids: IDS, prefill: 4 }), [
    { from: 0, to: 4 },
    { from: 4, to: 6 },
    { from: 6, to: 7 },
  ]);
  assert.equal(proofSpans({ ids: IDS, prefill: 6 }).length, 2);
});

test("the right model passes, and nothing is leaked", async () => {
  const runner = new FakeRunner();
  assert.ok((await prove(proofOf(), runner)) < 1e-5);
  assert.deepEqual(
    runner.runs.map(({ tokens, last }) => [tokens, last]),
    [
      [4, [3]],
      [2, [0]],
      [1, [0]],
    ],
  );
  assert.equal(runner.alive.size, 0);
});

test("a wrong one fails as soon as it is seen", async () => {
  const runner = new FakeRunner();
  await assert.rejects(prove(proofOf(0.02), runner), {
    code: "proof_failed",
    detail: /deviation 0\.0\d+/,
  });
  assert.equal(runner.runs.length, 1);
  assert.equal(runner.alive.size, 0);
});

test("not a number counts as infinitely wrong", () => {
  assert.equal(deviation({ top: [[0, -1]], probe: [] }, Float32Array.of(NaN, 0)), Infinity);
});
