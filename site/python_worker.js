/**
 * The Python worker: Pyodide, Panel and lmpanel.  It opens the archives, starts the app and
 * passes messages on; everything else happens in Python (lmpanel/browser.py).
 *
 * page → worker
 *   {verb: "start", base, begin, wording} begin: JSON text that says what to begin with, see Host.begin;
 *                                         wording: {language, table} that its own errors are said in
 *   {verb: "begin", begin, id}            begin anew
 *   {verb: "engine", port, info}          a verified engine is at the other end of the port
 *   {verb: "engine_lost", message}        it is gone; a new one follows or not
 *   {verb: "rendered"}                    the roots are in the page: patches may flow
 *   {verb: "patch", patch}                the page's document changed
 *   {verb: "call", id, method, args}      a call of the scripting interface; args is JSON text
 * worker → page
 *   {verb: "progress", phase, done, total}
 *   {verb: "render", docs_json, render_items, root_ids, names}
 *   {verb: "patch", patch, buffers}
 *   {verb: "result", id, ok, json}
 *   {verb: "notify", json}                {event: "state"|"settled"|"error", …}
 *   {verb: "failed", message, detail}
 *   {verb: "alive", lock}                 a Web Lock that is held until the worker ends
 */
import "./guard.js";
import { EngineClient } from "./engine/client.js";
import { holdLock } from "./engine/life.js";
import { t, useWording } from "./components/wording.js";

const post = (verb, fields = {}, transfer = []) => self.postMessage({ verb, ...fields }, transfer);

let host = null;
let hostReady;
const started = new Promise((resolve) => { hostReady = resolve; });

/** The standard library, byte-compiled: Pyodide's own is sources, compiled anew at every start. */
const LIBRARY = "python/stdlib.zip";
const PACKAGES = "python/packages.zip";
const OWN = "python/lmpanel.zip";
const TEXTS = ["model/model.json", "model/tokenizer.json", "recorded.json"];

/** The whole body of a file, by the name of the response's method that reads it. */
async function fetchWhole(base, path, read) {
  const response = await fetch(new URL(path, base)).catch(() => { throw unreachable(path); });
  if (!response.ok) throw new Error(t("{file} could not be loaded (status {status}). Check the network.", { file: path, status: response.status }));
  return response[read]().catch(() => { throw unreachable(path); });
}

const unreachable = (path) => new Error(t("{file} could not be loaded: the connection failed or the server is gone. Check the network.", { file: path }));

/** Why there is no WebAssembly, which Python needs; null where there is. */
function wasmTrouble() {
  if (typeof WebAssembly !== "object") return t("This browser cannot run WebAssembly, which Python needs.");
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));  // the smallest there is
    return null;
  } catch {
    return t("The site that shows this page does not let it run WebAssembly, which Python needs. Open the page in a new tab of its own.");
  }
}

/** Pyodide's script itself needs WebAssembly: it is imported only where there is some. */
async function startPyodide(base) {
  const trouble = wasmTrouble();
  if (trouble) throw new Error(trouble);
  try {
    const { loadPyodide } = await import("./vendor/pyodide/pyodide.mjs");
    return await loadPyodide({ indexURL: new URL("vendor/pyodide/", base).href, stdLibURL: new URL(LIBRARY, base).href });
  } catch (error) {
    throw /fetch|network|import/i.test(error.message) ? unreachable("vendor/pyodide") : error;
  }
}

async function start({ base, begin, wording }) {
  useWording(wording);
  const archives = [PACKAGES, OWN].map((path) => fetchWhole(base, path, "arrayBuffer"));
  const texts = TEXTS.map((path) => fetchWhole(base, path, "text"));
  Promise.all([...archives, ...texts]).catch(() => {});
  const python = await startPyodide(base);
  post("progress", { phase: "python", done: 1, total: 3 });
  const folder = python.runPython("import site; site.getsitepackages()[0]");
  const [packages, own] = await Promise.all(archives);
  python.unpackArchive(own, "zip", { extractDir: folder });
  // Hundreds of modules that become no files.
  python.pyimport("lmpanel.archive_importer").add(packages, folder);
  post("progress", { phase: "python", done: 2, total: 3 });
  // Panel makes one function from a text when it is imported; no policy should have to allow that.
  python.pyimport("pyodide.code").run_js = () => toObject;
  // Panel would have Python's own requests go through a worker made from a text; lmpanel makes none.
  python.registerJsModule("pyodide_http", { patch_all() {} });
  const module = python.pyimport("lmpanel.browser");
  const [model, tokenizer, recorded] = await Promise.all(texts);
  const notify = (json) => post("notify", { json });
  const sendPatch = (patch, buffers) => post("patch", { patch, buffers });
  host = module.Host(model, tokenizer, recorded, notify, sendPatch);
  // What was kept may have been written by another version.
  if (!(await render(begin)).ok) await render("{}");
  post("progress", { phase: "python", done: 3, total: 3 });
  hostReady();
}

/** Entries of a Python dictionary; what is undefined would be lost in JSON. */
const toObject = (entries) => Object.fromEntries([...entries].map(([name, value]) => [name, value ?? null]));

/** @returns {Promise<{ok: boolean, json: string}>} */
async function render(begin) {
  const [ok, ...rendered] = await host.begin(begin);
  if (!ok) return { ok, json: rendered[0] };
  const [docs_json, render_items, root_ids, names] = rendered;
  post("render", { docs_json, render_items, root_ids, names });
  return { ok, json: "null" };
}

async function call({ id, method, args }) {
  await started;
  const [ok, json] = await host.call(method, args);
  post("result", { id, ok, json });
}

const HANDLERS = {
  start: (message) => start(message).catch(failed),
  begin: async ({ begin, id }) => { useWording(JSON.parse(begin).wording); await started; await render(begin).then((answer) => post("result", { id, ...answer }), failed); },
  engine: async ({ port, info }) => { await started; host.connect(new EngineClient(port), JSON.stringify(info)); },
  engine_lost: async ({ message }) => { await started; host.disconnect(message); },
  rendered: () => host.link().catch(failed),
  patch: ({ patch }) => host.patch(patch),
  call: (message) => call(message).catch(failed),
};

function failed(error) {
  const lines = String(error.message ?? error).trim().split("\n");
  post("failed", { message: lines.at(-1), detail: lines.slice(-12).join("\n") });
}

holdLock("lmpanel-python", (lock) => post("alive", { lock }));
self.onmessage = (event) => HANDLERS[event.data.verb]?.(event.data);
