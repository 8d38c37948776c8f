/**
 * Connects the engine's events with the status line, the notices and Python: progress while it
 * loads, a new port for Python whenever a verified engine is there, a clear word when it is lost.
 */
import { announce, clearNotice, notice } from "./status.js";

const NAMES = { wasm: "WASM", webgpu: "WebGPU", "webgpu-nosubgroups": "WebGPU without subgroups" };

export function watchEngine({ engine, python, status }) {
  let current = null;
  const connect = () => { if (current) hand(engine, python, current); };

  engine.addEventListener("progress", ({ detail }) => status.set({
    phase: detail.phase, message: detail.message ?? "",
    ...(detail.phase === "download" ? { bytesDone: detail.done, bytesTotal: detail.total } : {}),
  }));
  engine.addEventListener("ready", ({ detail }) => {
    current = detail;
    status.mark("model");
    Object.assign(status.timings, detail.timings_ms);
    status.set({ phase: "ready", message: "", engine: describe(detail), steps: detail.steps ?? [] });
    clearNotice("engine");
    announce(`The model is ready. It runs on ${NAMES[detail.backend]}.`);
    tellSteps(detail.steps ?? []);
    connect();
  });
  engine.addEventListener("lost", ({ detail }) => {
    current = null;
    python.post({ verb: "engine_lost", message: detail.message });
    status.set({ phase: "start", message: detail.message });
    notice({ code: "engine", message: detail.message, remedy: detail.remedy ?? "It is being started again; your document is kept." });
  });
  engine.addEventListener("error", ({ detail }) => failed({ engine, python, status }, detail));
  engine.addEventListener("speed", ({ detail }) => status.set({ tokensPerSecond: detail.tokens_per_second }));
  python.addEventListener("restarted", () => queueMicrotask(connect));
  python.addEventListener("measured", () => status.mark("first_distribution"));
}

function hand(engine, python, detail) {
  const port = engine.connect();
  python.post({ verb: "engine", port, info: { backend: detail.backend, threads: detail.threads, verified: detail.verified } }, [port]);
}

const describe = (detail) => ({ model: detail.model, backend: detail.backend, threads: detail.threads, verified: detail.verified, version: detail.version });

/** A step down is said once, with its reason. */
function tellSteps(steps) {
  const failed = steps.filter((step) => !step.ok && step.tell !== false);
  if (!failed.length) return;
  const reasons = failed.map((step) => `${NAMES[step.backend]}: ${step.reason}`).join(" ");
  notice({ code: "backend", message: "A slower way of running the model is used.", remedy: reasons });
}

function failed({ engine, python, status }, detail) {
  status.set({ phase: "error", message: detail.message });
  python.dispatchEvent(new CustomEvent("error", { detail: { code: detail.code, message: detail.message } }));
  notice({ code: "engine", message: detail.message, remedy: detail.remedy ?? "", error: true, actions: [
    { label: "Try again", run: () => engine.retry() },
    { label: "Reload", run: () => location.reload() },
  ] });
}
