/** Shows the app's errors in the shell when Panel serves the page; see lmpanel/views/notices.py. */
import { h } from "./dom.js";
import { notice } from "../status.js";

/** @param {import("./link.js").Link} link */
export function mount(link) {
  link.onMessage(({ code, message, remedy }) => notice({ code, message, remedy, error: true }));
  return h("div", { hidden: true });
}
