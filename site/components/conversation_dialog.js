/**
 * The conversation as JSON: to read, copy, change and paste in.  Python checks what is pasted; a
 * refused text stays in the box so that nothing typed is lost.
 */
import { css, h } from "./dom.js";
import { t } from "./wording.js";

/** @param {import("./link.js").Link} link */
export function conversationDialog(link) {
  const area = h("textarea", { class: "field", rows: 16, spellcheck: "false", "aria-label": t("Conversation as JSON") });
  const error = h("p", { class: "small", role: "alert" });
  const element = h("dialog", { "aria-labelledby": "json-title" },
    h("h3", { id: "json-title" }, t("The conversation as JSON")),
    h("p", { class: "small muted" }, t("The turns with role and content, and the beginning of the reply while the turn of the model is open. A plain list of turns can be pasted, too. Where no system turn is given, the template adds its own.")),
    area, error,
    h("div", { class: "row" },
      h("button", { type: "button", class: "button primary", onclick: () => link.send("set_json", { text: area.value }) }, t("Use this conversation")),
      h("button", { type: "button", class: "button", onclick: () => copy(area) }, t("Copy")),
      h("button", { type: "button", class: "button", onclick: () => element.close() }, t("Close"))));
  link.onMessage((message) => {
    if (message.op === "json_error") error.textContent = message.text;
    else if (message.op === "json_used") element.close();
  });
  return {
    element,
    open(text) {
      area.value = text;
      error.textContent = "";
      element.showModal();
    },
  };
}

async function copy(area) {
  area.select();
  await navigator.clipboard.writeText(area.value);
}

export const dialogStyles = css`
  dialog { width: min(44rem, calc(100vw - 32px)); border: 1px solid var(--edge); border-radius: 14px; background: var(--card); color: var(--ink); padding: 20px; }
  dialog[open] { display: grid; gap: 12px; }
  dialog::backdrop { background: rgb(0 0 0 / 0.4); }
  dialog textarea { font: 0.84rem/1.5 var(--mono); }
`;
