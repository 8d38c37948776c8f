/**
 * What if: the same tokens after another context, set up above, the numbers below.
 *
 * State: `{hidden, source, chosen: {message, start, count, text}, kind, kinds: [{name, title}], texts: {kind: text}, exchange:
 * {position, old, query, token, found: [token], message}|null, running, progress, said, unit, cursor, result}`, see
 * what_if_result.js for the result; a token is `{id, text, kind, spoken}`.
 * Sends: `what_if_source {name}`, `what_if_kind {name}`, `what_if_position {text}`, `what_if_find {query}`,
 * `what_if_token {id}`, `what_if_compare {text}`, `what_if_stop`, `what_if_again`, `what_if_look {position}`.
 */
import { guessFirst } from "./guess_form.js";
import { h, css, fill, setText } from "./dom.js";
import { action } from "./action.js";
import { tokenNodes } from "./token_text.js";
import { tokenExchange, styles as exchangeStyles } from "./token_exchange.js";
import { comparisonResult, styles as resultStyles } from "./what_if_result.js";
import { later, many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function create(link) {
  const chosen = chosenTokens(link);
  const change = changeBox(link);
  const go = goButton(link, () => change.text());
  const result = comparisonResult(link);
  const setup = h("div", { class: "setup" }, change.element, go.element);
  setup.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    go.press();
  });
  const guess = guessFirst(() => link.send("tab", { name: "next" }));
  const element = h("div", { class: "what-if" }, chosen.element, setup, result.element);
  const show = (state) => {
    guess.show(state.hidden);
    if (state.hidden) return element.replaceChildren(guess.element);
    if (guess.element.isConnected) element.replaceChildren(chosen.element, setup, result.element);
    return [chosen, change, go, result].forEach((part) => part.show(state));
  };
  return { element, show };
}

const SOURCES = { response: later("The response"), selection: later("The selection") };

function chosenTokens(link) {
  const buttons = Object.entries(SOURCES).map(([name, label]) => h("button", { type: "button", "data-name": name, onclick: () => link.send("what_if_source", { name }) }, t(label)));
  const preview = h("p", { class: "preview", role: "status" });
  const element = h("div", { class: "tight" }, h("div", { class: "segmented small", role: "group", "aria-label": t("Tokens to compare") }, buttons), preview);
  let shown;
  const show = ({ source, chosen }) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.name === source));
    const key = JSON.stringify(chosen);
    if (key === shown) return;
    shown = key;
    fill(preview, chosen.message || question(chosen));
  };
  return { element, show };
}

function question({ count, text }) {
  return tParts(many(count, "“{text}”, {n} token, what if", "“{text}”, {n} tokens, what if"), { text: h("b", {}, tokenNodes(text, { spaces: false })) });
}

function changeBox(link) {
  const kind = h("select", { class: "field", "aria-label": t("What is different before them"), onchange: () => link.send("what_if_kind", { name: kind.value }) });
  const boxes = { system: textBox(t("Another system prompt")), user: textBox(t("Another user message")), text: textBox(t("Text before the tokens, as it is")) };
  const exchange = tokenExchange(link);
  const element = h("div", { class: "tight" }, h("div", { class: "row" }, kind, h("span", { class: "muted" }, t("stood before it?"))), Object.values(boxes).map((box) => box.element), exchange.element);
  const show = (state) => {
    drawKinds(kind, state);
    for (const [name, box] of Object.entries(boxes)) box.show(state.texts[name], name === state.kind && name in state.texts);
    exchange.show(state.exchange);
  };
  const text = () => { exchange.flush(); return boxes[kind.value]?.value() ?? ""; };
  return { element, show, text };
}

function drawKinds(select, { kind, kinds }) {
  const key = kinds.map(({ title }) => title).join();
  select.parentElement.hidden = kinds.length === 0;
  if (select.dataset.shown !== key) fill(select, kinds.map(({ name, title }) => h("option", { value: name }, title))).dataset.shown = key;
  select.value = kind;
}

/** A box that begins with the present text; what was typed into it stays. */
function textBox(label) {
  const area = h("textarea", { class: "field", rows: 3, spellcheck: "false", "aria-label": label });
  const back = h("button", { type: "button", class: "quiet small", title: t("Put the present text back into the box"), onclick: () => { area.value = present; area.focus(); } }, t("Reset"));
  const element = h("div", { class: "box" }, area, back);
  let present = "";
  const show = (text, visible) => {
    element.hidden = !visible;
    if (text === undefined) return;
    const untouched = area.value === present;
    const typed = area.value;
    area.value = text;
    present = area.value;
    if (!untouched) area.value = typed;
  };
  return { element, show, value: () => area.value };
}

function goButton(link, text) {
  let state = {};
  const press = () => link.send(state.running ? "what_if_stop" : "what_if_compare", state.running ? {} : { text: text() });
  const go = action(t("Compare"), () => press(), "button primary go");
  const progress = h("span", { class: "small muted number" });
  const said = h("span", { role: "status" });
  const element = h("div", { class: "row going" }, go.element, progress, said);
  const show = (now) => {
    state = now;
    const ready = now.running || !now.chosen.message;
    setText(go.element, now.running ? t("Stop") : t("Compare"));
    go.enable(ready, now.running ? t("Stops comparing") : ready ? t("Asks the model for both (Ctrl+Enter)") : now.chosen.message);
    setText(progress, now.running ? now.progress || t("the model is reading…") : "");
    setText(said, now.said);
  };
  return { element, show, press: () => { if (go.element.getAttribute("aria-disabled") !== "true" && !state.running) press(); } };
}

const own = css`
  .what-if, .what-if .tight, .setup { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; } .what-if .tight { gap: 8px; }
  .what-if .segmented { justify-self: start; }
  .preview { font-size: 1.06rem; overflow-wrap: anywhere; min-height: 1.5em; } .preview b { font-weight: 650; }
  .box { display: grid; justify-items: end; gap: 2px; }
  .going { min-height: 38px; } .going > span { flex: 0 1 auto; overflow-wrap: anywhere; } .go { min-width: 7rem; }
`;

export const sheets = [own, exchangeStyles, resultStyles];
