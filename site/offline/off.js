/**
 * The kill switch: put in the place of service_worker.js, it removes all that lmpanel has stored and
 * then itself. Pages that are open go on from the network.
 */
import { Store } from "./store.js";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(new Store(self.caches, self.registration.scope).clear().then(() => self.registration.unregister()));
});

self.addEventListener("message", ({ ports: [port] }) => port?.postMessage({ off: true }));
