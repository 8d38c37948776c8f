/** The own SHA-256 beside Node's, at every length where padding changes. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { sha256Bytes } from "../../site/engine/sha256.js";

test("gives what Node's gives", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(randomBytes(length + 3)).subarray(3);
    assert.equal(Buffer.from(sha256Bytes(bytes)).toString("hex"), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
  const large = new Uint8Array(1_000_001).map((_, i) => i * i);
  assert.equal(Buffer.from(sha256Bytes(large)).toString("hex"), createHash("sha256").update(large).digest("hex"));
});
