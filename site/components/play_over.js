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
import { many, t } from "./wording.js";

const WAIT_MS = 250;

/** @param {import("./link.js").Link} link */
export function playOver(link) {
  const title = h("p", { class: "big", tabindex: -1 });
  const words = h("p", { class: "lead" });
  const standing = playStandings();
  const progress = playProgress(true);
  const name = h("input", { class: "field", id: "play-name", maxlength: 60, autocomplete: "off", placeholder: t("as your lecturer knows you") });
  const code = copyField(t("Result code to hand in: every round with its points is in it."), "play-code");
  const share = linkBox(link, "play-link-again");
  let timer;
  name.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => link.send("play_name", { text: name.value }), WAIT_MS); });
  const element = h("div", { class: "stack" }, title, words,
    h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: () => link.send("play_again") }, t("Play again")), h("button", { type: "button", class: "button", onclick: () => link.send("play_leave") }, t("Another text")), share.button),
    share.element, standing.element,
    h("section", { class: "stack tight hand-in", "aria-label": t("Hand in") }, h("h3", {}, t("Hand in")), h("div", { class: "row" }, h("label", { class: "small muted", for: "play-name" }, t("Your name")), name), code.element),
    progress.element);
  const show = (state, unit) => {
    const you = state.progress.standings[0];
    const model = state.progress.standings.find(({ name: who }) => who === "transformer");
    setText(title, t("You paid {yours} per token, the transformer {its}", { yours: amount(you.mean, unit), its: surprise(model.mean, unit) }));
    setText(words, [t(state.level), state.title, many(state.of, "{done} of {n} token guessed.", "{done} of {n} tokens guessed.", { done: you.count })].join(" · "));
    standing.show(state.progress, unit);
    progress.show(state.progress, unit);
    showSetting(name, state.player);
    code.show(state.code);
    share.show(state.link);
  };
  return { element, show, focus: () => title.focus({ preventScroll: true }) };
}
