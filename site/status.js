/**
 * What is going on and how far it is: one place that collects it, and draws the chip, the progress
 * line and the notices of the shell.  Knows nothing about Panel.
 */
import { h, fill, redraw, setText } from "./components/dom.js";
import { bytes } from "./components/format.js";
import { later, many, t } from "./components/wording.js";

const NAMES = { wasm: "WASM", webgpu: "WebGPU", "webgpu-nosubgroups": later("WebGPU without subgroups") };
const PHASES = { waiting: later("Not started"), start: later("Starting"), download: later("Loading the model"), prepare: later("Preparing the model"), verify: later("Checking the model"), ready: later("Ready"), error: later("The model is not running") };

export class Status extends EventTarget {
  constructor() {
    super();
    this.phase = "start";
    /** Whether the recorded example stands there meanwhile. */
    this.example = true;
    this.message = "";
    this.bytesDone = 0;
    this.bytesTotal = 0;
    this.timings = {};
    this.tokensPerSecond = null;
    this.engineStats = { calls: 0, tokens: 0, reused: 0 };
    this.spare = false;
    this.engine = null;
    this.steps = [];
    this.stored = {};
  }

  /** Notes a milestone once, in milliseconds since navigation started. */
  mark(name) {
    this.timings[name] ??= Math.round(performance.now());
  }

  set(fields) {
    Object.assign(this, fields);
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  /** The `status()` of the scripting interface. */
  snapshot() {
    const { calls, tokens, reused } = this.engineStats;
    return {
      phase: this.phase, message: this.message, bytes_done: this.bytesDone, bytes_total: this.bytesTotal,
      timings_ms: { ...this.timings }, tokens_per_second: this.tokensPerSecond,
      engine_calls: calls, engine_tokens: tokens, engine_reused: reused, computes_ahead: this.spare, stored_bytes: this.stored.bytes ?? 0, offline_ready: this.stored.phase === "ready",
    };
  }

  draw() {
    const loading = this.phase === "download" && this.bytesTotal > 0;
    const fraction = this.phase === "ready" ? 1 : loading ? this.bytesDone / this.bytesTotal : 0;
    setText(byId("chip"), this.line());
    byId("dot").dataset.phase = this.phase;
    const bar = byId("progress");
    bar.hidden = this.phase === "ready" || this.phase === "error";
    bar.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
    bar.firstElementChild.style.transform = `scaleX(${fraction})`;
    this.drawBox();
  }

  line() {
    if (this.phase === "ready") return engineName(this.engine);
    const phase = t(PHASES[this.phase] ?? this.phase);
    const what = this.phase === "download" && this.bytesTotal ? t("{phase} {done} of {all}", { phase, done: bytes(this.bytesDone), all: bytes(this.bytesTotal) }) : phase;
    return this.phase === "error" || !this.example ? what : t("Recorded example · {what}", { what });
  }

  drawBox() {
    const box = byId("engine-box");
    if (!byId("engine").open) return;
    const chosen = h("select", { "aria-label": t("Where the model runs"), "data-key": "backend", onchange: (event) => this.dispatchEvent(new CustomEvent("backend", { detail: event.target.value })) },
      Object.entries(NAMES).map(([value, label]) => h("option", { value, selected: this.engine?.backend === value }, t(label))));
    const speed = this.tokensPerSecond ? t("{n} tokens per second", { n: this.tokensPerSecond.toFixed(1) }) : t("not measured yet");
    const draw = () => fill(box, h("p", {}, this.phase === "ready" ? t("The model runs in this page. It was checked against stored values of a known prompt before use.") : this.message || t(PHASES[this.phase])),
      h("dl", {}, h("dt", {}, t("Speed")), h("dd", {}, speed), h("dt", {}, t("Runs on")), h("dd", {}, chosen)),
      this.steps.some((step) => !step.ok) ? h("ul", {}, this.steps.map((step) => h("li", {}, `${t(NAMES[step.backend])}: ${step.ok ? t("checked, in use") : step.reason}`))) : null,
      h("p", { class: "claim" }, t("Nothing you type leaves your machine.")));
    redraw(box, draw);
  }
}

const byId = (id) => document.getElementById(id);

function engineName({ model, backend, threads, compact }) {
  const where = backend !== "wasm" ? t(NAMES[backend])
    : compact ? many(threads, "WASM, {n} thread, little memory", "WASM, {n} threads, little memory") : many(threads, "WASM, {n} thread", "WASM, {n} threads");
  return t("{model} · {where} · checked", { model, where });
}

/** Shows a notice with its remedy; a second one with the same code replaces the first. */
export function notice({ code, message, remedy = "", detail = "", error = false, actions = [] }) {
  const box = h("div", { class: `notice${error ? " error" : ""}`, role: error ? "alert" : "status", "data-code": code },
    h("p", {}, h("span", { class: "what" }, message), remedy ? ` ${remedy}` : ""),
    detail && h("details", {}, h("summary", {}, t("Details")), detail),
    actions.map(({ label, run }) => h("button", { type: "button", onclick: () => { box.remove(); run(); } }, label)),
    h("button", { type: "button", onclick: () => { box.remove(); document.querySelector("main").focus({ preventScroll: true }); } }, t("Dismiss")));
  clearNotice(code);
  byId("notices").append(box);
}

/** Takes a notice away when its cause is gone. */
export function clearNotice(code) {
  for (const old of byId("notices").children) if (old.dataset.code === code) old.remove();
}

/** Says a milestone to screen readers. */
export function announce(text) {
  setText(byId("milestone"), text);
}
