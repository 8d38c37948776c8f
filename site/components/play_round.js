/**
 * One round: the text so far with a gap, points on what may come next, and what it came to.
 *
 * State: `{turn, number, of, title, level, waiting, failed, context: [token], cut, tokens, listed, draft,
 * search: {query, found: [token], message}, problem, last: {…}|null, progress}`; a token is `{id, text, kind, spoken}`.
 * Sends: `play_commit {turn, pairs}`, `play_find {query}`, `play_list {turn, id}`, `play_skip`, `play_finish`,
 * `play_retry`, and what its parts send.
 */
import { h, css, fill, mayTakeFocus, setText } from "./dom.js";
import { action } from "./action.js";
import { rowNodes, tokenNodes } from "./token_text.js";
import { pointsTable } from "./points_table.js";
import { playReveal } from "./play_reveal.js";
import { playProgress, playStandings } from "./play_progress.js";
import { t } from "./wording.js";

const WAIT_MS = 120;

/** @param {import("./link.js").Link} link */
export function playRound(link) {
  const place = h("p", { class: "small muted number" });
  const text = h("div", { class: "passage", role: "group", "aria-label": t("The text so far") });
  const asking = askBox(link);
  const reveal = playReveal(link);
  const standing = playStandings();
  const progress = playProgress();
  const end = h("div", { class: "row ending" }, h("button", { type: "button", class: "quiet small", onclick: () => link.send("play_finish") }, t("End the game here")));
  const element = h("div", { class: "stack" }, h("div", { class: "two" }, h("div", { class: "stack passage-side" }, place, text, standing.element, end), h("div", { class: "points-side" }, asking.element, reveal.element)), progress.element);
  new ResizeObserver(() => toEnd(text)).observe(text);
  let turn;
  const show = (state, unit) => {
    setText(place, [t(state.level), state.title, t("token {n} of {count}", { n: state.number, count: state.of })].join(" · "));
    drawPassage(text, state);
    asking.element.hidden = Boolean(state.last);
    if (!state.last) asking.show(state, unit);
    reveal.show(state, unit);
    standing.show(state.progress, unit);
    progress.show(state.progress, unit);
    if (turn !== undefined && turn !== state.turn && !state.waiting && mayTakeFocus(element)) {
      asking.focus();
      place.scrollIntoView({ block: "nearest" });
    }
    if (!state.waiting) turn = state.turn;
  };
  return { element, show, focus: asking.focus };
}

function drawPassage(box, { context, cut, last, turn }) {
  const key = `${turn} ${last?.token.id}`;
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  const gap = last ? h("span", { class: "piece gap filled" }, inText(last.token)) : h("span", { class: "piece gap", role: "img", "aria-label": t("hidden token") }, "?");
  fill(box, cut ? h("span", { class: "muted" }, "… ") : null, context.map((token) => h("span", { class: token.kind === "text" ? "piece" : "piece odd" }, inText(token))), gap);
  toEnd(box);
}

/** The gap is at the end of what is shown: it must be in view. */
const toEnd = (box) => { box.scrollTop = box.scrollHeight; };

/** A token as it stands in running text: line breaks break the line. */
function inText(token) {
  if (token.kind !== "text") return rowNodes(token);
  const nodes = tokenNodes(token.text, { spaces: false });
  return token.text.includes("\n") ? [...nodes, h("br", {})] : nodes;
}

function askBox(link) {
  const table = pointsTable(link);
  const search = tokenSearch(link, (id) => table.focus(id));
  const problem = h("p", { class: "wrong", role: "status" });
  const waiting = h("p", { class: "muted", role: "status" });
  const commit = action(t("Commit and reveal"), () => send(), "button primary");
  const retry = h("button", { type: "button", class: "button", onclick: () => link.send("play_retry") }, t("Try again"));
  const title = h("p", { class: "big", tabindex: -1 }, t("What comes next?"));
  let state = {};
  const send = () => {
    if (state.waiting || state.failed) return;
    table.stop();
    link.send("play_commit", { turn: state.turn, pairs: table.pairs() });
  };
  const element = h("div", { class: "stack ask" }, h("div", { class: "row" }, title, h("span", { class: "spring" }, search.element)), search.found, waiting, retry, table.element, problem,
    h("div", { class: "row commit" }, h("span", { class: "row with-keys" }, commit.element, h("span", { class: "small muted keys" }, h("kbd", {}, t("Ctrl")), " ", h("kbd", {}, t("Enter")))), h("button", { type: "button", class: "button", title: t("The next hidden token; this one is not counted"), onclick: () => link.send("play_skip") }, t("Skip")), table.kept),
    h("p", { class: "small muted" }, t("The list has likely and frequent tokens in alphabetical order; its order tells nothing, and the hidden token need not be in it. ␣ is a space: a new word mostly begins with one. The rule: n points on a token claim that it comes with probability n/100. 99 can be placed at most; what is kept, one point or more, is spread evenly over all tokens without points, so that no guess is infinitely wrong. You pay −log₂ of what you gave to the token that comes.")));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  });
  const show = (latest, unit) => {
    state = latest;
    setText(waiting, latest.waiting ? t("The model is reading…") : latest.failed ? t("The model could not read this.") : "");
    waiting.hidden = !waiting.textContent;
    retry.hidden = !latest.failed;
    table.show(latest, unit);
    search.show(latest);
    setText(problem, latest.problem);
    commit.enable(!latest.waiting && !latest.failed, latest.waiting ? t("The model is still reading") : t("Shows what comes, and what everyone pays for it"));
  };
  return { element, show, focus: () => title.focus({ preventScroll: true }) };
}

