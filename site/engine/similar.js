/**
 * Cosines between rows of the stored embedding matrix, without onnxruntime and without the network.
 *
 * The matrix is read from the weights file stretch by stretch and dequantised exactly (weights.js),
 * so that no more than a stretch of it is in memory. Knows the weights' layout; nothing of tokens.
 */

import { expandRows } from "./weights.js";

const ROWS_AT_ONCE = 4096;

/**
 * @param {object} model model.json
 * @param {import("./weights.js").Read} read from the weights file
 * @param {number} row
 * @param {() => Promise<void>} [pause] called between stretches; throws to cancel
 * @returns {Promise<Float32Array>} 2 × rows: cosines with that row (0 for rows of zeros), lengths
 */
export async function similarRows(model, read, row, pause = async () => {}) {
  const tensor = model.tensors.find(({ name }) => name === "token_embd");
  const { rows, cols } = tensor;
  const own = expandRows(tensor, row, row + 1, read);
  const found = new Float64Array(2 * rows);
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    if (start) await pause();
    const stop = Math.min(start + ROWS_AT_ONCE, rows);
    const values = expandRows(tensor, start, stop, read);
    for (let i = start, at = 0; i < stop; i++) {
      let dot = 0;
      let square = 0;
      for (let j = 0; j < cols; j++) {
        const value = values[at++];
        dot += value * own[j];
        square += value * value;
      }
      found[i] = dot;
      found[rows + i] = Math.sqrt(square);
    }
  }
  const length = found[rows + row];
  for (let i = 0; i < rows; i++) found[i] = found[i] && found[i] / found[rows + i] / length;
  return Float32Array.from(found);
}
