/**
 * The tree as an outline: one row for each run without a fork, below the run that it goes on from.
 *
 * A row: `{number, length, depth, token: {text, kind}|null, text, cut, trunk, tokens, prob, logprob,
 * measured, total: {logprob, surprise, per_token}|null, name, pinned, explored, path, here, inside,
 * chosen, forks, folded, gap}`: after a gap runs are
 * left out. The open row has tools and tokens: `{number, hidden, tokens: [{text, kind,
 * prob, value, length, stop}]}`. Arrow keys go from row to row, fold and unfold.
 * Sends: `branch_go {number, length}`, `branch_open {number}`, `branch_fold {number, on}`,
 * `branch_more`, `branch_name {number, length, name}`, `branch_pin`, `branch_choose`.
 */
import { h, css, fill, setText, setAttribute, showSetting } from "./dom.js";
import { pictureMenu } from "./picture_menu.js";
import { rowNodes, tokenLabel } from "./token_text.js";
import { ending, visibleText } from "./branch_text.js";
import { bits, count, exact, many, probability, signed } from "./format.js";

const DEEP = 8;

/** @param {import("./link.js").Link} link */
export function branchTree(link) {
  const list = h("ul", { class: "branches", "aria-label": "Branches" });
  const more = h("button", { type: "button", class: "button small", onclick: () => link.send("branch_more") });
  let shown;
  const save = pictureMenu("branches", async () => {
    const { treeDrawing } = await import("./picture_charts.js");
    const plain = (nodes) => h("p", {}, nodes).textContent;
    const lines = rows.map((row) => ({ ...row, words: plain(words(row)), figures: plain(figures(row, shown.unit)) }));
    return { drawing: treeDrawing(lines), caption: `${many(shown.leaves, "branch").replace(/hs$/, "hes")}${shown.more ? `, ${count(shown.more)} more runs not drawn` : ""}; log p is natural` };
  });
  const element = h("div", { class: "stack tight" }, list, h("div", { class: "row" }, more, h("span", { class: "spring" }, save)));
  const tools = rowTools(link);
  const kept = new Map();
  let rows = [];
  const show = (state) => {
    ({ rows } = state);
    shown = state;
    save.hidden = rows.length === 0;
    for (const row of rows) if (!kept.has(row.number)) kept.set(row.number, rowItem(link));
    const wanted = new Set(rows.map((row) => row.number));
    for (const [number, item] of kept) if (!wanted.has(number)) { item.element.remove(); kept.delete(number); }
    place(list, rows, kept);
    const context = { unit: state.unit, open: state.open?.number };
    for (const row of rows) kept.get(row.number).show(row, context);
    showTools(state);
    more.hidden = state.more === 0;
    setText(more, `Show more (${count(state.more)} not shown)`);
  };
  const showTools = (state) => {
    const row = state.open && rows.find(({ number }) => number === state.open.number);
    if (!row) return tools.element.remove();
    const item = kept.get(row.number);
    if (tools.element.parentNode !== item.element) item.tools(tools.element);
    return tools.show(row, state);
  };
  list.addEventListener("keydown", (event) => moveByKey(event, list, rows, link));
  const focus = () => (list.querySelector('.go[aria-current="true"]') ?? list.querySelector(".go"))?.focus();
  return { element, show, focus };
}

/** Puts the rows' items below each other as their depths say; items that are in place stay there. */
function place(list, rows, kept) {
  const lists = [list];
  const used = [0];
  const close = (depth) => { while (lists.length > depth + 1) trim(lists.pop(), used.pop()); };
  for (const row of rows) {
    close(row.depth);
    const parent = lists[row.depth];
    const item = kept.get(row.number);
    const at = parent.children[used[row.depth]];
    if (at !== item.element) parent.insertBefore(item.element, at ?? null);
    used[row.depth] += 1;
    setAttribute(item.list, "class", row.depth >= DEEP ? "deep" : null);
    lists.push(item.list);
    used.push(0);
  }
  close(-1);
}

function trim(list, length) {
  while (list.children.length > length) list.lastChild.remove();
  setAttribute(list, "hidden", length === 0);
}

