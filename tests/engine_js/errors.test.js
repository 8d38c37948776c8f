import assert from "node:assert/strict";
import { test } from "node:test";

import { EngineError, asEngineError } from "../../site/engine/errors.js";

const CASES = [
  [new RangeError("Array buffer allocation failed"), "out_of_memory"],
  [
    new Error(
      "failed to call OrtRun(). error code = 6, Failed to allocate memory for requested buffer",
    ),
    "out_of_memory",
  ],
  [new Error("Aborted(OOM). Build with -sASSERTIONS for more info."), "out_of_memory"],
  [new Error("std::bad_alloc"), "out_of_memory"],
  [4711, "out_of_memory"],
  [new Error("Aborted()."), "engine_lost"],
  [new WebAssembly.RuntimeError("unreachable"), "engine_lost"],
  [new WebAssembly.RuntimeError("indirect call to something"), "engine_lost"],
  [new Error("The device was lost"), "engine_lost"],
  [new Error("Failed to execute 'mapAsync' on 'GPUBuffer': Buffer was unmapped"), "engine_lost"],
  [
    new WebAssembly.CompileError(
      "Refused: violates the following Content Security policy directive",
    ),
    "no_wasm",
  ],
  [new Error("WebAssembly SIMD is not supported in the current environment."), "no_wasm"],
  [new TypeError("x is not a function"), "internal"],
  ["a string", "internal"],
  [undefined, "internal"],
];

for (const [thrown, code] of CASES) {
  test(`${thrown} → ${code}`, () => {
    const error = asEngineError(thrown);
    assert.equal(error.code, code);
    assert.ok(error.message && error.remedy);
  });
}

test("an EngineError stays what it is, also across threads", () => {
  const error = new EngineError("missing", "m", "r", "d");
  assert.equal(asEngineError(error), error);
  assert.deepEqual(
    EngineError.fromMessage(structuredClone(error.toMessage())).toMessage(),
    error.toMessage(),
  );
});
