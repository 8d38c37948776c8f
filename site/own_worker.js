/**
 * Starts a worker of this site from the address of its module.  A page without an origin of its own
 * (a frame with `sandbox` but not `allow-same-origin`) may not make one from an address, nor a module
 * worker at all: there a classic worker, whose few lines are a blob, imports the module.
 */

import { ownScript } from "./own_script.js";

/** What comes before the module is there waits for it. */
const IMPORT = (address) => `
  const early = [];
  self.onmessage = (event) => early.push(event);
  import(${JSON.stringify(address)}).then(() => early.forEach((event) => self.onmessage(event)), (error) => setTimeout(() => { throw error; }));
`;

/** Whether the page has no origin, and with it no storage. */
export const withoutOrigin = () => globalThis.origin === "null";

/** @param {string|URL} url @param {string} name */
export function ownWorker(url, name) {
  if (!withoutOrigin()) return new Worker(ownScript(url), { type: "module", name });
  const blob = new Blob([IMPORT(new URL(url).href)], { type: "text/javascript" });
  return new Worker(ownScript(URL.createObjectURL(blob)), { name });
}
