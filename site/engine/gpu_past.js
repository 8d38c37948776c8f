/**
 * Keys and values of token sequences as tensors in GPU buffers: cut to a length, stack for a batch,
 * set free.
 *
 * A past is {tensors: {"past.0.key": Tensor [batch, heads, length, dim], …}, length, batch}; one of
 * several in a batch has its `row` besides, and `shared` counts those not released yet.
 * Knows the layout of the tensors; nothing about which sequences are worth keeping.
 */

/** @typedef {{tensors: Record<string, object>, length: number, batch: number, row?: number,
 *            shared?: {users: number}}} Past */

const FLOAT_BYTES = 4;

export class GpuPasts {
  /**
   * @param {object} ort the onnxruntime module
   * @param {{layers: number, kv_heads: number, head_dim: number}} model
   * @param {GPUDevice} device where the tensors live
   */
  constructor(ort, model, device) {
    Object.assign(this, { ort, device, heads: model.kv_heads, dim: model.head_dim });
    const layers = Array.from({ length: model.layers }, (_, i) => i);
    this.names = layers.flatMap((i) => [`past.${i}.key`, `past.${i}.value`]);
  }

  /** The past of no tokens at all. @returns {Past} */
  empty() {
    const dims = [1, this.heads, 0, this.dim];
    const make = () => new this.ort.Tensor("float32", new Float32Array(0), dims);
    return this.build(0, 1, make);
  }

  /** Take the present.* outputs of a run as the next past. @returns {Past} */
  fromOutputs(outputs, length, batch) {
    return this.build(length, batch, (name) => outputs[name.replace("past", "present")]);
  }

  /** The first `length` positions. @param {Past} past @returns {Past} an independent copy */
  cut(past, length) {
    return length === 0 ? this.empty() : this.stack([past], length);
  }

  /** The first `length` positions of several, side by side. @param {Past[]} pasts @returns {Past} */
  stack(pasts, length) {
    const dims = [pasts.length, this.heads, length, this.dim];
    const encoder = this.device.createCommandEncoder();
    const stacked = this.build(length, pasts.length, (name) => this.stackTensor(encoder, name, pasts, dims));
    this.device.queue.submit([encoder.finish()]);
    return stacked;
  }

  /** Each row of a batch as a past of its own; they share the memory. @returns {Past[]} */
  rows({ tensors, length, batch }) {
    const shared = { users: batch };
    return Array.from({ length: batch }, (_, row) => ({ tensors, length, batch, row, shared }));
  }

  /** Give the memory back; a past must not be used afterwards. @param {Past} past */
  release(past) {
    if (past.shared && --past.shared.users > 0) return;
    for (const tensor of Object.values(past.tensors)) {
      if (tensor.location === "gpu-buffer") tensor.dispose();
    }
  }

  build(length, batch, make) {
    return { tensors: Object.fromEntries(this.names.map((n) => [n, make(n)])), length, batch };
  }

  stackTensor(encoder, name, pasts, dims) {
    const [, heads, length, dim] = dims;
    const size = dims.reduce((a, b) => a * b) * FLOAT_BYTES;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size, usage });
    const count = length * dim * FLOAT_BYTES;
    pasts.forEach((past, i) => {
      for (let head = 0; head < heads; head++) {
        const from = ((past.row ?? 0) * heads + head) * past.length * dim * FLOAT_BYTES;
        const source = past.tensors[name].gpuBuffer;
        encoder.copyBufferToBuffer(source, from, buffer, (i * heads + head) * count, count);
      }
    });
    return this.ort.Tensor.fromGpuBuffer(buffer, {
      dataType: "float32",
      dims,
      dispose: () => buffer.destroy(),
    });
  }
}
