/** Bits or nats, for every number of the page.  Sends: `unit {name}`. */
import { h } from "./dom.js";

/** @param {import("./link.js").Link} link */
export function unitSwitch(link) {
  const buttons = ["bits", "nats"].map((name) => h("button", { type: "button", "data-unit": name, "aria-pressed": "false", onclick: () => link.send("unit", { name }) }, name));
  const element = h("div", { class: "segmented small unit", role: "group", "aria-label": "Unit of surprise and entropy" }, buttons);
  const show = ({ unit }) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.unit === unit)));
  return { element, show };
}
