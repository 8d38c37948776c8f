/**
 * Where the focus goes when what has it goes out of view: part of what is done there is to read on
 * elsewhere, in a part of the page that may not have been drawn yet.
 */

let wished = "";

/** The focus is to go to a place, as soon as it is there. */
export function wish(place) {
  wished = place;
}

/** Whether the focus was to go to this place; asked once. */
export function granted(place) {
  if (wished !== place) return false;
  wished = "";
  return true;
}

let watch = null;

/** Runs once `element` is in view: now, or when another room or lesson is open.  A later call replaces this one. */
export function whenShown(element, run) {
  watch?.disconnect();
  const own = watch = new MutationObserver(() => look());
  const look = () => {
    if (own !== watch || !element.checkVisibility()) return;
    own.disconnect();
    run();
  };
  own.observe(document.querySelector("main"), { attributes: true, attributeFilter: ["data-room", "data-lesson"] });
  requestAnimationFrame(look);
}
