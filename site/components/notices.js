/**
 * Hands the app's errors to the shell when Panel serves the page; see lmpanel/views/notices.py.
 * Through an event, since Panel serves components and shell from different folders.
 */
import { h } from "./dom.js";

/** @param {import("./link.js").Link} link */
export function mount(link) {
  link.onMessage(({ code, message, remedy }) => {
    const detail = { code, message, remedy, error: true };
    document.dispatchEvent(new CustomEvent("lmpanel:notice", { detail }));
  });
  return h("div", { hidden: true });
}
