/**
 * Shape: what one token passes through, and what every part weighs, with the sums.
 *
 * State: `{sizes: {layers, hidden, heads, kv_heads, head_dim, ffn, vocab_size, context_length} | null, name, backend, file,
 * tied, rope_base, matrices: [{group, name, rows, cols, times, parameters, kind, stored}], total, declared, stored, tables,
 * as_floats, cache}`; bytes are of the weights file unless they are named otherwise.  Sends nothing.
 */
import { h, css, fill, saveFile } from "./dom.js";
import { term } from "./terms.js";
import { bytes, count, csvLine } from "./format.js";

export function create() {
  let latest = null;
  const title = h("h3", {});
  const facts = h("dl", { class: "facts number" });
  const flow = h("ol", { class: "flow" });
  const body = h("tbody", {});
  const foot = h("tfoot", {});
  const sum = h("div", { class: "stack tight" });
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("model-shape.csv", asCsv(latest), "text/csv;charset=utf-8") }, "CSV");
  const heads = ["part", "size", "×", "parameters", "share", "stored as", "bytes"];
  const table = h("table", { class: "sums number shape-table" }, h("caption", { class: "sr" }, "Parameters and bytes of every part"), h("thead", {}, h("tr", {}, heads.map((label, i) => h("th", { scope: "col", class: i === 0 ? "left" : null, "data-column": label }, label)))), body, foot);
  const element = h("div", { class: "stack shape-part" }, title, facts,
    h("div", { class: "columns" },
      h("section", { class: "stack tight" }, h("h4", {}, "The way of one token"), flow),
      h("section", { class: "stack tight" }, h("h4", {}, "What the parts weigh"), h("div", { class: "wide" }, table), h("div", { class: "row" }, h("span", { class: "spring" }, save)), sum)));
  let drawn = "";
  const show = (state) => {
    latest = state;
    const now = JSON.stringify(state);
    if (now === drawn) return;
    drawn = now;
    if (!state.sizes) return fill(element, h("p", {}, "Nothing is known about the shape of this model."));
    fill(title, `${state.name}: ${count(state.total)} parameters in ${state.sizes.layers} layers`);
    fill(facts, factRows(state).flatMap(([name, value]) => h("div", {}, h("dt", {}, FACTS[name] ? term(FACTS[name], name) : name), h("dd", {}, value))));
    fill(flow, steps(state));
    const groups = [...new Set(state.matrices.map(({ group }) => group))];
    fill(body, groups.flatMap((group) => groupRows(state, group)));
    fill(foot, h("tr", {}, h("th", { scope: "row", class: "left" }, "together"), h("td"), h("td"), h("td", {}, h("b", {}, count(state.total))), h("td", {}, "100 %"), h("td", { class: "kind" }, `${((8 * state.stored) / state.total).toFixed(2)} bits each`), h("td", {}, count(state.stored - state.tables))));
    fill(sum, sums(state));
  };
  return { element, show };
}

/** Facts that the glossary explains. */
const FACTS = { "layers": "layer", "attention heads": "attention head", "feed-forward width": "feed-forward", "vocabulary": "vocabulary", "KV cache": "kv cache" };
const STEPS = { "Token": "token", "Embedding": "embedding", "Attention": "attention", "Feed-forward": "feed-forward", "Softmax": "softmax", "Output matrix": "logit" };

function factRows({ sizes, cache }) {
  return [["layers", sizes.layers], ["width", `${count(sizes.hidden)} numbers`], ["attention heads", `${sizes.heads}, of ${sizes.head_dim} numbers each`], ["key/value heads", `${sizes.kv_heads}, each shared by ${sizes.heads / sizes.kv_heads}`],
    ["feed-forward width", count(sizes.ffn)], ["vocabulary", `${count(sizes.vocab_size)} tokens`], ["context", `${count(sizes.context_length)} tokens`], ["KV cache", `${count(cache)} bytes a token`]];
}

/** The way of a token as a list of boxes; those of a layer stand in one box of their own. */
function steps({ sizes, tied, rope_base }) {
  const { hidden, heads, kv_heads: kv, head_dim: dim, ffn, vocab_size: vocab, layers } = sizes;
  const most = ffn;
  const bar = (width, label) => h("span", { class: "vector", title: `${count(width)} numbers` }, h("i", { "aria-hidden": "true", style: `width:${Math.min(100, (width / most) * 100)}%`, class: width > most ? "long" : null }), h("span", { class: "small muted" }, label ?? `${count(width)} numbers`));
  const box = (name, text, vector, kind = "") => h("li", { class: `step ${kind}` }, h("b", {}, STEPS[name] ? term(STEPS[name], name) : name), h("span", { class: "small" }, text), vector);
  return [
    box("Token", "a number from 0 to " + count(vocab - 1)),
    box("Embedding", `its row of the ${count(vocab)} × ${count(hidden)} matrix`, bar(hidden)),
    h("li", { class: "block" }, h("p", { class: "times" }, `${layers} layers, one after the other, each with its own numbers`), h("ol", { class: "flow" },
      box("Norm", "scaled to one size", bar(hidden)),
      box("Attention", `${heads} heads look at this token and those before it: ${heads} queries, ${kv} keys and ${kv} values of ${dim} numbers each, turned by position (base ${count(rope_base)}); then put together again`, bar(hidden), "attends"),
      box("+", "added to what came in: the residual stream", bar(hidden), "plus"),
      box("Norm", "scaled to one size", bar(hidden)),
      box("Feed-forward", `${count(hidden)} → ${count(ffn)} (gate × up) → ${count(hidden)}, this token alone`, bar(ffn), "feeds"),
      box("+", "added again", bar(hidden), "plus"))),
    box("Final norm", "scaled once more", bar(hidden)),
    box("Output matrix", tied ? "the embedding once more: a product with the row of every token" : `${count(hidden)} → ${count(vocab)}`, bar(vocab, `${count(vocab)} logits`)),
    box("Softmax", "logits become probabilities that add up to 1", bar(vocab, `${count(vocab)} probabilities`)),
  ];
}

