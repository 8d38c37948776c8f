/**
 * The service worker. It answers from what is stored (responder.js); installing is the page's work
 * (installer.js). The build joins it with its modules to one classic script, so that it is one file
 * to be updated, and runs where service workers cannot be modules.
 *
 * page → service worker, each with a port that is answered on:
 *   {verb: "hello", version}   a page that was loaded without us has this version: take it over, if
 *                              that is stored → {ok}
 *   {verb: "tidy"}             forget versions that nobody uses → {ok}
 * The script that switches all this off (off.js) answers {off: true} to everything.
 */
import { Responder } from "./responder.js";
import { Store } from "./store.js";

const ALIVE_MS = 5000;
const { scope } = self.registration;
const store = new Store(self.caches, scope);
const responder = new Responder({ store, scope, fetch: (...request) => fetch(...request), isAlive });

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("fetch", (event) => {
  if (!responder.takes(event.request)) return;
  // Storage that fails must not take the page with it.
  const answer = responder.answer(event).catch(() => fetch(event.request));
  event.respondWith(answer);
  event.waitUntil(answer.then(() => responder.written, () => {}));
});

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const handler = HANDLERS[event.data?.verb];
  if (!port || !handler) return;
  event.waitUntil(handler(event).then((ok) => port.postMessage({ ok }), () => port.postMessage({ ok: false })));
});

const HANDLERS = {
  async hello({ source, data }) {
    if (typeof data.version !== "string" || !(await store.read(data.version))) return false;
    await responder.bind(source.id, { version: data.version, claimed: true });
    await self.clients.claim();
    return true;
  },
  async tidy() {
    await responder.tidy();
    return true;
  },
};

/** Whether a page or worker still is there; one that is yet to come counts. */
async function isAlive(id) {
  const late = new Promise((resolve) => { setTimeout(() => resolve(true), ALIVE_MS); });
  return Promise.race([self.clients.get(id).then(Boolean), late]);
}
