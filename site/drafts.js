/**
 * What is being typed and has not been sent: carried over when the components are drawn anew, by the live app
 * in place of the recorded example, in another language, after Python was started again, after a reload.
 */
const FIELDS = "textarea[id], input[id]:not([type=range], [type=checkbox], [type=radio], [type=file])";
const KEY = "lmpanel.drafts";
const AGAIN_MS = 150;
const PATIENCE_MS = 4000;

/** @returns {[string, string][]} ids of fields and what stands there */
export function readDrafts() {
  return fields().filter((field) => field.value).map((field) => [field.id, field.value]);
}

/** Puts it back where the same field is empty, and once it is there: parts of the page are fetched when they are opened. */
export function putDrafts(drafts, until = performance.now() + PATIENCE_MS) {
  if (!drafts.length) return;
  const there = new Map(fields().map((field) => [field.id, field]));
  for (const [id, value] of drafts) if (there.get(id)?.value === "") put(there.get(id), value);
  const missing = drafts.filter(([id]) => !there.has(id));
  if (performance.now() < until) setTimeout(() => putDrafts(missing, until), AGAIN_MS);
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Over a reload of this tab and of this address; blocked or full storage keeps nothing. */
export function keepDrafts() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ address: address(), drafts: readDrafts() }));
  } catch { /* a reload begins without */ }
}

/** What a reload has left, once. */
export function keptDrafts() {
  try {
    const { address: from, drafts } = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return from === address() ? drafts.filter(([id, value]) => typeof id === "string" && typeof value === "string") : [];
  } catch {
    return [];
  }
}

const address = () => location.pathname + location.search;

/** All fields of the live components, also those in the shadow of a shadow. */
const fields = () => [...document.querySelectorAll(".slot > .live")].flatMap(fieldsIn);

function fieldsIn(node) {
  const inside = [...node.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? fieldsIn(shadowRoot) : []));
  return [...node.querySelectorAll(FIELDS), ...inside];
}

/** The component's own shadow root, inside Bokeh's. */
export function liveRoot(node) {
  for (const element of node.querySelectorAll("*")) {
    if (element.dataset.live) return element.shadowRoot;
    const inner = element.shadowRoot && liveRoot(element.shadowRoot);
    if (inner) return inner;
  }
  return null;
}
