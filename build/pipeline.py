"""The steps of the build, in order: from pinned packages to the finished site.

Every step names its inputs; the step cache decides whether it has to run. What the steps do is in
the modules they call.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import compressed_files
from corpus_file import corpus_section, write_corpus
from dist_folder import DistState, Parts, assemble, parts_of, place
from import_closure import import_closure
from joined_script import joined, module_closure
from model_files import write_browser_model
from notices import node_section, notice, wheel_section
from pinned_files import Downloads, Pin, read_pins
from problems import BuildProblem
from python_archive import (
    DROPPED_STDLIB,
    pure_entries,
    shrink,
    tree_entries,
    wheel_entries,
    write_sources,
)
from step_cache import StepCache, file_sha256, files_under, hash_files, write_atomically
from toolchain import HERE, find_node, node_packages, run
from vendor_files import write_vendor
from wording_files import write_wording

REPOSITORY = HERE.parent
PACKAGE = REPOSITORY / "lmpanel"
WORDING = PACKAGE / "wording.json"
GAME_TEXTS = PACKAGE / "game" / "texts" / "catalogue.json"
SITE = REPOSITORY / "site"
CORPUS = "corpus/moby-dick.txt.gz"
NOTE = "built.json"
"""What was built last, for lmpanel on this machine's own Python (lmpanel/model_folder.py)."""


@dataclass(frozen=True)
class Built:
    """Where the results are."""

    dist: Path
    model_dir: Path
    gguf: Path
    compressed: Path


