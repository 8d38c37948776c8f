/** What the author of a course page may ask for by the address, and what is refused with a word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readAuthor } from "../../site/author_options.js";

function read(query) {
  const warnings = [];
  return { ...readAuthor(new URLSearchParams(query), warnings), warnings };
}

test("everything that can be asked for", () => {
  const asked = read("embed=1&text=Hi%20%3Cb%3E&view=sampling&select=3-5&load=click&hide=json,%20tab%20branches&lock=controls&theme=dark&lang=de&model=SmolLM2-135M-Instruct&parentOrigin=https://course.example");
  assert.deepEqual(asked, { embed: true, text: "Hi <b>", view: "sampling", select: [3, 5], load: "click", hide: ["json", "tab branches"], lock: ["controls"], theme: "dark", lang: "de", model: "SmolLM2-135M-Instruct", parentOrigin: "https://course.example", warnings: [] });
  assert.deepEqual(read("select=7").select, [7, 7]);
});

test("what is not usable is the default, and is said once each", () => {
  const wrong = {
    embed: ["yes", "", "2"], text: ["", "x".repeat(20_001)], view: ["<b>", "", "a b"], select: ["0", "5-3", "-1", "3-", "1-2-3", "1e3", "x"],
    load: ["later"], hide: ["<img>", "a".repeat(201), Array(201).fill("json").join()], lock: ["a;b"], theme: ["blue", "DARK"], lang: ["xx", "EN"], model: ["../x y"],
    parentOrigin: ["*", "null", "course.example", "https://course.example/", "https://course.example/page", "http://a@course.example", "javascript:1", "file:///", "https://COURSE.example", "https://course.example:443"],
  };
  const nothing = read("");
  assert.deepEqual(nothing.warnings, []);
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { warnings, ...taken } = read(new URLSearchParams({ [name]: value }).toString());
      assert.deepEqual({ ...taken, warnings: [] }, nothing, `${name}=${value}`);
      assert.equal(warnings.length, 1, `${name}=${value}`);
      assert.ok(warnings[0].startsWith(`${name}=`) && warnings[0].length < 300);
    }
  }
});
