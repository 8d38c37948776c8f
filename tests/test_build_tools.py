"""Missing tools, networks and files end in one line with cause and remedy."""

from __future__ import annotations

import doctest
import errno
import hashlib
import importlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pinned_files
import problems
import toolchain
from joined_script import joined, module_closure
from lock import locked_versions
from notices import wheel_section
from pinned_files import Downloads, read_pins
from problems import BuildProblem, run_main
from progress import Bar
from python_archive import shrink, write_sources
from step_cache import default_root

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
OWN_MODULES = ["compressed_files", "dist_folder", "http_server", "import_closure",
               "joined_script", "lock", "model_files", "notices", "pinned_files", "problems",
               "progress", "python_archive", "step_cache", "toolchain"]


@pytest.mark.parametrize("name", OWN_MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def serve(tmp_path, path):
    """Run build/serve.py as a user whose PATH holds only `path`."""
    environment = {"PATH": str(path), "HOME": str(tmp_path)}
    return subprocess.run([sys.executable, BUILD / "serve.py", "--no-serve"], env=environment,
                          capture_output=True, text=True)


def program(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("node", "cause"), [
    (None, "node was not found"), ("echo v12.1.0", "node is v12.1.0, which is too old")])
def test_missing_or_old_node_is_one_line(tmp_path, node, cause):
    if node:
        program(tmp_path, "node", node)
    done = serve(tmp_path, tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"lmpanel: {cause}: install Node.js")
    assert done.stderr.count("\n") == 1


def test_missing_npm(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildProblem, match="npm was not found"):
        toolchain.node_packages(tmp_path)


def test_missing_venv_module(monkeypatch):
    monkeypatch.setattr(toolchain.sys, "executable", "/bin/false")
    with pytest.raises(BuildProblem, match=r"no venv module: install it .*python3\.\d+-venv"):
        toolchain.check_venv()


def test_old_python():
    with pytest.raises(BuildProblem, match=r"this is Python 3\.9: run it with Python 3\.11"):
        toolchain.check_python((3, 9, 1))


@pytest.mark.parametrize(("output", "remedy"), [
    ("npm error network request failed ENOTFOUND", "check the network"),
    ("ERROR: No matching distribution found for x", "check the network"),
    ("ENOSPC: No space left on device", "free about 2 GB"),
    ("error: something else", "see the message"),
])
def test_a_failed_program_is_explained(output, remedy):
    script = f"import sys; print({output!r}); sys.exit(1)"
    with pytest.raises(BuildProblem, match=remedy):
        toolchain.run([sys.executable, "-c", script], "a tool")


@pytest.mark.parametrize(("raised", "status", "words"), [
    (BuildProblem("cause", "remedy"), 2, "lmpanel: cause: remedy\n"),
    (KeyboardInterrupt(), 130, "run it again to go on"),
    (OSError(errno.ENOSPC, "full"), 2, "the disk is full"),
])
def test_exit_status(capsys, raised, status, words):
    def main(arguments):
        raise raised
    with pytest.raises(SystemExit) as left:
        run_main(main)
    assert left.value.code == status
    assert words in capsys.readouterr().err


def test_other_errors_are_not_hidden():
    def main(arguments):
        raise OSError(errno.EACCES, "no")
    with pytest.raises(OSError, match="no"):
        problems.run_main(main)


# Downloads

CONTENT = b"content"
PIN = {"file": "x.whl", "sha256": hashlib.sha256(CONTENT).hexdigest(),
       "sources": [{"package": "first==1"}, {"package": "second==1", "member": "inner/x.whl"}]}


class FakeRegistry(Downloads):
    """Delivers files from memory: package → (file name, bytes), or a failure."""

    def __init__(self, cache, files):
        super().__init__(cache, Path(sys.executable))
        self.files = files
        self.asked = []
        self.folder.mkdir(parents=True, exist_ok=True)

    def _pip_download(self, source, folder):
        self.asked.append(source["package"])
        delivered = self.files.get(source["package"])
        if delivered is None:
            return "ERROR: No matching distribution found"
        (folder / "package.whl").write_bytes(delivered)
        return None


def wheel_with(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def test_sources_are_tried_in_order_and_the_result_is_kept(tmp_path):
    registry = FakeRegistry(tmp_path, {"second==1": wheel_with("inner/x.whl", CONTENT)})
    assert registry.get(PIN).read_bytes() == CONTENT
    assert registry.get(PIN).name == "x.whl"
    assert registry.asked == ["first==1", "second==1"]


def test_wrong_bytes_of_one_source_do_not_stop_the_next(tmp_path):
    files = {"first==1": b"evil", "second==1": wheel_with("inner/x.whl", CONTENT)}
    assert FakeRegistry(tmp_path, files).get(PIN).read_bytes() == CONTENT


def test_a_damaged_download_is_fetched_again(tmp_path):
    registry = FakeRegistry(tmp_path, {"first==1": CONTENT})
    registry.get(PIN).write_bytes(b"damaged")
    assert registry.get(PIN).read_bytes() == CONTENT
    assert registry.asked == ["first==1", "first==1"]


def test_wrong_bytes_everywhere_name_file_and_hashes(tmp_path):
    with pytest.raises(BuildProblem, match=r"x\.whl could not be fetched .*was expected"):
        FakeRegistry(tmp_path, {"first==1": b"evil"}).get(PIN)


def test_a_package_of_npm_comes_through_npm(tmp_path, monkeypatch):
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\nprintf content > x.whl; echo $* > {tmp_path}/asked\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent), prepend=":")
    source = {"package": "@scope/x@1", "registry": "npm"}
    registry = FakeRegistry(tmp_path, {})
    assert registry.get({**PIN, "sources": [source]}).read_bytes() == CONTENT
    assert (tmp_path / "asked").read_text().split()[0] == "pack" and registry.asked == []
    npm.write_text("#!/bin/sh\necho npm error code ENOTFOUND; exit 1\n")
    with pytest.raises(BuildProblem, match="check the network connection"):
        FakeRegistry(tmp_path / "other", {}).get({**PIN, "sources": [source]})


