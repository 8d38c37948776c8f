/**
 * What the benchmark asks of wllama (llama.cpp in WebAssembly), on the GGUF as it was published.
 *
 * `peer.load({threads})` → {ms}; `peer.write({prompt, tokens})` → {text, count, first_ms, rest_ms}, greedy;
 * `peer.read({text})` → {ms}: a text evaluated up to the first token after it.
 */
import { Wllama } from "./wllama/index.js";

const wllama = new Wllama({ default: new URL("./wllama/wasm/wllama.wasm", location.href).href }, { suppressNativeLog: true });
const CONTEXT = 1024;

async function load({ threads }) {
  const start = performance.now();
  const model = await (await fetch("./model.gguf")).blob();
  await wllama.loadModel([model], { n_threads: threads, n_ctx: CONTEXT, n_gpu_layers: 0 });
  return { ms: performance.now() - start };
}

async function write({ prompt, tokens }) {
  const times = [];
  const start = performance.now();
  let text = "";
  await wllama.createCompletion({ prompt, max_tokens: tokens, temperature: 0, top_k: 1, cache_prompt: false, stream: true, onData: (part) => {
    times.push(performance.now());
    text += part.choices?.[0]?.text ?? "";
  } });
  return { text, count: times.length, first_ms: times[0] - start, rest_ms: times.at(-1) - times[0] };
}

async function read({ text }) {
  const { first_ms } = await write({ prompt: text, tokens: 1 });
  return { ms: first_ms };
}

globalThis.peer = { load, write, read };