function groupRows(state, group) {
  const parts = state.matrices.filter((part) => part.group === group);
  const all = parts.reduce((sum, { parameters }) => sum + parameters, 0);
  const stored = parts.reduce((sum, part) => sum + part.stored, 0);
  const share = (n) => (n / state.total < 0.0005 ? "< 0.1 %" : `${((100 * n) / state.total).toFixed(1)} %`);
  const rows = parts.map((part) => h("tr", {}, h("th", { scope: "row", class: parts.length === 1 ? "left" : "left part" }, part.name), h("td", {}, part.rows === 1 ? count(part.cols) : `${count(part.rows)} × ${count(part.cols)}`), h("td", {}, part.times), h("td", {}, count(part.parameters)), h("td", {}, share(part.parameters)), h("td", { class: "kind" }, part.kind), h("td", {}, count(part.stored))));
  if (parts.length === 1) return rows;
  const head = h("tr", { class: "group" }, h("th", { scope: "row", class: "left" }, group), h("td"), h("td"), h("td", {}, count(all)), h("td", {}, share(all)), h("td", { class: "kind" }), h("td", {}, count(stored)));
  return [head, ...rows];
}

function sums(state) {
  const by = (group) => state.matrices.filter((part) => part.group === group).reduce((sum, { parameters }) => sum + parameters, 0);
  const layers = by("attention") + by("feed-forward");
  const one = layers / state.sizes.layers;
  const learnt = state.stored - state.tables;
  const lines = [
    `One layer: ${count(by("attention") / state.sizes.layers)} for attention + ${count(by("feed-forward") / state.sizes.layers)} for feed-forward = ${count(one)}.`,
    `All: ${count(by("embedding"))} + ${state.sizes.layers} × ${count(one)} + ${count(by("output"))} = ${count(by("embedding") + state.sizes.layers * one + by("output"))} parameters${state.total === state.declared ? ", which is what the file declares" : ""}.`,
    state.tied ? `The output matrix is the embedding once more, so its ${count(by("embedding"))} numbers are counted, and stored, once.` : "",
    `On disk: ${count(learnt)} bytes of weights + ${count(state.tables)} bytes of tables for positions, and padding = ${count(state.stored)} bytes (${bytes(state.stored)}).`,
    `In memory: a GPU takes the weights as they are stored. WebAssembly computes with float32, ${count(state.total)} × 4 = ${count(state.as_floats)} bytes (${bytes(state.as_floats)}); where that is too much it takes them as stored, and is slower.`,
    `One token costs about ${count(state.total)} multiplications with weights, one for each parameter, and more for looking back at other tokens.`,
  ];
  return lines.filter(Boolean).map((line) => h("p", { class: "small number" }, line));
}

function asCsv({ matrices }) {
  const keys = ["group", "name", "rows", "cols", "times", "parameters", "kind", "stored"];
  return [keys, ...matrices.map((part) => keys.map((key) => part[key]))].map(csvLine).join("\n") + "\n";
}

export const styles = css`
  .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(40%, 15rem), 1fr)); gap: 10px 22px; margin: 0; }
  .facts dt { color: var(--muted); font-size: 0.84rem; } .facts dd { margin: 0; font-weight: 600; }
  .shape-part .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1.7fr); }
  .flow { list-style: none; display: grid; gap: 14px; }
  .step { position: relative; display: grid; gap: 2px; padding: 8px 12px; border: 1px solid var(--edge); border-radius: 10px; background: var(--card); }
  .flow > li + li::before { content: "↓"; position: absolute; top: -18px; left: 18px; color: var(--muted); font-size: 0.8rem; line-height: 1.4; }
  .block { position: relative; display: grid; gap: 12px; padding: 10px 12px 14px; border: 1px dashed var(--edge); border-radius: 12px; background: var(--hover); }
  .times { font-weight: 600; font-size: 0.92rem; } .plus { border-style: solid; border-color: var(--accent); } .plus b { color: var(--accent); }
  .vector { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; } .vector i { display: block; height: 7px; border-radius: 2px; background: var(--bar-fill); max-width: calc(100% - 8.5rem); }
  .vector i.long { mask-image: linear-gradient(90deg, #000 70%, transparent); }
  .shape-table .group th, .shape-table .group td { font-weight: 600; } .shape-table .part { font-weight: 400; padding-left: 16px; } .shape-table td, .shape-table th, .sums.shape-table .left { white-space: nowrap; }
  .shape-table tfoot th, .shape-table tfoot td { border-top: 2px solid var(--edge); text-align: right; padding: 5px 6px; font-size: inherit; color: var(--ink); } .shape-table tfoot .left { text-align: left; }
  @media (max-width: 60em) { .shape-part .columns { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 30em) { .shape-table .kind, .shape-table [data-column="stored as"] { display: none; } }
`;
