/**
 * Looking inside the network: two extra graphs over the weights that are here already.
 *
 * They are fetched when they are first asked for, run on the processor whatever the backend is (a
 * short text takes seconds there, and GPUs need no proof of their own), keep their weights as they
 * are stored, and are let go on request or when nobody has used them for a while. Knows the graphs'
 * inputs and outputs (build/inside_graph.py); nothing about what is done with the numbers.
 */

import { t } from "../components/wording.js";
import { fetchVerified } from "./download.js";
import { EngineError, asEngineError } from "./errors.js";
import { UNFOLDED } from "./session.js";
import { quantizedData } from "./weights.js";

const IDLE_MS = 180_000;
const GRAPHS = ["inside", "inside_head"];

export class Inside {
  /**
   * @param {{ort: object, model: object, read: import("./weights.js").Read, entry: (path: string) => object}} parts
   *   entry: address and hash of a file of the site (files.js)
   */
  constructor({ ort, model, read, entry }) {
    Object.assign(this, { ort, model, read, entry });
    this.graphs = {};
    this.sessions = null;
    this.timer = null;
  }

  /** Fetch and open what is not there yet; without enough memory the engine goes on without it. */
  async open() {
    clearTimeout(this.timer);
    if (!this.sessions) this.sessions = await this.make().catch((error) => { throw bearable(error); });
    this.rest();
  }

  async make() {
    for (const name of GRAPHS) this.graphs[name] ??= await this.fetch(name);
    const externalData = quantizedData(this.model, this.read);
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all", externalData, extra: UNFOLDED };
    const sessions = {};
    try {
      for (const name of GRAPHS) sessions[name] = await this.ort.InferenceSession.create(this.graphs[name], options);
    } catch (error) {
      await sessions.inside?.release();
      throw error;
    }
    return sessions;
  }

  fetch(name) {
    const file = this.model.graphs[name];
    if (file) return fetchVerified(this.entry(`model/${file}`));
    throw new EngineError("not_available", t("This model was built without a graph for looking inside."), t("Build the site again."));
  }

  /** @param {{ids: Int32Array}} request checked, see protocol.js */
  async inside({ ids }) {
    const { residuals, attention } = await this.run("inside", { input_ids: this.long(ids, [1, ids.length]) });
    return { residuals: residuals.data, attention: attention.data };
  }

  /** @param {{rows: Float32Array, asked: Int32Array, count: number}} request checked */
  async lens({ rows, asked, count }) {
    const { Tensor } = this.ort;
    const found = await this.run("inside_head", {
      rows: new Tensor("float32", rows, [1, count, this.model.hidden]),
      asked: this.long(asked, [1, count, 2]),
    });
    const { top_logits, log_sum, entropy, asked_logits, asked_ranks } = found;
    const plain = { top_logits, log_sum, entropy, asked_logits, asked_ranks };
    const result = Object.fromEntries(Object.entries(plain).map(([name, { data }]) => [name, data]));
    return { ...result, top_ids: Int32Array.from(found.top_ids.data, Number) };
  }

  /** Let the memory go; what was fetched is kept, it is small. */
  async close() {
    clearTimeout(this.timer);
    const { sessions } = this;
    this.sessions = null;
    for (const session of Object.values(sessions ?? {})) await session.release();
  }

  async run(name, feeds) {
    await this.open();
    clearTimeout(this.timer);
    try {
      return await this.sessions[name].run(feeds);
    } catch (error) {
      throw asEngineError(error);
    } finally {
      this.rest();
    }
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close(), IDLE_MS);
  }

  long(values, dims) {
    return new this.ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  }
}

/** Too little memory for more is no reason to give up what is there. */
function bearable(thrown) {
  const error = asEngineError(thrown);
  if (error.code !== "out_of_memory") return error;
  return new EngineError("no_room_inside", t("There is too little memory to look inside the network."), t("Close other tabs and programs, then try again; everything else goes on."), error.detail);
}