function rowItem(link) {
  let shown;
  let drawn = "";
  const fold = h("button", { type: "button", class: "quiet fold", onclick: () => link.send("branch_fold", { number: shown.number, on: !shown.folded }) });
  const go = h("button", { type: "button", class: "go", onclick: () => link.send("branch_go", { number: shown.number, length: shown.length }) });
  const more = h("button", { type: "button", class: "quiet more", onclick: () => link.send("branch_open", { number: shown.number }) }, "⋯");
  const numbers = h("p", { class: "small muted number numbers" });
  const line = h("div", { class: "line" }, fold, h("div", { class: "what" }, go, numbers), more);
  const list = h("ul", {});
  const element = h("li", {}, line, list);
  const show = (row, { unit, open }) => {
    shown = row;
    setAttribute(go, "data-number", row.number);
    const now = JSON.stringify([row, unit, open === row.number]);
    if (now === drawn) return;
    drawn = now;
    setAttribute(element, "class", [row.path && "path", row.here && "current", !row.explored && "light", row.chosen && "chosen-row"].filter(Boolean).join(" ") || null);
    setAttribute(go, "aria-current", row.here ? "true" : null);
    fill(go, words(row));
    fill(numbers, figures(row, unit));
    setText(fold, row.forks === 0 ? (row.path ? "●" : "○") : row.folded ? "▸" : "▾");
    fold.disabled = row.forks === 0;
    setAttribute(fold, "aria-hidden", row.forks === 0 ? "true" : null);
    setAttribute(fold, "aria-expanded", row.forks ? String(!row.folded) : null);
    setAttribute(fold, "aria-label", row.forks ? `What follows ${label(row)}` : null);
    setAttribute(more, "aria-expanded", String(open === row.number));
    setAttribute(more, "aria-label", `Tools for ${label(row)}`);
  };
  const tools = (box) => element.insertBefore(box, list);
  return { element, list, show, tools };
}

const label = (row) => row.name || tokenLabel((row.token?.text ?? "") + row.text).slice(0, 40);

function words(row) {
  return [
    row.pinned ? h("span", { class: "mark" }, "★ ") : null, row.name ? h("b", { class: "named" }, row.name, " ") : null,
    ...(row.token ? [h("b", { class: "chosen" }, rowNodes(row.token)), ...visibleText(row.text)] : [ending(row.text)]), row.cut ? "…" : null,
  ];
}

function figures(row, unit) {
  const tokens = many(row.tokens, "token");
  const between = row.gap ? "much further down · " : "";
  if (row.trunk) return [between, `shared by all · ${tokens}`, ...marks(row)];
  const parts = row.measured ? [] : ["not measured"];
  if (row.prob !== null) parts.push(h("span", { "data-key": "prob", title: exact(row.prob) }, `p ${probability(row.prob)}`));
  if (row.measured && row.tokens > 1) parts.push(h("span", { "data-key": "logprob", title: exact(row.logprob) }, `log p ${signed(row.logprob)}`));
  if (row.tokens > 1) parts.push(tokens);
  if (row.total) parts.push(h("span", { class: "total", "data-key": "total", title: exact(row.total.logprob) }, `in all ${signed(row.total.logprob)}, ${bits(row.total.per_token)} ${unit}/token`));
  return [between, ...parts.flatMap((part, i) => (i ? [" · ", part] : [part])), ...marks(row)];
}

function marks(row) {
  const said = [];
  if (row.here) said.push("you are here");
  else if (row.inside !== null) said.push(`you are here, after ${row.inside} of them`);
  if (!row.explored) said.push("expanded");
  if (row.chosen) said.push("marked");
  if (row.folded) said.push("folded");
  return said.map((word) => [" · ", h("span", { class: "said" }, word)]).flat();
}

function rowTools(link) {
  let place = {};
  const send = (verb, more = {}) => link.send(verb, { number: place.number, length: place.length, ...more });
  const name = h("input", { class: "field small", "aria-label": "Name of this branch", placeholder: "name", autocomplete: "off", onchange: () => send("branch_name", { name: name.value }) });
  const pin = h("button", { type: "button", class: "button small", onclick: () => send("branch_pin", { on: !place.pinned }) }, "Pin");
  const choose = h("button", { type: "button", class: "button small", onclick: () => send("branch_choose") }, "Compare");
  const tokens = h("p", { class: "small tokens" });
  const element = h("div", { class: "tools-box", role: "group", "aria-label": "Tools for this branch" }, h("div", { class: "row" }, name, pin, choose), tokens);
  let drawn = "";
  const show = (row, state) => {
    if (place.number !== row.number) name.dataset.shown = "";
    place = row;
    name.maxLength = state.name_characters;
    if (!name.matches(":focus")) showSetting(name, row.name);
    pin.setAttribute("aria-pressed", String(row.pinned));
    choose.setAttribute("aria-pressed", String(row.chosen));
    setText(pin, row.pinned ? "★ Unpin" : "☆ Pin");
    setText(choose, row.chosen ? "Marked to compare" : "Compare");
    const now = JSON.stringify([state.open, state.unit]);
    if (now === drawn) return;
    drawn = now;
    fill(tokens, h("span", { class: "muted" }, state.open.hidden ? `Its last ${state.open.tokens.length} tokens; go to any: ` : "Go to any of its tokens: "), ...state.open.tokens.map((token) => tokenButton(token, state.unit, link, () => place.number)));
  };
  return { element, show };
}

