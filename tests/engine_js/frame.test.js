/** The page's end of the messages, with windows that only note what is posted to them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Frame } from "../../site/embed/frame.js";
import { Heights } from "../../site/embed/height.js";
import { learnt } from "../../site/embed/learner_events.js";
import { Bucket, METHODS, plainCopy, readMessage } from "../../site/embed/protocol.js";

const COURSE = "https://course.example";
const later = () => new Promise((resolve) => setTimeout(resolve));

function makeFrame({ origin = COURSE, clock = { ms: 0 }, ...calls } = {}) {
  const posted = [];
  const parent = { postMessage: (message, to) => posted.push({ ...message, to }) };
  const listeners = {};
  const api = {
    ready: Promise.resolve({ model: "m" }),
    tokenize: async (text) => [text],
    on: (event, callback) => { listeners[event] = callback; return () => { delete listeners[event]; }; },
    ...calls,
  };
  const learner = new EventTarget();
  const frame = new Frame({ api, origin, parent, learner, now: () => clock.ms });
  const hear = (data, from = {}) => frame.receive({ source: parent, origin: COURSE, data, ...from });
  return { frame, hear, posted, listeners, parent, learner, clock };
}

const call = (method, args, id = 1) => ({ context: "lmpanel", api: 1, id, type: "call", method, args });

test("only readiness goes to everybody, and only the named origin is answered", async () => {
  const { frame, hear, posted } = makeFrame();
  frame.announce();
  assert.deepEqual(posted, [{ context: "lmpanel", api: 1, type: "ready", answers: true, to: "*" }]);
  hear(call("tokenize", ["Hi"]));
  await later();
  assert.deepEqual(posted[1], { context: "lmpanel", api: 1, id: 1, type: "result", result: ["Hi"], to: COURSE });
});

test("strangers are not heard, whatever is wrong about them", async () => {
  const { hear, posted, clock } = makeFrame();
  for (let i = 0; i < 1000; i++) {
    hear(call("tokenize", ["Hi"]), { source: {} });
    hear(call("tokenize", ["Hi"]), { origin: "https://evil.example" });
    hear(call("tokenize", ["Hi"]), { origin: "null" });
    for (const data of [null, undefined, 5, "lmpanel", JSON.stringify(call("tokenize", ["Hi"])), [], {}, { context: "other" }]) hear(data);
  }
  await later();
  assert.deepEqual(posted, []);
  clock.ms += 1;
  hear(call("tokenize", ["Hi"]));
  await later();
  assert.equal(posted.length, 1, "what strangers send costs the course page nothing of its share");
});

test("without a named origin nobody is answered", async () => {
  const { frame, hear, posted } = makeFrame({ origin: null });
  frame.announce();
  hear(call("tokenize", ["Hi"]));
  hear(call("tokenize", ["Hi"]), { origin: "null" });
  await later();
  assert.deepEqual(posted.map(({ type, answers }) => [type, answers]), [["ready", false]]);
});

test("a flood is read in part, and complained of once a second", async () => {
  const { hear, posted, clock } = makeFrame();
  for (let id = 0; id < 10_000; id++) hear(call("status", [], id));
  await later();
  const codes = posted.map(({ type, error }) => error?.code ?? type);
  assert.ok(codes.length < 100, `${codes.length} answers`);
  assert.equal(codes.filter((code) => code === "rate").length, 1);
  clock.ms += 1000;
  for (let id = 0; id < 10_000; id++) hear(call("status", [], id));
  assert.ok(posted.length < 200);
  clock.ms += 60_000;
  hear(call("tokenize", ["Hi"], "after"));
  await later();
  assert.equal(posted.at(-1).id, "after");
});

test("calls that wait are counted", async () => {
  const { hear, posted } = makeFrame({ next: () => new Promise(() => {}) });
  for (let id = 0; id < 20; id++) hear(call("next", [{ text: "Hi" }], id));
  await later();
  assert.deepEqual(posted.map(({ error }) => error.code), ["busy", "busy", "busy", "busy"]);
});

test("subscriptions tell, once each, until they end", async () => {
  const { hear, posted, listeners, learner } = makeFrame();
  for (const event of ["state", "state", "event"]) hear(call("on", [event]));
  await later();
  posted.length = 0;
  listeners.state({ ids: [1] });
  learner.dispatchEvent(new CustomEvent("event", { detail: { verb: "answered" } }));
  assert.deepEqual(posted, [{ context: "lmpanel", api: 1, type: "state", state: { ids: [1] }, to: COURSE }, { context: "lmpanel", api: 1, type: "event", event: { verb: "answered" }, to: COURSE }]);
  hear(call("off", ["state"]));
  assert.equal(listeners.state, undefined);
  hear(call("on", ["__proto__"]));
  await later();
  assert.equal(posted.find(({ error }) => error).error.code, "bad_argument");
});

test("what is refused is refused with code and id", () => {
  const bad = [{}, { id: 1 }, { id: {} }, { id: "x".repeat(101) }, { id: 1, type: "eval" }, call("constructor", []), call("__proto__", []), call("begin", []), call("next", {}), { ...call("status", []), api: 2 }];
  for (const fields of bad) {
    assert.throws(() => readMessage({ context: "lmpanel", api: 1, ...fields }), (error) => error.code === "bad_argument" && "id" in error, JSON.stringify(fields));
  }
  for (const method of METHODS) assert.equal(readMessage(call(method, [])).method, method);
});

test("arguments are copied as plain data, or not at all", () => {
  const polluted = JSON.parse('[{"__proto__": {"bad": 1}}, {"a": {"constructor": {}}}, {"prototype": 1}]');
  for (const value of [...polluted, new Map(), new Date(), new Uint8Array(3), Number.NaN, Infinity, 1n, Symbol.iterator, () => 1, Object.create({ bad: 1 })]) assert.throws(() => plainCopy(value), { code: "bad_argument" });
  assert.equal({}.bad, undefined);
  const given = { text: "a", list: [1, null, true, { x: [] }], none: undefined };
  assert.deepEqual(plainCopy(given), { text: "a", list: [1, null, true, { x: [] }] });
  const large = ["x".repeat(1_200_001), Array(50_001).fill(0), new Array(4_000_000_000), Array.from({ length: 50_000 }, () => ({})), JSON.parse("[".repeat(14) + "]".repeat(14))];
  for (const value of large) assert.throws(() => plainCopy(value), { code: "too_large" });
  plainCopy("x".repeat(1_000_000));
});

test("the bucket fills at its pace and no higher than its rim", () => {
  const clock = { ms: 0 };
  const bucket = new Bucket(3, 2, () => clock.ms);
  const taken = () => { let n = 0; while (bucket.take()) n += 1; return n; };
  assert.deepEqual([taken(), (clock.ms = 500, taken()), (clock.ms = 60_000, taken())], [3, 1, 3]);
});

test("heights are told when they are still, whole, and do not swing for ever", () => {
  const told = [];
  let run = null;
  const heights = new Heights((height) => told.push(height), (what) => { run = what; });
  const still = () => { const what = run; run = null; what?.(); };
  for (const height of [300.2, 310.7, 320.1]) heights.measured(height);
  still();
  heights.measured(320.6);
  assert.equal(run, null, "nothing new");
  assert.deepEqual(told, [321]);
  for (let i = 0; i < 40; i++) { heights.measured(i % 2 ? 321 : 340); still(); }
  assert.ok(told.length < 10, `${told}`);
  assert.equal(told.at(-1), 340);
  heights.measured(500);
  still();
  assert.equal(told.at(-1), 500);
});

test("what is new on a worksheet", () => {
  const record = (fields) => ({ records: { "lessons/a.md": { title: "A", steps: ["1", "2"], seen: [0], answers: {}, ...fields } } });
  const answered = record({ answers: { q: { value: "Rome", right: true } } });
  assert.deepEqual(learnt(record({}), answered), [{ verb: "answered", object: { id: "lessons/a.md#q", type: "question", name: "q" }, result: { response: "Rome", success: true } }]);
  assert.deepEqual(learnt(answered, answered), []);
  assert.deepEqual(learnt(answered, record({ seen: [0, 1] })).map(({ verb, result }) => [verb, result]), [["progressed", { progress: 1 }], ["completed", { completion: true }]]);
  assert.deepEqual(learnt({}, { records: {} }), []);
});
