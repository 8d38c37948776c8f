"""A site of a few small files with the real service worker, and the modules for working offline.

Deployed by the build's own functions, so that faults of storage and network can be tried without
the model. The page shows which version it and its worker are of.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dist_folder import assemble, parts_of

BASIS = ("service_worker.js", "service_worker_off.js", "own_script.js", "offline/",
         "engine/download.js", "engine/download_errors.js", "engine/errors.js", "engine/sha256.js",
         "components/dom.js", "components/format.js",
         "components/wording.js")
PART = "part.bin"
PART_BYTES = 3_000_000

INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>small</title>
<link rel="icon" href="data:,">
<script type="module" src="main.js"></script>
<p id="page"></p><p id="worker"></p>
<details id="menu" open><summary><span id="offline-mark"></span></summary>
<section id="offline-box"></section></details>
<div id="notices"></div>
"""

MAIN = """
import { Offline } from "./offline/offline.js";
import { OfflinePanel } from "./offline/panel.js";
import { h } from "./components/dom.js";
import { word } from "./word.js";

const base = new URL(".", document.baseURI).href;
const byId = (id) => document.getElementById(id);
const { version } = await (await fetch("manifest.json")).json();
const worker = new Worker("worker.js", { type: "module" });
/** What the worker says: its module's word, and that of a file that it fetches only now. */
globalThis.ask = () => new Promise((resolve) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(null);
});
const offline = new Offline({ base, version: () => version, kept: () => ({}),
  here: async () => ({ gpu: false, jspi: false }) });
const notice = ({ code, message, actions: [{ label, run }] }) => byId("notices").append(
  h("p", { "data-code": code }, message, h("button", { onclick: run }, label)));
new OfflinePanel({ offline, box: byId("offline-box"), mark: byId("offline-mark"), notice,
  reload: () => location.reload() });
globalThis.offline = offline;
byId("page").textContent = word;
byId("worker").textContent = await ask();
await offline.start();
"""

WORKER = """
import { word } from "./word.js";
self.onmessage = async () => {
  const late = await fetch("late.txt").then((response) => response.text(), () => "unreachable");
  self.postMessage(`${word} ${late}`);
};
"""


class SmallSite:
    """A folder that versions are deployed to."""

    def __init__(self, dist: Path, folder: Path):
        self.dist = dist
        self.folder = folder
        self.root = folder / "served"

    def deploy(self, word: str, **files: bytes) -> None:
        """A version whose page and worker say `word`; `files` are added to it or changed."""
        made = self.folder / "made"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        texts = {"index.html": INDEX, "main.js": MAIN, "worker.js": WORKER, "late.txt": word,
                 "word.js": f'export const word = "{word}";\n'}
        for name, text in texts.items():
            (made / name).write_text(text, encoding="utf-8")
        for name, data in {PART: bytes(range(250)) * (PART_BYTES // 250), **files}.items():
            (made / name).write_bytes(data)
        basis = [(name, path) for name, path in parts_of(self.dist) if name.startswith(BASIS)]
        # Copied, not linked: tests write into the folder.
        assemble([*parts_of(made), *basis], self.root, linkable=made / "nothing")
