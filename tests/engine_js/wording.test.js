import assert from "node:assert/strict";
import { test } from "node:test";
import { many, t, tParts, useWording, wording } from "../../site/components/wording.js";

const GERMAN = { language: "de", table: { Undo: "Rückgängig", "Token {n} of {count}": "Token {n} von {count}", "{n} token": "{n} Token", "{n} tokens": "{n} Tokens" } };

test("without a table everything is English", () => {
  assert.equal(t("Undo"), "Undo");
  assert.equal(t("Token {n} of {count}", { n: 5, count: 42 }), "Token 5 of 42");
});

test("a language says what it has, the rest is English", (context) => {
  useWording(GERMAN);
  context.after(() => useWording());
  assert.equal(wording().language, "de");
  assert.equal(t("Undo"), "Rückgängig");
  assert.equal(t("Redo"), "Redo");
  assert.equal(t("constructor"), "constructor");
  assert.equal(t("Token {n} of {count}", { n: 5, count: 42 }), "Token 5 von 42");
});

test("what fills a place is not read again, an unknown place stays", () => {
  assert.equal(t("{a} and {b}", { a: "{b}", b: "$&" }), "{b} and $&");
  assert.equal(t("{a} and {b}", { a: 0 }), "0 and {b}");
});

test("elements go where the language puts them", () => {
  const node = { node: true };
  assert.deepEqual(tParts("Counted in {title}, {held} out.", { title: "x", held: node }), ["Counted in ", "x", ", ", node, " out."]);
  assert.deepEqual(tParts("{held}", { held: node }), [node]);
});

test("numbers take the form of the language", (context) => {
  assert.deepEqual([0, 1, 1234].map((n) => many(n, "{n} token", "{n} tokens")), ["0 tokens", "1 token", "1\u202f234 tokens"]);
  useWording({ language: "fr", table: {} });
  context.after(() => useWording());
  assert.deepEqual([0, 1, 2].map((n) => many(n, "{n} token", "{n} tokens")), ["0 token", "1 token", "2 tokens"]);
});
