/**
 * Does this backend compute the model's own numbers? A short known prompt decides.
 *
 * proof.json holds token ids and, for some positions, log-probabilities from the native engine.
 * The prompt is run as a prefill of some forty tokens, a continuation of several and a single one,
 * because backends use different kernels for the three, and others again for short prefills. Knows
 * nothing about what follows from a failure.
 */

import { t } from "../components/wording.js";
import { EngineError } from "./errors.js";

/**
 * Run the proof.
 *
 * @param {object} proof proof.json
 * @param {object} runner see session.js
 * @param {(done: number, total: number) => void} [onStep]
 * @returns {Promise<number>} the largest deviation of a log-probability, in nats
 * @throws {EngineError} code "proof_failed" when it exceeds the tolerance
 */
export async function prove(proof, runner, onStep = () => {}) {
  const spans = proofSpans(proof);
  let past = null;
  let worst = 0;
  for (const [index, { from, to }] of spans.entries()) {
    onStep(index, spans.length);
    const expected = proof.expected.filter(({ position }) => position >= from && position < to);
    const step = {
      ids: Int32Array.from(proof.ids.slice(from, to)),
      past,
      length: from,
      keep: true,
      last: expected.length ? expected.map(({ position }) => position - from) : [0],
    };
    const run = await runner.run(step);
    if (past) runner.release(past);
    past = run.past;
    worst = Math.max(
      worst,
      ...expected.map((e, row) =>
        deviation(e, run.logits.subarray(row * runner.vocab, (row + 1) * runner.vocab)),
      ),
    );
    if (worst > proof.tolerance) break;
  }
  runner.release(past);
  if (worst > proof.tolerance) throw failed(worst, proof.tolerance);
  return worst;
}

/**
 * How the prompt is cut into runs: the prefill, a continuation of several tokens, one token.
 *
 * Three runs and no more, because a GPU imitated in software takes seconds for each.
 * {prefill: 4, ids: 7 of them} → 0–4, 4–6, 6–7
 */
export function proofSpans({ ids, prefill }) {
  const cuts = [...new Set([0, prefill, ids.length - 1, ids.length])];
  return cuts.slice(1).map((to, i) => ({ from: cuts[i], to }));
}

/** The largest |log-probability − expected| of one position; not a number counts as infinite. */
export function deviation({ top, probe }, logits) {
  const norm = logSumExp(logits);
  const differences = [...top, ...probe].map(([id, logprob]) =>
    Math.abs(logits[id] - norm - logprob),
  );
  return differences.some(Number.isNaN) ? Infinity : Math.max(...differences);
}

function logSumExp(logits) {
  const max = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return max + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
}

const failed = (worst, tolerance) =>
  new EngineError(
    "proof_failed",
    t("It computed wrong values for a known text (off by {nats} nats).", { nats: worst.toPrecision(2) }),
    t("Another way of computing is used instead."),
    `deviation ${worst}, tolerance ${tolerance}`,
  );
