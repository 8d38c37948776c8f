/**
 * Why scores become these numbers: what the last change did, the working, and two things to try.
 * State: `{loss, over, rows, why: {changed, log_sum, value, sum, one, all, first}}`.  Sends: `play_add {place}`.
 */
import { h, fill, setText } from "./dom.js";
import { action } from "./action.js";
import { t } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function scoreReasons(link) {
  const changed = h("p", { class: "changed", role: "status" });
  const working = h("div", { class: "working number" });
  const sum = h("p", { class: "number formula" });
  const one = h("p", {});
  const all = h("p", {});
  const addOne = action("+1", () => link.send("play_add", { place: 0 }), "button small try");
  const addAll = action(t("+1 for all"), () => link.send("play_add", { place: null }), "button small try");
  const element = h("section", { class: "reasons stack", "aria-label": t("Why these numbers") },
    h("h3", {}, t("Why these numbers")), changed,
    h("div", { class: "stack tight" }, h("p", {}, t("Every score becomes a weight e^score, so only positive numbers remain and one more is always the same factor, e = 2.718. The logarithm of all weights added up, ln Σ for short, is what the scores are measured against:")), working),
    h("div", { class: "stack tight" }, h("p", {}, t("A probability is e^−surprise, and these always share 1 among them. That is why nothing comes free:")), sum),
    h("div", { class: "trial" }, addOne.element, one), h("div", { class: "trial" }, addAll.element, all));
  const show = ({ rows, why, loss, over }) => {
    setText(changed, why.changed);
    changed.hidden = !why.changed;
    fill(working, h("p", { class: "formula" }, "ln Σ = ", why.log_sum), h("p", { class: "formula" }, t("surprise = {value} − score", { value: why.value })));
    setText(sum, why.sum);
    setText(addOne.element, t("+1 for {token}", { token: why.first }));
    setText(one, why.one);
    setText(all, why.all);
    const open = !loss && !over && !rows.some(({ bad }) => bad);
    for (const each of [addOne, addAll]) each.enable(open, open ? "" : t("While scores are asked for"));
  };
  return { element, show };
}

