import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { EngineClient } from "../../site/engine/client.js";
import { EngineError, cancelled, engineLost, outOfMemory } from "../../site/engine/errors.js";
import { RequestQueue } from "../../site/engine/queue.js";

let ports;
let client;
let fatal;
let queue;
/** What the worker does for a request. */
let work;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  ports = [port1, port2];
  fatal = [];
  queue = new RequestQueue((error) => fatal.push(error));
  port1.onmessage = ({ data: { verb, id, args } }) => {
    if (verb === "cancel") queue.cancel(port1, args.target);
    else queue.add(port1, id, (pause) => work(args, pause));
  };
  client = new EngineClient(port2);
});

afterEach(() => ports.forEach((port) => port.close()));

const answer = (ids) => ({
  result: { logits: Float32Array.of(...ids), computed: ids.length, reused: 2 },
  transfer: [],
});

test("answers find their requests, in order, and are counted", async () => {
  work = async ({ ids }) => answer(ids);
  const [a, b] = await Promise.all([client.logits([1, 2], 0), client.branch([3], [[4]])]);
  assert.deepEqual([...a.logits, ...b.logits], [1, 2, 3]);
  assert.deepEqual(client.stats, { calls: 2, tokens: 3, reused: 4 });
});

test("ids are not changed on the way", async () => {
  work = async ({ ids }) => answer([...ids]);
  assert.deepEqual([...(await client.logits([1.5], 0)).logits], [1.5]);
});

test("a rejected request is a typed error, and the next one is served", async () => {
  work = async () => {
    throw new EngineError("bad_input", "no", "fix it");
  };
  await assert.rejects(client.logits([1], 0), {
    name: "EngineError",
    code: "bad_input",
    remedy: "fix it",
  });
  work = async ({ ids }) => answer(ids);
  await client.logits([1], 0);
  assert.deepEqual(fatal, []);
});

test("a waiting and a running request can both be cancelled", async () => {
  const started = Promise.withResolvers?.() ?? deferred();
  let finished = false;
  work = async (args, pause) => {
    started.resolve();
    for (let i = 0; i < 1000; i++) await pause();
    finished = true;
    return answer([1]);
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const running = client.logits([1], 0, { signal: first.signal });
  const waiting = client.logits([2], 0, { signal: second.signal });
  await started.promise;
  second.abort();
  first.abort();
  await assert.rejects(running, { code: "cancelled" });
  await assert.rejects(waiting, { code: "cancelled" });
  work = async ({ ids }) => answer(ids);
  await client.logits([3], 0);
  assert.equal(finished, false);
});

test("an aborted signal asks nothing", async () => {
  await assert.rejects(client.logits([1], 0, { signal: AbortSignal.abort() }), {
    code: cancelled().code,
  });
});

test("a fatal error rejects the request, everything behind it, and is reported", async () => {
  work = async () => {
    throw new RangeError("Array buffer allocation failed");
  };
  const both = [client.logits([1], 0), client.logits([2], 0)];
  const codes = (await Promise.allSettled(both)).map(({ reason }) => reason.code);
  assert.deepEqual(codes, [outOfMemory().code, engineLost().code]);
  assert.equal(fatal[0].code, "out_of_memory");
});

test("a lost engine rejects what is pending and what comes", async () => {
  work = () => new Promise(() => {});
  const pending = client.logits([1], 0);
  client.lost({ code: "engine_lost", message: "gone" });
  await assert.rejects(pending, { code: "engine_lost" });
  await assert.rejects(client.logits([1], 0), { code: "engine_lost" });
});

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
}