class Pipeline:
    """One build: a cache, the Python that has the packages, and perhaps another model."""

    def __init__(self, cache: Path, python: Path, gguf: Path | None = None):
        self.root = cache
        self.cache = StepCache(cache)
        self.python = python
        self.node_modules = node_packages(cache)
        self.downloads = Downloads(cache, python)
        self.pins = read_pins()
        self.other_model = gguf

    def build(self, dist: Path) -> Built:
        """Run what has to be run and return where things are."""
        parts = self.site_parts()
        state = DistState(self.root, dist)
        key = _hash([[name, str(path), _site_hash(path)] for name, path in parts])
        if not state.current(key):
            state.remember(key, assemble(parts, dist, linkable=self.root))
        compressed = self.root / "gzip"
        compressed_files.update(dist, compressed)
        note = {"model": str(self.model), "corpus": str(self.corpus / CORPUS)}
        write_atomically(self.root / NOTE, json.dumps(note))
        return Built(dist, self.model, self.gguf, compressed)

    def site_parts(self) -> Parts:
        """Every file of the site but its manifest."""
        return [
            *parts_of(SITE),
            *parts_of(self.vendor, "vendor/"),
            *parts_of(self.standard_library, "python/"),
            *parts_of(self.python_packages, "python/"),
            *parts_of(self.own_package, "python/"),
            *parts_of(self.browser_model, "model/"),
            *parts_of(self.recorded),
            *parts_of(self.corpus),
            *parts_of(self.lesson_list, "lessons/"),
            *parts_of(self.wording, "wording/"),
            *parts_of(self.notice),
            *parts_of(self.service_workers),
        ]

    @property
    def standard_library(self) -> Path:
        """stdlib.zip: what Pyodide ships as sources, byte-compiled too."""
        def make(target: Path) -> None:
            sources = wheel_entries(self.node_modules / "pyodide" / "python_stdlib.zip")
            self._compile(shrink(sources, DROPPED_STDLIB), target / "stdlib.zip")
        return self.cache.step("standard-library", self._compiler_inputs(), make)

    @property
    def python_packages(self) -> Path:
        """packages.zip: the Python packages of the browser, slim and byte-compiled."""
        def make(target: Path) -> None:
            entries = (entry for pin in self.pins["python"] for entry in self._entries(pin))
            self._compile(entries, target / "packages.zip")
        inputs = {"pins": _hash(self.pins["python"]), **self._compiler_inputs()}
        return self.cache.step("python-packages", inputs, make)

    @property
    def own_package(self) -> Path:
        """lmpanel.zip, apart from the packages so that a changed line is a small download."""
        def make(target: Path) -> None:
            # The page fetches the one language that it speaks.
            own = (entry for entry in tree_entries(PACKAGE) if not entry[0].endswith(WORDING.name))
            self._compile(own, target / "lmpanel.zip")
        inputs = {"source": _own_hash(_package_files()), **self._compiler_inputs()}
        return self.cache.step("own-package", inputs, make)

    @property
    def vendor(self) -> Path:
        """JavaScript and WebAssembly of others."""
        def make(target: Path) -> None:
            wheels = {pin["name"]: self.downloads.get(pin) for pin in self.pins["python"]
                      if pin["name"] in ("bokeh", "panel")}
            write_vendor(target, wheels, self.node_modules)
        inputs = {"pins": _hash(self.pins["python"]), **_code("vendor_files.py"),
                  "node": file_sha256(HERE / "package-lock.json")}
        return self.cache.step("vendor", inputs, make)

    @cached_property
    def gguf(self) -> Path:
        """The model as it was published: the pinned one, or the lecturer's own."""
        if self.other_model is None:
            pin = self.pins["model"]
            return self.cache.step("gguf", {"sha256": pin["sha256"]}, lambda target: place(
                self.downloads.get(pin), target / pin["file"], link=True)) / pin["file"]
        if not self.other_model.is_file():
            raise BuildProblem(f"{self.other_model} is not a file", "give --model a GGUF file")
        return self.other_model

    @cached_property
    def model(self) -> Path:
        """The complete model folder: converted, then proven by the native engine."""
        def convert(target: Path) -> None:
            self._run_visibly([HERE / "convert.py", self.gguf, target], "converting the model")

        def prove(target: Path) -> None:
            for name, path in parts_of(converted):
                place(path, target / name, link=True)
            self._run_visibly([HERE / "proof.py", target], "computing the known prompt")
        source = {"gguf": self._gguf_sha256(), "file": self.gguf.name, "lock": self._lock_hash()}
        converted = self.cache.step("convert", {**source, **_code("convert.py")}, convert)
        return self.cache.step("proof", {"model": converted.name, **_code("proof.py")}, prove)

    @property
    def browser_model(self) -> Path:
        """The model as it ships: weights in parts."""
        inputs = {"model": self.model.name, **_code("model_files.py")}
        return self.cache.step("browser-model", inputs,
                               lambda target: write_browser_model(self.model, target))

    @property
    def recorded(self) -> Path:
        """The first example, computed by the native engine."""
        def make(target: Path) -> None:
            self._run_visibly(["-m", "lmpanel.recorded", self.model, target / "recorded.json"],
                              "recording the first example", cwd=REPOSITORY)
        inputs = {"model": self.model.name, "source": _own_hash(_package_files()),
                  "lock": self._lock_hash()}
        return self.cache.step("recorded", inputs, make)

    @property
    def corpus(self) -> Path:
        """The bundled text, at the path where lmpanel looks for it."""
        def make(target: Path) -> None:
            write_corpus(self.downloads.get(self.pins["corpus"]), target / CORPUS)
        inputs = {"pin": _hash(self.pins["corpus"]), **_code("corpus_file.py")}
        return self.cache.step("corpus", inputs, make)

    @property
    def lesson_list(self) -> Path:
        """The list of the lessons, whose files are all checked for it."""
        lessons = SITE / "lessons"

        def make(target: Path) -> None:
            arguments = ["-m", "lmpanel.lessons", "--index", lessons, target / "index.json"]
            self._run_visibly(arguments, "checking the lessons", cwd=REPOSITORY)
        inputs = {"lessons": _own_hash(files_under(lessons)), "lock": self._lock_hash(),
                  "source": _own_hash(_package_files())}
        return self.cache.step("lessons", inputs, make)

    @property
    def wording(self) -> Path:
        """What the interface says, a file for each language but English."""
        inputs = {"table": file_sha256(WORDING), **_code("wording_files.py")}
        return self.cache.step("wording", inputs, lambda target: write_wording(WORDING, target))

    @property
    def service_workers(self) -> Path:
        """The service worker and what switches it off, each one script at the top of the site."""
        entries = {"service_worker.js": SITE / "offline" / "service_worker.js",
                   "service_worker_off.js": SITE / "offline" / "off.js"}

        def make(target: Path) -> None:
            for name, entry in entries.items():
                (target / name).write_text(joined(entry), encoding="utf-8")
        modules = {path for entry in entries.values() for path in module_closure(entry)}
        inputs = {"modules": _own_hash(sorted(modules)), **_code("joined_script.py")}
        return self.cache.step("service-workers", inputs, make)

    @property
    def notice(self) -> Path:
        """NOTICE.txt with all licences."""
        def make(target: Path) -> None:
            text = notice(self._notice_sections())
            (target / "NOTICE.txt").write_text(text, encoding="utf-8")
        texts = [REPOSITORY / "LICENSE", *files_under(HERE / "licences"), GAME_TEXTS]
        inputs = {"pins": _hash(self.pins), "node": file_sha256(HERE / "package-lock.json"),
                  "model": self.model.name, "texts": _own_hash(texts), **_code("notices.py"),
                  "corpus": _code("corpus_file.py"), "lock": self._lock_hash()}
        return self.cache.step("notice", inputs, make)

    def _notice_sections(self) -> list:
        text = {path.stem: path.read_text() for path in files_under(HERE / "licences")}
        onnxruntime = next(self.python.parent.parent.glob("**/site-packages/onnxruntime"))
        model = json.loads((self.model / "model.json").read_text(encoding="utf-8"))
        licence = str(model["licence"])
        return [
            ("lmpanel (MIT)", [(REPOSITORY / "LICENSE").read_text()]),
            (f"Model {model['name']} ({licence})", [text.get(licence, f"Licence: {licence}")]),
            node_section(self.node_modules / "pyodide", [text["MPL-2.0"]]),
            corpus_section(self.downloads.get(self.pins["corpus"])),
            ("Texts of the game", [_text_sources()]),
            ("CPython standard library (PSF-2.0)", [text["PSF-2.0"]]),
            node_section(self.node_modules / "onnxruntime-web",
                         [(onnxruntime / name).read_text(encoding="utf-8", errors="replace")
                          for name in ("LICENSE", "ThirdPartyNotices.txt")]),
            *(wheel_section(self.downloads.get(pin)) for pin in self.pins["python"]),
        ]

    def _entries(self, pin: Pin):
        entries = shrink(wheel_entries(self.downloads.get(pin)))
        return pure_entries(entries) if pin.get("pure_part") else entries

    def _compile(self, entries, target: Path) -> None:
        sources = target.with_suffix(".sources")
        write_sources(entries, sources)
        run([find_node(), HERE / "compile_python.mjs", self.node_modules / "pyodide", sources,
             target], "compiling Python")
        sources.unlink()

    def _compiler_inputs(self) -> dict[str, str]:
        code = [HERE / "python_archive.py", HERE / "compile_python.mjs"]
        return {"node": file_sha256(HERE / "package-lock.json"), "code": _own_hash(code)}

    def _lock_hash(self) -> str:
        return file_sha256(HERE / "requirements.txt")

    def _gguf_sha256(self) -> str:
        return self.pins["model"]["sha256"] if self.other_model is None else file_sha256(self.gguf)

    def _run_visibly(self, arguments: list, task: str, **options) -> None:
        """Run our own Python, its progress and errors straight to the terminal."""
        command = [str(part) for part in [self.python, *arguments]]
        if subprocess.run(command, stdin=subprocess.DEVNULL, **options).returncode != 0:
            raise BuildProblem(f"{task} failed", "the lines above say why")


def _code(script: str) -> dict[str, str]:
    return {"code": _own_hash(import_closure(HERE / script, [HERE, REPOSITORY]))}


def _package_files() -> list[Path]:
    """What lmpanel computes with; what it says is apart."""
    return [path for path in files_under(PACKAGE) if path != WORDING]


def _text_sources() -> str:
    """Where the texts of the game are from, a line each."""
    texts = json.loads(GAME_TEXTS.read_text(encoding="utf-8"))
    return "\n".join(f"{text['title']}: {text['source']}." for text in texts)


def _own_hash(paths: list[Path]) -> str:
    return hash_files(paths, REPOSITORY)


def _site_hash(path: Path) -> str:
    """Steps' results are known by their folder's name; the site's own files by their content."""
    return file_sha256(path) if path.is_relative_to(SITE) else ""


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
