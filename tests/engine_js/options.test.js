/** The parameters of the address: what is taken, and what is refused with a word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "../../site/options.js";

const NOTHING_ASKED = { embed: false, text: null, view: null, select: null, load: "auto", hide: [], lock: [], theme: "auto", lang: "en", model: null, parentOrigin: null };

test("a lesson is a name or a path inside this site", () => {
  for (const lesson of ["conversation", "course/week-1.md", "a.b/c_d.md"]) {
    const { author, ...options } = readOptions(`?lesson=${lesson}`);
    assert.deepEqual(options, { backend: "auto", threads: null, memory: "auto", ahead: true, lesson, warnings: [] });
    assert.deepEqual(author, NOTHING_ASKED);
  }
  assert.equal(readOptions("").lesson, null);
});

test("a lesson elsewhere is none, and is told", () => {
  const elsewhere = ["https://elsewhere.example/x.md", "//elsewhere.example/x.md", "/x.md", "\\\\elsewhere", "../x.md", "a/../../x.md", "javascript:alert(1)", "data:text/plain,x", "", "x".repeat(201), "a b", "x.md?y"];
  for (const lesson of elsewhere) {
    const { lesson: taken, warnings } = readOptions(`?lesson=${encodeURIComponent(lesson)}`);
    assert.equal(taken, null, lesson);
    assert.equal(warnings.length, 1, lesson);
  }
});

test("memory is one of three, anything else is said", () => {
  assert.equal(readOptions("?memory=low").memory, "low");
  const { memory, warnings } = readOptions("?memory=0");
  assert.equal(memory, "auto");
  assert.match(warnings[0], /memory=0 .*auto, full, low/);
});
