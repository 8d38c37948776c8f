/**
 * The messages between page, engine worker and whoever asks for logits: the one place where they
 * are written down. Knows names and shapes, nothing about what the engine does with them.
 *
 * Page → worker (the worker's own port). Every request is answered {id, result} or {id, error}.
 *   {verb: "start", id, args: {base, backend, compact, threads, files, wording}}
 *       base     URL of the folder that holds model/, vendor/ort/ and manifest.json
 *       backend  "webgpu" | "webgpu-nosubgroups" | "wasm"
 *       compact  true: keep the weights quantised (WASM with little memory, several times slower)
 *       threads  number, or null for the default
 *       files    {sha256: Blob} of files already verified, so that nothing is fetched twice
 *       wording  {language, table} that messages and errors are said in, see wording.js
 *       → {backend, compact, threads, verified: true, model, timings_ms}
 *   {verb: "connect", id, args: {}, port}      port: MessagePort, transferred → {}
 *   {verb: "wording", id, args: {wording}}     what is said from now on is said in it → {}
 * Worker → page, at any time
 *   {event: "progress", phase: "download"|"prepare"|"verify"|"ready", done, total, message}
 *       done, total: bytes while downloading, else steps; total 0 = unknown
 *   {event: "file", sha256, blob}               a verified file, for the page to keep
 *   {event: "stats", calls, tokens, reused, tokens_per_second}     after every request
 *   {event: "lost", error}                      the engine cannot go on; the worker is useless
 *   {event: "alive", lock}                      a Web Lock that is held until the worker ends
 *
 * Asker → worker (a connected port)
 *   {verb: "logits", id, args: {ids: Int32Array, first}}
 *       → {logits: Float32Array [rows × vocab], transferred, rows, computed, reused, ms}
 *       row j holds the logits of what follows ids[0 … first+j]; rows = ids.length − first ≤ 128
 *   {verb: "branch", id, args: {ids: Int32Array, tails: Int32Array[]}}
 *       → {logits [tails.length × vocab], rows, computed, reused, ms}: after ids + tails[j]
 *   {verb: "similar", id, args: {id}}           id: a token
 *       → {similar: Float32Array [2 × vocab]}: the cosine of every row of the embedding matrix with
 *       that of the token (0 for rows of zeros), then the length of every row
 *   {verb: "open_inside", id, args: {}}         → {}: the extra graphs are fetched and opened
 *   {verb: "inside", id, args: {ids: Int32Array}}      at most 64
 *       → {residuals: Float32Array [(layers + 1) × n × hidden], attention: Float32Array
 *       [layers × heads × n × n]}
 *   {verb: "lens", id, args: {rows: Float32Array [n × hidden], asked: Int32Array [n × 2]}}  n ≤ 128
 *       → {top_ids, top_logits [n × 10], log_sum, entropy [n], asked_logits, asked_ranks [n × 2]}:
 *       the likeliest tokens after final norm and output matrix, and two tokens looked up there
 *   {verb: "close_inside", id, args: {}}        → {}: the extra graphs' memory is let go, as it also
 *       is when they have not been used for a while; "inside" and "lens" open them again
 *   {verb: "cancel", args: {target}}            target: id of a request of the same port; no answer
 *       of its own, the target is rejected with code "cancelled"
 *
 * computed, reused: tokens run through the model, and tokens found in the KV cache. ms: wall time.
 * error: {code, message, remedy, detail}, see errors.js.
 */

import { count } from "../components/format.js";
import { t } from "../components/wording.js";
import { EngineError } from "./errors.js";

/** The most rows of logits one request may ask for. */
export const MAX_ROWS = 128;
/** The most continuations of one "branch" request. */
export const MAX_BRANCHES = 64;

/** The most tokens of a text that is looked into. */
export const MAX_INSIDE = 64;
/** The most residuals of one "lens" request. */
export const MAX_LENS_ROWS = 128;

export const BACKENDS = ["webgpu", "webgpu-nosubgroups", "wasm"];

/** Answer a request on its port; typed arrays in `transfer` move instead of being copied. */
export function answer(port, id, result, transfer = []) {
  port.postMessage({ id, result }, transfer);
}

