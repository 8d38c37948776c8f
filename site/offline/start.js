/**
 * When working offline begins: not before the live page is at rest, so that nothing of it delays the
 * first numbers. Everything else of it is loaded only then.
 */
import { notice } from "../status.js";

/** Until clicks that were waiting are answered. */
const REST_MS = 1500;
const SAVE_MS = 3000;

/** @param {{base: string, engine: object, python: object, status: object, ready: Promise<{version: string}>}} parts */
export async function startOffline({ base, engine, python, status, ready }) {
  const { version } = await ready;
  await rest();
  const [{ Offline }, { OfflinePanel }] = await Promise.all([import("./offline.js"), import("./panel.js")]);
  const here = async () => ({ gpu: !(await engine.inspectOnce()).missing, jspi: "Suspending" in WebAssembly });
  const offline = new Offline({ base, version: () => version, here, kept: () => engine.files });
  const byId = (id) => document.getElementById(id);
  const panel = new OfflinePanel({ offline, box: byId("offline-box"), mark: byId("offline-mark"), notice, reload: () => reload(python) });
  document.addEventListener("lmpanel:language", () => panel.show());
  offline.addEventListener("change", () => status.set({ stored: offline.state }));
  await offline.start();
}

const rest = () => new Promise((resolve) => {
  setTimeout(() => (globalThis.requestIdleCallback ? requestIdleCallback(resolve, { timeout: REST_MS }) : resolve()), REST_MS);
});

/** What was done is kept before; it comes back in the new page. */
async function reload(python) {
  await Promise.race([python.keeper.save(), new Promise((resolve) => { setTimeout(resolve, SAVE_MS); })]);
  location.reload();
}
