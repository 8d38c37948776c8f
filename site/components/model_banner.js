/**
 * Says above the lens whose numbers these are when they are not the transformer's, and how far the
 * training of n-grams is.
 *
 * State: `{by, transformer, training: {step, done}|null}`; `by`, in the reader's language, is null for the transformer.
 * Sends: `predict_with {name}`, `stop_ngrams`.
 */
import { h, css, setText } from "./dom.js";
import { t, tParts } from "./wording.js";

/**
 * @param {import("./link.js").Link} link
 * @param {() => void} onGone takes the focus when what had it here is no longer there
 */
export function modelBanner(link, onGone) {
  const by = h("b", {});
  const back = h("button", { type: "button", class: "quiet small", onclick: () => link.send("predict_with", { name: "transformer" }) });
  const who = h("p", { class: "row who" }, h("span", {}, tParts("Numbers by the {model}", { model: by })), back);
  const step = h("span", {});
  const bar = h("progress", { max: 1, "aria-label": t("Counting for the n-grams") });
  const stop = h("button", { type: "button", class: "quiet small", onclick: () => link.send("stop_ngrams") }, t("Stop"));
  const training = h("p", { class: "row training" }, step, bar, stop);
  const element = h("div", { class: "banner small" }, who, training);
  const show = ({ by: name, transformer, training: state }) => {
    const held = element.getRootNode().activeElement;
    who.hidden = !name;
    setText(by, name === t("uniform") ? t("uniform model") : name ?? "");
    setText(back, t("Back to {model}", { model: transformer }));
    training.hidden = !state;
    if (state) { setText(step, t("Counting for the n-grams: {step}", { step: state.step })); bar.value = state.done; }
    element.hidden = !name && !state;
    if ((held === back && who.hidden) || (held === stop && training.hidden)) onGone();
  };
  return { element, show };
}

export const styles = css`
  .banner { flex: none; background: var(--chip); border-radius: 8px; padding: 4px 10px; margin-bottom: 12px; }
  .banner .row[hidden] { display: none; } .banner .who, .banner .training { justify-content: space-between; gap: 2px 12px; min-height: 28px; }
  .banner progress { flex: 1 1 6rem; min-width: 4rem; height: 8px; accent-color: var(--accent); }
`;
