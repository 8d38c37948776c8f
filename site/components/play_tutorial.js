/**
 * The tutorial: four tokens, a score for each, and what the scores come to when the next token is revealed.
 *
 * State: `{written, turn, step, length, over, known: [token], problem, rows: [{token, text, bad, score, nats, p, came}],
 * loss: {token, nats, p, jolt, words, number}|null, losses: [nats], total, mean, even, why: {…}}`, in nats.
 * Sends: `play_scores {texts}`, `play_add {place}`, `play_reveal {texts}`, `play_step`, `play_tutorial_again`,
 * `play_part {name}`.
 */
import { h, css, fill, mayTakeFocus, setText } from "./dom.js";
import { named } from "./terms.js";
import { gauge, jolt } from "./jolt.js";
import { scoreReasons } from "./score_reasons.js";
import { t } from "./wording.js";

const WAIT_MS = 60;
const MINUS = (text) => text.replace(/-/g, "−");

/** Nats with three decimals; a million and more in powers of ten, and what no number can hold as such. */
export const nats = (value) => value >= Number.MAX_VALUE ? "> 1.797e+308" : MINUS(Math.abs(value) < 1e6 ? value.toFixed(3) : value.toExponential(3));

/** @param {import("./link.js").Link} link */
export function playTutorial(link) {
  const sequence = h("ol", { class: "sequence", "aria-label": t("The sequence so far") });
  const table = scoreTable(link);
  const loss = lossBox();
  const forward = forwardButton(link, table);
  const tally = h("p", { class: "muted number tally" });
  const ended = endBox(link);
  const reasons = scoreReasons(link);
  const playing = h("div", { class: "stack" }, h("p", { class: "lead" }, t("A hidden sequence is made of four tokens. Give each token a score, any number: the more you expect it next, the higher. Then see what comes.")), sequence, table.element, loss.element, forward.element);
  const element = h("div", { class: "two tutorial" }, h("div", { class: "stack" }, playing, ended.element, tally), reasons.element);
  let turn;
  const show = (state) => {
    playing.hidden = state.over;
    drawSequence(sequence, state);
    table.show(state);
    loss.show(state.loss);
    forward.show(state);
    ended.show(state);
    setText(tally, inAll(state));
    reasons.element.hidden = state.over;
    reasons.show(state);
    const moved = turn !== undefined && turn !== state.turn;
    turn = state.turn;
    const may = mayTakeFocus(element);
    if (may && moved) (state.over ? ended : table).focus();
    else if (may && state.loss && loss.fresh) forward.focus();
    loss.fresh = false;
  };
  return { element, show };
}

function drawSequence(list, { known, length, loss }) {
  const items = known.map((token, i) => h("li", { class: loss && i === known.length - 1 ? "tok new" : "tok" }, token));
  if (!loss && known.length < length) items.push(h("li", { class: "tok hidden", "aria-label": t("hidden") }, "?"));
  while (items.length < length) items.push(h("li", { class: "tok later", "aria-label": t("later") }, "·"));
  fill(list, items);
}

function scoreTable(link) {
  const lines = [0, 1, 2, 3].map((place) => scoreLine(place, () => soon(), () => link.send("play_reveal", { texts: texts() })));
  const texts = () => lines.map(({ field }) => field.value);
  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => link.send("play_scores", { texts: texts() }), WAIT_MS);
  };
  const problem = h("p", { class: "wrong", role: "status", id: "play-problem" });
  const head = ["token", "score", "", "probability", "surprise (nats)"].map((title, i) => i === 2 ? h("td", { class: "bar-cell", "aria-hidden": "true" }) : h("th", { scope: "col", class: i === 0 ? "left" : null }, named(title)));
  const element = h("div", { class: "stack tight" }, h("table", { class: "sums scores number" }, h("caption", { class: "sr" }, t("Scores and what they come to")), h("thead", {}, h("tr", {}, head)), h("tbody", {}, lines.map((line) => line.element))), problem);
  const show = (state) => {
    const fresh = element.dataset.written !== String(state.written);
    element.dataset.written = state.written;
    lines.forEach((line, i) => line.show(state.rows[i], { fresh, closed: Boolean(state.loss), bad: Boolean(state.problem) }));
    setText(problem, state.problem);
  };
  return { element, texts, show, stop: () => clearTimeout(timer), focus: () => lines[0].field.focus() };
}

function scoreLine(place, onType, onEnter) {
  const token = h("th", { scope: "row", class: "left" });
  const field = h("input", { class: "field score", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-describedby": "play-problem", "data-place": place });
  const bar = h("i", {});
  const p = h("td", { class: "p" });
  const cost = h("td", { class: "nats" });
  field.addEventListener("focus", () => field.select());
  field.addEventListener("input", onType);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); onEnter(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); [...field.getRootNode().querySelectorAll(".score")][(place + step + 4) % 4].focus(); }
  });
  const element = h("tr", {}, token, h("td", {}, field), h("td", { class: "bar-cell", "aria-hidden": "true" }, h("div", { class: "meter" }, bar)), p, cost);
  const show = (row, { fresh, closed, bad }) => {
    setText(token, row.token);
    field.setAttribute("aria-label", t("Score of {token}", { token: row.token }));
    field.readOnly = closed;
    // What is being typed is newer than its echo: only texts that Python wrote itself replace it.
    if (fresh) field.value = row.text;
    field.setAttribute("aria-invalid", String(row.bad));
    bar.style.transform = `scaleX(${row.p})`;
    setText(p, row.p.toFixed(3));
    setText(cost, nats(row.nats));
    cost.title = String(row.nats);
    element.classList.toggle("came", row.came);
    element.classList.toggle("old", bad);
  };
  return { element, field, show };
}

