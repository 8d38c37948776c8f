/** Who gets which version, and what happens when something of it is gone. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Installer } from "../../site/offline/installer.js";
import { PAST_STORE } from "../../site/offline/names.js";
import { Responder } from "../../site/offline/responder.js";
import { Store } from "../../site/offline/store.js";
import { FakeCaches } from "./fake_caches.js";
import { BASE, FakeSite } from "./fake_site.js";

const A = { "app.js": "a", "data.bin": "data" };
const B = { "app.js": "b", "data.bin": "data" };
let store;
let site;
let alive;

beforeEach(async () => {
  store = new Store(new FakeCaches(), BASE);
  site = new FakeSite(A);
  alive = new Set();
  await install();
});

async function install() {
  const installer = new Installer({ store, base: BASE, here: {}, fetch: site.fetch, options: { retryMs: 0 } });
  const latest = await installer.latest();
  await installer.install(latest);
  await store.makeCurrent(latest.version);
  return latest;
}

/** A service worker that has just been started knows nothing but what was written down. */
const started = () => new Responder({ store, scope: BASE, fetch: site.fetch, isAlive: async (id) => alive.has(id) });

/** Stands for a request: Node's own cannot be a navigation. */
const request = (path, { mode = "cors", cache = "default" } = {}) => ({ url: BASE + path, method: "GET", headers: new Headers(), mode, cache });

const open = (responder, id, path = "") => {
  alive.add(id);
  return responder.answer({ request: request(path, { mode: "navigate" }), clientId: "", resultingClientId: id });
};
const text = async (responder, path, clientId, options) => (await responder.answer({ request: request(path, options), clientId, resultingClientId: "" })).text();

test("a page keeps its version, also when the service worker was ended meanwhile", async () => {
  const first = started();
  await open(first, "old");
  await first.written;
  site.deploy(B);
  await install();
  const second = started();
  await open(second, "new");
  assert.equal(await text(second, "app.js", "old"), "a");
  assert.equal(await text(second, "app.js", "new"), "b");
  assert.equal(JSON.parse(await text(second, "manifest.json", "old")).version, (await store.versions())[0]);
});

test("a worker has the version of who started it, and so has its own worker", async () => {
  const responder = started();
  await open(responder, "page");
  site.deploy(B);
  await install();
  for (const [from, to] of [["page", "worker"], ["worker", "nested"]]) await responder.answer({ request: request("app.js", { mode: "same-origin" }), clientId: from, resultingClientId: to });
  await responder.written;
  assert.equal(await text(started(), "app.js", "nested"), "a");
});

test("workers from before the service worker have the version of their page while it lives", async () => {
  const responder = started();
  alive.add("first");
  await responder.bind("first", { version: await store.current(), claimed: true });
  site.deploy(B);
  await install();
  assert.equal(await text(responder, "app.js", ""), "a");
  alive.delete("first");
  assert.equal(await text(responder, "app.js", ""), "b");
});

test("a navigation is answered whatever the query, also without a network", async () => {
  site.online = false;
  for (const path of ["", "index.html", "?embed=1&lesson=x", "index.html?a=b#c"]) {
    assert.equal(await (await open(started(), "page", path)).text(), "<!doctype html>");
  }
});

test("a file of somebody's own goes to the network, and offline its page says what it is", async () => {
  site.files["course/week1.md"] = "# mine";
  const responder = started();
  assert.equal(await text(responder, "course/week1.md", "page"), "# mine");
  site.online = false;
  await assert.rejects(text(responder, "course/week1.md", "page"), TypeError);
  const page = await open(responder, "other", "course/<b>.md");
  assert.equal(page.status, 503);
  assert.match(await page.text(), /course\/&lt;b&gt;\.md is not a part of lmpanel/);
});

test("foreign origins, other folders, other methods and requests past the store are left alone", () => {
  const responder = started();
  const takes = (url, init) => responder.takes(new Request(url, init));
  assert.equal(takes(`${BASE}app.js`), true);
  assert.equal(takes("https://other.test/course/app.js"), false);
  assert.equal(takes("https://example.test/app.js"), false);
  assert.equal(takes(`${BASE}app.js`, { method: "POST" }), false);
  assert.equal(takes(`${BASE}app.js`, { headers: { [PAST_STORE]: "1" } }), false);
  assert.equal(takes(`${BASE}app.js`, { headers: { Range: "bytes=0-1" } }), false);
});

async function drop(path) {
  const file = site.manifest.files.find((one) => one.path === path);
  const cache = await store.caches.open(store.names.files);
  await cache.delete(store.keyOf(file));
}

test("a dropped file is fetched again, checked, and stored again", async () => {
  await drop("data.bin");
  const responder = started();
  await open(responder, "page");
  assert.equal(await text(responder, "data.bin", "page"), "data");
  site.online = false;
  assert.equal(await text(responder, "data.bin", "page"), "data");
});

test("a dropped file is refused when the server has another, or none can be reached", async () => {
  await drop("data.bin");
  const responder = started();
  site.files["data.bin"] = "changed";
  assert.match(await text(responder, "data.bin", ""), /^data\.bin is missing: the server has another version/);
  site.online = false;
  assert.match(await text(responder, "data.bin", ""), /^data\.bin is missing: it was removed/);
});

test("a page without its program says what is missing, and is whole again with a network", async () => {
  await drop("app.js");
  site.online = false;
  const page = await open(started(), "page");
  assert.match(await page.text(), /Parts of lmpanel are missing.*app\.js/);
  site.online = true;
  assert.equal(await (await open(started(), "page")).text(), "<!doctype html>");
  site.online = false;
  assert.equal(await text(started(), "app.js", ""), "a");
});

test("who saw wrong bytes gets fresh ones, or else what is stored", async () => {
  const responder = started();
  await open(responder, "page");
  site.asked.length = 0;
  assert.equal(await text(responder, "data.bin", "page", { cache: "reload" }), "data");
  assert.deepEqual(site.asked, ["data.bin"]);
  site.online = false;
  assert.equal(await text(responder, "data.bin", "page", { cache: "reload" }), "data");
});

test("when everything was removed the network answers, and nothing is stored again", async () => {
  const responder = started();
  await open(responder, "page");
  await responder.written;
  await store.clear();
  assert.equal(await text(responder, "app.js", "page"), "a");
  assert.deepEqual(await store.caches.keys(), []);
});

test("a version goes when nobody uses it any more, the current one never", async () => {
  const responder = started();
  await open(responder, "page");
  const a = await store.current();
  site.deploy(B);
  const { version: b } = await install();
  await responder.tidy();
  assert.deepEqual((await store.versions()).sort(), [a, b].sort());
  alive.clear();
  await responder.tidy();
  assert.deepEqual(await store.versions(), [b]);
  assert.deepEqual(await store.clients(), []);
});
