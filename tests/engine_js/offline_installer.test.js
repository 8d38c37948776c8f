/** Installing: only what is missing, every byte checked, all or nothing. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Installer, StoreFull } from "../../site/offline/installer.js";
import { Store } from "../../site/offline/store.js";
import { FakeCaches } from "./fake_caches.js";
import { BASE, FakeSite, hashOf } from "./fake_site.js";

const A = { "app.js": "a", "part.bin": "weights", "python.zip": "code 1" };
const B = { ...A, "python.zip": "code 2" };
let caches;
let store;
let site;

beforeEach(() => {
  caches = new FakeCaches();
  store = new Store(caches, BASE);
  site = new FakeSite(A);
});

const installer = (parts = {}) => new Installer({ store, base: BASE, here: { gpu: false, jspi: false }, fetch: site.fetch, options: { retryMs: 0 }, ...parts });

async function install(parts) {
  const one = installer(parts);
  const latest = await one.latest();
  await one.install(latest);
  return latest;
}

test("an update fetches only what has changed", async () => {
  await install();
  site.deploy(B);
  site.asked.length = 0;
  const latest = await install();
  assert.deepEqual(site.asked, ["manifest.json", "python.zip"]);
  assert.deepEqual(await store.missing(latest.files), []);
});

test("going back to the version before is an update like any other", async () => {
  const a = await install();
  site.deploy(B);
  const b = await install();
  await store.collect(new Set([b.version]));
  site.deploy(A);
  site.asked.length = 0;
  assert.equal((await install()).version, a.version);
  assert.deepEqual(site.asked, ["manifest.json", "python.zip"]);
});

test("what the engine has fetched is not fetched again", async () => {
  await install({ kept: () => ({ [hashOf("weights")]: new Blob(["weights"]) }) });
  assert.equal(site.asked.includes("part.bin"), false);
});

test("a file that is not what the list says leaves the version incomplete, and what arrived stays", async () => {
  site.files["python.zip"] = "code X";
  await assert.rejects(install(), { code: "corrupt", message: /^python\.zip/ });
  assert.deepEqual(await store.versions(), []);
  site.files["python.zip"] = "code 1";
  site.asked.length = 0;
  await install();
  assert.deepEqual(site.asked, ["manifest.json", "python.zip"]);
});

test("a sign-in page in place of the list of files is told as one", async () => {
  site.files["manifest.json"] = "<!DOCTYPE html><p>sign in";
  await assert.rejects(install(), { code: "intercepted", remedy: /Sign in/ });
  site.files["manifest.json"] = "{}";
  await assert.rejects(install(), { code: "corrupt" });
});

test("too little room is known before anything is fetched", async () => {
  const one = install({ estimate: async () => ({ usage: 90, quota: 100 }) });
  await assert.rejects(one, (error) => error instanceof StoreFull && error.need === 29 && error.free === 10);
  assert.deepEqual(site.asked, ["manifest.json"]);
});

test("when room runs out the version before stays whole, and what was begun goes", async () => {
  const a = await install();
  site.deploy({ ...B, "new.bin": "x".repeat(500) });
  caches.quota = caches.used() + 100;
  await assert.rejects(install(), (error) => error instanceof StoreFull && error.need === 506 && error.free === 6);
  assert.deepEqual(await store.versions(), [a.version]);
  assert.deepEqual(await store.missing(a.files), []);
  assert.equal((await store.keys(store.names.files)).length, a.files.length);
});

test("progress counts what was there before, and ends at the whole", async () => {
  await install();
  site.deploy(B);
  const told = [];
  await install({ onProgress: (...now) => told.push(now) });
  assert.deepEqual(told[0], [23, 29]);
  assert.deepEqual(told.at(-1), [29, 29]);
});
