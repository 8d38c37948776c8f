/**
 * The way into lessons from the page around the components: the button for newcomers and `?lesson=`.
 * A lesson is asked for by an event that the lesson component takes; until it is there, the wish waits.
 */
import { setText } from "./components/dom.js";
import { t } from "./components/wording.js";

const FIRST = "conversation";

/** @param {string|null} wanted the lesson that the address asks for */
export function openDoor(wanted) {
  const button = document.getElementById("start-lesson");
  button.hidden = hasBegun();
  button.addEventListener("click", () => ask(FIRST, button));
  document.addEventListener("lmpanel:lesson-open", () => { button.hidden = true; });
  if (wanted) ask(wanted, button);
}

function ask(source, button) {
  const wish = () => new CustomEvent("lmpanel:lesson", { detail: { source }, cancelable: true });
  if (!document.dispatchEvent(wish())) return;  // taken
  setText(button, t("Your lesson opens in a moment…"));
  button.setAttribute("aria-disabled", "true");
  document.addEventListener("lmpanel:mounted", function heard({ detail }) {
    if (detail.name !== "lesson") return;
    document.removeEventListener("lmpanel:mounted", heard);
    document.dispatchEvent(wish());
    setText(button, t("Start with lesson 1"));
    button.removeAttribute("aria-disabled");
  });
}

/** Whether this browser has a worksheet already; the same key as in components/lesson_store.js. */
function hasBegun() {
  try {
    return localStorage.getItem(`lmpanel:${new URL(".", document.baseURI).pathname}:worksheet`) !== null;
  } catch {
    return false;
  }
}
