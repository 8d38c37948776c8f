/** What workers refuse, on a scope that only notes what reaches it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { guard, isHome } from "../../site/guard.js";

const HOME = new URL("https://course.example/lm/");
const FOREIGN = ["https://evil.example/", "//evil.example/x", "http://course.example/lm/", "https://course.example:8443/", "wss://course.example/", "ftp://course.example/x", "blob:https://evil.example/1", "file:///etc/passwd", "https://course.example@evil.example/"];
const OWN = ["manifest.json", "./model/x", "https://course.example/other", "blob:https://course.example/1", "blob:null/1", "data:text/plain,x"];

test("an address is home or foreign whichever way it is written", () => {
  for (const address of FOREIGN) assert.equal(isHome(address, HOME), false, address);
  for (const address of OWN) assert.equal(isHome(address, HOME), true, address);
});

function scope() {
  const reached = [];
  class XMLHttpRequest { open(method, address) { reached.push(address); } }
  class Worker { constructor(address) { reached.push(address); } }
  const own = { reached, XMLHttpRequest, Worker, fetch: async (input) => { reached.push(input.url ?? input); }, WebSocket: class {}, importScripts() {} };
  guard(own, HOME);
  return own;
}

test("nothing foreign is asked for, and the guard cannot be taken off", async () => {
  const own = scope();
  for (const address of FOREIGN) {
    await assert.rejects(own.fetch(address), { name: "SecurityError" });
    await assert.rejects(own.fetch({ url: address }), { name: "SecurityError" });
    assert.throws(() => new own.XMLHttpRequest().open("GET", address), { name: "SecurityError" });
    assert.throws(() => new own.Worker(address), { name: "SecurityError" });
  }
  assert.throws(() => new own.WebSocket("wss://course.example/"), { name: "SecurityError" });
  assert.throws(() => own.importScripts("x.js"), { name: "SecurityError" });
  assert.deepEqual(own.reached, []);
  assert.throws(() => { own.fetch = () => {}; }, TypeError);
  assert.throws(() => Object.defineProperty(own, "fetch", { value: 1 }), TypeError);
});

test("what is home goes through", async () => {
  const own = scope();
  await own.fetch("a");
  new own.XMLHttpRequest().open("GET", "b");
  new own.Worker("c");
  assert.deepEqual(own.reached, ["a", "b", "c"]);
});
