/**
 * One onnxruntime session of the model, and how a run of it is put together.
 *
 * Knows the graph's inputs and outputs (see the converter) and where its tensors live. Nothing
 * about caching, requests or downloads.
 */

import { asEngineError } from "./errors.js";
import { PastTensors } from "./past.js";

/**
 * Create the session.
 *
 * @param {{ort: object, backend: string, graph: Uint8Array, model: object,
 *          externalData: {path: string, data: Uint8Array}[]}} parts
 * @returns {Promise<Runner>}
 */
export async function createRunner({ ort, backend, graph, model, externalData }) {
  const onGpu = backend !== "wasm";
  const options = {
    executionProviders: [onGpu ? "webgpu" : "wasm"],
    graphOptimizationLevel: "all",
    externalData,
    ...(onGpu ? { preferredOutputLocation: keysAndValuesOnGpu(model) } : {}),
  };
  try {
    const session = await ort.InferenceSession.create(graph, options);
    const device = onGpu ? await ort.env.webgpu.device : null;
    return new Runner({ ort, session, model, device });
  } catch (error) {
    throw asEngineError(error);
  }
}

function keysAndValuesOnGpu({ layers }) {
  const names = Array.from({ length: layers }, (_, i) => [
    `present.${i}.key`,
    `present.${i}.value`,
  ]);
  return Object.fromEntries(names.flat().map((name) => [name, "gpu-buffer"]));
}

/**
 * The most tokens one run computes. A cancel or a click waits for the run in progress: 32 tokens
 * take half a second on one WebAssembly thread, where larger runs are hardly faster a token.
 */
const CHUNK = { gpu: 128, memory: 32 };

export class Runner {
  constructor({ ort, session, model, device }) {
    Object.assign(this, { ort, session, device, vocab: model.vocab_size });
    this.chunk = device ? CHUNK.gpu : CHUNK.memory;
    this.pasts = new PastTensors(ort, model, device);
  }

  /**
   * Run the model once.
   *
   * @param {{ids: Int32Array, last: number[], past: import("./past.js").Past, keep: boolean}} step
   *   ids: batch × s token ids that follow the past; last: which of the s positions get logits;
   *   keep: whether the keys and values including these tokens are wanted
   * @returns {Promise<{logits: Float32Array, past: import("./past.js").Past | null}>}
   *   logits: batch × last.length × vocabulary
   * @throws {EngineError}
   */
  async run({ ids, last, past, keep }) {
    const { batch } = past;
    const total = past.length + ids.length / batch;
    try {
      const outputs = await this.session.run(
        this.feeds(ids, last, past, total),
        keep ? this.session.outputNames : ["logits"],
      );
      const kept = keep ? this.pasts.fromOutputs(outputs, total, batch) : null;
      return { logits: outputs.logits.data, past: kept };
    } catch (error) {
      throw asEngineError(error);
    }
  }

  feeds(ids, last, past, total) {
    const { Tensor } = this.ort;
    const { batch } = past;
    return {
      input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [batch, ids.length / batch]),
      seqlens_k: new Tensor("int32", new Int32Array(batch).fill(total - 1), [batch]),
      total_len: new Tensor("int32", Int32Array.of(total), []),
      last_idx: new Tensor("int64", BigInt64Array.from(last, BigInt), [last.length]),
      ...past.tensors,
    };
  }
}
