/**
 * Lesson files: fetched from this site, or read from the reader's disk.  Bounded before they are read.
 * Knows nothing about what is in them.
 */
import { t } from "./wording.js";

const MOST_BYTES = 800_000;

/** "conversation" → "lessons/conversation.md"; a path stays a path. */
export function pathOf(source) {
  return /^[\w-]{1,80}$/.test(source) ? `lessons/${source}.md` : source;
}

/**
 * The text of a lesson of this site.
 * @param {string} path relative to the page; one that leads elsewhere is refused
 */
export async function fetchLesson(path) {
  const url = new URL(path, document.baseURI);
  if (url.origin !== location.origin) throw new Error(t("Only lessons of this site can be opened by address."));
  const response = await fetch(url).catch(() => { throw new Error(t("{path} could not be loaded. Check the network.", { path })); });
  if (!response.ok) throw new Error(t("There is no lesson at {path} (status {status}).", { path, status: response.status }));
  return decode(await bounded(response, path), path);
}

/** Reads a body piece by piece and stops where it is too long. */
async function bounded(response, path) {
  const pieces = [];
  let size = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) { reader.cancel(); throw tooLarge(path); }
    pieces.push(value);
  }
  return new Blob(pieces).arrayBuffer();
}

/** @param {File} file */
export async function readLesson(file) {
  if (file.size > MOST_BYTES) throw tooLarge(file.name);
  return decode(await file.arrayBuffer(), file.name);
}

const tooLarge = (name) => new Error(t("{name} is larger than {size}, too large for a lesson. Nothing was opened.", { name: name.slice(0, 80), size: `${MOST_BYTES / 1000} kB` }));

function decode(bytes, name) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(t("{name} is not a text in UTF-8. Nothing was opened.", { name: name.slice(0, 80) }));
  }
}

let index;

/** The lessons that come with the site: `[{file, title, summary, minutes, steps}]`, in their order. */
export async function lessonIndex() {
  index ??= fetch(new URL("lessons/index.json", document.baseURI)).then((response) => response.ok ? response.json() : []).catch(() => []);
  const lessons = await index;
  if (!lessons.length) index = undefined;
  return lessons;
}
