import assert from "node:assert/strict";
import { test } from "node:test";

import { inspectGpu } from "../../site/engine/gpu.js";
import { available, plan, stepDown } from "../../site/engine/ladder.js";
import { threadCount } from "../../site/engine/ort.js";

const GPU = { missing: null, software: false, subgroups: true, smallestSubgroup: 32 };
const NO_GPU = {
  missing: "no GPU here",
  software: false,
  subgroups: false,
  smallestSubgroup: null,
};
const names = ({ rungs }) =>
  rungs.map(({ backend, compact }) => (compact ? `${backend} compact` : backend));
const WASM = ["wasm", "wasm compact"];

test("a good GPU is tried first, with everything below it", () => {
  assert.deepEqual(names(plan("auto", GPU)), ["webgpu", "webgpu-nosubgroups", ...WASM]);
});

test("with little memory the weights stay compressed from the first", () => {
  assert.deepEqual(names(plan("auto", GPU, true)), ["webgpu", "webgpu-nosubgroups", "wasm compact"]);
  assert.deepEqual(names(plan("wasm", null, true)), ["wasm compact"]);
});

test("without a GPU the reason is told and WASM is left", () => {
  const { rungs, skipped } = plan("auto", NO_GPU);
  assert.deepEqual(names({ rungs }), WASM);
  assert.deepEqual(
    skipped.map(({ reason }) => reason),
    ["no GPU here", "no GPU here"],
  );
});

test("a software GPU is only used when asked for", () => {
  const software = { ...GPU, software: true };
  assert.deepEqual(names(plan("auto", software)), WASM);
  assert.equal(names(plan("webgpu", software))[0], "webgpu");
});

test("tiny subgroups are known to be wrong and not even tried", () => {
  const { rungs, skipped } = plan("webgpu", { ...GPU, smallestSubgroup: 4 });
  assert.deepEqual(names({ rungs }), ["webgpu-nosubgroups", ...WASM]);
  assert.match(skipped[0].reason, /subgroups of 4/);
});

test("a GPU without subgroups is tried once", () => {
  const plain = { ...GPU, subgroups: false, smallestSubgroup: null };
  assert.deepEqual(names(plan("auto", plain)), ["webgpu", ...WASM]);
});

test("an explicit backend starts there", () => {
  assert.deepEqual(names(plan("webgpu-nosubgroups", GPU)), ["webgpu-nosubgroups", ...WASM]);
  assert.deepEqual(names(plan("wasm", null)), WASM);
});

test("which failures lead to the next rung", () => {
  const { rungs } = plan("auto", GPU);
  assert.equal(stepDown(rungs, { code: "proof_failed" })[0].backend, "webgpu-nosubgroups");
  assert.equal(stepDown(rungs, { code: "engine_lost" })[0].backend, "webgpu-nosubgroups");
  assert.equal(stepDown(rungs, { code: "out_of_memory" })[0].backend, "wasm");
  assert.deepEqual(names({ rungs: stepDown(rungs.slice(2), { code: "out_of_memory" }) }), [
    "wasm compact",
  ]);
  for (const code of [
    "network",
    "corrupt",
    "intercepted",
    "missing",
    "stalled",
    "no_wasm",
  ]) {
    assert.deepEqual(stepDown(rungs, { code }), [], code);
  }
});

test("backends that can be asked for", () => {
  assert.deepEqual(available(GPU), ["webgpu", "webgpu-nosubgroups", "wasm"]);
  assert.deepEqual(available(NO_GPU), ["wasm"]);
});

test("looking at the GPU", async () => {
  const adapter = {
    info: { architecture: "swiftshader", subgroupMinSize: 4 },
    features: new Set(["subgroups"]),
  };
  assert.deepEqual(await inspectGpu({ requestAdapter: async () => adapter }), {
    missing: null,
    software: true,
    subgroups: true,
    smallestSubgroup: 4,
  });
  assert.match((await inspectGpu({ requestAdapter: async () => null })).missing, /no GPU/);
  assert.match(
    (
      await inspectGpu({
        requestAdapter: async () => {
          throw new Error("x");
        },
      })
    ).missing,
    /no GPU/,
  );
  assert.match((await inspectGpu(undefined)).missing, /does not offer WebGPU/);
});

test("threads: half the processors, at most four, one without isolation", () => {
  const isolated = (hardwareConcurrency) => ({ crossOriginIsolated: true, hardwareConcurrency });
  assert.deepEqual(
    [1, 2, 4, 8, 64].map((n) => threadCount(null, isolated(n))),
    [1, 1, 2, 4, 4],
  );
  assert.equal(threadCount(2, isolated(2)), 2);
  assert.equal(threadCount(1000, isolated(8)), 16);
  assert.equal(threadCount(-3, isolated(8)), 4);
  assert.equal(threadCount(8, { crossOriginIsolated: false, hardwareConcurrency: 8 }), 1);
});
