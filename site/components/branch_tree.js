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
import { ending, perToken, visibleText, withUnit } from "./branch_text.js";
import { count, exact, probability, signed } from "./format.js";
import { many, t } from "./wording.js";

const DEEP = 8;

/** @param {import("./link.js").Link} link */
export function branchTree(link) {
  const list = h("ul", { class: "branches", "aria-label": t("Branches") });
  const more = h("button", { type: "button", class: "button small", onclick: () => link.send("branch_more") });
  let shown;
  const save = pictureMenu("branches", async () => {
    const { treeDrawing } = await import("./picture_charts.js");
    const plain = (nodes) => h("p", {}, nodes).textContent;
    const lines = rows.map((row) => ({ ...row, words: plain(words(row)), figures: plain(figures(row, shown.unit)) }));
    return { drawing: treeDrawing(lines), caption: caption(shown) };
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
    setText(more, t("Show more ({n} not shown)", { n: count(state.more) }));
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

function caption({ leaves, more }) {
  const branches = many(leaves, "{n} branch", "{n} branches");
  if (!more) return t("{branches}; log p is natural", { branches });
  return many(more, "{branches}, {n} more run not drawn; log p is natural", "{branches}, {n} more runs not drawn; log p is natural", { branches });
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
    setAttribute(fold, "aria-label", row.forks ? t("What follows {branch}", { branch: label(row) }) : null);
    setAttribute(more, "aria-expanded", String(open === row.number));
    setAttribute(more, "aria-label", t("Tools for {branch}", { branch: label(row) }));
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
  const tokens = many(row.tokens, "{n} token", "{n} tokens");
  const between = row.gap ? `${t("much further down")} · ` : "";
  if (row.trunk) return [between, `${t("shared by all")} · ${tokens}`, ...marks(row)];
  const parts = row.measured ? [] : [t("not measured")];
  if (row.prob !== null) parts.push(h("span", { "data-key": "prob", title: exact(row.prob) }, `p ${probability(row.prob)}`));
  if (row.measured && row.tokens > 1) parts.push(h("span", { "data-key": "logprob", title: exact(row.logprob) }, `log p ${signed(row.logprob)}`));
  if (row.tokens > 1) parts.push(tokens);
  if (row.total) parts.push(h("span", { class: "total", "data-key": "total", title: exact(row.total.logprob) }, t("in all {total}, {each}", { total: signed(row.total.logprob), each: perToken(row.total.per_token, unit) })));
  return [between, ...parts.flatMap((part, i) => (i ? [" · ", part] : [part])), ...marks(row)];
}

function marks(row) {
  const said = [];
  if (row.here) said.push(t("you are here"));
  else if (row.inside !== null) said.push(t("you are here, after {n} of them", { n: row.inside }));
  if (!row.explored) said.push(t("expanded"));
  if (row.chosen) said.push(t("marked"));
  if (row.folded) said.push(t("folded"));
  return said.map((word) => [" · ", h("span", { class: "said" }, word)]).flat();
}

function rowTools(link) {
  let place = {};
  const send = (verb, more = {}) => link.send(verb, { number: place.number, length: place.length, ...more });
  const name = h("input", { class: "field small", "aria-label": t("Name of this branch"), placeholder: t("name"), autocomplete: "off", onchange: () => send("branch_name", { name: name.value }) });
  const pin = h("button", { type: "button", class: "button small", onclick: () => send("branch_pin", { on: !place.pinned }) }, t("Pin"));
  const choose = h("button", { type: "button", class: "button small", onclick: () => send("branch_choose") }, t("Compare"));
  const tokens = h("p", { class: "small tokens" });
  const element = h("div", { class: "tools-box", role: "group", "aria-label": t("Tools for this branch") }, h("div", { class: "row" }, name, pin, choose), tokens);
  let drawn = "";
  const show = (row, state) => {
    if (place.number !== row.number) name.dataset.shown = "";
    place = row;
    name.maxLength = state.name_characters;
    if (!name.matches(":focus")) showSetting(name, row.name);
    pin.setAttribute("aria-pressed", String(row.pinned));
    choose.setAttribute("aria-pressed", String(row.chosen));
    setText(pin, row.pinned ? t("★ Unpin") : t("☆ Pin"));
    setText(choose, row.chosen ? t("Marked to compare") : t("Compare"));
    const now = JSON.stringify([state.open, state.unit]);
    if (now === drawn) return;
    drawn = now;
    fill(tokens, h("span", { class: "muted" }, state.open.hidden ? t("Its last {n} tokens; go to any:", { n: state.open.tokens.length }) : t("Go to any of its tokens:"), " "), ...state.open.tokens.map((token) => tokenButton(token, state.unit, link, () => place.number)));
  };
  return { element, show };
}

function tokenButton(token, unit, link, number) {
  const said = token.prob === null ? t("not measured") : `p ${probability(token.prob)}, ${withUnit(token.value, unit)}`;
  const values = { token: tokenLabel(token.text), said };
  return h("button", { type: "button", class: token.stop ? "step stop" : "step", title: token.stop ? t("{said}; you were here", { said }) : said, "aria-label": token.stop ? t("Go to after {token}, {said}, you were here", values) : t("Go to after {token}, {said}", values),
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
