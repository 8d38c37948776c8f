/**
 * What is being typed and has not been sent: carried over when the components are drawn anew, by the live app
 * in place of the recorded example, in another language, after Python was started again, after a reload.
 */
const FIELDS = "textarea[id], input[id]:not([type=range], [type=checkbox], [type=radio], [type=file])";
const KEY = "lmpanel.drafts";

/** @returns {[string, string][]} ids of fields and what stands there */
export function readDrafts() {
  return roots().flatMap((root) => [...root.querySelectorAll(FIELDS)]).filter((field) => field.value).map((field) => [field.id, field.value]);
}

/** Puts it back where the same field is empty. @param {[string, string][]} drafts */
export function putDrafts(drafts) {
  for (const [id, value] of drafts) {
    const field = roots().map((root) => root.getElementById(id)).find(Boolean);
    if (!field || field.value) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
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

/** The shadow roots of the live components. */
const roots = () => [...document.querySelectorAll(".slot > .live")].map(liveRoot).filter(Boolean);

/** The component's own shadow root, inside Bokeh's. */
export function liveRoot(node) {
  for (const element of node.querySelectorAll("*")) {
    if (element.dataset.live) return element.shadowRoot;
    const inner = element.shadowRoot && liveRoot(element.shadowRoot);
    if (inner) return inner;
  }
  return null;
}
