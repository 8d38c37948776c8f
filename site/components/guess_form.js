/**
 * Predict, commit, reveal: the switch, the form that asks what comes next, what a guess came to, and
 * the tally.  While it asks, nothing here knows a number of the position.
 *
 * State (part of a lens's): `{guessing, at, where, title, writing, asks: null|{turn, text, suggestions:
 * [{id, text, kind, spoken}], problem}, guessed: row|null, first: row, tally: null|{count, first,
 * top_ten, bits, top_bits, entropy_bits}}`.
 * Sends: `guessing {on}`, `type_guess {text}`, `guess {text, id, at}`, `show_anyway`, `reset_guesses`.
 */
import { h, css, fill, setText } from "./dom.js";
import { action } from "./action.js";
import { rowNodes, tokenNodes } from "./token_text.js";
import { amount, count, probability, surprise } from "./format.js";
import { many, t, tParts } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function guessSwitch(link) {
  const element = h("button", { type: "button", role: "switch", class: "quiet small switch", "aria-checked": "false", title: t("Hides the numbers of each position until you have guessed what comes next"),
    onclick: () => link.send("guessing", { on: element.getAttribute("aria-checked") !== "true" }) }, t("Guess first"));
  const show = ({ guessing }) => element.setAttribute("aria-checked", String(Boolean(guessing)));
  return { element, show };
}

/**
 * `target` is where the focus goes when what had it is gone: the form's field, the answer, or nowhere.
 * @param {import("./link.js").Link} link
 */
export function guessForm(link) {
  const form = question(link);
  const answer = h("p", { class: "answer number", role: "status", tabindex: -1 });
  const score = tally(link);
  const element = h("div", { class: "guess", hidden: true }, form.element, answer, score.element);
  const show = (state) => {
    element.hidden = !state.guessing;
    form.show(state);
    const said = h("span", {}, sentence(state));
    if (said.textContent !== answer.textContent) fill(answer, said);
    answer.hidden = !answer.textContent;
    score.show(state);
  };
  const target = () => (form.element.hidden ? (answer.hidden ? null : answer) : form.field);
  return { element, show, target };
}

function question(link) {
  let state;
  let timer;
  let turn;
  const typed = () => field.value.slice(0, 200);
  const field = h("input", { class: "field", id: "guess", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "guess-hint guess-problem" });
  const options = h("div", { class: "options", role: "radiogroup", "aria-label": t("Tokens that fit") });
  const hint = h("p", { class: "small muted", id: "guess-hint" });
  const problem = h("p", { class: "small", id: "guess-problem", role: "status" });
  const anyway = h("button", { type: "button", class: "quiet small", onclick: () => link.send("show_anyway") }, t("Show without guessing"));
  const element = h("form", { class: "question", novalidate: true }, h("label", { class: "small muted", for: "guess" }, t("What comes next?")),
    h("div", { class: "row" }, field, h("button", { class: "button primary" }, t("Commit")), anyway), hint, problem, options);
  field.addEventListener("input", () => {
    for (const radio of radios(options)) radio.checked = false;
    clearTimeout(timer);
    timer = setTimeout(() => link.send("type_guess", { text: typed() }), 80);
  });
  element.addEventListener("keydown", (event) => step(event, field, options));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const chosen = radios(options).find((radio) => radio.checked);
    link.send("guess", { text: typed(), id: chosen ? Number(chosen.value) : null, at: state.at });
  });
  const show = (latest) => {
    state = latest;
    const { asks } = state;
    element.hidden = !asks || Boolean(state.writing);
    if (asks?.turn !== turn) { field.value = asks?.text ?? ""; clearTimeout(timer); }
    turn = asks?.turn;
    setText(problem, asks?.problem ?? "");
    fill(hint, hints(state));
    drawOptions(options, asks?.suggestions ?? []);
  };
  return { element, field, show };
}

const radios = (options) => [...options.querySelectorAll("input")];

/** Arrow keys go on from the field to the tokens below it, and back. */
function step(event, field, options) {
  const all = radios(options);
  const at = all.indexOf(event.target);
  const next = { ArrowDown: event.target === field ? all[0] : null, ArrowUp: at === 0 ? field : null }[event.key];
  if (!next) return;
  event.preventDefault();
  for (const radio of all) radio.checked = radio === next;
  next.focus();
}

