/**
 * Keys and values of a token sequence as onnxruntime tensors: cut to a length, repeat for a batch,
 * set free. The same few operations for tensors in memory and for tensors in GPU buffers.
 *
 * A past is {tensors: {"past.0.key": Tensor [batch, heads, length, dim], …}, length, batch}.
 * Knows the layout of the tensors; nothing about which sequences are worth keeping.
 */

/** @typedef {{tensors: Record<string, object>, length: number, batch: number}} Past */

const FLOAT_BYTES = 4;

export class PastTensors {
  /**
   * @param {object} ort the onnxruntime module
   * @param {{layers: number, kv_heads: number, head_dim: number}} model
   * @param {GPUDevice|null} device where the tensors live; null for plain memory
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

  /** Give GPU memory back; a past must not be used afterwards. @param {Past} past */
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
    const size = batch * this.heads * length * this.dim;
    if (!this.device)
      return this.build(length, batch, (name) =>
        this.copyInMemory(past.tensors[name], runs, size, dims),
      );
    const encoder = this.device.createCommandEncoder();
    const copied = this.build(length, batch, (name) =>
      this.copyOnGpu(encoder, past.tensors[name], runs, size, dims),
    );
    this.device.queue.submit([encoder.finish()]);
    return copied;
  }

  copyInMemory(tensor, runs, size, dims) {
    const data = new Float32Array(size);
    for (const { from, to, count } of runs) data.set(tensor.data.subarray(from, from + count), to);
    return new this.ort.Tensor("float32", data, dims);
  }

  copyOnGpu(encoder, tensor, runs, size, dims) {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size: size * FLOAT_BYTES, usage });
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
