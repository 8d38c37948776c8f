/**
 * The order in which ways of computing are tried, and when to step down. Pure decisions.
 *
 * webgpu → webgpu-nosubgroups → wasm → wasm with quantised weights. Every step that is skipped or
 * fails leaves a sentence that can be shown, and a code for programs. Knows nothing about workers or
 * the page.
 */
import { t } from "../components/wording.js";

/** @typedef {{backend: string, compact: boolean}} Rung */
/**
 * @typedef {{backend: string, compact: boolean, ok: boolean, code: string, reason: string}} Step
 *   reason: in words; code: of the reason, "" where there is none: that of the error (errors.js), for
 *   what is skipped "no_webgpu", "software_gpu", "bad_subgroups" or "no_subgroups", for what runs "compact"
 */

const RUNGS = [
  { backend: "webgpu", compact: false },
  { backend: "webgpu-nosubgroups", compact: false },
  { backend: "wasm", compact: false },
  { backend: "wasm", compact: true },
];

/** onnxruntime's attention is wrong with subgroups of this many lanes or fewer. */
const BAD_SUBGROUP = 4;

/** Errors that every other backend would meet as well: stop, and let the user retry. */
const HOPELESS = new Set([
  "network",
  "stalled",
  "missing",
  "intercepted",
  "corrupt",
  "no_wasm",
  "script_failed",
  "cancelled",
]);

/**
 * What to try, in order, and what is skipped beforehand.
 *
 * @param {"auto"|"webgpu"|"webgpu-nosubgroups"|"wasm"} wanted
 * @param {import("./gpu.js").GpuReport} gpu
 * @param {boolean} [sparing] on WASM the weights stay compressed from the first
 * @returns {{rungs: Rung[], skipped: Step[]}}
 */
export function plan(wanted, gpu, sparing = false) {
  const start = wanted === "auto" ? 0 : RUNGS.findIndex(({ backend }) => backend === wanted);
  const rungs = RUNGS.slice(start).filter(
    ({ backend, compact }) => compact || backend !== "wasm" || !sparing,
  );
  const skipped = rungs
    .map((rung) => ({ ...rung, ok: false, ...reasonToSkip(rung, wanted, gpu) }))
    .filter(({ code }) => code);
  const isSkipped = (rung) => skipped.some(({ backend }) => backend === rung.backend);
  return { rungs: rungs.filter((rung) => !isSkipped(rung)), skipped };
}

/** Nothing where it is to be tried. */
function reasonToSkip({ backend }, wanted, gpu) {
  if (backend === "wasm") return null;
  if (gpu.missing) return { code: "no_webgpu", reason: t(gpu.missing) };
  if (wanted === "auto" && gpu.software) {
    return {
      code: "software_gpu",
      reason: t("WebGPU is only imitated in software here; the processor itself is faster."),
    };
  }
  const small = gpu.smallestSubgroup !== null && gpu.smallestSubgroup <= BAD_SUBGROUP;
  if (backend === "webgpu" && gpu.subgroups && small) {
    return {
      code: "bad_subgroups",
      reason: t("This GPU works in subgroups of {lanes}, which gives wrong values.", { lanes: gpu.smallestSubgroup }),
    };
  }
  return backend === "webgpu-nosubgroups" && !gpu.subgroups
    ? { code: "no_subgroups", reason: t("This GPU has no subgroups to do without.") }
    : null;
}

/**
 * The rungs that are left after the first of them failed.
 *
 * @param {Rung[]} rungs
 * @param {{code: string}} error
 * @returns {Rung[]} empty when no other rung can do better
 */
export function stepDown(rungs, { code }) {
  if (HOPELESS.has(code)) return [];
  // Another kind of device does not need less of the GPU's memory.
  const rest = rungs.slice(1);
  return code === "out_of_memory" ? rest.filter(({ backend }) => backend === "wasm") : rest;
}

/** Names of the backends that can be asked for here. @param {import("./gpu.js").GpuReport} gpu */
export function available(gpu) {
  const names = [...new Set(RUNGS.map(({ backend }) => backend))];
  return gpu.missing ? ["wasm"] : names;
}
