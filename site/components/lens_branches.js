/**
 * Branches: everything explored as one tree, to be gone back to, named, pinned, compared, expanded.
 *
 * State: `{hidden} while a guess is waited for, else `{unit, writing, name_characters, fork: {at}, first: [place], here: place|null, rows
 * (see branch_tree.js), more, leaves, unpinned, open, chosen, comparison (see
 * branch_comparison.js), expansion (see branch_expansion.js)}`; a place is `{number, length, name,
 * pinned, text, total, here}`.
 * Sends: `branch_go {number, length}`, `branch_pin {number, length, on}`, `branch_clear`, and what
 * its parts send.
 */
import { h, css, fill, setAttribute, setText } from "./dom.js";
import { term } from "./terms.js";
import { action } from "./action.js";
import { branchTree, styles as treeStyles } from "./branch_tree.js";
import { branchComparison, styles as comparisonStyles } from "./branch_comparison.js";
import { branchExpansion, styles as expansionStyles } from "./branch_expansion.js";
import { guessFirst } from "./guess_form.js";
import { ending, totalText } from "./branch_text.js";
import { many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const title = h("p", { class: "title" });
  const [told, natural] = [h("span", {}), h("span", {}, tParts("{logp} is natural.", { logp: term("log-probability", t("log p")) }))];
  const counted = h("p", { class: "small muted" }, told, natural);
  const marked = h("p", { class: "small", role: "status" });
  const first = firstList(link);
  const here = hereLine(link);
  const tree = branchTree(link);
  const expansion = branchExpansion(link);
  const clear = clearing(link);
  const body = h("div", { class: "stack" }, here.element, first.element, expansion.element, h("div", { class: "stack tight" }, h("div", { class: "notes" }, counted, marked), tree.element), clear.element);
  const comparison = branchComparison(link);
  const guess = guessFirst(() => link.send("tab", { name: "next" }));
  const element = h("div", { class: "branches-lens stack" });
  const show = (state) => {
    guess.show(state.hidden);
    // What is to be guessed leaves the page, and does not only go out of sight.
    if (state.hidden) return element.replaceChildren(guess.element);
    if (!title.isConnected || guess.element.isConnected) element.replaceChildren(title, body, comparison.element);
    const comparing = Boolean(state.comparison);
    const turned = comparison.element.hidden === comparing && element.isConnected;
    const held = turned && element.contains(element.getRootNode().activeElement);
    body.hidden = comparing;
    comparison.element.hidden = !comparing;
    setText(title, comparing ? t("Two branches side by side") : heading(state));
    if (comparing) comparison.show(state);
    setText(told, state.leaves > 1 ? `${counting(state.fork)} ` : t("Pick something else at any token, and what was there becomes a branch here."));
    natural.hidden = state.leaves < 2;
    setAttribute(counted, "data-covered", state.chosen === 1);
    setText(marked, state.chosen === 1 ? t("One branch is marked: mark a second one to compare.") : "");
    stayingPut(element, () => { for (const part of [here, first, tree, expansion, clear]) part.show(state); });
    // What had the focus is hidden now: hand it to what came instead.
    if (held) (comparing ? comparison : tree).focus();
  };
  return { element, show };
}

/** What has the focus stays where it is on the screen, although lines are added above it. */
function stayingPut(element, draw) {
  const active = element.isConnected && element.getRootNode().activeElement;
  const top = active && element.contains(active) ? active.getBoundingClientRect().top : null;
  draw();
  const moved = top !== null && active.isConnected ? active.getBoundingClientRect().top - top : 0;
  if (moved) element.getRootNode().host.parentElement.scrollTop += moved;
}

function heading(state) {
  if (state.leaves < 2) return t("Everything you try is kept here");
  return t("{n} branches, every one kept", { n: state.leaves });
}

/** From where totals count. */
function counting({ at }) {
  if (!at) return t("Totals count from where the tree first forks, at the very start.");
  return many(at, "Totals count from where the tree first forks, after {n} token.", "Totals count from where the tree first forks, after {n} tokens.");
}

function hereLine(link) {
  const text = h("span", { class: "where" });
  let place = null;
  const pin = h("button", { type: "button", class: "quiet small", "aria-label": t("Pin where you are"), onclick: () => { if (place) link.send("branch_pin", { number: place.number, length: place.length, on: !place.pinned }); } });
  const element = h("div", { class: "small here-line" }, h("span", { class: "muted" }, t("You are at")), text, pin);
  const show = (state) => {
    place = state.here;
    fill(text, place ? ending(place.text) : "…");
    setText(pin, place?.pinned ? t("★ pinned") : t("☆ pin"));
    pin.setAttribute("aria-pressed", String(Boolean(place?.pinned)));
    pin.hidden = !place;
  };
  return { element, show };
}

