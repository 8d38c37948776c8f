/**
 * What stands in the page's first place until the model is there: the author's text as it is, in place of an
 * example that was recorded with another one, and with `load=click` the button that starts everything.
 */
import { h, setText } from "../components/dom.js";
import { bytes } from "../components/format.js";
import { t } from "../components/wording.js";

/** What is compressible arrives as about a third, where the host compresses. */
const COMPRESSED = 0.35;
const PARTS = /^(model\/weights|model\/tokenizer|python\/|vendor\/(bokeh|panel|pyodide)\/|vendor\/ort\/ort-wasm-simd-threaded\.wasm)/;

/** @param {{base: string, text: string|null, start: (() => void)|null}} parts `start`: what the button does, if there is one */
export function showPoster({ base, text, start }) {
  const note = h("p", { class: "poster-note" }, start ? t("It runs in this page; nothing you type leaves your machine.") : t("The model is loading; what it makes of this text is shown in a moment."));
  const button = start && h("button", { type: "button" }, t("Start the model"));
  const poster = h("section", { class: "card poster", "aria-label": t("Before the model is there") }, text === null ? null : h("p", { class: "poster-text" }, text), button, note);
  button?.addEventListener("click", () => {
    button.remove();
    setText(note, t("The model is loading. It is stored by the browser: the next time it starts at once."));
    document.querySelector("main").focus({ preventScroll: true });
    start();
  });
  if (button) priceOf(base).then((size) => setText(button, t("Start the model ({size}, once)", { size })), () => {});
  const main = document.querySelector("main");
  main.prepend(poster);
  if (text !== null) main.dataset.poster = "text";
  return () => { poster.remove(); delete main.dataset.poster; };
}

/** What is to be downloaded, from the list of files. */
async function priceOf(base) {
  const { files } = await (await fetch(new URL("manifest.json", base))).json();
  const wanted = files.filter(({ path }) => PARTS.test(path));
  return bytes(wanted.reduce((sum, file) => sum + file.bytes * (file.path.startsWith("model/weights") ? 1 : COMPRESSED), 0));
}
