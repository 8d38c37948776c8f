/**
 * The page's end of one engine worker: requests as promises, events as callbacks, death noticed.
 *
 * Knows the worker's own port (protocol.js); nothing about backends or restarts.
 */

import { t } from "../components/wording.js";
import { EngineError, cancelled, engineLost } from "./errors.js";

export class WorkerLink {
  /**
   * @param {Worker} worker
   * @param {{onEvent: (message: object) => void, onLost: (error: EngineError) => void}} callbacks
   *   onLost is called once at most, and never after `close`
   */
  constructor(worker, { onEvent, onLost }) {
    Object.assign(this, { worker, onEvent, onLost });
    this.pending = new Map();
    this.nextId = 1;
    this.closed = false;
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onmessageerror = () => this.lose(engineLost("a message could not be read"));
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.lose(crash(event));
    };
  }

  /** @returns {Promise<object>} the worker's answer */
  ask(verb, args, transfer = []) {
    if (this.closed) return Promise.reject(cancelled());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ verb, id, args }, transfer);
    });
  }

  /** End the worker; what is pending is rejected with `error`. */
  close(error = cancelled()) {
    if (this.closed) return;
    this.closed = true;
    this.worker.terminate();
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }

  receive(message) {
    if (this.closed) return;
    if (message.event === "lost") return this.lose(EngineError.fromMessage(message.error));
    if (message.event === "alive") return this.watch(message.lock);
    if (message.event) return this.onEvent(message);
    const request = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.error) request?.reject(EngineError.fromMessage(message.error));
    else request?.resolve(message.result);
  }

  /** The worker holds the lock for as long as it lives; to get it is to know of its end. */
  watch(lock) {
    navigator.locks.request(lock, () => this.lose(engineLost("its worker ended")));
  }

  lose(error) {
    if (this.closed) return;
    this.close(error);
    this.onLost(error);
  }
}

/** An error event without a message means that the worker's script itself did not load. */
function crash({ message, filename, lineno }) {
  if (message) return engineLost(`${message} (${filename}:${lineno})`);
  return new EngineError(
    "script_failed",
    t("The engine's program could not be loaded."),
    t("Check the network, then reload the page."),
  );
}
