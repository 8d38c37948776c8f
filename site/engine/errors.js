/**
 * Typed errors of the engine: a code for programs, a sentence and a remedy for people.
 *
 * What is said is in the reader's language; `detail` is technical and stays as it is.
 * Knows how browsers word their failures (out of memory, aborted WebAssembly, blocked code) and
 * nothing about who shows the message. Every error that leaves the engine is an `EngineError`.
 *
 * Codes
 *   download   network, stalled, missing, intercepted, corrupt
 *   start      no_wasm, no_webgpu, script_failed, proof_failed, out_of_memory
 *   requests   bad_input, context_full, cancelled, not_ready
 *   running    engine_lost, out_of_memory, internal
 */
import { t } from "../components/wording.js";

export class EngineError extends Error {
  /**
   * @param {string} code one of the codes above
   * @param {string} message what happened, and the likely cause
   * @param {string} [remedy] what the reader can do
   * @param {string} [detail] the technical text, for a bug report
   */
  constructor(code, message, remedy = "", detail = "") {
    super(message);
    this.name = "EngineError";
    Object.assign(this, { code, remedy, detail });
  }

  /** The form in which it crosses a thread boundary. */
  toMessage() {
    const { code, message, remedy, detail } = this;
    return { code, message, remedy, detail };
  }

  /** @param {{code: string, message: string, remedy?: string, detail?: string}} message */
  static fromMessage({ code, message, remedy, detail }) {
    return new EngineError(code, message, remedy, detail);
  }
}

/** Codes after which the worker's WebAssembly instance or GPU device cannot be trusted any more. */
export const FATAL = new Set(["engine_lost", "out_of_memory"]);

export const outOfMemory = (detail = "") =>
  new EngineError(
    "out_of_memory",
    t("There is too little memory for the model."),
    t("Close other tabs and programs, then reload the page."),
    detail,
  );

export const engineLost = (detail = "") =>
  new EngineError(
    "engine_lost",
    t("The model's engine stopped unexpectedly."),
    t("It is started again by itself; if it does not come back, reload the page."),
    detail,
  );

export const cancelled = () => new EngineError("cancelled", t("The computation was cancelled."));

const blockedWasm = (detail) =>
  new EngineError(
    "no_wasm",
    t("The site that shows this page does not let it run WebAssembly."),
    t("Open the page in a new tab of its own, outside the site that embeds it."),
    detail,
  );

export const noWasm = (detail = "") =>
  new EngineError(
    "no_wasm",
    t("This browser cannot run WebAssembly, which the model needs."),
    t("Use a current Chrome, Edge, Firefox or Safari, with WebAssembly allowed."),
    detail,
  );

const NO_MEMORY =
  /allocation failed|out of memory|bad_alloc|failed to allocate|invalid .*length|enlarge memory|OOM/i;
const BROKEN =
  /device (was )?(lost|destroyed)|mapAsync|aborted\(|unreachable|out of bounds|null function/i;

const PATTERNS = [
  [/content security policy|unsafe-eval/i, blockedWasm],
  [/SIMD is not supported|WebAssembly is not (defined|supported)/i, noWasm],
  [NO_MEMORY, outOfMemory],
  [BROKEN, engineLost],
];

/**
 * Turn whatever was thrown into an `EngineError`.
 *
 * @param {unknown} thrown
 * @returns {EngineError}
 */
export function asEngineError(thrown) {
  if (thrown instanceof EngineError) return thrown;
  // A C++ exception leaves WebAssembly as a bare pointer; here that is std::bad_alloc in practice.
  if (typeof thrown === "number") return outOfMemory(`WebAssembly exception ${thrown}`);
  const text = describe(thrown);
  for (const [pattern, make] of PATTERNS) if (pattern.test(text)) return make(text);
  if (thrown?.name === "RuntimeError") return engineLost(text);
  return new EngineError(
    "internal",
    t("The engine failed in an unexpected way."),
    t("Reload the page; if it happens again, report the details."),
    text,
  );
}

function describe(thrown) {
  return `${thrown?.name ?? typeof thrown}: ${thrown?.message ?? thrown}`.slice(0, 1000);
}
