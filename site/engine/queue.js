/**
 * Requests one after the other, each answered or rejected exactly once.
 *
 * Knows ports and request ids; nothing about what a job computes. A job gets a `pause` function:
 * awaiting it lets messages in, and it throws when the request was cancelled meanwhile.
 */

import { FATAL, asEngineError, cancelled, engineLost } from "./errors.js";
import { answer, reject } from "./protocol.js";

export class RequestQueue {
  /** @param {(error: import("./errors.js").EngineError) => void} onFatal */
  constructor(onFatal) {
    this.onFatal = onFatal;
    this.waiting = [];
    this.current = null;
    this.draining = false;
    this.closed = null;
  }

  /**
   * @param {MessagePort} port where the answer goes
   * @param {number} id
   * @param {(pause: () => Promise<void>) => Promise<object>} run → {result, transfer}
   */
  add(port, id, run) {
    if (this.closed) return reject(port, id, this.closed);
    this.waiting.push({ port, id, run, cancelled: false, settled: false });
    if (!this.draining) this.drain();
  }

  /** Cancel a request of this port; one that is not there any more is ignored. */
  cancel(port, id) {
    const same = (job) => job?.port === port && job.id === id;
    if (same(this.current)) this.current.cancelled = true;
    const job = this.waiting.find(same);
    if (!job) return;
    this.waiting.splice(this.waiting.indexOf(job), 1);
    reject(port, id, cancelled());
  }

  /** Reject what runs, what waits and whatever comes: a run on a lost device may never end. */
  close(error) {
    this.closed ??= error;
    const jobs = [this.current, ...this.waiting.splice(0)].filter(Boolean);
    for (const job of jobs) this.settle(job, () => reject(job.port, job.id, this.closed));
  }

  async drain() {
    this.draining = true;
    while (this.waiting.length > 0) {
      this.current = this.waiting.shift();
      await this.execute(this.current);
      this.current = null;
      if (this.waiting.length > 0) await letMessagesIn();
    }
    this.draining = false;
  }

  async execute(job) {
    const pause = async () => {
      await letMessagesIn();
      if (job.cancelled) throw cancelled();
    };
    try {
      const { result, transfer } = await job.run(pause);
      this.settle(job, () => answer(job.port, job.id, result, transfer));
    } catch (thrown) {
      this.fail(job, asEngineError(thrown));
    }
  }

  fail(job, error) {
    this.settle(job, () => reject(job.port, job.id, error));
    if (!FATAL.has(error.code)) return;
    this.close(engineLost(error.detail));
    this.onFatal(error);
  }

  settle(job, send) {
    if (!job.settled) send();
    job.settled = true;
  }
}

/**
 * Promises alone never let a worker read its messages; timers do. Two of them, because a message
 * that came during a long run is delivered by the second task after it, not by the first.
 */
async function letMessagesIn() {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}
