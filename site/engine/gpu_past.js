/**
 * Keys and values of a token sequence as tensors in GPU buffers: cut to a length, repeat for a
 * batch, set free.
 *
 * A past is {tensors: {"past.0.key": Tensor [batch, heads, length, dim], …}, length, batch}.
 * Knows the layout of the tensors; nothing about which sequences are worth keeping.
 */

/** @typedef {{tensors: Record<string, object>, length: number, batch: number}} Past */

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
    if (length === 0) return this.empty();
    const runs = Array.from({ length: this.heads }, (_, head) => ({
      from: head * past.length * this.dim,
      to: head * length * this.dim,
      count: length * this.dim,
    }));
    return this.copy(past, runs, length, 1);
  }

  /** `batch` copies side by side. @param {Past} past of batch 1 @returns {Past} */
  repeat(past, batch) {
    const count = this.heads * past.length * this.dim;
    const runs = Array.from({ length: batch }, (_, i) => ({ from: 0, to: i * count, count }));
    return this.copy(past, runs, past.length, batch);
  }

  /** Give the memory back; a past must not be used afterwards. @param {Past} past */
  release(past) {
    for (const tensor of Object.values(past.tensors)) {
      if (tensor.location === "gpu-buffer") tensor.dispose();
    }
  }

  build(length, batch, make) {
    return { tensors: Object.fromEntries(this.names.map((n) => [n, make(n)])), length, batch };
  }

  copy(past, runs, length, batch) {
    const dims = [batch, this.heads, length, this.dim];
    const encoder = this.device.createCommandEncoder();
    const copied = this.build(length, batch, (name) =>
      this.copyTensor(encoder, past.tensors[name], runs, dims),
    );
    this.device.queue.submit([encoder.finish()]);
    return copied;
  }

  copyTensor(encoder, tensor, runs, dims) {
    const size = dims.reduce((a, b) => a * b) * FLOAT_BYTES;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size, usage });
    for (const { from, to, count } of runs) {
      encoder.copyBufferToBuffer(
        tensor.gpuBuffer,
        from * FLOAT_BYTES,
        buffer,
        to * FLOAT_BYTES,
        count * FLOAT_BYTES,
      );
    }
    return this.ort.Tensor.fromGpuBuffer(buffer, {
      dataType: "float32",
      dims,
      dispose: () => buffer.destroy(),
    });
  }
}
