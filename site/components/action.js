/** Buttons that stay where they are, and focusable, when they have nothing to do. */
import { h } from "./dom.js";

/**
 * @param {string} label
 * @param {() => void} onPress not called while there is nothing to do
 * @param {string} [kind] class of the button
 * @returns {{element: HTMLElement, enable: (on: any, title?: string) => void}}
 */
export function action(label, onPress, kind = "button") {
  const element = h("button", { type: "button", class: kind }, label);
  element.addEventListener("click", () => { if (element.getAttribute("aria-disabled") !== "true") onPress(); });
  const enable = (on, title = "") => {
    element.setAttribute("aria-disabled", String(!on));
    element.title = title;
  };
  return { element, enable };
}
