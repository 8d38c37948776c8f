/**
 * The asking end of a connected port: requests as promises.
 *
 * Used by the Python worker and by tests. Knows the port's verbs (protocol.js); nothing about
 * workers, backends or Python.
 */

import { EngineError, cancelled, engineLost } from "./errors.js";

export class EngineClient {
  /** @param {MessagePort} port from `EngineHost.connect()` */
  constructor(port) {
    this.port = port;
    this.pending = new Map();
    this.nextId = 1;
    this.dead = null;
    this.stats = { calls: 0, tokens: 0, reused: 0 };
    port.onmessage = ({ data }) => this.settle(data);
    port.onmessageerror = () => this.lost(engineLost("a message could not be read"));
  }

  /**
   * Logits of what follows ids[0…first], …, ids[0…n-1].
   *
   * @param {ArrayLike<number>} ids
   * @param {number} first
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<object>} {logits: Float32Array [rows × vocab], rows, computed, reused, ms}
   */
  logits(ids, first, options) {
    return this.ask("logits", { ids: plain(ids), first }, options);
  }

  /**
   * Logits after ids + tail for each of `tails`.
   *
   * @param {ArrayLike<number>} ids
   * @param {ArrayLike<number>[]} tails
   * @param {{signal?: AbortSignal}} [options]
   */
  branch(ids, tails, options) {
    return this.ask("branch", { ids: plain(ids), tails: Array.from(tails, plain) }, options);
  }

  /**
   * The engine behind the port is gone: reject everything, now and from now on.
   *
   * Whoever hears the host's "lost" event calls this; a port does not notice that its other end
   * died with a worker.
   *
   * @param {{code: string, message: string}} error
   */
  lost(error) {
    this.dead ??= error instanceof EngineError ? error : EngineError.fromMessage(error);
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(this.dead);
  }

  /** Let go of the port; pending requests are rejected. */
  close() {
    for (const id of this.pending.keys()) this.send("cancel", undefined, { target: id });
    this.lost(cancelled());
    this.port.close();
  }

  ask(verb, args, { signal } = {}) {
    if (this.dead) return Promise.reject(this.dead);
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.cancel(id);
      signal?.addEventListener("abort", onAbort, { once: true });
      const release = () => signal?.removeEventListener("abort", onAbort);
      this.pending.set(id, { resolve, reject, release });
      this.send(verb, id, args);
    });
  }

  cancel(id) {
    this.send("cancel", undefined, { target: id });
    this.take(id)?.reject(cancelled());
  }

  send(verb, id, args) {
    this.port.postMessage({ verb, id, args });
  }

  settle({ id, result, error }) {
    const request = this.take(id);
    if (!request) return;
    if (error) return request.reject(EngineError.fromMessage(error));
    this.stats.calls += 1;
    this.stats.tokens += result.computed;
    this.stats.reused += result.reused;
    request.resolve(result);
  }

  take(id) {
    const request = this.pending.get(id);
    this.pending.delete(id);
    request?.release();
    return request;
  }
}

/** Ids as they are: a conversion to Int32Array here would hide 1.5 or NaN from the check. */
const plain = (ids) => (ArrayBuffer.isView(ids) ? ids : Array.from(ids));
