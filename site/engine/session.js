/**
 * Opens the model with onnxruntime and gives the runner that fits its graph.
 *
 * A runner computes; it knows where keys and values live, nothing about which are worth keeping:
 *
 *   vocab, chunk: the vocabulary's size; the most tokens that one run should compute
 *   run({ids, last, past, length, keep}) → {logits, past}
 *     ids: Int32Array of tokens that follow the first `length` tokens of `past` (null and 0: none)
 *     last: which of them get logits; logits: Float32Array last.length × vocab
 *     keep: whether the keys and values of the whole are wanted as the new `past`
 *   branch({tails}) → {logits, pasts, computed}: logits after each of a batch of continuations
 *     tails: {past, length, ids}, where `ids` follow the first `length` tokens of `past`
 *     pasts: the whole of each continuation, null where that would cost a copy
 *     computed: tokens that went through the model
 *   batches(tails): the same continuations, parted into what one run takes
 *   longest: the most tokens of a continuation in a batch
 *   release(past): the past is not used any more
 *   tokens(pasts): how many tokens' keys and values they hold together
 */

import { asEngineError } from "./errors.js";
import { GpuRunner } from "./gpu_runner.js";
import { MemoryRunner } from "./memory_runner.js";

/** For graphs with compressed weights: folded, their scales become float32, and the head's parts a second copy. */
export const UNFOLDED = { optimization: { disable_specified_optimizers: "ConstantFolding" } };

/**
 * @param {{ort: object, backend: string, compact: boolean, graph: Uint8Array, model: object,
 *          externalData: {path: string, data: Uint8Array}[]}} parts
 * @returns {Promise<GpuRunner|MemoryRunner>}
 * @throws {import("./errors.js").EngineError}
 */
export async function createRunner({ ort, backend, compact, graph, model, externalData }) {
  const onGpu = backend !== "wasm";
  const options = {
    executionProviders: [onGpu ? "webgpu" : "wasm"],
    graphOptimizationLevel: "all",
    externalData,
    ...(compact ? { extra: UNFOLDED } : {}),
    ...(onGpu ? { preferredOutputLocation: keysAndValuesOnGpu(model) } : {}),
  };
  try {
    const session = await ort.InferenceSession.create(graph, options);
    if (!onGpu) return new MemoryRunner({ ort, session, model });
    return new GpuRunner({ ort, session, model, device: await ort.env.webgpu.device });
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
