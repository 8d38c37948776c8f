/**
 * "Score a text": a box for a text of the student's own, read as it stands or as the model's reply.
 * What is in the box stays there, so that a refused text is not lost.
 *
 * State: `{unit, can_reply, scored, max_scored, span, progress}`; `scored`: the span is the text scored
 * last; `max_scored`: how many tokens are taken at once.
 */
import { h, css, setText } from "./dom.js";
import { action } from "./action.js";
import { amount, count } from "./format.js";
import { many, t } from "./wording.js";

/** @param {(text: string, reply: boolean) => void} onScore */
export function scoreBox(onScore) {
  const area = h("textarea", { class: "field", rows: 4, id: "score-text", spellcheck: "false" });
  const [raw, reply] = ["raw", "reply"].map((value) => h("input", { type: "radio", name: "score-as", value, checked: value === "raw" }));
  const limit = h("label", { class: "small muted", for: "score-text" });
  const said = h("span", { class: "small muted number", role: "status" });
  const go = action(t("Score"), () => onScore(area.value, reply.checked));
  go.enable(true, t("Measures the text and selects its tokens (Ctrl+Enter)"));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    go.element.click();
  });
  const why = h("span", { class: "muted" });
  const choice = h("fieldset", { class: "row small" }, h("legend", { class: "sr" }, t("How the text is read")),
    h("label", { class: "row" }, raw, t("as raw text")), h("label", { class: "row" }, reply, t("as a reply to this conversation")), why);
  const element = h("details", { class: "score-box" }, h("summary", {}, t("Score a text")),
    h("div", { class: "score-body" }, limit, area, choice, h("div", { class: "row" }, go.element, said)));
  const show = ({ unit, can_reply, scored, max_scored, span, progress }) => {
    setText(limit, t("Your text, up to {n} tokens. It takes the place of the document or of the model's reply; Undo brings that back.", { n: count(max_scored) }));
    reply.disabled = !can_reply;
    setText(why, can_reply ? "" : t("There is no conversation to reply in: undo, or choose Chat."));
    if (!can_reply) raw.checked = true;
    setText(said, !scored ? "" : progress ?? (span.count ? many(span.count, "{n} token, {amount}", "{n} tokens, {amount}", { amount: amount(span.total, unit) }) : ""));
  };
  return { element, show };
}

export const styles = css`
  .score-box summary { cursor: pointer; min-height: 28px; padding: 4px 0; color: var(--muted); font-size: 0.9rem; }
  .score-body { display: grid; gap: 8px; padding: 2px 0 10px; }
  .score-body fieldset { border: 0; margin: 0; padding: 0; gap: 4px 18px; } .score-body fieldset label { gap: 6px; min-height: 24px; }
  .score-body input { width: 18px; height: 18px; margin: 0; accent-color: var(--accent); }
`;
