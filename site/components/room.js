/**
 * The rooms beside the explorer.  A room is a module with `create(link)` → `{element, show(state)}` and
 * `styles` (or several `sheets`), as a lens is; it is loaded when it is first opened.  This is also what
 * drives the navigation in the page's header, which is outside of all components.
 *
 * State from Python: `{room, unit, …}`, the rest is the open room's own.
 * Sends: `room {name}` and what the rooms send.
 */
import { css, shadow } from "./dom.js";
import { shared } from "./styles.js";
import { explainTerms } from "./terms.js";
import { followChallenges } from "./challenge_link.js";

const ROOMS = { play: () => import("./room_play.js"), inside: () => import("./room_inside.js"), lessons: () => import("./room_lessons.js") };

/** @param {import("./link.js").Link} link */
export function mount(link) {
  const { host, root } = shadow("rooms", [shared, styles]);
  const opened = {};
  let latest;
  followNavigation(link);
  followChallenges(link);
  explainTerms(root, link);
  link.onState(async (state) => {
    const moved = latest !== undefined && latest.room !== state.room;
    latest = state;
    showPlace(state.room);
    if (moved) requestAnimationFrame(keepFocus);
    if (!(state.room in ROOMS)) return;
    const room = await (opened[state.room] ??= open(state.room, link));
    if (latest !== state) return;
    if (root.firstChild !== room.element) root.replaceChildren(room.element);
    room.show(state);
    document.dispatchEvent(new Event("lmpanel:drawn"));
  });
  return host;
}

/** Each room has a shadow root of its own, as each lens has. */
async function open(name, link) {
  const room = await ROOMS[name]();
  const { host, root } = shadow("opened", [shared, ...(room.sheets ?? [room.styles])]);
  const { element, show } = room.create(link);
  root.append(element);
  return { element: host, show };
}

/** What had the focus may be out of view now: then one reads on where the new room begins. */
function keepFocus() {
  const active = document.activeElement;
  if (!active || active === document.body || !active.checkVisibility()) document.querySelector("main").focus({ preventScroll: true });
}

const navigation = () => [...document.querySelectorAll("#rooms button")];

/** A later mount takes the buttons over from an earlier one. */
function followNavigation(link) {
  for (const button of navigation()) {
    button.onclick = () => link.send("room", { name: button.dataset.room });
  }
}

function showPlace(room) {
  document.querySelector("main").dataset.room = room;
  for (const button of navigation()) {
    if (button.dataset.room === room) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
}

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 0; flex: 1 1 auto; margin: 0 -8px; padding: 0 8px; }
  /* Where the page itself does not scroll, as shell.css has it. */
  @media (min-width: 56.3125em) and (min-height: 35em) { :host { overflow-y: auto; } }
`;
