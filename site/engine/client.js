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
   * Cosines of all rows of the embedding matrix with that of a token, then the rows' lengths.
   *
   * @param {number} id
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<{similar: Float32Array}>} 2 × vocab
   */
  similar(id, options) {
    return this.ask("similar", { id }, options);
  }

  /** Have the extra graphs ready, or let them go. */
  openInside(options) {
    return this.ask("open_inside", {}, options);
  }

  closeInside(options) {
    return this.ask("close_inside", {}, options);
  }

  /** Residuals and attention of a short text. @param {ArrayLike<number>} ids */
  inside(ids, options) {
    return this.ask("inside", { ids: plain(ids) }, options);
  }

  /** The logit lens. @param {Float32Array} rows @param {ArrayLike<number>} asked two for each row */
  lens(rows, asked, options) {
    return this.ask("lens", { rows, asked: plain(asked) }, options);
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
    this.stats.tokens += result.computed ?? 0;
    this.stats.reused += result.reused ?? 0;
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
