/**
 * Rounds on a real text: what is in view of them.
 *
 * State: `{stage: "setup"|"offered"|"round"|"reveal"|"over", problem, …}`; see play_setup.js, play_round.js
 * and play_over.js.
 */
import { h } from "./dom.js";
import { playSetup, playOffer, styles as setupStyles } from "./play_setup.js";
import { playRound, styles as roundStyles } from "./play_round.js";
import { playOver } from "./play_over.js";
import { styles as pointsStyles } from "./points_table.js";
import { styles as revealStyles } from "./play_reveal.js";
import { styles as progressStyles } from "./play_progress.js";
import { styles as plotStyles } from "./calibration_plot.js";
import { styles as copyStyles } from "./play_copy.js";

/** @param {import("./link.js").Link} link */
export function playGame(link) {
  const setup = playSetup(link);
  const offered = playOffer(link);
  const round = playRound(link);
  const over = playOver(link);
  const views = { setup, offered, round, reveal: round, over };
  const element = h("div", { class: "game" }, [setup, offered, round, over].map((view) => view.element));
  let before;
  const show = (state, unit) => {
    const open = views[state.stage];
    const held = before && before !== open && before.element.contains(element.getRootNode().activeElement);
    before = open;
    for (const view of [setup, offered, round, over]) view.element.hidden = view !== open;
    open.show(state, unit);
    if (held) open.focus();
  };
  return { element, show };
}

export const sheets = [setupStyles, roundStyles, pointsStyles, revealStyles, progressStyles, plotStyles, copyStyles];
