/** A text to be copied: shown in a field, with a button that says when it is done. */
import { h, css, setText } from "./dom.js";
import { t } from "./wording.js";

/** @param {string} label @param {string} id of the field */
export function copyField(label, id) {
  const field = h("input", { class: "field code", id, readonly: true, spellcheck: "false" });
  const said = h("span", { class: "small muted", role: "status" });
  const button = h("button", { type: "button", class: "button", onclick: () => copy(field, said) }, t("Copy"));
  field.addEventListener("focus", () => field.select());
  const element = h("div", { class: "stack tight" }, h("label", { class: "small muted", for: id }, label), h("div", { class: "row" }, field, button, said));
  const show = (text) => {
    element.hidden = !text;
    if (field.value !== text) { field.value = text; setText(said, ""); }
  };
  return { element, show };
}

async function copy(field, said) {
  try {
    await navigator.clipboard.writeText(field.value);
    setText(said, t("Copied."));
  } catch {
    field.focus();
    field.select();
    setText(said, t("It is selected: copy it with Ctrl+C."));
  }
}

export const styles = css`
  .code { flex: 1 1 16rem; min-width: 0; max-width: 40rem; font: 0.84rem/1.4 var(--mono); }
`;
