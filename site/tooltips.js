/**
 * Shows by the keyboard what `title` shows by the mouse: beside what has the focus, until Escape or
 * until the focus goes on.  Screen readers read the title itself.  Components know nothing of it.
 */
import { h, setText } from "./components/dom.js";

const WAIT_MS = 400;
const GAP_PX = 6;

/** Follows the focus through all of the page.  Shadow roots keep their own focus events, but let keys out. */
export function showTitlesOnFocus() {
  const tip = h("div", { class: "tooltip", popover: "manual", "aria-hidden": "true" });
  document.body.append(tip);
  let owner = null;
  let timer;
  const hide = () => {
    clearTimeout(timer);
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const leave = () => { hide(); owner = null; };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); }, true);
  document.addEventListener("keyup", () => {
    const focused = focusedElement();
    if (focused === owner) return renew(tip, owner);
    hide();
    owner = focused;
    if (focused.matches(":focus-visible") && titleOf(focused)) timer = setTimeout(() => show(tip, focused), WAIT_MS);
  });
  document.addEventListener("pointerdown", leave, true);
  document.addEventListener("scroll", hide, true);
  addEventListener("blur", leave);
  document.addEventListener("lmpanel:drawn", () => { if (owner && !owner.isConnected) leave(); });
}

function focusedElement() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element ?? document.body;
}

/** What a title says beyond the words that are there anyway. */
function titleOf(element) {
  const title = element.closest("[title]")?.title ?? "";
  return title === element.textContent.trim() ? "" : title;
}

function show(tip, element) {
  if (element !== focusedElement()) return;
  setText(tip, titleOf(element));
  tip.showPopover();
  const [box, own] = [element.getBoundingClientRect(), tip.getBoundingClientRect()];
  const below = box.bottom + GAP_PX;
  tip.style.left = `${Math.max(GAP_PX, Math.min(box.left, innerWidth - own.width - GAP_PX))}px`;
  tip.style.top = `${below + own.height <= innerHeight ? below : Math.max(GAP_PX, box.top - own.height - GAP_PX)}px`;
}

/** A button may say something else after it was pressed. */
function renew(tip, owner) {
  if (tip.matches(":popover-open") && titleOf(owner)) setText(tip, titleOf(owner));
}