/** Any other token of the vocabulary, found by typing. */
function tokenSearch(link, onListed) {
  const query = h("input", { class: "field", type: "search", id: "play-token", placeholder: t("token text or id"), autocomplete: "off", spellcheck: "false" });
  const found = h("div", { class: "row found-tokens", role: "group", "aria-label": t("Tokens found") });
  const said = h("p", { class: "small muted", "aria-live": "polite" });
  const element = h("div", { class: "row" }, h("label", { class: "small muted", for: "play-token" }, t("Any other token")), query);
  let state = { search: { query: "", found: [] } };
  let timer;
  let wanted = null;
  let enter = false;
  const add = (id) => {
    wanted = id;
    query.value = "";
    link.send("play_list", { turn: state.turn, id });
  };
  const find = () => { clearTimeout(timer); link.send("play_find", { query: query.value.slice(0, 200) }); };
  query.addEventListener("input", () => { clearTimeout(timer); enter = false; timer = setTimeout(find, WAIT_MS); });
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !query.value) return;
    event.preventDefault();
    if (state.search.query === query.value && state.search.found.length) add(state.search.found[0].id);
    else { enter = true; find(); }
  });
  const show = (latest) => {
    if (latest.turn !== state.turn) { clearTimeout(timer); query.value = ""; enter = false; wanted = null; }
    state = latest;
    const { search, tokens } = latest;
    const key = search.found.map(({ id }) => id).join();
    if (found.dataset.shown !== key) {
      found.dataset.shown = key;
      fill(found, search.found.map((token) => h("button", { type: "button", class: "button small choice", "data-id": token.id, title: t("id {id}", { id: token.id }), "aria-label": t("Put {token} on the list", { token: token.spoken }), onclick: () => add(token.id) }, rowNodes(token))));
    }
    setText(said, search.message);
    if (enter && search.query === query.value) { enter = false; if (search.found.length) add(search.found[0].id); }
    if (wanted !== null && tokens.some(({ id }) => id === wanted) && !search.query) { onListed(wanted); wanted = null; }
  };
  return { element, found: h("div", { class: "stack tight found" }, found, said), show };
}

export const styles = css`
  .passage { font-size: 1.1875rem; line-height: 1.75; max-height: min(var(--passage-height, 44vh), 26rem); overflow-y: auto; overflow-wrap: anywhere; padding-right: 6px; }
  .piece { white-space: pre-wrap; border-bottom: 1px solid var(--line); } .piece + .piece { margin-left: 1.5px; } .piece.odd { font: 0.84rem var(--mono); background: var(--chip); border-radius: 4px; }
  .gap { display: inline-block; min-width: 2.2em; text-align: center; line-height: 1.3; border: 2px dashed var(--accent); border-radius: 7px; color: var(--accent); font-weight: 700; margin: 0 4px; padding: 0 6px; }
  .gap.filled { border-style: solid; background: var(--accent-soft); color: var(--ink); min-width: 0; }
  .commit { position: sticky; bottom: 0; padding: 10px 0; gap: 6px 10px; background: var(--card); z-index: 1; } .with-keys { gap: 8px; flex-wrap: nowrap; } .commit .kept { margin-left: auto; text-align: right; line-height: 1.2; }
  /* What has the focus is not to lie behind the row that sticks. */
  .ask :is(input, button) { scroll-margin: 12px 0 84px; }
  @media (pointer: coarse), (max-width: 30em) { .keys { display: none; } }
  @media (max-width: 30em) { .commit { flex-wrap: nowrap; } .commit .button { padding-left: 10px; padding-right: 10px; } }
  @media (max-width: 60em) { .passage { max-height: var(--passage-height, 34vh); } .passage-side { display: contents; } .points-side { order: 1; } .two > .passage-side > .number:first-child { margin-bottom: -10px; } .two > .passage-side > section { order: 2; } .ending { order: 3; } }
  #play-token { flex: 0 1 9.5rem; min-width: 0; } .found:not(:has(:not(:empty))) { display: none; } .ask { gap: 10px; } .choice { min-height: 30px; padding: 2px 9px; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
