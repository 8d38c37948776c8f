/**
 * What the benchmark asks of Transformers.js, on WebAssembly: the same as of wllama (see wllama.js).
 */
import { AutoModelForCausalLM, AutoTokenizer, env } from "./transformers/transformers.min.js";

const HERE = "exported";
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = "/models/";  // a path: a whole address is not looked up
env.useBrowserCache = false;
env.backends.onnx.wasm.wasmPaths = new URL("./ort/", location.href).href;

let tokenizer;
let model;

async function load({ threads }) {
  const start = performance.now();
  env.backends.onnx.wasm.numThreads = threads;
  tokenizer = await AutoTokenizer.from_pretrained(HERE);
  model = await AutoModelForCausalLM.from_pretrained(HERE, { device: "wasm", dtype: "q4", use_external_data_format: true });
  return { ms: performance.now() - start };
}

async function write({ prompt, tokens }) {
  const inputs = tokenizer(prompt, { add_special_tokens: false });
  const times = [];
  // The prompt is put first, then every token as it comes.
  const streamer = { put: () => times.push(performance.now()), end: () => {} };
  const start = performance.now();
  const output = await model.generate({ ...inputs, max_new_tokens: tokens, do_sample: false, streamer });
  const [, ...written] = times;
  const text = tokenizer.decode(output.slice(null, [inputs.input_ids.dims[1], null])[0], { skip_special_tokens: true });
  return { text, count: written.length, first_ms: written[0] - start, rest_ms: written.at(-1) - written[0] };
}

async function read({ text }) {
  const { first_ms } = await write({ prompt: text, tokens: 1 });
  return { ms: first_ms };
}

globalThis.peer = { load, write, read };
