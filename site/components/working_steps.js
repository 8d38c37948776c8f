/** "Show the working": from logits to the numbers that are drawn from, with this position's own. */
import { h, css, fill, redraw } from "./dom.js";
import { named } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { many, probability, signed } from "./format.js";

export function workingSteps() {
  const body = h("div", { class: "working-body small" });
  const element = h("details", { class: "working" }, h("summary", {}, "Show the working"), body);
  const show = ({ working, kept }) => redraw(body, () => fill(body, steps(working, kept)));
  return { element, show };
}

function steps(working, kept) {
  const { temperature: t, log_sum: z, kept_mass: mass, rules, rows, biased, removed } = working;
  const cut = rules.length > 0 && mass < 0.9999995;
  const added = biased ? "What you favour or forbid is added to its logit first. " : "";
  const kinds = t === 0 ? `1. ${added}Temperature 0 leaves only the likeliest token.` : `1. ${added}Each logit is divided by the temperature ${t}.`;
  return [
    h("p", {}, kinds),
    h("p", {}, `2. Softmax: p = exp(z − ${signed(z)}), where ${signed(z)} is the logarithm of the sum of exp(z) over the whole vocabulary.`),
    h("p", {}, rules.length ? `3. ${rules.join("; then ")}. ${tokens(kept)} stay${kept === 1 ? "s" : ""}, with ${probability(mass)} of the probability after step 2.` : removed ? `3. No filter removes a token; ${tokens(kept)} ${kept === 1 ? "is" : "are"} possible.` : "3. No token is removed."),
    h("p", {}, cut ? `4. What stays is divided by ${probability(mass)}, so that it sums to 1 again.` : "4. It sums to 1 already."),
    h("table", { class: "candidates number" }, h("thead", {}, h("tr", {}, ["token", "logit", "÷ T = z", "softmax", "result"].map((label, i) => h("th", { scope: "col", class: i ? null : "token" }, named(label))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("td", { class: "token-cell" }, rowNodes(row)), h("td", {}, worked(row)), h("td", {}, row.divided === null ? "removed" : signed(row.divided)),
        h("td", {}, probability(row.softmax)), h("td", {}, row.kept ? (cut ? `${probability(row.softmax)} ÷ ${probability(mass)} = ${probability(row.after)}` : probability(row.after)) : "removed"))))),
  ];
}

const tokens = (n) => many(n, "token");

/** The logit, and what is added to it. */
function worked({ logit, bias }) {
  if (bias === null) return `${signed(logit)}, forbidden`;
  return bias ? `${signed(logit)} ${bias > 0 ? "+" : "−"} ${Math.abs(bias)}` : signed(logit);
}

export const styles = css`
  .working summary { cursor: pointer; min-height: 28px; padding: 4px 0; color: var(--muted); font-size: 0.9rem; }
  .working-body { display: grid; gap: 6px; padding: 4px 0; line-height: 1.5; }
`;
