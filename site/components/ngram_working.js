/**
 * The counts behind one number of the ladder, from the shortest context to the longest.
 *
 * State: `{opened, asked, trained: {vocabulary}, working: [{n, context: [token], count, total, types, formula, discount, prob, followers: [{id, text, kind,
 * spoken, count}]}]}`.
 * Sends: `ask_ngrams {id}`.
 */
import { h, css, redraw, fill } from "./dom.js";
import { term } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { count, exact } from "./format.js";
import { many, t, tParts } from "./wording.js";

const LOW = "₀₁₂₃₄₅";

/** @param {import("./link.js").Link} link */
export function ngramWorking(link) {
  const element = h("section", { class: "working", "aria-label": t("The counts behind the number") });
  let opened = null;
  const show = (state) => {
    element.hidden = !state.working.length;
    redraw(element, () => fill(element, element.hidden ? null : steps(state, link)));
    // It stands below the ladder, whose button opened it.
    if (opened !== null && opened !== state.opened && !element.hidden) intoView(element);
    ({ opened } = state);
  };
  return { element, show };
}

/** The whole of it where there is room, or else its beginning. */
const intoView = (element) => element.scrollIntoView({ block: element.offsetHeight < innerHeight / 2 ? "nearest" : "start" });

function steps({ opened, asked, working, trained }, link) {
  return [
    h("h3", {}, tParts("How the {model} comes to its number for “{token}”", { model: t(opened), token: quoted(asked) })),
    h("p", { class: "small" }, tParts("Interpolated {discounting}: a little (d) is taken off every count, and shared out as the next shorter context would.", { discounting: term("discounting", t("absolute discounting")) })),
    h("p", { class: "small formula" }, "Pₙ(w | h) = (c(h w) − d) / c(h) + d · T(h) / c(h) · Pₙ₋₁(w | h′)"),
    h("p", { class: "small muted" }, t("c counts, T(h) is how many different tokens followed h, h′ is h without its first token; d = n₁ / (n₁ + 2 n₂), n₁ and n₂ being how many different runs of n tokens were seen once and twice (Ney, Essen and Kneser 1994; Chen and Goodman 1998); it is kept between 0.1 and 0.9, so that tiny texts work too. P₀ = 1 / {vocabulary}.", { vocabulary: count(trained.vocabulary) })),
    h("ol", { class: "terms" }, working.map((term) => step(term, asked, link))),
  ];
}

function step(term, asked, link) {
  const context = () => term.context.map((token) => rowNodes(token));
  const { length } = term.context;
  return h("li", { "data-n": term.n },
    h("p", {}, h("b", {}, `P${LOW[term.n]}(`, quoted(asked), length ? [" | ", h("span", { class: "run" }, context())] : null, ")"), " ", seen(term, asked, context())),
    h("p", { class: "formula", "data-prob": exact(term.prob) }, term.formula),
    term.discount ? h("p", { class: "small muted number" }, term.discount) : null,
    term.followers.length && length ? h("p", { class: "small muted" }, t("What followed:"), " ", term.followers.map((token, i) => h("span", { class: "expected" },
      h("button", { type: "button", class: "token", "data-key": `${term.n} ${i}`, "aria-label": many(token.count, "{token}, {n} time", "{token}, {n} times", { token: token.spoken }), onclick: () => link.send("ask_ngrams", { id: token.id }) }, rowNodes(token)), ` ${count(token.count)}×`))) : null);
}

function seen(term, asked, context) {
  const token = quoted(asked);
  if (!context.length) return tParts(many(term.total, "“{token}” was {times} of {n} token; {types} different ones occurred.", "“{token}” was {times} of {n} tokens; {types} different ones occurred."), { token, times: count(term.count), types: count(term.types) });
  const run = h("span", { class: "run" }, context);
  if (!term.total) return tParts("“{run}” never occurred.", { run });
  const words = { run, token, often: often(term.total), times: often(term.count), kinds: many(term.types, "one token", "{n} different tokens") };
  if (!term.count) return tParts("“{run}” was followed by something {often}, never by “{token}”; by {kinds} in all.", words);
  return tParts("“{run}” was followed by something {often}, {times} of them by “{token}”; by {kinds} in all.", words);
}

const quoted = (token) => h("span", { class: "run" }, rowNodes(token));
const often = (number) => many(number, "once", "{n} times");

export const styles = css`
  .working .formula { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; background: var(--chip); border-radius: 7px; padding: 4px 8px; }
  .working > * + * { margin-top: 6px; }
  .terms { list-style: none; margin: 10px 0 0; padding: 0; display: grid; gap: 14px; } .terms p + p { margin-top: 4px; }
  .run { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
