/**
 * What a worker of this site may not do: ask another host for anything.  The page's content policy does not
 * reach a worker, which has that of its own file's headers, and not every host sends any.  A worker imports
 * this file before all others; what it takes away, nothing gives back.
 */

const HOME = new URL(".", import.meta.url);
/** Ways to other hosts that nothing here needs. */
const NEVER = ["WebSocket", "WebSocketStream", "EventSource", "WebTransport", "RTCPeerConnection", "importScripts"];

/** Whether an address is of this site's host, or a text of this page. @param {string|URL} address */
export function isHome(address, home = HOME) {
  const url = new URL(address, home);
  if (url.protocol === "blob:") return ["null", home.origin].includes(url.origin);
  return url.protocol === "data:" || (url.protocol === home.protocol && url.host === home.host);
}

/** @param {typeof globalThis} scope what the worker calls by name */
export function guard(scope, home = HOME) {
  const check = (address) => { if (!isHome(address, home)) throw refused(String(address)); };
  const { fetch, XMLHttpRequest, Worker } = scope;
  set(scope, "fetch", async (input, options) => {
    check(typeof input === "object" && "url" in input ? input.url : input);
    return fetch.call(scope, input, options);
  });
  if (XMLHttpRequest) {
    const { open } = XMLHttpRequest.prototype;
    set(XMLHttpRequest.prototype, "open", function opened(method, address, ...rest) {
      check(address);
      return open.call(this, method, address, ...rest);
    });
  }
  if (Worker) set(scope, "Worker", class extends Worker {
    constructor(address, options) {
      check(address);
      super(address, options);
    }
  });
  for (const name of NEVER) set(scope, name, function never() { throw refused(name); });
}

function set(owner, name, value) {
  if (name in owner) Object.defineProperty(owner, name, { value, writable: false, configurable: false });
}

const refused = (what) => new DOMException(`${what.slice(0, 80)}: this was refused, since lmpanel asks no other host for anything.`, "SecurityError");

if (typeof WorkerGlobalScope === "function" && globalThis instanceof WorkerGlobalScope) guard(globalThis);
