/**
 * How offline use stands, in words: a part of the engine menu with its buttons, a mark beside the
 * chip, and the notice that a new version is ready.
 */
import { fill, h, redraw, setText } from "../components/dom.js";
import { bytes, many } from "../components/format.js";

const NOTICE = "update";

export class OfflinePanel {
  /**
   * @param {{offline: import("./offline.js").Offline, box: HTMLElement, mark: HTMLElement,
   *   notice: (news: object) => void, reload: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.told = false;
    this.asking = false;
    this.offline.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const { state } = this.offline;
    if (state.phase !== "ready") this.asking = false;
    this.draw();
    setText(this.mark, markOf(state));
    this.mark.hidden = !this.mark.textContent;
    if (state.update && state.phase === "ready") this.tellUpdate();
  }

  draw() {
    const { state } = this.offline;
    this.box.hidden = state.phase === "waiting";
    const lines = this.asking ? this.question(state) : SAYS[state.phase]?.(state) ?? [];
    redraw(this.box, () => fill(this.box, h("h2", {}, "Offline use"), lines.map((line) => typeof line === "string" ? h("p", { role: "status" }, line) : line), this.buttons(state)), this.box.closest("details")?.firstElementChild);
  }

  question({ bytes: stored }) {
    return [`Remove ${bytes(stored)} from this browser? lmpanel then needs a network again; your documents and worksheet stay.`];
  }

  buttons(state) {
    const button = (key, label, run) => h("button", { type: "button", "data-key": key, onclick: run }, label);
    const ask = (asking) => () => { this.asking = asking; this.draw(); };
    if (this.asking) return h("div", { class: "row" }, button("sure", "Remove", () => { this.asking = false; this.offline.remove(); }), button("ask", "Keep it", ask(false)));
    const removable = state.phase === "ready" || state.bytes > 0;
    return h("div", { class: "row" },
      state.phase === "ready" && state.update && button("reload", "Reload with the new version", this.reload),
      state.phase === "ready" && !state.persisted && button("persist", "Keep it for good", () => this.offline.persist()),
      ["failed", "full"].includes(state.phase) && button("again", "Try again", () => this.offline.want()),
      state.phase === "removed" && button("again", "Store for offline use", () => this.offline.want()),
      removable && button("ask", "Remove from this browser…", ask(true)));
  }

  tellUpdate() {
    if (this.told) return;
    this.told = true;
    this.notice({ code: NOTICE, message: "A new version of lmpanel is ready.", remedy: "This page stays as it is until you reload; what you did is kept, but not a text that you are still typing.",
      actions: [{ label: "Reload with the new version", run: this.reload }] });
  }
}

const keeps = ({ bytes: stored }) => (stored ? `The ${bytes(stored)} that are stored go on working offline.` : "Everything works while you are online.");

const SAYS = {
  unavailable: ({ reason }) => [`Not available offline. ${reason}`],
  storing: ({ done, total, percent, update }) => [
    h("p", {}, `${update ? "Fetching the new version" : "Storing for offline use"}: ${percent} % of ${bytes(total)}`),
    h("progress", { max: total || 1, value: done, "aria-label": "Storing for offline use" })],
  ready: ({ bytes: stored, persisted, refused, update }) => [
    `Available offline · ${bytes(stored)} stored${update ? ", a new version among them" : ""}`,
    h("p", { class: "claim" }, persisted ? "The browser keeps it until you remove it." : refused
      ? "The browser did not promise to keep it; browsers do for pages that are used often or installed. It stays as long as there is room."
      : "It stays as long as the browser has room for it.")],
  full: ({ need, free, bytes: stored }) => [
    `${stored ? "The new version does not fit" : "Not available offline"}: ${bytes(need)} are needed, about ${bytes(free)} are free for this site. ${keeps({ bytes: stored })}`,
    h("p", { class: "claim" }, "Free some space on this device, or data of this site, then try again.")],
  failed: ({ message, remedy, bytes: stored, missing, detail }) => [
    missing?.length ? `Not complete offline: the browser has removed ${many(missing.length, "file")} (${names(missing)}).` : stored ? `Available offline · ${bytes(stored)} stored` : "Not available offline yet.",
    h("p", { title: detail || null }, `${message} ${remedy}`)],
  removed: () => ["Nothing is stored in this browser for offline use. Everything works while you are online."],
  off: () => ["Offline use is switched off by this site."],
};

const names = (paths) => `${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ", …" : ""}`;

function markOf({ phase, bytes: stored, missing }) {
  if (phase === "ready" || (stored > 0 && !missing?.length && phase !== "storing")) return "✓ works offline";
  return ["unavailable", "full", "failed", "removed"].includes(phase) ? "○ online only" : "";
}
