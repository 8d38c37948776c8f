/**
 * The language of the interface: spoken from the first moment as early.js has found it, and changed while the
 * page is open.  Texts that stand in index.html are marked `data-t`, labels `data-t-label`.
 *
 * Tells the parts of the page that draw themselves of a change by the event `lmpanel:language` on the document.
 */
import { fetchWording, t, useWording } from "./components/wording.js";
import { setText } from "./components/dom.js";
import { announce, notice } from "./status.js";

const KEY = `lmpanel:${new URL(".", document.baseURI).pathname}:language`;
const root = document.documentElement;

/** Speaks the language of the page; English where the other cannot be had. */
export async function speakFirst(base) {
  try {
    useWording(await fetchWording(root.lang, base));
  } catch (error) {
    root.lang = "en";
    untranslated(error);
  }
  sayShell();
}

/**
 * The choice in the header.
 * @param {{base: string, engine: import("./engine/host.js").EngineHost, python: import("./python_host.js").PythonHost}} parts
 */
export function offerLanguages(parts) {
  const choice = document.getElementById("language");
  choice.value = root.lang;
  choice.addEventListener("change", async () => {
    choice.disabled = true;
    await speak(choice.value, parts).catch(untranslated);
    choice.value = root.lang;
    choice.disabled = false;
    choice.focus();
  });
}

async function speak(language, { base, engine, python }) {
  const next = await fetchWording(language, base);
  remember(language);
  useWording(next);
  root.lang = language;
  sayShell();
  document.dispatchEvent(new Event("lmpanel:language"));
  engine.setWording();
  await python.drawAnew();
  announce(t("The language is English."));
}

/** The address has the last word: it must not speak against the choice. */
function remember(language) {
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.set("lang", language);
    history.replaceState(history.state, "", url);
  }
  try {
    localStorage.setItem(KEY, language);
  } catch { /* then it is for this page alone */ }
}

/** Says what stands in index.html. */
export function sayShell() {
  for (const element of document.querySelectorAll("[data-t]")) setText(element, t(element.dataset.t ||= element.textContent));
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel ||= element.getAttribute("aria-label")));
}

const untranslated = ({ message }) => notice({ code: "language", message: t("The language could not be loaded."), remedy: t("Check the network and choose it again."), detail: message });
