/**
 * Before a game: which text, which of its tokens, how many; or a challenge that came with a link.
 *
 * State: `{texts: [{name, title, level, language, source, words}], own_name, setup: {text, own, order, seed, rounds},
 * problem, counted_in, link: {code, problem}}`; offered: `{title, level, source, order, seed, rounds, tokens}`, `on`.
 * Sends: `play_choose {…}`, `play_start {own, rounds, seed}`, `play_share {own, rounds, seed}`, `play_accept`, `play_decline`.
 */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { challengeUrl } from "./challenge_link.js";
import { copyField } from "./play_copy.js";
import { later, many, t } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function playSetup(link) {
  const cards = h("div", { class: "cards", role: "radiogroup", "aria-label": t("Text") });
  const own = h("textarea", { class: "field", rows: 7, id: "play-own", placeholder: t("Paste a text here. It stays on this machine.") });
  const ownBox = h("div", { class: "stack tight" }, h("label", { class: "small muted", for: "play-own" }, t("Your text, in any language")), own);
  const order = h("select", { class: "field", id: "play-order", onchange: () => link.send("play_choose", { order: order.value }) }, h("option", { value: "seed" }, t("some, chosen by a seed")), h("option", { value: "order" }, t("every one in order")));
  const seed = number("play-seed", 0, 2 ** 31, (value) => link.send("play_choose", { seed: value }));
  const rounds = number("play-rounds", 1, 100, (value) => link.send("play_choose", { rounds: value }));
  const seedBox = h("span", { class: "row" }, h("label", { for: "play-seed", title: t("The same seed hides the same tokens, for everyone") }, t("seed")), seed);
  const problem = h("p", { class: "wrong", role: "status" });
  // What stands in the fields, whether it has been sent or refused.
  const typed = () => ({ ...(ownBox.hidden ? {} : { own: own.value }), rounds: valueOf(rounds), ...(seedBox.hidden ? {} : { seed: valueOf(seed) }) });
  const share = linkBox(link, "play-link", typed);
  own.addEventListener("change", () => link.send("play_choose", { own: own.value }));
  const lead = h("p", { class: "lead", tabindex: -1 }, t("A token of a text is hidden. You have 100 points to spread over what may come next, and pay −log₂ of what you gave to what does come. Beside you plays the model, which reads the same tokens and nothing else."));
  const rivals = h("p", { class: "small muted" });
  const element = h("div", { class: "stack setup" }, lead,
    rivals, cards, ownBox,
    h("div", { class: "row asks" }, h("label", { for: "play-rounds" }, t("Guess")), rounds, h("label", { for: "play-order" }, t("tokens:")), order, seedBox),
    problem,
    h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: () => link.send("play_start", typed()) }, t("Start")), share.button), share.element);
  const show = (state) => {
    drawCards(cards, state, link);
    ownBox.hidden = state.setup.text !== state.own_name;
    showSetting(own, state.setup.own);
    showSetting(order, state.setup.order);
    showSetting(seed, state.setup.seed);
    showSetting(rounds, state.setup.rounds);
    seedBox.hidden = state.setup.order !== "seed";
    setText(rivals, t("N-grams play along: counted in {title}, whatever the N-grams lens counts in, so that they are the same for everyone.", { title: state.counted_in }));
    setText(problem, state.problem);
    share.show(state.link);
  };
  return { element, show, focus: () => lead.focus() };
}

function number(id, min, max, onChange) {
  const field = h("input", { class: "field number", id, type: "number", min, max, step: 1 });
  field.addEventListener("change", () => onChange(valueOf(field)));
  return field;
}

const valueOf = (field) => (field.value === "" ? null : Number(field.value));

/** The button that makes a link to the same game, and the field it appears in. */
export function linkBox(link, id, typed = () => ({})) {
  const button = h("button", { type: "button", class: "button", title: t("A link with which others play exactly these rounds"), onclick: () => link.send("play_share", typed()) }, t("Challenge link"));
  const field = copyField(t("Whoever opens this link plays the same tokens of the same text. It holds all of it; nothing is stored anywhere."), id);
  const problem = h("p", { class: "wrong", role: "status" });
  const element = h("div", { class: "stack tight" }, field.element, problem);
  const show = ({ code, problem: why }) => {
    field.show(code ? challengeUrl(code) : "");
    setText(problem, why);
  };
  return { element, button, show };
}

function drawCards(box, { texts, setup, own_name: ownName }, link) {
  if (!box.children.length) {
    const rows = [...texts, { name: ownName, level: later("Your own"), title: t("Paste a text"), source: "" }];
    fill(box, rows.map((text) => {
      const radio = h("input", { type: "radio", name: "play-text", value: text.name, onchange: () => link.send("play_choose", { text: text.name }) });
      return h("label", { class: "text-card", title: t(text.source) }, radio, h("b", {}, t(text.level)), h("span", {}, text.title), h("span", { class: "small muted" }, text.words ? `${size(text)} · ${t(text.source)}` : t("it stays on this machine")));
    }));
  }
  for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === setup.text;
}

/** How long a text is, and its language where that is another than of most. */
function size({ words, language }) {
  if (language === "English") return many(words, "{n} word", "{n} words");
  return many(words, "{n} word, {language}", "{n} words, {language}", { language: t(language) });
}

/** A challenge that came with the address: what it is, and whether to take it. */
export function playOffer(link) {
  const title = h("p", { class: "big", tabindex: -1 });
  const about = h("p", { class: "lead" });
  const warning = h("p", { class: "wrong" }, t("Your game that is on would be given up."));
  const element = h("div", { class: "stack" }, title, about, warning, h("div", { class: "row" },
    h("button", { type: "button", class: "button primary", onclick: () => link.send("play_accept") }, t("Play the challenge")),
    h("button", { type: "button", class: "button", onclick: () => link.send("play_decline") }, t("Not now"))));
  const show = ({ offered, on }) => {
    setText(title, t("A challenge: {title}", { title: offered.title }));
    setText(about, `${textOf(offered)} ${hiddenOf(offered)}`);
    warning.hidden = !on;
  };
  return { element, show, focus: () => title.focus() };
}

function textOf({ level, source, tokens }) {
  if (!source) return many(tokens, "{level} text of {n} token.", "{level} text of {n} tokens.", { level: t(level) });
  return many(tokens, "{level} text of {n} token ({source}).", "{level} text of {n} tokens ({source}).", { level: t(level), source: t(source) });
}

function hiddenOf({ rounds, order, seed }) {
  if (order === "seed") return many(rounds, "{n} of them is hidden, chosen by the seed {seed}: the same one for everyone who has this link.", "{n} of them are hidden, chosen by the seed {seed}: the same ones for everyone who has this link.", { seed });
  return many(rounds, "{n} of them is hidden: the same one for everyone who has this link.", "{n} of them are hidden, one after the other: the same ones for everyone who has this link.");
}

export const styles = css`
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15.5rem, 100%), 1fr)); gap: 10px; }
  .text-card { position: relative; display: grid; gap: 2px; align-content: start; padding: 10px 14px 12px; border: 1px solid var(--edge); border-radius: 11px; cursor: pointer; overflow-wrap: anywhere; }
  .text-card:hover { background: var(--hover); } .text-card:has(:checked) { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); }
  .text-card:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; } .text-card input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
  .lead:focus { outline: none; } .asks { gap: 8px 10px; } #play-rounds { width: 5em; } #play-seed { width: 8em; }
`;
