import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BytesOnRead,
  HALF,
  expandRows,
  expandedData,
  quantizedData,
} from "../../site/engine/weights.js";

const HALF_BITS = { one: 0x3c00, half: 0x3800, minusTwo: 0xc000 };

/** One row of 32 weights: codes, then scale, then minimum, each aligned to 64 bytes. */
function oneBlock(kind, codes, scale, min) {
  const bytes = new Uint8Array(192);
  bytes.set(codes);
  new DataView(bytes.buffer).setUint16(64, scale, true);
  new DataView(bytes.buffer).setUint16(128, min ?? 0, true);
  const tensor = {
    name: "w",
    kind,
    rows: 1,
    cols: 32,
    expand: true,
    codes: [0, codes.length],
    scales: [64, 2],
    mins: min === undefined ? null : [128, 2],
  };
  return { tensor, bytes };
}

const reading = (bytes) => (start, length) => bytes.subarray(start, start + length);
const whole = (tensor, bytes) => expandRows(tensor, 0, tensor.rows, reading(bytes));

test("float16 table: ordinary, subnormal and special values", () => {
  assert.equal(HALF[0x3c00], 1);
  assert.equal(HALF[0xc000], -2);
  assert.equal(HALF[0x7bff], 65504);
  assert.equal(HALF[0x0001], 2 ** -24);
  assert.equal(HALF[0x8001], -(2 ** -24));
  assert.equal(HALF[0x7c00], Infinity);
  assert.ok(Number.isNaN(HALF[0x7e00]));
});

test("q4_1: element 2j is the low nibble, w = d·q + m", () => {
  const codes = Uint8Array.from({ length: 16 }, (_, j) => j | ((15 - j) << 4));
  const { tensor, bytes } = oneBlock("q4_1", codes, HALF_BITS.half, HALF_BITS.minusTwo);
  const expected = Array.from({ length: 16 }, (_, j) => [0.5 * j - 2, 0.5 * (15 - j) - 2]).flat();
  assert.deepEqual([...whole(tensor, bytes)], expected);
});

test("q4_0: w = d·(q − 8)", () => {
  const codes = Uint8Array.from({ length: 16 }, (_, j) => j);
  const { tensor, bytes } = oneBlock("q4_0", codes, HALF_BITS.minusTwo);
  const expected = Array.from({ length: 16 }, (_, j) => [16 - 2 * j, 16]).flat();
  assert.deepEqual([...whole(tensor, bytes)], expected);
});

test("q8_0: w = d·(code − 128)", () => {
  const codes = Uint8Array.from({ length: 32 }, (_, i) => 8 * i);
  const { tensor, bytes } = oneBlock("q8_0", codes, HALF_BITS.half);
  assert.deepEqual(
    [...whole(tensor, bytes)],
    [...codes].map((c) => (c - 128) / 2),
  );
});

test("f16 and f32 come out as they are", () => {
  const bytes = new Uint8Array(64);
  new DataView(bytes.buffer).setUint16(0, HALF_BITS.one, true);
  new DataView(bytes.buffer).setUint16(2, HALF_BITS.minusTwo, true);
  const tensor = { name: "w", rows: 1, cols: 2, codes: [0, 4], scales: null, mins: null };
  assert.deepEqual([...whole({ ...tensor, kind: "f16" }, bytes)], [1, -2]);
  new DataView(bytes.buffer).setFloat32(0, 1.5, true);
  const single = { ...tensor, kind: "f32", cols: 1 };
  assert.deepEqual([...whole(single, bytes)], [1.5]);
});

test("an unknown kind is named", () => {
  assert.throws(
    () => whole({ name: "x", kind: "q3_k" }, new Uint8Array(0)),
    /x: unknown kind q3_k/,
  );
});

test("expanded bytes exist only while they are read", () => {
  let reads = 0;
  const lazy = new BytesOnRead(8, (begin, end) => {
    reads += 1;
    return Float32Array.of(1, 2).subarray(begin / 4, end / 4);
  });
  assert.ok(lazy instanceof Uint8Array, "onnxruntime-web copies what is not");
  assert.equal(lazy.byteLength, 8);
  assert.equal(reads, 0);
  assert.deepEqual(new Float32Array(lazy.subarray(0, 8).slice().buffer), Float32Array.of(1, 2));
  assert.equal(lazy.subarray(4, 8).byteLength, 4);
  assert.equal(reads, 2);
});

test("a matrix is read in parts of its rows", () => {
  const one = oneBlock("q8_0", new Uint8Array(32).fill(130), HALF_BITS.half);
  const other = oneBlock("q8_0", new Uint8Array(32).fill(132), HALF_BITS.half);
  const codes = [...one.bytes.subarray(0, 32), ...other.bytes.subarray(0, 32)];
  const scales = [...one.bytes.subarray(...place(one)), ...other.bytes.subarray(...place(other))];
  const bytes = Uint8Array.from([...codes, ...scales]);
  const tensor = { ...one.tensor, rows: 2, codes: [0, 64], scales: [64, 4] };
  const [matrix] = expandedData({ tensors: [tensor], expanded_buffers: ["w"] }, reading(bytes));
  const values = (begin, end) => [...new Float32Array(matrix.data.subarray(begin, end).slice().buffer)];
  assert.deepEqual(values(0, 128), Array(32).fill(1));
  assert.deepEqual(values(128, 256), Array(32).fill(2));
  assert.deepEqual(values(0, 256), [...values(0, 128), ...values(128, 256)]);
});

const place = ({ tensor: { scales } }) => [scales[0], scales[0] + scales[1]];

test("external data of both graphs", () => {
  const { tensor, bytes } = oneBlock("q8_0", new Uint8Array(32).fill(130), HALF_BITS.half);
  const model = {
    weights: { file: "weights.bin", bytes: bytes.length },
    tensors: [tensor],
    expanded_buffers: ["w", "w.scales"],
  };
  const [stored] = quantizedData(model, reading(bytes));
  assert.deepEqual([stored.path, stored.data.byteLength], ["weights.bin", bytes.length]);
  assert.deepEqual(stored.data.subarray(3, 9), bytes.subarray(3, 9));
  const seen = [];
  const [expanded, scales] = expandedData(model, reading(bytes), (done, total) => seen.push([done, total]));
  assert.deepEqual([expanded.path, scales.path], ["w", "w.scales"]);
  assert.deepEqual([...scales.data], [0x00, 0x38]);
  assert.deepEqual(
    [...new Float32Array(expanded.data.subarray(0, 128).slice().buffer)],
    Array(32).fill(1),
  );
  assert.deepEqual(seen, [[1, 1]]);
});
