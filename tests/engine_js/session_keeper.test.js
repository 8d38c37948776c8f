/** What is kept for a restart: when it is asked for, and when it is given up. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { MOST_CHARACTERS, SessionKeeper } from "../../site/session_keeper.js";

const settle = async () => { for (let i = 0; i < 5; i++) await Promise.resolve(); };

/** A keeper whose Python answers when it is told to. */
function keeper() {
  const asked = [];
  const log = { kept: [], words: [] };
  const ask = () => new Promise((resolve, reject) => asked.push({ resolve, reject }));
  const one = new SessionKeeper({ ask, onKept: (text) => log.kept.push(text), tell: (word) => log.words.push(word), idle: (run) => run() });
  return { one, asked, ...log };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
});

test("it asks once it is quiet, not at every change", async () => {
  const { one, asked, kept, words } = keeper();
  for (let i = 0; i < 5; i++) { one.touched(); mock.timers.tick(900); }
  assert.equal(asked.length, 0);
  mock.timers.tick(100);
  assert.equal(asked.length, 1);
  asked[0].resolve("a");
  await settle();
  assert.deepEqual([kept, one.text, words.at(-1)], [["a"], "a", "kept"]);
  mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
});

test("where it is never quiet it asks all the same", () => {
  const { one, asked } = keeper();
  for (let i = 0; i < 40; i++) { one.touched(); mock.timers.tick(500); }
  assert.equal(asked.length, 1);
});

test("what changes while it is asked is asked for afterwards, and the slower the later", async () => {
  const { one, asked, words } = keeper();
  one.touched();
  mock.timers.tick(1000);
  one.touched();
  mock.timers.tick(200);
  asked[0].resolve("a");
  await settle();
  assert.equal(words.at(-1), "changed");
  mock.timers.tick(3900);
  assert.equal(asked.length, 1);
  mock.timers.tick(100);
  assert.equal(asked.length, 2);
});

test("an answer of a session that was given up is not kept, nor one that is too long", async () => {
  const { one, asked, kept } = keeper();
  one.touched();
  mock.timers.tick(1000);
  one.forget();
  asked[0].resolve("former");
  await settle();
  one.touched();
  mock.timers.tick(1000);
  asked[1].resolve("x".repeat(MOST_CHARACTERS + 1));
  await settle();
  one.touched();
  mock.timers.tick(1000);
  asked[2].reject(new Error("it died"));
  await settle();
  assert.deepEqual([kept, one.text], [[], null]);
});

test("what Python twice dies of is forgotten", () => {
  const { one, kept } = keeper();
  one.keep("a");
  one.failed();
  one.held();
  one.failed();
  assert.equal(one.text, "a");
  one.failed();
  assert.deepEqual([kept, one.text], [["a", null], null]);
});
