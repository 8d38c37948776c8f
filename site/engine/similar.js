/**
 * Cosines between rows of the stored embedding matrix, without onnxruntime and without the network.
 *
 * The matrix is read from the weights file stretch by stretch and dequantised exactly (weights.js),
 * so that no more than a stretch of it is in memory. Knows the weights' layout; nothing of tokens.
 */

import { expandTensor } from "./weights.js";

const ROWS_AT_ONCE = 4096;

/**
 * @param {object} model model.json
 * @param {Blob} weights the weights file
 * @param {number} row
 * @param {() => Promise<void>} [pause] called between stretches; throws to cancel
 * @returns {Promise<Float32Array>} 2 × rows: cosines with that row (0 for rows of zeros), lengths
 */
export async function similarRows(model, weights, row, pause = async () => {}) {
  const tensor = model.tensors.find(({ name }) => name === "token_embd");
  const { rows, cols } = tensor;
  const own = await readRows(tensor, weights, row, row + 1);
  const found = new Float64Array(2 * rows);
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    if (start) await pause();
    const stop = Math.min(start + ROWS_AT_ONCE, rows);
    const values = await readRows(tensor, weights, start, stop);
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

/** Rows [start, stop) of a tensor as float32. */
async function readRows(tensor, weights, start, stop) {
  const parts = { ...tensor, rows: stop - start };
  const blobs = [];
  let offset = 0;
  for (const name of ["codes", "scales", "mins"]) {
    if (!tensor[name]) continue;
    const [at, bytes] = tensor[name];
    const each = bytes / tensor.rows;
    const part = weights.slice(at + start * each, at + stop * each);
    // A float16 or float32 view needs an even start.
    const padding = -part.size & 63;
    blobs.push(part, new Uint8Array(padding));
    parts[name] = [offset, part.size];
    offset += part.size + padding;
  }
  return expandTensor(parts, new Uint8Array(await new Blob(blobs).arrayBuffer()));
}
