/** The store: whole versions or none, shared files, exact names. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { needed, readManifest } from "../../site/offline/manifest.js";
import { namesFor } from "../../site/offline/names.js";
import { Store } from "../../site/offline/store.js";
import { FakeCaches } from "./fake_caches.js";
import { BASE, manifestOf } from "./fake_site.js";

const A = { "app.js": "a", "big.bin": "the same in both" };
const B = { "app.js": "b", "big.bin": "the same in both" };
let caches;
let store;

beforeEach(() => {
  caches = new FakeCaches();
  store = new Store(caches, BASE);
});

async function fill(texts) {
  const manifest = manifestOf(texts);
  for (const file of manifest.files) await store.put(file, new Blob([texts[file.path] ?? "<!doctype html>"]));
  await store.complete({ ...manifest, text: JSON.stringify(manifest) });
  return manifest;
}

test("a version that lacks a file is not written down", async () => {
  const { version, files } = manifestOf(A);
  await store.put(files[0], new Blob(["<!doctype html>"]));
  await assert.rejects(store.complete({ version, files, text: "" }), /app\.js is not stored/);
  assert.deepEqual(await store.versions(), []);
});

test("what is equal in two versions is stored once, and goes with the last of them", async () => {
  const [a, b] = [await fill(A), await fill(B)];
  assert.equal((await store.keys(store.names.files)).length, 4);
  assert.equal(await store.bytes(), 15 + 1 + 1 + 16);
  await store.collect(new Set([b.version]));
  assert.deepEqual(await store.versions(), [b.version]);
  assert.deepEqual((await store.missing(b.files)), []);
  assert.deepEqual((await store.missing(a.files)).map(({ path }) => path), ["app.js"]);
});

test("files are answered with their type, and with isolation", async () => {
  const { files } = await fill({ "a.mjs": "export {}", "b.wasm": "\0asm", "c.unknown": "?" });
  const types = await Promise.all(files.slice(1).map(async (file) => (await store.match(file)).headers.get("content-type")));
  assert.deepEqual(types, ["text/javascript; charset=utf-8", "application/wasm", "application/octet-stream"]);
  const page = await store.match(files[0]);
  assert.equal(page.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(page.headers.get("cross-origin-embedder-policy"), "require-corp");
});

test("equal bytes under two endings keep both types", async () => {
  const { files } = await fill({ "a.js": "1", "a.txt": "1" });
  assert.match((await store.match(files[1])).headers.get("content-type"), /javascript/);
  assert.match((await store.match(files[2])).headers.get("content-type"), /plain/);
});

test("clearing removes ours of this folder, and nothing else", async () => {
  const others = ["lmpanel 1 files /", "lmpanel 1 files /course/deeper/", "lmpanel 1 files /course/ 2", "workbox-precache", "lmpanel"];
  for (const name of others) await caches.open(name);
  await fill(A);
  await store.clear();
  assert.deepEqual((await caches.keys()).sort(), others.sort());
  assert.equal(namesFor(BASE).owns("lmpanel 1 state /course/"), true);
});

test("looking makes no cache", async () => {
  assert.equal(await store.current(), null);
  assert.deepEqual(await store.versions(), []);
  assert.equal((await store.missing(manifestOf(A).files)).length, 3);
  assert.deepEqual(await caches.keys(), []);
});

const wrong = {
  "no version": { files: manifestOf(A).files },
  "a path out of the folder": { version: "0123456789abcdef", files: [...manifestOf(A).files, { path: "../x.js", bytes: 1, sha256: "0".repeat(64) }] },
  "a whole address": { version: "0123456789abcdef", files: [...manifestOf(A).files, { path: "//evil.test/x.js", bytes: 1, sha256: "0".repeat(64) }] },
  "a broken hash": { version: "0123456789abcdef", files: manifestOf(A).files.map((file) => ({ ...file, sha256: "12" })) },
  "no page": { version: "0123456789abcdef", files: manifestOf(A).files.slice(1) },
};
for (const [name, manifest] of Object.entries(wrong)) {
  test(`a list of files with ${name} is refused`, () => assert.throws(() => readManifest(JSON.stringify(manifest))));
}

test("builds for another kind of WebGPU are not needed", () => {
  const ort = (name) => `vendor/ort/ort-wasm-simd-threaded.${name}`;
  const manifest = manifestOf({ [ort("wasm")]: "1", [ort("jspi.wasm")]: "2", [ort("asyncify.wasm.0")]: "3", [ort("asyncify.wasm.1")]: "5", "service_worker.js": "4" });
  const names = (here) => needed(manifest, here).map(({ path }) => path);
  assert.deepEqual(names({ gpu: false, jspi: true }), ["index.html", ort("wasm")]);
  assert.deepEqual(names({ gpu: true, jspi: true }), ["index.html", ort("wasm"), ort("jspi.wasm")]);
  assert.deepEqual(names({ gpu: true, jspi: false }), ["index.html", ort("wasm"), ort("asyncify.wasm.0"), ort("asyncify.wasm.1")]);
});
