/** A site of a few files in memory, served by a stand-in for fetch that keeps count. */
import { createHash } from "node:crypto";

export const BASE = "https://example.test/course/";

export const hashOf = (text) => createHash("sha256").update(text).digest("hex");

/** @param {Record<string, string>} files */
export function manifestOf(files) {
  const list = Object.entries({ "index.html": "<!doctype html>", ...files }).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text), sha256: hashOf(text) }));
  return { version: hashOf(JSON.stringify(list)).slice(0, 16), files: list };
}

export class FakeSite {
  constructor(files) {
    this.asked = [];
    this.online = true;
    this.deploy(files);
  }

  /** Another version takes the place of the one before. */
  deploy(files) {
    this.files = { "index.html": "<!doctype html>", ...files };
    this.manifest = manifestOf(files);
    this.files["manifest.json"] = JSON.stringify(this.manifest);
    return this.manifest;
  }

  get fetch() {
    return async (request) => {
      const url = typeof request === "string" ? request : request.url;
      if (!this.online) throw new TypeError("Failed to fetch");
      const path = url.slice(BASE.length).split("?")[0];
      this.asked.push(path);
      const text = this.files[path];
      return text === undefined ? new Response("", { status: 404 }) : new Response(text);
    };
  }
}
