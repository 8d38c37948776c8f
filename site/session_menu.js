/**
 * The session menu in the header: begin anew, for the next student at the same machine.  It asks
 * first, since nothing brings back what is forgotten.
 */
import { h, fill } from "./components/dom.js";
import { closeMenu } from "./menu.js";
import { announce } from "./status.js";

/** @param {{python: import("./python_host.js").PythonHost}} parts */
export function sessionMenu({ python }) {
  const menu = document.getElementById("session");
  const box = document.getElementById("session-box");
  const button = (label, onclick) => h("button", { type: "button", onclick }, label);
  const choices = () => fill(box, button("Start over…", () => ask()));
  const ask = () => {
    const yes = button("Start over", () => { closeMenu(menu); python.begin().then(() => announce("Everything starts over.")); });
    fill(box, h("p", {}, "The document, its branches, attempts and settings are forgotten."), h("div", { class: "row" }, yes, button("Keep them", () => closeMenu(menu))));
    yes.focus();
  };
  menu.addEventListener("toggle", () => { if (!menu.open) choices(); });
  choices();
}
