/** Bits or nats, for every number of the page.  Sends: `unit {name}`. */
import { h } from "./dom.js";
import { later, t } from "./wording.js";

const UNITS = [later("bits"), later("nats")];

/** @param {import("./link.js").Link} link */
export function unitSwitch(link) {
  const buttons = UNITS.map((name) => h("button", { type: "button", "data-unit": name, "aria-pressed": "false", onclick: () => link.send("unit", { name }) }, t(name)));
  const element = h("div", { class: "segmented small unit", role: "group", "data-part": "unit", "aria-label": t("Unit of surprise and entropy") }, buttons);
  const show = ({ unit }) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.unit === unit)));
  return { element, show };
}
