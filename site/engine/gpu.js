/**
 * What the browser's GPU is like, asked before a model is tried on it.
 *
 * Knows the WebGPU API; nothing about onnxruntime or workers.
 */
import { later } from "../components/wording.js";

/**
 * @typedef {object} GpuReport
 * @property {string|null} missing why there is no usable GPU, to be translated where it is told; null when
 *   there is one
 * @property {boolean} software the "GPU" is the processor, imitated
 * @property {boolean} subgroups subgroup operations are offered
 * @property {number|null} smallestSubgroup lanes, where the browser tells
 */

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/**
 * Look at the adapter the browser would give.
 *
 * @param {GPU|undefined} [gpu] navigator.gpu
 * @returns {Promise<GpuReport>}
 */
export async function inspectGpu(gpu = globalThis.navigator?.gpu) {
  const none = (missing) => ({
    missing,
    software: false,
    subgroups: false,
    smallestSubgroup: null,
  });
  if (!gpu) return none(later("This browser does not offer WebGPU here."));
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ? describe(adapter) : none(later("This browser found no GPU that WebGPU can use."));
}

function describe({ info = {}, features, isFallbackAdapter }) {
  const names = [info.vendor, info.architecture, info.device, info.description].join(" ");
  return {
    missing: null,
    software: Boolean(info.isFallbackAdapter ?? isFallbackAdapter) || SOFTWARE.test(names),
    subgroups: features.has("subgroups"),
    smallestSubgroup: info.subgroupMinSize ?? null,
  };
}
