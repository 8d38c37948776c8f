/**
 * The scripting interface: `window.lmpanel`.  Public and documented in the README; changing it is a
 * breaking change.  What the model says is computed in Python; this file passes calls on.
 */
import { t } from "./components/wording.js";

const NEEDS_MODEL = ["next", "score", "generate"];
const EVENTS = ["state", "progress", "error"];

/** @param {{base: string, status: object, engine: object, python: object}} parts */
export function createApi({ base, status, engine, python }) {
  const usable = () => whenUsable(status);
  const api = {
    ready: Promise.all([readVersion(base), whenReady(status), python.live]).then(([version]) => ({ version, ...withoutCompact(status.engine) })),
    status: async () => status.snapshot(),
    tokenize: async (...args) => python.call("tokenize", args.map(plain)),
    getState: async () => python.call("get_state", []),
    setState: async (state) => setState({ python, status }, plain(state)),
    backends: async () => engine.backends(),
    useBackend: async (name) => useBackend({ engine, python, status }, name),
    on: (event, callback) => subscribe({ status, python }, event, callback),
  };
  for (const name of NEEDS_MODEL) {
    api[name] = async (...args) => {
      const given = args.map(plain);
      await usable();
      return unlessItFails(status, python.call(name, given));
    };
  }
  api.ready.catch(() => {});  // the notice says it; a page that never asks must not see an unhandled rejection
  return Object.freeze(api);
}

async function readVersion(base) {
  const manifest = await (await fetch(new URL("manifest.json", base))).json();
  return manifest.version;
}

const withoutCompact = ({ model, backend, threads, verified }) => ({ model, backend, threads, verified });

/** Resolves once a verified model is there, however many tries that takes. */
function whenReady(status) {
  return whenUsable(status).catch(() => new Promise((resolve) => {
    status.addEventListener("change", () => resolve(whenReady(status)), { once: true });
  }));
}

/** Resolves once a verified model is there, rejects when it cannot be started. */
function whenUsable(status) {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (status.phase === "ready") resolve();
      else if (status.phase === "error") reject(notRunning(status));
      else return;
      status.removeEventListener("change", check);
    };
    status.addEventListener("change", check);
    check();
  });
}

/** The answer, or a refusal as soon as there is no model left that could give one. */
function unlessItFails(status, answer) {
  return new Promise((resolve, reject) => {
    const check = () => { if (status.phase === "error") reject(notRunning(status)); };
    status.addEventListener("change", check);
    check();
    answer.then(resolve, reject).finally(() => status.removeEventListener("change", check));
  });
}

const notRunning = (status) => failure("engine_failed", t("The model is not running. {reason}", { reason: status.message }));

/** Resolves when what was restored has been measured; without a model, when it stands there. */
async function setState({ python, status }, state) {
  const answer = await python.call("set_state", [state]);
  await unlessItFails(status, python.call("settle", [])).catch(() => {});
  return answer;
}

async function useBackend({ engine, python, status }, name) {
  if (status.phase === "waiting") throw failure("not_ready", "The model has not been started yet: the reader does that.");
  const known = await engine.backends();
  if (!known.includes(name)) throw failure("bad_argument", `There is no backend ${quoted(name)} here. Possible: ${known.join(", ")}.`);
  python.post({ verb: "engine_lost", message: t("The backend is being changed.") });
  const { model, backend, threads, verified } = await engine.useBackend(name);
  return { model: model.name, backend, threads, verified };
}

/** JSON in, JSON out: whatever else an object carries stays outside. */
function plain(value) {
  try {
    return JSON.parse(JSON.stringify(value ?? null, refuseNonFinite));
  } catch {
    throw failure("bad_argument", "This argument is not JSON. Pass plain objects, lists, strings and finite numbers.");
  }
}

/** JSON would turn NaN and Infinity into null, which means "not given". */
function refuseNonFinite(key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`${key} is ${value}`);
  return value;
}

function subscribe({ status, python }, event, callback) {
  if (!EVENTS.includes(event)) throw failure("bad_argument", `There is no event ${quoted(event)}. Possible: ${EVENTS.join(", ")}.`);
  if (typeof callback !== "function") throw failure("bad_argument", "The second argument of on() is a function.");
  if (event === "progress") return listen(status, "change", () => callback(status.snapshot()));
  return listen(python, event, ({ detail }) => callback(detail));
}

function listen(target, name, handler) {
  target.addEventListener(name, handler);
  return () => target.removeEventListener(name, handler);
}

const quoted = (name) => (typeof name === "string" ? JSON.stringify(name.slice(0, 40)) : `of type ${typeof name}`);

const failure = (code, message) => Object.assign(new Error(message), { code });
