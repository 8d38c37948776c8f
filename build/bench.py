"""Measures the built site beside others: `python3 build/bench.py [--rounds N] [--out FOLDER]`.

`--long-use MINUTES` instead uses one page for so long and tells how its memory grows.

Sets up all that it needs, as `build/test.py` does. The contestants take turns in the same headless
Chromium, each with a browser of its own; see `benchmark/`. Writes bench.json (versions, machine,
every round), bench.md (the table) and bench.svg (the plot) into FOLDER and prints the table.
Absolute times depend on the machine and on what else it does; ratios come from within one round.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path

from browsers import chromium
from dist_folder import place
from pipeline import Built
from problems import BuildProblem, run_main
from progress import say
from serve import build
from step_cache import StepCache, default_root, file_sha256, files_under, hash_files
from toolchain import HERE, node_packages, python_environment, run

PEERS = HERE / "benchmark"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE)}
ROUNDS = 3


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build/bench.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each takes its turn")
    parser.add_argument("--long-use", type=float, metavar="MINUTES",
                        help="only how the memory of one page grows")
    parser.add_argument("--out", type=Path, default=Path.cwd(), help="folder for the results")
    return parser.parse_args(arguments)


def peers_site(cache: Path, python: Path, built: Built) -> Path:
    """A folder with the peers' pages, their packages and the model as each of them reads it."""
    packages = node_packages(cache, PEERS)
    own = [*files_under(PEERS / "peers"), PEERS / "exported.py"]
    folders = {"wllama": packages / "@wllama/wllama/esm",
               "transformers": packages / "@huggingface/transformers/dist",
               "ort": packages / "onnxruntime-web/dist"}

    def make(target: Path) -> None:
        for page in files_under(PEERS / "peers"):
            place(page, target / page.name, link=False)
        for name, folder in folders.items():
            for path in folder.rglob("*"):
                if path.suffix in (".js", ".mjs", ".wasm"):
                    copy = target / name / path.relative_to(folder)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    place(path, copy, link=True)
        place(built.gguf, target / "model.gguf", link=True)
        run([python, "-m", "benchmark.exported", built.model_dir, target / "models/exported"],
            "exporting the model", env=ENVIRONMENT)

    inputs = {"own": hash_files(own, HERE), "model": built.model_dir.name,
              "node": file_sha256(PEERS / "package-lock.json")}
    return StepCache(cache).step("bench-peers", inputs, make)


def versions(browser: Path) -> dict[str, str]:
    """What took part, with versions."""
    def locked(folder: Path) -> dict[str, str]:
        lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
        return {name.removeprefix("node_modules/"): package["version"]
                for name, package in lock["packages"].items() if name.count("node_modules") == 1}

    peers, own = locked(PEERS), locked(HERE)
    said = run([browser, "--version"], "chromium --version")
    return {"chromium": said.strip().splitlines()[-1],
            "wllama": peers["@wllama/wllama"],
            "transformers.js": peers["@huggingface/transformers"],
            "onnxruntime-web": own["onnxruntime-web"],
            "pyodide": own["pyodide"]}


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    options = parse(arguments)
    if options.rounds < 1:
        raise BuildProblem("there is nothing to measure", "give --rounds 1 or more")
    browser, built, cache = chromium(), build(), default_root()
    python = python_environment(cache, HERE / "requirements-test.txt")
    plan = {"chromium": str(browser), "dist": str(built.dist), "versions": versions(browser),
            "compressed": str(built.compressed), "out": str(options.out.resolve()),
            "peers": str(peers_site(cache, python, built))}
    plan |= {"minutes": options.long_use} if options.long_use else {"rounds": options.rounds}
    options.out.mkdir(parents=True, exist_ok=True)
    say("step benchmark")
    scene = "benchmark.long_use" if options.long_use else "benchmark.scene"
    done = subprocess.run([str(python), "-m", scene], input=json.dumps(plan), text=True,
                          env=ENVIRONMENT)
    if done.returncode != 0:
        raise BuildProblem("the benchmark failed", "the lines above say why")
    return 0


if __name__ == "__main__":
    run_main(main)
