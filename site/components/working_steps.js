/** "Show the working": from logits to the numbers that are drawn from, with this position's own. */
import { h, css, fill, redraw } from "./dom.js";
import { named } from "./terms.js";
import { rowNodes } from "./token_text.js";
import { probability, signed } from "./format.js";
import { later, many, t } from "./wording.js";

const HEADS = [later("token"), later("logit"), "÷ T = z", later("softmax"), later("result")];

export function workingSteps() {
  const body = h("div", { class: "working-body small" });
  const element = h("details", { class: "working" }, h("summary", {}, t("Show the working")), body);
  const show = ({ working, kept }) => redraw(body, () => fill(body, steps(working, kept)));
  return { element, show };
}

function steps(working, kept) {
  const { log_sum: z, kept_mass: mass, rules, rows } = working;
  const cut = rules.length > 0 && mass < 0.9999995;
  return [
    h("p", {}, divided(working)),
    h("p", {}, t("2. Softmax: p = exp(z − {z}), where {z} is the logarithm of the sum of exp(z) over the whole vocabulary.", { z: signed(z) })),
    h("p", {}, filtered(working, kept)),
    h("p", {}, cut ? t("4. What stays is divided by {p}, so that it sums to 1 again.", { p: probability(mass) }) : t("4. It sums to 1 already.")),
    h("table", { class: "candidates number" }, h("thead", {}, h("tr", {}, HEADS.map((label, i) => h("th", { scope: "col", class: i ? null : "token" }, named(label))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("td", { class: "token-cell" }, rowNodes(row)), h("td", {}, worked(row)), h("td", {}, row.divided === null ? t("removed") : signed(row.divided)),
        h("td", {}, probability(row.softmax)), h("td", {}, row.kept ? (cut ? `${probability(row.softmax)} ÷ ${probability(mass)} = ${probability(row.after)}` : probability(row.after)) : t("removed")))))),
  ];
}

function divided({ temperature, biased }) {
  if (temperature === 0) return biased ? t("1. What you favour or forbid is added to its logit first. Temperature 0 leaves only the likeliest token.") : t("1. Temperature 0 leaves only the likeliest token.");
  return biased ? t("1. What you favour or forbid is added to its logit first. Each logit is divided by the temperature {temperature}.", { temperature }) : t("1. Each logit is divided by the temperature {temperature}.", { temperature });
}

function filtered({ rules, kept_mass: mass, removed }, kept) {
  if (rules.length) return many(kept, "3. {rules}. {n} token stays, with {p} of the probability after step 2.", "3. {rules}. {n} tokens stay, with {p} of the probability after step 2.", { rules: inTurn(rules), p: probability(mass) });
  return removed ? many(kept, "3. No filter removes a token; {n} token is possible.", "3. No filter removes a token; {n} tokens are possible.") : t("3. No token is removed.");
}

const inTurn = (rules) => rules.reduce((first, second) => t("{first}; then {second}", { first, second }));

/** The logit, and what is added to it. */
function worked({ logit, bias }) {
  if (bias === null) return t("{logit}, forbidden", { logit: signed(logit) });
  return bias ? `${signed(logit)} ${bias > 0 ? "+" : "−"} ${Math.abs(bias)}` : signed(logit);
}

export const styles = css`
  .working summary { cursor: pointer; min-height: 28px; padding: 4px 0; color: var(--muted); font-size: 0.9rem; }
  .working-body { display: grid; gap: 6px; padding: 4px 0; line-height: 1.5; }
`;