function firstList(link) {
  const list = h("ul", { class: "first" });
  const element = h("section", { "aria-label": t("Pinned and named branches") }, list);
  let drawn = "";
  const line = (place, unit) => h("li", { class: place.here ? "current" : null, "data-number": place.number },
    h("button", { type: "button", class: "quiet star", "aria-label": place.pinned ? t("Unpin {name}", { name: place.name || place.text }) : t("Pin {name}", { name: place.name || place.text }), "aria-pressed": String(place.pinned), onclick: () => link.send("branch_pin", { number: place.number, length: place.length, on: !place.pinned }) }, place.pinned ? "★" : "☆"),
    h("button", { type: "button", class: "go", "aria-current": place.here ? "true" : null, onclick: () => link.send("branch_go", { number: place.number, length: place.length }) },
      place.name ? h("b", {}, place.name) : ending(place.text)),
    h("span", { class: "small muted number" }, place.here ? t("you are here") : totalText(place.total, unit)));
  const show = (state) => {
    const now = JSON.stringify([state.first, state.unit]);
    if (now === drawn) return;
    drawn = now;
    const { activeElement } = list.getRootNode();
    const at = [...list.children].findIndex((item) => item.contains(activeElement));
    const kind = activeElement?.matches(".go") ? ".go" : "button";
    // The empty list has the height of one line, so that the first pin moves nothing.
    fill(list, state.first.length ? state.first.map((place) => line(place, state.unit)) : h("li", { class: "small muted none" }, t("Branches with a pin or a name are listed here.")));
    if (at >= 0) list.children[Math.min(at, list.children.length - 1)]?.querySelector(kind)?.focus();
  };
  return { element, show };
}

function clearing(link) {
  const question = h("span", { class: "small" });
  const ask = action(t("Clear unpinned"), () => turn(true), "quiet small");
  const yes = h("button", { type: "button", class: "button small", onclick: () => { turn(false); link.send("branch_clear"); } }, t("Clear"));
  const no = h("button", { type: "button", class: "button small", onclick: () => turn(false) }, t("Keep"));
  const sure = h("div", { class: "row", role: "group", "aria-label": t("Clear unpinned branches?"), hidden: true }, question, yes, no);
  const element = h("div", { class: "clearing" }, ask.element, sure);
  const turn = (asking) => {
    sure.hidden = !asking;
    ask.element.hidden = asking;
    (asking ? no : ask.element).focus();
  };
  element.addEventListener("keydown", (event) => { if (event.key === "Escape" && !sure.hidden) turn(false); });
  const show = (state) => {
    const can = state.unpinned > 0 && !state.writing;
    ask.enable(can, can ? t("Forgets what has neither a pin nor a name, and frees its memory") : t("Nothing to clear"));
    setText(question, many(state.unpinned, "Forget the one branch without pin or name, but not where you are? Undo still works.", "Forget all {n} branches without pin or name, but not where you are? Undo still works."));
  };
  return { element, show };
}

const styles = css`
  .branches-lens .title { min-height: 0; }
  .branches-lens ul { list-style: none; margin: 0; padding: 0; }
  .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; } .tight { gap: 6px; }
  .branches-lens .notes { display: grid; } .branches-lens .notes > * { grid-area: 1 / 1; }
  .branches-lens .notes > [role="status"] { pointer-events: none; }
  .branches-lens [data-covered] { visibility: hidden; }
  .branches-lens .ending { display: block; direction: rtl; text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
  .branches-lens .here-line { display: flex; gap: 8px; align-items: center; } .branches-lens .here-line > span { flex: none; } .branches-lens .here-line .where { font-weight: 600; min-width: 0; flex: 0 1 auto; }
  .branches-lens .here-line [aria-pressed="true"], .branches-lens .star[aria-pressed="true"] { color: var(--accent); }
  .branches-lens .here-line button { white-space: nowrap; margin-left: auto; flex: none; }
  .branches-lens .first li { display: flex; align-items: center; gap: 4px; border-top: 1px solid var(--line); min-height: 32px; } .branches-lens .first li:last-child { border-bottom: 1px solid var(--line); }
  .branches-lens .first .number { margin-left: auto; white-space: nowrap; flex: none; }
  .branches-lens .first .none { padding-left: 8px; }
  .branches-lens .star { min-width: 28px; padding: 2px; flex: none; }
  .branches-lens .go { border: 0; background: none; text-align: left; padding: 2px 4px; border-radius: 5px; min-height: 26px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .branches-lens .go:hover { background: var(--accent-soft); }
  .branches-lens .clearing { min-height: 38px; }
`;

export const sheets = [styles, treeStyles, comparisonStyles, expansionStyles];
