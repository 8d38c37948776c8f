/**
 * From the weights file to what onnxruntime reads as external data.
 *
 * The file holds quantised blocks of 32 weights (described in model.json, "tensors"). The graph
 * for WebAssembly wants some of them as float32; they are expanded exactly, one tensor at a time,
 * at the moment onnxruntime asks for it. Knows the block formats; nothing about the network.
 */

const BLOCK = 32;

/**
 * Bytes [start, start + length) of the weights file.
 *
 * @callback Read
 * @param {number} start
 * @param {number} length
 * @returns {Uint8Array}
 */

/** The 65 536 float16 values as float32, indexed by their bits. */
export const HALF = halfTable();

/**
 * External data of the quantised graphs: the weights file as it is, section by section.
 *
 * @param {object} model model.json
 * @param {Read} read
 * @returns {{path: string, data: Uint8Array}[]} what `InferenceSession.create` takes
 */
export function quantizedData(model, read) {
  const { file, bytes } = model.weights;
  return [{ path: file, data: new BytesOnRead(bytes, (begin, end) => read(begin, end - begin)) }];
}

/**
 * External data of the expanded graph: one entry for each of model.json's "expanded_buffers",
 * which name either a tensor to be expanded or a section of one ("NAME.codes", "NAME.scales").
 *
 * @param {object} model model.json
 * @param {Read} read
 * @param {(done: number, total: number) => void} [onTensor] called as onnxruntime reads tensors
 * @returns {{path: string, data: Uint8Array}[]}
 */
export function expandedData(model, read, onTensor = () => {}) {
  const tensors = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  const total = model.tensors.filter((tensor) => tensor.expand).length;
  const room = new Scratch();
  let done = 0;
  const expand = (tensor, begin, end) => {
    if (begin === 0) onTensor(++done, total);
    const each = tensor.cols * 4;
    return expandRows(tensor, begin / each, end / each, read, room.take((end - begin) / 4));
  };
  const lazy = (tensor) =>
    new BytesOnRead(tensor.rows * tensor.cols * 4, (begin, end) => expand(tensor, begin, end));
  return model.expanded_buffers.map((path) => ({
    path,
    data: tensors.has(path) ? lazy(tensors.get(path)) : namedSection(tensors, path, read),
  }));
}

/** One buffer for all tensors, as large as the largest: what is taken is overwritten by the next. */
class Scratch {
  #buffer = new Float32Array(0);

  take(length) {
    if (this.#buffer.length < length) this.#buffer = new Float32Array(length);
    return this.#buffer.subarray(0, length);
  }
}

function namedSection(tensors, path, read) {
  const dot = path.lastIndexOf(".");
  return read(...tensors.get(path.slice(0, dot))[path.slice(dot + 1)]);
}

/**
 * Bytes that come into being when they are read.
 *
 * onnxruntime-web asks an external file for `byteLength` and then copies each `subarray` that a
 * weight is into its own memory at once. Reading or expanding there, instead of before, keeps one of
 * them in JavaScript's memory at a time: 30 MB instead of 110 MB as stored or 540 MB as float32.
 * `read(begin, end)` gives those bytes as a typed array; expanded weights are whole rows.
 */
export class BytesOnRead extends Uint8Array {
  constructor(size, read) {
    super(0);
    this.size = size;
    this.read = read;
  }

  static get [Symbol.species]() {
    return Uint8Array;
  }

  get byteLength() {
    return this.size;
  }

  subarray(begin = 0, end = this.size) {
    const values = this.read(begin, end);
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

/**
 * The exact float32 values of rows [start, stop) of one tensor.
 *
 * @param {object} tensor entry of model.json's "tensors"
 * @param {number} start
 * @param {number} stop
 * @param {Read} read
 * @param {Float32Array} [out] where they go
 * @returns {Float32Array} rows × cols
 * @throws {Error} for an unknown kind
 */
export function expandRows(tensor, start, stop, read, out = new Float32Array((stop - start) * tensor.cols)) {
  const expand = EXPAND[tensor.kind];
  if (!expand) throw new Error(`tensor ${tensor.name}: unknown kind ${tensor.kind}`);
  const part = (range) => {
    const each = range[1] / tensor.rows;
    return read(range[0] + start * each, (stop - start) * each);
  };
  const { codes, scales, mins } = tensor;
  expand(out, part(codes), scales && halves(part(scales)), mins && halves(part(mins)));
  return out;
}

/** Reads from a file at once, as only workers may. @param {Blob} file @returns {Read} */
export function readerOf(file) {
  const reader = new FileReaderSync();
  return (start, length) => new Uint8Array(reader.readAsArrayBuffer(file.slice(start, start + length)));
}

const EXPAND = {
  q4_1: (out, codes, scales, mins) => expandNibbles(out, codes, scales, (d, b) => HALF[mins[b]]),
  q4_0: (out, codes, scales) => expandNibbles(out, codes, scales, (d) => -8 * d),
  q8_0: expandBytes,
  f16: (out, codes) =>
    halves(codes).forEach((h, i) => {
      out[i] = HALF[h];
    }),
  f32: (out, codes) => new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(codes),
};

/** w = d·q + offset; element 2j in the low nibble, 2j+1 in the high one. */
function expandNibbles(out, codes, scales, offset) {
  let o = 0;
  let c = 0;
  for (let b = 0; b < scales.length; b++) {
    const d = HALF[scales[b]];
    const m = offset(d, b);
    for (const end = o + BLOCK; o < end; o += 2) {
      const code = codes[c++];
      out[o] = d * (code & 15) + m;
      out[o + 1] = d * (code >> 4) + m;
    }
  }
}

/** w = d·(q − 128) */
function expandBytes(out, codes, scales) {
  for (let b = 0, o = 0; b < scales.length; b++) {
    const d = HALF[scales[b]];
    for (const end = o + BLOCK; o < end; o++) out[o] = d * (codes[o] - 128);
  }
}

function halves(part) {
  // A view needs an even start, which a part of a larger array need not have.
  const even = part.byteOffset % 2 === 0 ? part : part.slice();
  return new Uint16Array(even.buffer, even.byteOffset, even.byteLength / 2);
}

function halfTable() {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) table[bits] = fraction ? NaN : sign * Infinity;
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}