/** @param {EngineError} error */
export function reject(port, id, error) {
  port.postMessage({ id, error: error.toMessage() });
}

/**
 * Check the arguments of "logits" before the model is touched.
 *
 * @param {{ids: ArrayLike<number>, first: number}} args
 * @param {{vocab_size: number, context_length: number}} model
 * @returns {{ids: Int32Array, first: number}}
 * @throws {EngineError} code "bad_input" or "context_full"
 */
export function checkLogits(args, model) {
  const ids = checkIds(args?.ids, "ids", model);
  checkLength(ids.length, model);
  const first = args.first;
  if (!Number.isInteger(first) || first < 0 || first >= ids.length) {
    throw badInput(`first must be a whole number from 0 to ${ids.length - 1}, not ${first}`);
  }
  if (ids.length - first > MAX_ROWS) {
    throw badInput(`${ids.length - first} rows asked for; one call gives at most ${MAX_ROWS}`);
  }
  return { ids, first };
}

/**
 * Check the arguments of "branch".
 *
 * @param {{ids: ArrayLike<number>, tails: ArrayLike<number>[]}} args
 * @param {{vocab_size: number, context_length: number}} model
 * @returns {{ids: Int32Array, tails: Int32Array[]}}
 * @throws {EngineError} code "bad_input" or "context_full"
 */
export function checkBranch(args, model) {
  const ids = checkIds(args?.ids, "ids", model);
  if (!Array.isArray(args.tails) || args.tails.length === 0) throw badInput("tails must be lists of token ids");
  if (args.tails.length > MAX_BRANCHES) {
    throw badInput(`${args.tails.length} continuations; one call takes at most ${MAX_BRANCHES}`);
  }
  const tails = args.tails.map((tail, i) => checkIds(tail, `tails[${i}]`, model));
  checkLength(ids.length + Math.max(...tails.map((tail) => tail.length)), model);
  return { ids, tails };
}

/**
 * Check the arguments of "similar". @returns {{id: number}}
 *
 * @throws {EngineError} code "bad_input"
 */
export function checkSimilar(args, model) {
  checkIds([args?.id], "id", model);
  return { id: args.id };
}

/**
 * Check the arguments of "inside". @returns {{ids: Int32Array}}
 *
 * @throws {EngineError} code "bad_input"
 */
export function checkInside(args, model) {
  const ids = checkIds(args?.ids, "ids", model);
  if (ids.length <= MAX_INSIDE) return { ids };
  throw badInput(`${ids.length} tokens; at most ${MAX_INSIDE} are looked into`);
}

/**
 * Check the arguments of "lens". @returns {{rows: Float32Array, asked: Int32Array, count: number}}
 *
 * @throws {EngineError} code "bad_input"
 */
export function checkLens(args, model) {
  const asked = checkIds(args?.asked, "asked", model);
  const count = asked.length / 2;
  const fits = args.rows instanceof Float32Array && args.rows.length === count * model.hidden;
  if (fits && Number.isInteger(count) && count <= MAX_LENS_ROWS) return { rows: args.rows, asked, count };
  throw badInput(`rows must be 1 to ${MAX_LENS_ROWS} times ${model.hidden} numbers, with two tokens asked about in each`);
}

function checkIds(values, name, { vocab_size }) {
  if (!values || !(values.length > 0)) throw badInput(`${name} must hold at least one token id`);
  for (let i = 0; i < values.length; i++) {
    const id = values[i];
    if (!Number.isInteger(id) || id < 0 || id >= vocab_size) {
      throw badInput(`${name}[${i}] is ${id}; token ids run from 0 to ${vocab_size - 1}`);
    }
  }
  return Int32Array.from(values);
}

function checkLength(length, { context_length }) {
  if (length <= context_length) return;
  throw new EngineError(
    "context_full",
    t("The document has {n} tokens; this model reads at most {most}.", { n: count(length), most: count(context_length) }),
    t("Shorten the document or begin a new conversation."),
  );
}

/** Wrong use of a port; no reader sees it. */
const badInput = (message) =>
  new EngineError("bad_input", message, "Correct the request; the engine is still ready.");
