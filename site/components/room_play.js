/**
 * Be the language model: a tutorial with four tokens, rounds on real texts, and result codes.
 *
 * State: `{part, unit, tutorial | game | codes}`; see play_tutorial.js, play_game.js, play_codes.js.
 * Sends: `play_part {name}` and what the parts send.
 */
import { h, css } from "./dom.js";
import { playTutorial, styles as tutorialStyles } from "./play_tutorial.js";
import { playGame, sheets as gameSheets } from "./play_game.js";
import { playCodes, styles as codesStyles } from "./play_codes.js";
import { later, t } from "./wording.js";

const PARTS = { tutorial: later("Four tokens"), game: later("Real text"), codes: later("Result codes") };

/** @param {import("./link.js").Link} link */
export function create(link) {
  const buttons = Object.entries(PARTS).map(([name, title]) => h("button", { type: "button", "data-name": name, onclick: () => link.send("play_part", { name }) }, t(title)));
  const parts = { tutorial: playTutorial(link), game: playGame(link), codes: playCodes(link) };
  const element = h("div", { class: "play" },
    h("div", { class: "row head" }, h("h2", { class: "name" }, t("Be the language model")), h("div", { class: "segmented", role: "group", "aria-label": t("Parts of the game") }, buttons)),
    Object.values(parts).map((part) => part.element));
  let shown;
  const show = (state) => {
    const held = shown !== state.part && shown && parts[shown].element.contains(element.getRootNode().activeElement);
    shown = state.part;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.name === state.part));
    for (const [name, part] of Object.entries(parts)) {
      part.element.hidden = name !== state.part;
      if (name === state.part) part.show(state[name], state.unit);
    }
    // What led here is gone from view.
    if (held) buttons.find(({ dataset }) => dataset.name === state.part).focus();
  };
  return { element, show };
}

const own = css`
  .play { display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; max-width: 1180px; margin: 0 auto; padding: 2px 6px 24px; overflow-x: clip; } .play .segmented button { white-space: nowrap; }
  .play .head { gap: 8px 20px; } .play .name { font-size: 1.25rem; color: var(--ink); letter-spacing: -0.01em; }
  .play h3 { font-size: 1rem; font-weight: 650; }
  .two { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 20px 44px; align-items: start; }
  .lead { font-size: 1.0625rem; max-width: 44rem; }
  .big { font-size: 1.3rem; line-height: 1.35; font-weight: 600; overflow-wrap: anywhere; } .big:focus { outline: none; }
  .wrong { border-left: 3px solid var(--wait); padding-left: 10px; } .wrong:empty { display: none; }
  .gauge { height: 8px; border-radius: 4px; background: var(--chip); overflow: hidden; } .gauge i { display: block; height: 100%; background: var(--bar); transform-origin: left; transform: scaleX(0); }
  .meter { height: 14px; border-radius: 4px; background: var(--chip); overflow: hidden; min-width: 3rem; } .meter i { display: block; height: 100%; background: var(--bar-fill); transform-origin: left; } .meter.you i { background: var(--accent); }
  .tok { display: inline-block; padding: 1px 7px; border: 1px solid var(--line); border-radius: 6px; background: var(--chip); white-space: pre-wrap; overflow-wrap: anywhere; }
  @media (max-width: 30em) { .play { padding-left: 3px; padding-right: 3px; } .play .head .segmented button { padding: 3px 7px; white-space: normal; } .play th, .play th .term { overflow-wrap: anywhere; hyphens: auto; } }
  @media (max-width: 23em) { .play .head .segmented button { white-space: normal; padding: 3px 5px; } }
  @media (max-width: 60em) { .two { grid-template-columns: minmax(0, 1fr); } }
  @media (forced-colors: active) { .meter i, .gauge i { background: Highlight; } .tok { border-color: CanvasText; } }
`;

export const sheets = [own, tutorialStyles, ...gameSheets, codesStyles];
