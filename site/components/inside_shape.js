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
import { later, many, t } from "./wording.js";

const COLUMNS = [later("part"), later("size"), "×", later("parameters"), later("share"), later("stored as"), later("bytes")];
/** The groups of lmpanel/model_shape.py. */
const GROUPS = { "embedding": later("embedding"), "attention": later("attention"), "feed-forward": later("feed-forward"), "output": later("output") };

export function create() {
  let latest = null;
  const title = h("h3", {});
  const facts = h("dl", { class: "facts number" });
  const flow = h("ol", { class: "flow" });
  const body = h("tbody", {});
  const foot = h("tfoot", {});
  const sum = h("div", { class: "stack tight" });
  const save = h("button", { type: "button", class: "quiet small", onclick: () => saveFile("model-shape.csv", asCsv(latest), "text/csv;charset=utf-8") }, "CSV");
  const table = h("table", { class: "sums number shape-table" }, h("caption", { class: "sr" }, t("Parameters and bytes of every part")), h("thead", {}, h("tr", {}, COLUMNS.map((label, i) => h("th", { scope: "col", class: i === 0 ? "left" : null, "data-column": label }, t(label))))), body, foot);
  const element = h("div", { class: "stack shape-part" }, title, facts,
    h("div", { class: "columns" },
      h("section", { class: "stack tight" }, h("h4", {}, t("The way of one token")), flow),
      h("section", { class: "stack tight" }, h("h4", {}, t("What the parts weigh")), h("div", { class: "wide" }, table), h("div", { class: "row" }, h("span", { class: "spring" }, save)), sum)));
  let drawn = "";
  const show = (state) => {
    latest = state;
    const now = JSON.stringify(state);
    if (now === drawn) return;
    drawn = now;
    if (!state.sizes) return fill(element, h("p", {}, t("Nothing is known about the shape of this model.")));
    fill(title, many(state.sizes.layers, "{name}: {parameters} parameters in {n} layer", "{name}: {parameters} parameters in {n} layers", { name: state.name, parameters: count(state.total) }));
    fill(facts, factRows(state).flatMap(([name, value]) => h("div", {}, h("dt", {}, FACTS[name] ? term(FACTS[name], t(name)) : t(name)), h("dd", {}, value))));
    fill(flow, steps(state));
    const groups = [...new Set(state.matrices.map(({ group }) => group))];
    fill(body, groups.flatMap((group) => groupRows(state, group)));
    fill(foot, h("tr", {}, h("th", { scope: "row", class: "left" }, t("together")), h("td"), h("td"), h("td", {}, h("b", {}, count(state.total))), h("td", {}, "100 %"), h("td", { class: "kind" }, t("{bits} bits each", { bits: ((8 * state.stored) / state.total).toFixed(2) })), h("td", {}, count(state.stored - state.tables))));
    fill(sum, sums(state));
  };
  return { element, show };
}

/** Facts that the glossary explains. */
const FACTS = { "layers": "layer", "attention heads": "attention head", "feed-forward width": "feed-forward", "vocabulary": "vocabulary", "KV cache": "kv cache" };
const STEPS = { "Token": "token", "Embedding": "embedding", "Attention": "attention", "Feed-forward": "feed-forward", "Softmax": "softmax", "Output matrix": "logit" };

function factRows({ sizes, cache }) {
  const { layers, hidden, heads, kv_heads: kv, head_dim: numbers, ffn, vocab_size: vocab, context_length: context } = sizes;
  return [[later("layers"), layers], [later("width"), numbersText(hidden)], [later("attention heads"), t("{heads}, of {numbers} numbers each", { heads, numbers })], [later("key/value heads"), t("{heads}, each shared by {queries}", { heads: kv, queries: heads / kv })],
    [later("feed-forward width"), count(ffn)], [later("vocabulary"), many(vocab, "{n} token", "{n} tokens")], [later("context"), many(context, "{n} token", "{n} tokens")], [later("KV cache"), t("{n} bytes a token", { n: count(cache) })]];
}

const numbersText = (n) => many(n, "{n} number", "{n} numbers");

