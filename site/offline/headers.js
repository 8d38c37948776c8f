/**
 * The headers that a stored file is answered with: its media type, cross-origin isolation and the
 * policy of workers, also where the host that it came from sends none.
 */

import { CHECKED } from "./names.js";

const TYPES = {
  css: "text/css; charset=utf-8",
  gz: "application/gzip",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  md: "text/markdown; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  zip: "application/zip",
};

/** As build/http_server.py sends them: a course page of another origin may have the page in a frame. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};
/** A worker has the policy of its own file; the page brings its own. */
const WORKER_POLICY = {
  "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'",
};
const SCRIPTS = new Set(["js", "mjs"]);

/** What a path ends in, without the dot. */
export const endingOf = (path) => /\.([a-z0-9]+)$/i.exec(path)?.[1].toLowerCase() ?? "bin";

/** @param {string} path of the file in the site @param {import("./manifest.js").File} [file] whose hash was checked */
export function headersFor(path, file) {
  const ending = endingOf(path);
  return {
    "Content-Type": TYPES[ending] ?? "application/octet-stream",
    ...(file && { "Content-Length": String(file.bytes), [CHECKED]: file.sha256 }),
    "X-Content-Type-Options": "nosniff",
    ...ISOLATION,
    ...(SCRIPTS.has(ending) && WORKER_POLICY),
  };
}