function lossBox() {
  const title = h("p", { class: "big" });
  const words = h("p", {});
  const bar = h("i", {});
  const box = h("div", { class: "loss stack tight" }, title, h("div", { class: "gauge", "aria-hidden": "true" }, bar), words);
  const element = h("div", { class: "loss-place", role: "status" }, box);
  const part = { element, fresh: false };
  let shown = 0;
  part.show = (loss) => {
    box.hidden = !loss;
    if (!loss) { shown = 0; delete box.dataset.jolt; return; }
    setText(title, t("It was “{token}”: loss {loss} nats", { token: loss.token, loss: nats(loss.nats) }));
    setText(words, `${loss.words} ${t("You gave it p {p}, and −ln p is its surprise.", { p: loss.p.toFixed(3) })}`);
    gauge(bar, loss.jolt);
    if (loss.number === shown) return;
    shown = loss.number;
    part.fresh = true;
    jolt(box, loss.jolt);
  };
  return part;
}

function forwardButton(link, table) {
  let latest = {};
  const press = () => {
    if (latest.loss) link.send("play_step");
    else { table.stop(); link.send("play_reveal", { texts: table.texts() }); }
  };
  const button = h("button", { type: "button", class: "button primary", onclick: press }, t("Reveal the next token"));
  const hint = h("span", { class: "small muted" }, h("kbd", {}, t("Enter")));
  const element = h("div", { class: "row" }, button, hint);
  const show = (state) => {
    latest = state;
    const last = state.losses.length === state.length;
    setText(button, !state.loss ? t("Reveal the next token") : last ? t("See the result") : t("Go on"));
  };
  return { element, show, focus: () => button.focus() };
}

function inAll({ losses, total, mean, even }) {
  if (!losses.length) return t("Scores that are all the same are an even guess: it costs ln 4 = {even} nats whatever comes.", { even: nats(even) });
  const sum = `${losses.map(nats).join(" + ")}${losses.length > 1 ? ` = ${nats(total)}` : ""}`;
  return t("{sum} nats so far, {mean} per token on average; an even guess costs ln 4 = {even}.", { sum, mean: nats(mean), even: nats(even) });
}

function endBox(link) {
  const title = h("p", { class: "big", tabindex: -1 });
  const words = h("p", { class: "lead" });
  const list = h("ol", { class: "sequence" });
  const element = h("div", { class: "stack" }, title, list, words, h("div", { class: "row" },
    h("button", { type: "button", class: "button primary", onclick: () => link.send("play_part", { name: "game" }) }, t("Now on a real text")),
    h("button", { type: "button", class: "button", onclick: () => link.send("play_tutorial_again") }, t("Play again"))));
  const show = ({ over, known, losses, mean, even }) => {
    element.hidden = !over;
    if (!over) return;
    setText(title, t("Your loss: {loss} nats per token", { loss: nats(mean) }));
    fill(list, known.map((token, i) => h("li", { class: "tok paid" }, token, h("span", { class: "small muted number" }, nats(losses[i])))));
    setText(words, mean < even ? t("That beats an even guess, which costs {even}. Training a language model makes this same number small: the mean surprise of the tokens that come, over very many texts.", { even: nats(even) })
      : t("An even guess costs {even}: high scores on tokens that do not come are paid for. Training a language model makes this same number small, over very many texts.", { even: nats(even) }));
  };
  return { element, show, focus: () => title.focus() };
}

export const styles = css`
  .sequence { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; font-size: 1.25rem; }
  .sequence .tok { padding: 4px 12px; min-width: 2.4em; text-align: center; } .sequence .hidden { border: 2px dashed var(--accent); color: var(--accent); background: none; font-weight: 700; } .sequence .later { background: none; color: var(--muted); } .sequence .new { border-color: var(--accent); background: var(--accent-soft); }
  .paid { display: grid; justify-items: center; }
  .scores td, .scores tbody th { font-size: 1.0625rem; padding: 6px; } .scores .nats { font-weight: 600; overflow-wrap: anywhere; min-width: 4.2em; }
  .scores .score { width: 6.5em; text-align: right; } .scores .score[aria-invalid="true"] { border-color: var(--bad); } .scores .score:read-only { background: none; }
  .scores .bar-cell { width: 34%; } .scores .old .nats, .scores .old .p { color: var(--muted); font-weight: 400; }
  .scores .came > * { background: var(--accent-soft); } .scores .came th::after { content: " ←"; color: var(--accent); }
  .reasons { border-left: 1px solid var(--line); padding-left: 28px; } .reasons .changed { background: var(--accent-soft); border-radius: 9px; padding: 10px 14px; }
  .formula { font: 0.9rem/1.5 var(--mono); overflow-wrap: anywhere; background: var(--field); border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; } .formula + .formula { margin-top: 6px; }
  .trial { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 14px; align-items: start; } .try { min-height: 30px; padding: 2px 10px; }
  @media (max-width: 60em) { .reasons { border-left: 0; padding-left: 0; border-top: 1px solid var(--line); padding-top: 16px; } }
  @media (max-width: 30em) { .trial { grid-template-columns: minmax(0, 1fr); gap: 6px; } }
  .loss-place { min-height: 5.2rem; } .tally { overflow-wrap: anywhere; }
  @media (max-width: 30em) { .scores .bar-cell { display: none; } .scores .score { width: 5em; } }
  @media (max-width: 23em) { .scores .score { width: 3.6em; } .scores td, .scores tbody th { font-size: 1rem; padding: 6px 3px; } .scores .nats { min-width: 0; } }
`;
