/**
 * What a lesson does to the page: rings round parts, parts hidden, parts locked.  A place is a slot and a
 * selector, see lmpanel/lessons/parts.py.  Parts that are drawn later get their mark when they are there.  The
 * texts and labels in selectors are English, those on the page in the reader's language.
 */
import { t } from "./wording.js";

const ATTRIBUTES = { highlight: "data-ring", hide: "data-off", lock: "data-locked" };

/** What the author of a course page has hidden and locked, in every lesson and outside of them. */
let always = { highlight: [], hide: [], lock: [] };
let wanted = { highlight: [], hide: [], lock: [] };
let scheduled = false;

/** Marks these places and no others. */
export function mark(places) {
  wanted = places;
  apply();
}

/** Marks these places beside all others from now on. */
export function markAlways(places) {
  always = { ...always, ...places };
  apply();
}

/** Components say when they have drawn something new. */
document.addEventListener("lmpanel:drawn", () => {
  if (scheduled || ![always, wanted].some((one) => Object.values(one).some((places) => places.length))) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; apply(); });
});

let marked = [];

function apply() {
  for (const [element, attribute] of marked) {
    element.removeAttribute(attribute);
    if (attribute === "data-locked") element.inert = false;
  }
  marked = [];
  for (const [kind, attribute] of Object.entries(ATTRIBUTES)) {
    for (const [slot, selector] of [...wanted[kind], ...always[kind]]) {
      const element = (kind === "hide" && ownCard(slot, selector)) || find(slot, selector);
      if (!element) continue;
      element.setAttribute(attribute, "");
      if (kind === "lock") element.inert = true;
      marked.push([element, attribute]);
    }
  }
}

/** A card that holds nothing but the part that is hidden goes with it: what is left gets the room. */
function ownCard(slot, selector) {
  const card = slot && selector === ":host" ? document.getElementById(`slot-${slot}`)?.closest(".card") : null;
  return card?.querySelectorAll(".slot").length === 1 ? card : null;
}

function find(slot, selector) {
  if (!slot) return document.querySelector(selector);
  const box = document.getElementById(`slot-${slot}`);
  const place = box?.querySelector(".live") ?? box;
  const host = box?.querySelector(":scope > [data-recorded]") ?? (place && liveHost(place));
  if (!host) return null;
  return selector === ":host" ? host : deepFind(host.shadowRoot, asShown(selector));
}

/** The selector with the text or label that it goes by as the page has it. */
function asShown(selector) {
  if (selector.startsWith("button:")) return `button:${t(selector.slice(7))}`;
  return selector.replace(/\[aria-label='([^']*)'\]/, (_, label) => `[aria-label="${CSS.escape(t(label))}"]`);
}

/** The component's own host, inside Bokeh's shadow roots. */
function liveHost(node) {
  for (const element of node.querySelectorAll("*")) {
    if (element.dataset.live) return element;
    const inner = element.shadowRoot && liveHost(element.shadowRoot);
    if (inner) return inner;
  }
  return null;
}

function deepFind(root, selector) {
  const text = selector.startsWith("button:") ? selector.slice(7) : null;
  const own = text ? [...root.querySelectorAll("button, label")].find((button) => button.textContent.trim() === text) : root.querySelector(selector);
  if (own) return own;
  for (const element of root.querySelectorAll(".opened, .live")) {
    const inner = element.shadowRoot && deepFind(element.shadowRoot, selector);
    if (inner) return inner;
  }
  return null;
}
