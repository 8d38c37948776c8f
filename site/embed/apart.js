/**
 * "Open in a new tab": the same page without its frame, with what is shown.  The address is made when somebody
 * is about to follow it, since it costs Python some work.
 */
import { makeLink } from "../links.js";

/** What only makes sense in a frame. */
const OF_FRAMES = ["embed", "parentOrigin", "hide", "lock", "load"];

const plainAddress = () => {
  const address = new URL(location.href);
  OF_FRAMES.forEach((name) => address.searchParams.delete(name));
  return address;
};

/** @param {object} python */
export function leadApart(python) {
  const link = document.getElementById("open-apart");
  link.href = plainAddress();
  let under = null;
  const refresh = () => { under ??= address(python).then((href) => { link.href = href; }).finally(() => { under = null; }); return under; };
  for (const event of ["pointerenter", "focus", "pointerdown"]) link.addEventListener(event, refresh);
  link.addEventListener("click", (event) => {
    if (!under) return;
    event.preventDefault();
    under.then(() => window.open(link.href, "_blank", "noopener"));
  });
}

/** With what is shown; without it where there is no Python yet, or where it is too much for a link. */
async function address(python) {
  const plain = plainAddress();
  if (!python.settled) return plain.href;
  const whole = await makeLink(python).catch(() => null);
  if (!whole) return plain.href;
  for (const name of ["text", "select", "view", "lesson"]) plain.searchParams.delete(name);
  plain.hash = new URL(whole.address).hash;
  return plain.href;
}