/** The way of a token as a list of boxes; those of a layer stand in one box of their own. */
function steps({ sizes, tied, rope_base }) {
  const { hidden, heads, kv_heads: kv, head_dim: dim, ffn, vocab_size: vocab, layers } = sizes;
  const most = ffn;
  const bar = (width, label) => h("span", { class: "vector", title: numbersText(width) }, h("i", { "aria-hidden": "true", style: `width:${Math.min(100, (width / most) * 100)}%`, class: width > most ? "long" : null }), h("span", { class: "small muted" }, label ?? numbersText(width)));
  const box = (name, text, vector, kind = "") => h("li", { class: `step ${kind}` }, h("b", {}, STEPS[name] ? term(STEPS[name], t(name)) : t(name)), h("span", { class: "small" }, text), vector);
  return [
    box(later("Token"), t("a number from 0 to {last}", { last: count(vocab - 1) })),
    box(later("Embedding"), t("its row of the {rows} × {cols} matrix", { rows: count(vocab), cols: count(hidden) }), bar(hidden)),
    h("li", { class: "block" }, h("p", { class: "times" }, many(layers, "{n} layer, with its own numbers", "{n} layers, one after the other, each with its own numbers")), h("ol", { class: "flow" },
      box(later("Norm"), t("scaled to one size"), bar(hidden)),
      box(later("Attention"), t("{heads} heads look at this token and those before it: {heads} queries, {kv} keys and {kv} values of {dim} numbers each, turned by position (base {base}); then put together again", { heads, kv, dim, base: count(rope_base) }), bar(hidden), "attends"),
      box("+", t("added to what came in: the residual stream"), bar(hidden), "plus"),
      box(later("Norm"), t("scaled to one size"), bar(hidden)),
      box(later("Feed-forward"), t("{width} → {inner} (gate × up) → {width}, this token alone", { width: count(hidden), inner: count(ffn) }), bar(ffn), "feeds"),
      box("+", t("added again"), bar(hidden), "plus"))),
    box(later("Final norm"), t("scaled once more"), bar(hidden)),
    box(later("Output matrix"), tied ? t("the embedding once more: a product with the row of every token") : `${count(hidden)} → ${count(vocab)}`, bar(vocab, t("{n} logits", { n: count(vocab) }))),
    box(later("Softmax"), t("logits become probabilities that add up to 1"), bar(vocab, t("{n} probabilities", { n: count(vocab) }))),
  ];
}

function groupRows(state, group) {
  const parts = state.matrices.filter((part) => part.group === group);
  const all = parts.reduce((sum, { parameters }) => sum + parameters, 0);
  const stored = parts.reduce((sum, part) => sum + part.stored, 0);
  const share = (n) => (n / state.total < 0.0005 ? "< 0.1 %" : `${((100 * n) / state.total).toFixed(1)} %`);
  const rows = parts.map((part) => h("tr", {}, h("th", { scope: "row", class: parts.length === 1 ? "left" : "left part" }, part.name), h("td", {}, part.rows === 1 ? count(part.cols) : `${count(part.rows)} × ${count(part.cols)}`), h("td", {}, part.times), h("td", {}, count(part.parameters)), h("td", {}, share(part.parameters)), h("td", { class: "kind" }, part.kind), h("td", {}, count(part.stored))));
  if (parts.length === 1) return rows;
  const head = h("tr", { class: "group" }, h("th", { scope: "row", class: "left" }, t(GROUPS[group])), h("td"), h("td"), h("td", {}, count(all)), h("td", {}, share(all)), h("td", { class: "kind" }), h("td", {}, count(stored)));
  return [head, ...rows];
}

function sums(state) {
  const by = (group) => state.matrices.filter((part) => part.group === group).reduce((sum, { parameters }) => sum + parameters, 0);
  const layers = by("attention") + by("feed-forward");
  const one = layers / state.sizes.layers;
  const learnt = state.stored - state.tables;
  const embedding = count(by("embedding"));
  const all = { embedding, layers: state.sizes.layers, layer: count(one), output: count(by("output")), sum: count(by("embedding") + state.sizes.layers * one + by("output")) };
  const lines = [
    t("One layer: {attention} for attention + {feed_forward} for feed-forward = {sum}.", { attention: count(by("attention") / state.sizes.layers), feed_forward: count(by("feed-forward") / state.sizes.layers), sum: count(one) }),
    state.total === state.declared ? t("All: {embedding} + {layers} × {layer} + {output} = {sum} parameters, which is what the file declares.", all) : t("All: {embedding} + {layers} × {layer} + {output} = {sum} parameters.", all),
    state.tied ? t("The output matrix is the embedding once more, so its {n} numbers are counted, and stored, once.", { n: embedding }) : "",
    t("On disk: {weights} bytes of weights + {tables} bytes of tables for positions, and padding = {stored} bytes ({size}).", { weights: count(learnt), tables: count(state.tables), stored: count(state.stored), size: bytes(state.stored) }),
    t("In memory: a GPU takes the weights as they are stored. WebAssembly computes with float32, {parameters} × 4 = {floats} bytes ({size}); where that is too much it takes them as stored, and is slower.", { parameters: count(state.total), floats: count(state.as_floats), size: bytes(state.as_floats) }),
    t("One token costs about {n} multiplications with weights, one for each parameter, and more for looking back at other tokens.", { n: count(state.total) }),
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
