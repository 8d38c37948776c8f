/**
 * How offline use stands, in words: a part of the engine menu with its buttons, a mark beside the
 * chip, and the notice that a new version is ready.
 */
import { fill, h, redraw, setText } from "../components/dom.js";
import { bytes } from "../components/format.js";
import { many, t } from "../components/wording.js";

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
    redraw(this.box, () => fill(this.box, h("h2", {}, t("Offline use")), lines.map((line) => typeof line === "string" ? h("p", { role: "status" }, line) : line), this.buttons(state)), this.box.closest("details")?.firstElementChild);
  }

  question({ bytes: stored }) {
    return [t("Remove {size} from this browser? lmpanel then needs a network again; your documents and worksheet stay.", { size: bytes(stored) })];
  }

  buttons(state) {
    const button = (key, label, run) => h("button", { type: "button", "data-key": key, onclick: run }, label);
    const ask = (asking) => () => { this.asking = asking; this.draw(); };
    if (this.asking) return h("div", { class: "row" }, button("sure", t("Remove"), () => { this.asking = false; this.offline.remove(); }), button("ask", t("Keep it"), ask(false)));
    const removable = state.phase === "ready" || state.bytes > 0;
    return h("div", { class: "row" },
      state.phase === "ready" && state.update && button("reload", t("Reload with the new version"), this.reload),
      state.phase === "ready" && !state.persisted && button("persist", t("Keep it for good"), () => this.offline.persist()),
      ["failed", "full"].includes(state.phase) && button("again", t("Try again"), () => this.offline.want()),
      state.phase === "removed" && button("again", t("Store for offline use"), () => this.offline.want()),
      removable && button("ask", t("Remove from this browser…"), ask(true)));
  }

  tellUpdate() {
    if (this.told) return;
    this.told = true;
    this.notice({ code: NOTICE, message: t("A new version of lmpanel is ready."), remedy: t("This page stays as it is until you reload; what you did is kept."),
      actions: [{ label: t("Reload with the new version"), run: this.reload }] });
  }
}

const keeps = ({ bytes: stored }) => (stored ? t("The {size} that are stored go on working offline.", { size: bytes(stored) }) : t("Everything works while you are online."));

const available = (stored) => t("Available offline · {size} stored", { size: bytes(stored) });

const noRoom = (stored, sizes) => (stored
  ? t("The new version does not fit: {need} are needed, about {free} are free for this site.", sizes)
  : t("Not available offline: {need} are needed, about {free} are free for this site.", sizes));

const incomplete = (paths) => many(paths.length,
  "Not complete offline: the browser has removed {n} file ({names}).",
  "Not complete offline: the browser has removed {n} files ({names}).", { names: names(paths) });

const SAYS = {
  unavailable: ({ reason }) => [t("Not available offline. {reason}", { reason: t(reason) })],
  storing: ({ done, total, percent, update }) => [
    h("p", {}, update ? t("Fetching the new version: {percent} % of {size}", { percent, size: bytes(total) }) : t("Storing for offline use: {percent} % of {size}", { percent, size: bytes(total) })),
    h("progress", { max: total || 1, value: done, "aria-label": t("Storing for offline use") })],
  ready: ({ bytes: stored, persisted, refused, update }) => [
    update ? t("Available offline · {size} stored, a new version among them", { size: bytes(stored) }) : available(stored),
    h("p", { class: "claim" }, persisted ? t("The browser keeps it until you remove it.") : refused
      ? t("The browser did not promise to keep it; browsers do for pages that are used often or installed. It stays as long as there is room.")
      : t("It stays as long as the browser has room for it."))],
  full: ({ need, free, bytes: stored }) => [
    `${noRoom(stored, { need: bytes(need), free: bytes(free) })} ${keeps({ bytes: stored })}`,
    h("p", { class: "claim" }, t("Free some space on this device, or data of this site, then try again."))],
  failed: ({ message, remedy, bytes: stored, missing, detail }) => [
    missing?.length ? incomplete(missing) : stored ? available(stored) : t("Not available offline yet."),
    h("p", { title: detail || null }, `${message} ${remedy}`)],
  removed: () => [t("Nothing is stored in this browser for offline use. Everything works while you are online.")],
  off: () => [t("Offline use is switched off by this site.")],
};

const names = (paths) => `${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ", …" : ""}`;

function markOf({ phase, bytes: stored, missing }) {
  if (phase === "ready" || (stored > 0 && !missing?.length && phase !== "storing")) return t("✓ works offline");
  return ["unavailable", "full", "failed", "removed"].includes(phase) ? t("○ online only") : "";
}
