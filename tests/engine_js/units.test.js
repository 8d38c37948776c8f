import { test } from "node:test";
import assert from "node:assert/strict";
import { amount, inUnit, perplexity, surprise } from "../../site/components/format.js";
import { legendOf, SCALES, step } from "../../site/components/scales.js";

test("bits become nats in one place, and what is unknown stays unknown", () => {
  assert.equal(inUnit(3, "bits"), 3);
  assert.equal(inUnit(3, "nats"), 3 * Math.log(2));
  assert.equal(inUnit(0, "nats"), 0);
  for (const unit of ["bits", "nats"]) {
    assert.equal(inUnit(null, unit), null);
    assert.equal(surprise(null, unit), "–");
  }
  assert.equal(amount(2, "bits"), "2.00 bits");
  assert.equal(amount(2, "nats"), "1.39 nats");
});

test("the legend names the limits in the unit shown; the steps stay where they are", () => {
  assert.deepEqual(legendOf("surprisal", "bits").labels, ["under 1 bit", "1 to 3 bits", "3 to 5 bits", "5 to 8 bits", "8 bits and more"]);
  assert.deepEqual(legendOf("entropy", "bits").labels, ["under 1 bit", "1 to 2.5 bits", "2.5 to 4 bits", "4 to 6 bits", "6 bits and more"]);
  assert.deepEqual(legendOf("surprisal", "nats"), { labels: ["under 0.7 nats", "0.7 to 2.1 nats", "2.1 to 3.5 nats", "3.5 to 5.5 nats", "5.5 nats and more"], ends: ["0", "5.5+ nats"] });
  for (const measure of ["probability", "rank"]) assert.deepEqual(legendOf(measure, "nats"), legendOf(measure, "bits"));
  for (const measure of Object.keys(SCALES)) assert.equal(legendOf(measure, "nats").labels.length, 5);
  assert.equal(step("surprisal", { bits: 4 }), 2);
});

test("a perplexity has four digits, a large one is written out", () => {
  assert.deepEqual([1, 4.6063, 9999.4, 9999.6, 48231.2].map(perplexity), ["1.000", "4.606", "9999", "10\u202f000", "48\u202f231"]);
  assert.equal(perplexity(null), "–");
});
