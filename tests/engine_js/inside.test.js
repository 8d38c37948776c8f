import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mock, test } from "node:test";
import { Inside } from "../../site/engine/inside.js";

const MODEL = { hidden: 2, graphs: { inside: "graph_inside.onnx", inside_head: "graph_inside_head.onnx" }, weights: { file: "weights.bin", bytes: 5 } };

/** onnxruntime that remembers what was opened and let go. */
function fakeOrt({ fail = () => {} } = {}) {
  const log = [];
  class Tensor {
    constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
  }
  const create = async (graph, { externalData, executionProviders }) => {
    const name = new TextDecoder().decode(graph);
    fail(name);
    log.push(`open ${name} ${executionProviders} ${externalData[0].path} ${externalData[0].data.byteLength}`);
    const run = async (feeds) => { log.push(`run ${name} ${Object.entries(feeds).map(([key, { dims }]) => `${key}[${dims}]`)}`); return answers(name); };
    return { run, release: async () => { log.push(`release ${name}`); } };
  };
  return { log, Tensor, InferenceSession: { create } };
}

function answers(name) {
  const data = (...values) => ({ data: Float32Array.from(values) });
  if (name.includes("head")) return { top_ids: { data: BigInt64Array.of(7n) }, top_logits: data(1), log_sum: data(2), entropy: data(3), asked_logits: data(4), asked_ranks: data(5) };
  return { residuals: data(1, 2), attention: data(1) };
}

function makeInside(options) {
  const ort = fakeOrt(options);
  const fetched = [];
  const body = (url) => new TextEncoder().encode(url.split("/").at(-1));
  globalThis.fetch = async (url) => { fetched.push(url); return new Response(body(url)); };
  const entry = (path) => ({ path, url: `https://site.test/${path}`, bytes: body(path).length, sha256: createHash("sha256").update(body(path)).digest("hex") });
  const inside = new Inside({ ort, model: MODEL, read: () => new Uint8Array(5), entry });
  return { inside, fetched, log: ort.log };
}

test("nothing is fetched before it is asked for, and everything once", async () => {
  const { inside, fetched, log } = makeInside();
  assert.deepEqual(fetched, []);
  await inside.open();
  await inside.open();
  assert.equal(fetched.length, 2);
  assert.deepEqual(log, ["open graph_inside.onnx wasm weights.bin 5", "open graph_inside_head.onnx wasm weights.bin 5"]);
  await inside.close();
  await inside.inside({ ids: Int32Array.of(1, 2) });
  assert.equal(fetched.length, 2, "graphs that were fetched are kept");
  assert.deepEqual(log.slice(2, 4), ["release graph_inside.onnx", "release graph_inside_head.onnx"]);
  assert.equal(log.at(-1), "run graph_inside.onnx input_ids[1,2]");
  await inside.close();
});

test("the lens answers with plain arrays", async () => {
  const { inside, log } = makeInside();
  const found = await inside.lens({ rows: new Float32Array(6), asked: Int32Array.of(1, 2, 3, 4, 5, 6), count: 3 });
  assert.equal(log.at(-1), "run graph_inside_head.onnx rows[1,3,2],asked[1,3,2]");
  assert.deepEqual(found.top_ids, Int32Array.of(7));
  assert.deepEqual(Object.keys(found).sort(), ["asked_logits", "asked_ranks", "entropy", "log_sum", "top_ids", "top_logits"]);
  await inside.close();
});

test("what nobody uses for a while is let go", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { inside, log } = makeInside();
  await inside.inside({ ids: Int32Array.of(1) });
  mock.timers.tick(179_000);
  await inside.inside({ ids: Int32Array.of(1) });
  mock.timers.tick(179_000);
  assert.ok(inside.sessions, "it was used in between");
  mock.timers.tick(2_000);
  mock.timers.reset();
  assert.equal(inside.sessions, null);
  assert.equal(log.filter((line) => line.startsWith("open")).length, 2);
});

test("too little memory for it is not the end of the engine, and it can be tried again", async () => {
  let full = true;
  const { inside, log } = makeInside({ fail: (name) => { if (full && name.includes("head")) throw new RangeError("Array buffer allocation failed"); } });
  await assert.rejects(inside.open(), ({ code, remedy }) => code === "no_room_inside" && remedy.includes("try again"));
  assert.deepEqual(log.at(-1), "release graph_inside.onnx");
  full = false;
  await inside.open();
  await inside.close();
});

test("a model without the graphs says so", async () => {
  const { inside } = makeInside();
  inside.model = { ...MODEL, graphs: {} };
  await assert.rejects(inside.open(), ({ code }) => code === "not_available");
});