function tokenButton(token, unit, link, number) {
  const said = token.prob === null ? "not measured" : `p ${probability(token.prob)}, ${bits(token.value)} ${unit}`;
  return h("button", { type: "button", class: token.stop ? "step stop" : "step", title: token.stop ? `${said}; you were here` : said, "aria-label": `Go to after ${tokenLabel(token.text)}, ${said}${token.stop ? ", you were here" : ""}`,
    onclick: () => link.send("branch_go", { number: number(), length: token.length }) }, rowNodes(token));
}

function moveByKey(event, list, rows, link) {
  const go = event.target.closest?.(".go");
  if (!go || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const all = [...list.querySelectorAll(".go")];
  const at = all.indexOf(go);
  const row = rows.find(({ number }) => String(number) === go.dataset.number);
  const upwards = () => go.closest("ul").closest("li")?.querySelector(".go");
  const moves = {
    ArrowDown: () => all[at + 1], ArrowUp: () => all[at - 1], Home: () => all[0], End: () => all.at(-1),
    ArrowLeft: () => (row.forks && !row.folded ? fold(true) : upwards()),
    ArrowRight: () => (row.forks && row.folded ? fold(false) : row.forks ? all[at + 1] : null),
  };
  const fold = (on) => { link.send("branch_fold", { number: row.number, on }); return null; };
  if (!moves[event.key]) return;
  moves[event.key]()?.focus();
  event.preventDefault();
}

export const styles = css`
  .branches-lens .branches ul { margin-left: 11px; padding-left: 5px; border-left: 1px solid var(--edge); }
  .branches-lens .branches ul.deep { margin-left: 0; padding-left: 0; border-left: 0; }
  .branches-lens .branches .line { display: flex; align-items: flex-start; gap: 2px; padding: 2px 0; border-radius: 6px; }
  .branches-lens .branches .path > .line { background: var(--accent-soft); }
  .branches-lens .branches .what { min-width: 0; flex: 1 1 auto; }
  .branches-lens .branches .go { display: block; width: 100%; }
  .branches-lens .branches .current > .line .go { font-weight: 600; }
  .branches-lens .branches .light > .line .go, .branches-lens .branches .light > .line .chosen { color: var(--muted); font-style: italic; font-weight: 400; }
  .branches-lens .branches .named { font-weight: 650; } .branches-lens .branches .mark { color: var(--accent); }
  .branches-lens .branches .chosen-row > .line { outline: 2px dashed var(--accent); outline-offset: -2px; }
  .branches-lens .branches .numbers { padding: 0 4px 2px; line-height: 1.35; }
  .branches-lens .branches .said { font-weight: 600; }
  .branches-lens .branches .total { color: var(--ink); }
  .branches-lens .fold { min-width: 24px; min-height: 26px; padding: 0; flex: none; } .branches-lens .fold:disabled { color: var(--muted); cursor: default; } .branches-lens .fold:disabled:hover { background: none; }
  .branches-lens .path > .line .fold { color: var(--accent); }
  .branches-lens .more { min-width: 28px; padding: 0 4px; flex: none; } .branches-lens .more[aria-expanded="true"] { background: var(--hover); color: var(--ink); }
  .branches-lens .tools-box { margin: 2px 0 8px 24px; padding: 8px 10px; border: 1px solid var(--line); border-radius: 9px; display: grid; gap: 8px; }
  .branches-lens .tools-box .field { flex: 1 1 8rem; min-width: 0; min-height: 34px; }
  .branches-lens .tools-box .button { min-height: 34px; padding: 3px 10px; }
  .branches-lens .tools-box [aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); }
  .branches-lens .tokens { max-height: 9.5rem; overflow-y: auto; overflow-wrap: anywhere; }
  .branches-lens .step { border: 0; background: none; padding: 1px 2px; min-width: 24px; min-height: 24px; border-radius: 4px; white-space: pre-wrap; }
  .branches-lens .step:hover { background: var(--accent-soft); } .branches-lens .step.stop { text-decoration: underline; text-underline-offset: 3px; font-weight: 600; }
`;
