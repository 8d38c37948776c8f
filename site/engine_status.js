/**
 * Connects the engine's events with the status line, the notices and Python: progress while it
 * loads, a new port for Python whenever a verified engine is there, a clear word when it is lost.
 */
import { canSpare, mustSpareMemory, watchBattery } from "./spare_work.js";
import { t } from "./components/wording.js";
import { announce, clearNotice, notice } from "./status.js";

/**
 * @param {{engine: import("./engine/host.js").EngineHost, python: object, status: object,
 *   options: {backend: string, threads: number|null, memory: string, ahead: boolean}}} parts
 */
export function watchEngine(parts) {
  const { engine, python, status, options } = parts;
  const sparing = mustSpareMemory(options.memory);
  const start = () => engine.start({ ...options, sparing }).catch(() => {});  // told by the "error" event
  const listen = (name, handler) => engine.addEventListener(name, ({ detail }) => handler(detail));
  listen("progress", ({ phase, message, done, total }) => {
    if (phase === "ready") return;
    status.set({ phase, message: message ?? "", ...(phase === "download" ? { bytesDone: done, bytesTotal: total } : {}) });
  });
  listen("ready", (info) => ready(parts, info));
  listen("lost", ({ error, restarting }) => lost({ python, status }, error, restarting));
  listen("error", (error) => failed({ python, status, start }, error));
  listen("stats", (stats) => status.set({ tokensPerSecond: stats.tokens_per_second, engineStats: stats }));
  status.addEventListener("backend", ({ detail }) => {
    python.post({ verb: "engine_lost", message: t("The backend is being changed.") });
    engine.useBackend(detail).catch(() => {});
  });
  const again = () => { if (engine.info) connect(parts); };
  python.addEventListener("restarted", again);
  watchBattery(async () => { if (await canSpare(wishes(parts)) !== status.spare) again(); });
  python.addEventListener("measured", () => status.mark("first_distribution"));
  start();
}

async function connect({ engine, python, status, options }) {
  const { backend, threads, verified } = engine.info;
  const spare = await canSpare(wishes({ engine, options }));
  status.set({ spare });
  const port = await engine.connect().catch(() => null);
  if (!port) return;  // lost meanwhile: the next "ready" connects
  python.post({ verb: "engine", port, info: { backend, threads, verified, spare } }, [port]);
}

const wishes = ({ engine, options }) => ({ compact: Boolean(engine.info?.compact), ahead: options.ahead });

function ready(parts, info) {
  const { status, options } = parts;
  const { backend, threads, verified, compact, steps } = info;
  status.mark("model");
  Object.assign(status.timings, info.timings_ms);
  status.set({ phase: "ready", message: "", steps, engine: { model: info.model.name, backend, threads, verified, compact } });
  clearNotice("engine");
  clearNotice("backend");
  announce(t("The model is ready: {engine}.", { engine: status.line() }));
  if (compact) tellCompact(options.memory);
  else tellSteps(steps, options.backend);
  return connect(parts);
}

/** Why a step down is worth a word; that there is no GPU is not. */
const GRAVE = new Set(["bad_subgroups", "proof_failed", "out_of_memory", "engine_lost"]);

/** A step down is told with its reason, unless there was simply no GPU to be had. */
function tellSteps(steps, wanted) {
  const failed = steps.filter((step) => !step.ok && (wanted !== "auto" || GRAVE.has(step.code)));
  if (!failed.length || steps.at(-1).backend === wanted) return;
  notice({ code: "backend", message: t("The model runs in another way than asked for."), remedy: failed.map((step) => step.reason).join(" ") });
}

function tellCompact(wish) {
  if (wish === "low") return;
  notice({ code: "backend", message: t("There is too little memory for the fast way of computing."),
    remedy: t("The weights stay compressed; the numbers are the same, but every token takes longer. Close other tabs and programs and reload the page for the fast way.") });
}

function lost({ python, status }, error, restarting) {
  python.post({ verb: "engine_lost", message: error.message });
  if (!restarting) return;
  status.set({ phase: "start", message: error.message });
  notice({ code: "engine", message: error.message, remedy: t("It is being started again; your document is kept.") });
}

function failed({ python, status, start }, { code, message, remedy, detail }) {
  status.set({ phase: "error", message });
  python.dispatchEvent(new CustomEvent("error", { detail: { code, message } }));
  notice({ code: "engine", message, remedy, detail, error: true, actions: [
    { label: t("Try again"), run: () => { status.set({ phase: "start" }); start(); } },
    { label: t("Reload"), run: () => location.reload() },
  ] });
}
