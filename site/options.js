/**
 * The URL parameters any page may use; `frame` only tells the frames of a course page apart (links.js).  Unknown or invalid values fall back to the default and are
 * reported, never silently taken.
 */
import { t } from "./components/wording.js";
import { AUTHORED, readAuthor } from "./author_options.js";

const BACKENDS = ["auto", "webgpu", "webgpu-nosubgroups", "wasm"];
const MEMORY = ["auto", "full", "low"];
const KNOWN = new Set(["backend", "threads", "memory", "ahead", "lesson", "frame", ...AUTHORED]);

/**
 * @param {string} search e.g. "?backend=wasm&threads=2"
 * @returns {{backend: string, threads: number|null, memory: string, ahead: boolean, lesson: string|null,
 *   author: import("./author_options.js").Author, warnings: string[]}}
 */
export function readOptions(search) {
  const query = new URLSearchParams(search);
  const warnings = [];
  for (const name of query.keys()) if (!KNOWN.has(name)) warnings.push(t("“{name}” is not a parameter of this page and was ignored.", { name: clip(name) }));
  return {
    backend: backend(query.get("backend"), warnings),
    threads: threads(query.get("threads"), warnings),
    memory: memory(query.get("memory"), warnings),
    ahead: ahead(query.get("ahead"), warnings),
    lesson: lesson(query.get("lesson"), warnings),
    author: readAuthor(query, warnings),
    warnings,
  };
}

function backend(value, warnings) {
  if (value === null || BACKENDS.includes(value)) return value ?? "auto";
  warnings.push(t("backend={value} is not known; the best one is chosen. Possible: {possible}.", { value: clip(value), possible: BACKENDS.join(", ") }));
  return "auto";
}

function threads(value, warnings) {
  if (value === null) return null;
  if (/^[1-9]\d?$/.test(value) && Number(value) <= 16) return Number(value);
  warnings.push(t("threads={value} is not a number from 1 to 16; the number is chosen by the page.", { value: clip(value) }));
  return null;
}

function memory(value, warnings) {
  if (value === null || MEMORY.includes(value)) return value ?? "auto";
  warnings.push(t("memory={value} is not known; the page decides. Possible: {possible}.", { value: clip(value), possible: MEMORY.join(", ") }));
  return "auto";
}

function ahead(value, warnings) {
  if (value !== null && value !== "on" && value !== "off") warnings.push(t("ahead={value} is neither on nor off; it is on.", { value: clip(value) }));
  return value !== "off";
}

/** A name of a built-in lesson, or a path of this site: no scheme, no other host, nothing above the page. */
function lesson(value, warnings) {
  if (value === null) return null;
  if (value.length <= 200 && /^(?![/\\])[\w./-]+$/.test(value) && !value.split("/").includes("..")) return value;
  warnings.push(t("lesson={value} is neither the name of a lesson nor a path inside this site; no lesson was opened.", { value: clip(value) }));
  return null;
}

const clip = (text) => text.length > 40 ? `${text.slice(0, 40)}…` : text;