function drawOptions(options, tokens) {
  const shown = radios(options).map((radio) => radio.value).join();
  if (shown === tokens.map(({ id }) => id).join()) return;
  const chosen = radios(options).find((radio) => radio.checked)?.value;
  fill(options, tokens.map((token) => {
    const radio = h("input", { type: "radio", name: "guess", value: token.id, "aria-label": token.spoken });
    radio.checked = String(token.id) === chosen;
    return h("label", { class: token.kind === "text" ? null : "code" }, radio, rowNodes(token));
  }));
}

function hints({ asks, title }) {
  if (!asks) return [];
  if (title.token) return tParts("“{token}” stands here in the document. What did the model think likeliest?", { token: h("b", { class: "chosen" }, tokenNodes(title.token)) });
  return [t("␣ is a space: a new word mostly begins with one.")];
}

function sentence({ asks, writing, guessed, first, unit }) {
  if (asks && writing) return [t("The model is writing. You can guess where it stops.")];
  if (!guessed) return [];
  const words = { guess: h("b", { class: "chosen" }, rowNodes(guessed)), p: probability(guessed.prob), rank: count(guessed.rank), amount: amount(guessed.bits, unit), first: h("b", {}, rowNodes(first)) };
  if (guessed.id === first.id) return tParts("Your guess “{guess}” has p {p}, rank {rank}, {amount}; it is the model’s first choice.", words);
  return tParts("Your guess “{guess}” has p {p}, rank {rank}, {amount}; the model’s first choice is “{first}”.", words);
}

function tally(link) {
  const said = h("p", { class: "small muted number", title: t("Tokens drawn from the model have as many bits as its entropy, on average") });
  const reset = h("button", { type: "button", class: "quiet small", title: t("Forgets all guesses; their positions are hidden again"), onclick: () => link.send("reset_guesses") }, t("Reset"));
  const element = h("div", { class: "row tally" }, said, reset);
  const show = ({ tally: all, unit }) => {
    element.hidden = !all;
    setText(said, all ? summary(all, unit) : "");
  };
  return { element, show };
}

function summary(all, unit) {
  const guesses = many(all.count, "{n} guess: {first} the model’s first choice, {top_ten} in its top ten.", "{n} guesses: {first} the model’s first choice, {top_ten} in its top ten.", { first: all.first, top_ten: all.top_ten });
  const average = t("On average {amount}; its first choices {first}, its entropy {entropy}.", { amount: amount(all.bits, unit), first: surprise(all.top_bits, unit), entropy: surprise(all.entropy_bits, unit) });
  return `${guesses} ${average}`;
}

/**
 * For a lens that hides its numbers: says why (nothing hides it itself), and leads to the question.
 * @param {() => void} onGuess
 */
export function guessFirst(onGuess) {
  const { element: button, enable } = action(t("Guess now"), onGuess, "button primary");
  enable(true);
  const reason = h("p", {});
  const element = h("div", { class: "row guess-first", hidden: true }, reason, button);
  const show = (why) => {
    element.hidden = !why;
    setText(reason, why);
  };
  return { element, show };
}

export const styles = css`
  .switch { display: inline-flex; gap: 8px; align-items: center; }
  .switch::before { content: ""; width: 28px; height: 16px; border-radius: 8px; border: 1px solid var(--muted); background: radial-gradient(circle at 7px 50%, var(--muted) 4.5px, transparent 5px); }
  .switch[aria-checked="true"] { color: var(--ink); }
  .switch[aria-checked="true"]::before { border-color: var(--accent); background: radial-gradient(circle at 19px 50%, var(--on-accent) 4.5px, transparent 5px) var(--accent); }
  .guess, .question { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
  .guess { padding: 8px 0 10px; }
  .question .field { flex: 1 1 9rem; max-width: 16rem; }
  .options { display: flex; flex-wrap: wrap; gap: 6px; align-content: flex-start; min-height: 4.6rem; }
  .options label { position: relative; display: inline-flex; align-items: center; min-height: 32px; padding: 2px 10px; border: 1px solid var(--edge); border-radius: 8px; background: var(--card); white-space: pre-wrap; overflow-wrap: anywhere; cursor: pointer; }
  .options label:hover { background: var(--hover); }
  .options label:has(:checked) { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
  .options label:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
  .options input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
  #guess-problem:empty { display: none; }
  #guess-problem { border-left: 3px solid var(--wait); padding-left: 8px; }
  .answer { font-size: 1.05rem; overflow-wrap: anywhere; } .answer:focus, .title:focus { outline: none; }
  .tally p { flex: 1 1 14rem; }
`;
