/** A menu in the header: a `details` element that closes on Escape and on a press elsewhere. */
export function makeMenu(box) {
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenu(box); });
  document.addEventListener("pointerdown", (event) => { if (!box.contains(event.target)) box.open = false; });
}

/** Closes it with the focus on what opened it. */
export function closeMenu(box) {
  box.open = false;
  box.firstElementChild.focus();
}
