/**
 * Builds DOM from data.  Text only ever becomes text nodes and attributes, never markup, so that no
 * token, message or file can add an element.  Knows nothing about tokens, models or Panel.
 */

/**
 * @param {string} tag
 * @param {Object<string, any>} [props] attributes; `on*` functions become listeners, `class` and
 *   `data-*` are attributes, `null`, `undefined` and `false` are left out, `true` is an empty value
 * @param {...(Node|string|number|null|undefined|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProperty(element, name, value);
  append(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Like `h`, for SVG elements. */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) setProperty(element, name, value);
  append(element, children);
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  // A policy that forbids styles in markup allows those that a script sets.
  if (name === "style") element.style.cssText = value;
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces the children of `element` only when there is something to replace them with. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Replaces the children of `element` only when `key` is another than last time: what is being pressed stays. */
export function fillOnce(element, key, draw) {
  if (element.dataset.drawn === String(key)) return;
  element.dataset.drawn = key;
  redraw(element, () => fill(element, draw()));
}

/** Sets text only when it differs: a live region must not speak twice, and layout stays quiet. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows a setting in its control when it is a new one: what is being typed there is left alone. */
export function showSetting(control, value) {
  if (control.dataset.shown === String(value)) return;
  control.dataset.shown = value;
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
}

/**
 * Draws `element` anew; the focus stays on what has the same `data-key` as before.  Where that is gone
 * it goes to the first that has a key, or else to `otherwise`.
 */
export function redraw(element, draw, otherwise = null) {
  const root = element.getRootNode();
  const held = element.contains(root.activeElement) ? root.activeElement.dataset.key : undefined;
  draw();
  if (held === undefined || element.contains(root.activeElement)) return;
  const next = element.querySelector(`[data-key="${CSS.escape(held)}"]`) ?? element.querySelector(":is(button, input)[data-key]") ?? otherwise;
  next?.focus({ preventScroll: true });
}

/** Whether this page is a frame and the focus is in the page around it. */
export const heldOutside = () => window.parent !== window && !document.hasFocus();

/**
 * Whether the focus is in the component of `element`, or nowhere: then it may move on there.  A frame takes
 * none that is in the page around it.
 */
export function mayTakeFocus(element) {
  if (heldOutside()) return false;
  const active = document.activeElement;
  if (!active || active === document.body) return true;
  for (let node = element; node; node = node.parentNode ?? node.host) if (node === active) return true;
  return false;
}

/** Sets or removes an attribute, whichever `value` asks for. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** Offers `text` as a file of its own, made in the browser. */
export function saveFile(name, text, type = "text/plain;charset=utf-8") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Makes the host element a component: an own shadow root with the shared and the own styles.
 * @param {CSSStyleSheet[]} sheets
 * @returns {{host: HTMLElement, root: ShadowRoot}}
 */
export function shadow(className, sheets) {
  const host = h("div", { class: className });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = sheets;
  return { host, root };
}

/** A style sheet from a template literal. */
export function css(strings, ...values) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(String.raw({ raw: strings }, ...values));
  return sheet;
}