def test_no_network_says_so(tmp_path):
    with pytest.raises(BuildProblem, match="check the network connection"):
        FakeRegistry(tmp_path, {}).get(PIN)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_download_shows_how_far_it_is(monkeypatch, capsys):
    class Process:
        stdout = iter(["Collecting x\n", "Progress 50 of 100\n", "Progress 100 of 100\n"])
    words = pinned_files._follow(Process(), "x==1")
    assert words == "Collecting x\n"
    assert "get x==1: 100 %" in capsys.readouterr().err


def test_a_bar_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True
    out = Terminal()
    bar = Bar("get x", 1_000_000, out)
    for done in (0, 500_000, 500_001, 1_000_000):
        bar.update(done)
    assert out.getvalue().count("\r") == 3
    assert out.getvalue().endswith("\n")


# Packages, notices, locks

def test_the_same_file_in_two_packages_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a\.py"):
        write_sources([("a.py", b""), ("a.py", b"")], tmp_path / "out.zip")


def test_metadata_keeps_the_version():
    metadata = b"Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: y\n\nText\n"
    kept = dict(shrink([("x-1.dist-info/METADATA", metadata), ("x-1.dist-info/RECORD", b"")]))
    assert kept == {"x-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 1\n"}


def test_a_package_without_licence_text_is_an_error(tmp_path):
    wheel = tmp_path / "x.whl"
    wheel.write_bytes(wheel_with("x-1.dist-info/METADATA", "Name: x\nVersion: 1\n"))
    with pytest.raises(BuildProblem, match="x 1 carries no licence text"):
        wheel_section(wheel)


def test_browser_packages_are_the_locked_ones():
    locked = locked_versions((BUILD / "requirements.txt").read_text())
    pins = {pin["name"]: pin["version"] for pin in read_pins()["python"]
            if not pin.get("built_by_pyodide")}
    assert {name: locked.get(name, version) for name, version in pins.items()} == pins


def test_numpy_is_the_one_that_pyodide_pins():
    node_modules = toolchain.node_packages(default_root())
    lock = json.loads((node_modules / "pyodide/pyodide-lock.json").read_text())
    numpy = next(pin for pin in read_pins()["python"] if pin["name"] == "numpy")
    assert lock["packages"]["numpy"]["sha256"] == numpy["sha256"]


def test_test_lock_agrees_with_the_build_lock():
    base = locked_versions((BUILD / "requirements.txt").read_text())
    tests = locked_versions((BUILD / "requirements-test.txt").read_text())
    assert base.items() <= tests.items()


def test_locks_name_no_registry():
    for path in [*BUILD.glob("requirements*"), *BUILD.glob("*.json")]:
        assert not re.search(r"https?://|resolved|index-url", path.read_text()), path.name


def test_modules_are_joined_in_the_order_of_need_each_in_a_scope_of_its_own(tmp_path):
    (tmp_path / "low.js").write_text("const own = 1;\nexport const low = () => own;\n")
    (tmp_path / "mid.js").write_text(
        'import {\n  low as deep,\n} from "./low.js";\n\n'
        "const own = 2;\nexport class Mid { sum() { return own + deep(); } }\n")
    (tmp_path / "top.js").write_text(
        'import { low } from "./low.js";\nimport { Mid } from "./mid.js";\n'
        "console.log(new Mid().sum() + low());\n")
    names = [path.name for path in module_closure(tmp_path / "top.js")]
    assert names == ["low.js", "mid.js", "top.js"]
    done = subprocess.run([toolchain.find_node(), "-e", joined(tmp_path / "top.js")],
                          capture_output=True, text=True, check=True)
    assert done.stdout == "4\n"


@pytest.mark.parametrize("line", [
    'import low from "./low.js";', 'import * as low from "./low.js";', "export default 1;",
    'export { low } from "./low.js";', "const here = import.meta.url;",
])
def test_what_cannot_be_joined_is_said(tmp_path, line):
    (tmp_path / "low.js").write_text("export const low = 1;\n")
    (tmp_path / "top.js").write_text(line + "\n")
    with pytest.raises(BuildProblem, match=r"top\.js cannot be joined"):
        joined(tmp_path / "top.js")
