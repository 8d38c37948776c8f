/**
 * The first example, recorded when the site was built: real values, shown before the model is
 * there, by the components that the live app uses.  It leaves when the live app is settled; what
 * was typed meanwhile goes over to it.
 */
import { mountRecorded } from "./components/link.js";
import { liveRoot } from "./drafts.js";
import { clearNotice, notice } from "./status.js";
import { t } from "./components/wording.js";

const NAMES = ["token_strip", "controls", "lens"];

export class RecordedExample {
  constructor({ base, status }) {
    this.base = base;
    this.status = status;
    this.hosts = {};
    this.left = false;
  }

  async show() {
    const response = await fetch(new URL("recorded.json", this.base));
    if (!response.ok) return;
    const recorded = await response.json();
    if (this.left) return;
    for (const name of NAMES) {
      const host = await mountRecorded(name, recorded[name], () => this.explain());
      if (this.left) return;
      host.dataset.recorded = "true";
      host.classList.add("fill");
      this.hosts[name] = host;
      slot(name).prepend(host);
    }
    this.status.mark("recorded");
    document.dispatchEvent(new Event("lmpanel:drawn"));
  }

  explain() {
    notice({ code: "recorded", message: t("This is a recorded example."), remedy: t("The model is still loading; everything works in a moment.") });
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) document.getElementById("chip").animate?.([{ opacity: 0.3 }, { opacity: 1 }], { duration: 400 });
  }

  /** Takes the recorded example away and shows the live app in its place. */
  leave() {
    if (this.left) return;
    this.left = true;
    const held = NAMES.find((name) => this.hosts[name]?.shadowRoot?.activeElement);
    const path = held && pathToFocus(this.hosts[held].shadowRoot);
    for (const name of NAMES) carryOver(this.hosts[name], slot(name).querySelector(".live"));
    for (const live of document.querySelectorAll(".slot > .live")) live.hidden = false;
    for (const name of NAMES) this.hosts[name]?.remove();
    if (held) requestAnimationFrame(() => (follow(liveRoot(slot(held).querySelector(".live")), path) ?? document.querySelector("main")).focus({ preventScroll: true }));
    clearNotice("recorded");
    this.status.mark("interface");
    document.dispatchEvent(new Event("lmpanel:drawn"));
  }
}

const slot = (name) => document.getElementById(`slot-${name}`);

/** Which child of which child has the focus, shadow roots included. */
function pathToFocus(root) {
  let node = root.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const path = [];
  while (node !== root) {
    const { parentNode } = node;
    if (parentNode) path.unshift([...parentNode.children].indexOf(node));
    node = parentNode ?? node.host;
  }
  return path;
}

/** The element at such a path in the live app, which is built alike; undefined where it is not. */
function follow(root, path) {
  return path.reduce((node, index) => (node?.shadowRoot ?? node)?.children[index], root ?? undefined);
}

/** Text typed into the recorded example's boxes is kept. */
function carryOver(from, to) {
  if (!from?.shadowRoot) return;
  for (const field of from.shadowRoot.querySelectorAll("input[id], textarea[id]")) {
    const twin = liveRoot(to)?.getElementById(field.id);
    if (!twin) continue;
    if (field.value) twin.value = field.value;
  }
}
