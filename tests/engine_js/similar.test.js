import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInside, checkLens, checkSimilar } from "../../site/engine/protocol.js";
import { similarRows } from "../../site/engine/similar.js";

/** Three rows of 32 weights as q8_0 behind some other bytes: w = scale · (code − 128). */
function weightsFile(rows, scales) {
  const before = 64;
  const codes = Uint8Array.from(rows.flat(), (value) => value + 128);
  const halves = Uint16Array.from(scales);
  const model = {
    tensors: [{ name: "token_embd", kind: "q8_0", rows: rows.length, cols: 32, codes: [before, codes.length], scales: [before + codes.length, halves.byteLength], mins: null }],
  };
  const bytes = Uint8Array.from([...new Uint8Array(before), ...codes, ...new Uint8Array(halves.buffer)]);
  return { model, read: (start, length) => bytes.slice(start, start + length) };
}

const [ONE, TWO] = [0x3c00, 0x4000];
const basis = (...places) => Array.from({ length: 32 }, (_, i) => (places.includes(i) ? 1 : 0));

test("cosines do not depend on lengths, lengths do on scales, and nothing has no direction", async () => {
  const { model, read } = weightsFile([basis(0), basis(0, 1), basis(), basis(5)], [ONE, TWO, ONE, TWO]);
  const found = await similarRows(model, read, 0);
  const expected = [1, Math.SQRT1_2, 0, 0, 1, 2 * Math.SQRT2, 0, 2];
  expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-6, `${i}: ${found[i]}`));
  assert.deepEqual([...(await similarRows(model, read, 2))].slice(0, 4), [0, 0, 0, 0]);
});

test("a long matrix is read in stretches, between which it can be cancelled", async () => {
  const rows = Array.from({ length: 4100 }, (_, i) => basis(i % 32));
  const { model, read } = weightsFile(rows, rows.map(() => ONE));
  const found = await similarRows(model, read, 4099);
  rows.forEach((_, i) => assert.equal(found[i], i % 32 === 3 ? 1 : 0));
  const stop = async () => { throw new Error("stopped"); };
  await assert.rejects(similarRows(model, read, 0, stop), /stopped/);
});

const model = { vocab_size: 10, hidden: 4, context_length: 100 };
const bad = (call) => assert.throws(call, ({ code }) => code === "bad_input");

test("what is asked about the inside is checked", () => {
  assert.deepEqual(checkSimilar({ id: 9 }, model), { id: 9 });
  for (const id of [10, -1, 0.5, "1", undefined]) bad(() => checkSimilar({ id }, model));
  assert.equal(checkInside({ ids: Array(64).fill(1) }, model).ids.length, 64);
  for (const ids of [[], Array(65).fill(1), [10]]) bad(() => checkInside({ ids }, model));
  const { count } = checkLens({ rows: new Float32Array(8), asked: [1, 2, 3, 4] }, model);
  assert.equal(count, 2);
  bad(() => checkLens({ rows: new Float32Array(8), asked: [1, 2] }, model));
  bad(() => checkLens({ rows: new Float32Array(6), asked: [1, 2, 3] }, model));
  bad(() => checkLens({ rows: [0, 0, 0, 0], asked: [1, 2] }, model));
  bad(() => checkLens({ rows: new Float32Array(129 * 4), asked: Array(258).fill(1) }, model));
});
