/**
 * The scripting interface: `window.lmpanel`.  Public and documented in the README; changing it is a
 * breaking change.  What the model says is computed in Python; this file passes calls on.
 */

const CALLS = ["tokenize", "next", "score", "generate"];
const EVENTS = ["state", "progress", "error"];

/** @param {{status: object, engine: object, python: object}} parts */
export function createApi({ status, engine, python }) {
  const api = { ready: readyPromise(status, python), status: async () => status.snapshot() };
  for (const name of CALLS) api[name] = async (...args) => { await engine.usable(); return python.call(name, args); };
  api.tokenize = async (...args) => python.call("tokenize", args);
  api.getState = async () => python.call("get_state", []);
  api.setState = async (state) => python.call("set_state", [plain(state)]);
  api.backends = async () => engine.backends();
  api.useBackend = async (name) => useBackend(engine, name);
  api.on = (event, callback) => subscribe({ status, engine, python }, event, callback);
  return Object.freeze(api);
}

async function useBackend(engine, name) {
  const known = await engine.backends();
  if (!known.includes(name)) throw failure("bad_argument", `There is no backend ${JSON.stringify(name)} here. Possible: ${known.join(", ")}.`);
  return engine.useBackend(name);
}

/** JSON in, JSON out: whatever else an object carries stays outside. */
function plain(state) {
  try {
    return JSON.parse(JSON.stringify(state ?? null));
  } catch {
    throw failure("bad_state", "The state is not JSON. Pass what getState() returned.");
  }
}

function readyPromise(status, python) {
  return new Promise((resolve) => {
    const check = () => {
      if (status.phase !== "ready" || !status.settled) return;
      const { model, backend, threads, verified, version } = status.engine;
      resolve({ version, model, backend, threads, verified });
    };
    status.addEventListener("change", check);
    python.addEventListener("settled", () => { status.settled = true; check(); });
  });
}

function subscribe({ status, python }, event, callback) {
  if (!EVENTS.includes(event)) throw failure("bad_argument", `There is no event ${JSON.stringify(event)}. Possible: ${EVENTS.join(", ")}.`);
  if (typeof callback !== "function") throw failure("bad_argument", "The second argument of on() is a function.");
  if (event === "progress") return listen(status, "change", () => callback(status.snapshot()));
  return listen(python, event, ({ detail }) => callback(detail));
}

function listen(target, name, handler) {
  target.addEventListener(name, handler);
  return () => target.removeEventListener(name, handler);
}

const failure = (code, message) => Object.assign(new Error(message), { code });
