import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { EngineHost } from "../../site/engine/host.js";

const GPU = { missing: null, software: false, subgroups: true, smallestSubgroup: 32 };

/** A worker whose answer to "start" is decided by `behaviour(args)`. */
class FakeWorker {
  constructor(behaviour) {
    Object.assign(this, { behaviour, terminated: false, args: null });
  }

  postMessage({ verb, id, args }) {
    queueMicrotask(() => {
      if (this.terminated) return;
      if (verb === "connect") return this.say({ id, result: {} });
      this.args = args;
      const outcome = this.behaviour(args, this);
      if (outcome === "crash") this.onerror({ message: "boom", filename: "worker.js", lineno: 1 });
      else if (outcome.code) this.say({ id, error: outcome });
      else this.say({ id, result: { backend: args.backend, compact: args.compact, ...outcome } });
    });
  }

  say(data) {
    this.onmessage({ data });
  }

  terminate() {
    this.terminated = true;
  }
}

let workers;
let events;

beforeEach(() => {
  workers = [];
  events = [];
});

function hostWith(behaviour, gpu = GPU) {
  const spawn = () => {
    workers.push(new FakeWorker(behaviour));
    return workers.at(-1);
  };
  const host = new EngineHost("http://x/", { spawn, inspect: async () => gpu });
  for (const name of ["ready", "lost", "error"]) {
    host.addEventListener(name, ({ detail }) =>
      events.push([name, detail.backend ?? detail.code ?? detail.error.code]),
    );
  }
  return host;
}

const nextEvent = (host, name) =>
  new Promise((resolve) => {
    host.addEventListener(name, ({ detail }) => resolve(detail), { once: true });
  });
const lost = { event: "lost", error: { code: "engine_lost", message: "gone" } };

test("the best backend that works is ready", async () => {
  const host = hostWith(() => ({}));
  const info = await host.start();
  assert.equal(info.backend, "webgpu");
  assert.deepEqual(events, [["ready", "webgpu"]]);
  assert.ok((await host.connect()) instanceof MessagePort);
  host.close();
});

test("a failed proof steps down, in a fresh worker, with the reason kept", async () => {
  const host = hostWith(({ backend }) =>
    backend === "wasm" ? {} : { code: "proof_failed", message: `wrong on ${backend}` },
  );
  const info = await host.start();
  assert.equal(info.backend, "wasm");
  assert.deepEqual(
    info.steps.map(({ backend, ok, reason }) => [backend, ok, reason]),
    [
      ["webgpu", false, "wrong on webgpu"],
      ["webgpu-nosubgroups", false, "wrong on webgpu-nosubgroups"],
      ["wasm", true, ""],
    ],
  );
  assert.deepEqual(
    workers.map(({ terminated }) => terminated),
    [true, true, false],
  );
});

test("too little memory ends in the compact mode, and says so", async () => {
  const host = hostWith(({ compact }) =>
    compact ? {} : { code: "out_of_memory", message: "no memory" },
  );
  const info = await host.start();
  assert.deepEqual([info.backend, info.compact], ["wasm", true]);
  assert.equal(workers.length, 3);
  assert.match(info.steps.at(-1).reason, /memory/);
});

test("a failed download stops; a retry goes on with what has arrived", async () => {
  const blob = new Blob(["x"]);
  let online = false;
  const host = hostWith((args, worker) => {
    worker.say({ event: "file", sha256: "abc", blob });
    return online ? {} : { code: "network", message: "gone" };
  });
  await assert.rejects(host.start(), { code: "network" });
  assert.deepEqual(events, [["error", "network"]]);
  online = true;
  await host.start();
  assert.deepEqual(workers.at(-1).args.files, { abc: blob });
});

test("a crash is followed by one restart, then by a step down", async () => {
  const host = hostWith(() => ({}));
  await host.start();
  for (const [crash, backend] of [
    [(w) => w.onerror({ message: "boom" }), "webgpu"],
    [(w) => w.say(lost), "webgpu-nosubgroups"],
  ]) {
    const ready = nextEvent(host, "ready");
    crash(workers.at(-1));
    assert.equal((await ready).backend, backend);
  }
  assert.deepEqual(
    events.map(([name]) => name),
    ["ready", "lost", "ready", "lost", "ready"],
  );
});

test("when nothing is left, an error says so", async () => {
  const host = hostWith(() => ({}));
  await host.start({ backend: "wasm" });
  for (let crashes = 0; crashes < 3; crashes++) {
    const ready = nextEvent(host, "ready");
    workers.at(-1).say(lost);
    await ready;
  }
  const failed = nextEvent(host, "error");
  workers.at(-1).say(lost);
  assert.equal((await failed).code, "engine_lost");
  await assert.rejects(host.connect(), { code: "not_ready" });
});

test("a crash while starting steps down", async () => {
  const host = hostWith(({ backend }) => (backend === "wasm" ? {} : "crash"));
  assert.equal((await host.start()).backend, "wasm");
});

test("changing the backend ends the old worker and cancels a start in progress", async () => {
  const host = hostWith(() => ({}));
  const first = host.start();
  const second = host.useBackend("wasm");
  await assert.rejects(first, { code: "cancelled" });
  assert.equal((await second).backend, "wasm");
  assert.deepEqual(events, [["ready", "wasm"]]);
  await assert.rejects(host.useBackend("cuda"), { code: "bad_input" });
  assert.equal(host.info.backend, "wasm");
});
