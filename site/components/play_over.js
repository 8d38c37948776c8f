/**
 * The end of a game: how everyone did, a result code to hand in, and what to do next.
 *
 * State: `{title, of, progress, code, player, link: {code, problem}}`.
 * Sends: `play_name {text}`, `play_again`, `play_leave`, `play_share`.
 */
import { h, setText, showSetting } from "./dom.js";
import { amount, surprise } from "./format.js";
import { copyField } from "./play_copy.js";
import { linkBox } from "./play_setup.js";
import { playProgress, playStandings } from "./play_progress.js";

const WAIT_MS = 250;

/** @param {import("./link.js").Link} link */
export function playOver(link) {
  const title = h("p", { class: "big", tabindex: -1 });
  const words = h("p", { class: "lead" });
  const standing = playStandings();
  const progress = playProgress(true);
  const name = h("input", { class: "field", id: "play-name", maxlength: 60, autocomplete: "off", placeholder: "as your lecturer knows you" });
  const code = copyField("Result code to hand in: every round with its points is in it.", "play-code");
  const share = linkBox(link, "play-link-again");
  let timer;
  name.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => link.send("play_name", { text: name.value }), WAIT_MS); });
  const element = h("div", { class: "stack" }, title, words,
    h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: () => link.send("play_again") }, "Play again"), h("button", { type: "button", class: "button", onclick: () => link.send("play_leave") }, "Another text"), share.button),
    share.element, standing.element,
    h("section", { class: "stack tight hand-in", "aria-label": "Hand in" }, h("h3", {}, "Hand in"), h("div", { class: "row" }, h("label", { class: "small muted", for: "play-name" }, "Your name"), name), code.element),
    progress.element);
  const show = (state, unit) => {
    const you = state.progress.standings[0];
    const model = state.progress.standings.find(({ name: who }) => who === "transformer");
    setText(title, `You paid ${amount(you.mean, unit)} per token, the transformer ${surprise(model.mean, unit)}`);
    setText(words, `${state.level} · ${state.title} · ${you.count} of ${state.of} tokens guessed.`);
    standing.show(state.progress, unit);
    progress.show(state.progress, unit);
    showSetting(name, state.player);
    code.show(state.code);
    share.show(state.link);
  };
  return { element, show, focus: () => title.focus({ preventScroll: true }) };
}
