import assert from "node:assert/strict";
import { test } from "node:test";

import { KvCache, commonPrefix } from "../../site/engine/kv_cache.js";

const ids = (...values) => Int32Array.from(values);

function cacheWithLog(options = {}) {
  const released = [];
  const cache = new KvCache({ budget: 100, release: (past) => released.push(past), ...options });
  return { cache, released };
}

test("common prefix", () => {
  assert.equal(commonPrefix(ids(5, 6, 7), ids(5, 6, 9, 9)), 2);
  assert.equal(commonPrefix(ids(), ids(1)), 0);
  assert.equal(commonPrefix(ids(1, 2), ids(1, 2)), 2);
});

test("an empty cache helps nobody", () => {
  const { cache } = cacheWithLog();
  assert.deepEqual(cache.match(ids(1, 2)), { entry: null, length: 0 });
  assert.equal(cache.covering(ids(1)), null);
});

test("the longest common prefix wins, up to the limit", () => {
  const { cache } = cacheWithLog();
  cache.put(ids(1, 2, 3), "short");
  cache.put(ids(1, 2, 9, 9), "long");
  assert.equal(cache.match(ids(1, 2, 9, 4)).entry.past, "long");
  assert.equal(cache.match(ids(1, 2, 9, 4)).length, 3);
  assert.equal(cache.match(ids(1, 2, 9, 4), 1).length, 1);
  assert.equal(cache.match(ids(7)).entry, null);
});

test("of equal prefixes the one that need not be cut wins", () => {
  const { cache } = cacheWithLog();
  cache.put(ids(1, 2, 3), "exact");
  cache.put(ids(1, 2, 4, 5), "longer");
  assert.equal(cache.match(ids(1, 2, 3, 6)).entry.past, "exact");
});

test("extending a sequence releases the shorter one once", () => {
  const { cache, released } = cacheWithLog();
  cache.put(ids(1), "a");
  cache.put(ids(1, 2), "b");
  cache.put(ids(1, 2, 3), "c");
  assert.deepEqual(released, ["a", "b"]);
  assert.equal(cache.tokens, 3);
});

test("asking for a prefix or an inner position discards nothing", () => {
  const { cache, released } = cacheWithLog();
  cache.put(ids(1, 2, 3, 4), "whole");
  assert.equal(cache.covering(ids(1, 2)).past, "whole");
  assert.equal(cache.covering(ids(1, 3)), null);
  assert.equal(cache.match(ids(1, 2), 1).length, 1);
  assert.deepEqual(released, []);
});

test("a fork is kept beside the sequence it left", () => {
  const { cache, released } = cacheWithLog();
  cache.put(ids(1, 2, 3), "left");
  cache.put(ids(1, 2, 4), "right");
  assert.deepEqual(released, []);
  assert.equal(cache.match(ids(1, 2, 3, 5)).entry.past, "left");
  assert.equal(cache.match(ids(1, 2, 4, 5)).entry.past, "right");
});

test("over budget, the least recently used goes; the newest never does", () => {
  const { cache, released } = cacheWithLog({ budget: 6 });
  cache.put(ids(1, 1, 1), "a");
  cache.put(ids(2, 2, 2), "b");
  cache.match(ids(1, 1));
  cache.put(ids(3, 3, 3), "c");
  assert.deepEqual(released, ["b"]);
  cache.put(
    Int32Array.from({ length: 50 }, () => 4),
    "huge",
  );
  assert.deepEqual(released, ["b", "a", "c"]);
  assert.equal(cache.entries.length, 1);
});

test("the number of sequences is bounded", () => {
  const { cache, released } = cacheWithLog({ entries: 2 });
  for (const id of [1, 2, 3]) cache.put(ids(id), id);
  assert.deepEqual(released, [1]);
});

test("clear releases everything", () => {
  const { cache, released } = cacheWithLog();
  cache.put(ids(1), "a");
  cache.put(ids(2), "b");
  cache.clear();
  assert.deepEqual(released, ["a", "b"]);
  assert.equal(cache.tokens, 0);
});
