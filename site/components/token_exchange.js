/** One earlier token and the one to put in its place: by a click in the document or its number, by text or id. */
import { h, css, fill, setText, showSetting } from "./dom.js";
import { rowNodes } from "./token_text.js";
import { t, tParts } from "./wording.js";

const WAIT_MS = 120;

/** @param {import("./link.js").Link} link */
export function tokenExchange(link) {
  const place = h("input", { class: "field small number", inputmode: "numeric", id: "what-if-place", autocomplete: "off", placeholder: t("number") });
  const old = h("span", { class: "old" });
  const query = h("input", { class: "field", type: "search", id: "what-if-token", placeholder: t("token text or id"), autocomplete: "off", spellcheck: "false" });
  const found = h("div", { class: "row found-tokens", role: "group", "aria-label": t("Tokens found") });
  const said = h("p", { class: "small muted", "aria-live": "polite" });
  const element = h("div", { class: "exchange" },
    h("div", { class: "row" }, h("label", { class: "small muted", for: "what-if-place" }, t("Exchange token")), place, old),
    h("div", { class: "row" }, h("label", { class: "small muted", for: "what-if-token" }, t("for")), query), found, said);
  const asked = delayed((value) => link.send("what_if_find", { query: value.slice(0, 200) }));
  const moved = delayed((value) => link.send("what_if_position", { text: value }));
  query.addEventListener("input", () => asked.set(query.value));
  place.addEventListener("input", () => moved.set(place.value));
  const show = (state) => {
    element.hidden = !state;
    if (!state) return;
    showSetting(place, state.position === null ? "" : state.position + 1);
    fill(old, state.old ? tParts("“{token}”", { token: h("b", {}, rowNodes(state.old)) }) : h("span", { class: "small muted" }, t("click it in the document")));
    drawFound(found, state, link);
    setText(said, state.message);
  };
  const flush = () => { moved.flush(); asked.flush(); };
  return { element, show, flush };
}

function drawFound(box, { found, token }, link) {
  const key = JSON.stringify(found.map(({ id }) => id));
  if (box.dataset.shown !== key) {
    box.dataset.shown = key;
    fill(box, found.map((entry) => h("button", { type: "button", class: "button small choice", "data-id": entry.id, title: t("id {id}", { id: entry.id }), "aria-label": t("Put {token} there", { token: entry.spoken }), onclick: () => link.send("what_if_token", { id: entry.id }) }, rowNodes(entry))));
  }
  for (const button of box.children) button.setAttribute("aria-pressed", String(Number(button.dataset.id) === token));
}

/** Sends the newest value a moment after the last key, or at once when it is needed. */
function delayed(send) {
  let timer;
  let waiting = null;
  const flush = () => {
    clearTimeout(timer);
    if (waiting !== null) send(waiting);
    waiting = null;
  };
  const set = (value) => {
    waiting = value;
    clearTimeout(timer);
    timer = setTimeout(flush, WAIT_MS);
  };
  return { set, flush };
}

export const styles = css`
  .exchange { display: grid; gap: 8px; }
  #what-if-place { width: 6em; } #what-if-token { flex: 0 1 16rem; min-width: 0; }
  .old b { font-weight: 650; }
  .found-tokens { gap: 6px; min-height: 32px; } .choice { min-height: 28px; padding: 2px 9px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .choice[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); border-color: var(--accent); font-weight: 600; }
`;
