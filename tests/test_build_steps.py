"""Steps run when their inputs change, survive interruption, and repair a damaged cache."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from compressed_files import update
from dist_folder import DistState, assemble, parts_of
from import_closure import import_closure
from model_files import cut
from step_cache import KEPT_RESULTS, StepCache


class Counting:
    """A step's work that counts how often it is done."""

    def __init__(self, text="made", fail_at=None):
        self.text = text
        self.runs = 0
        self.fail_at = fail_at

    def __call__(self, target: Path) -> None:
        self.runs += 1
        (target / "part").write_text(self.text)
        if self.runs == self.fail_at:
            raise KeyboardInterrupt
        (target / "result").write_text(self.text)


@pytest.fixture
def cache(tmp_path):
    return StepCache(tmp_path / "cache")


def test_same_inputs_run_once(cache):
    work = Counting()
    first = cache.step("demo", {"input": "1"}, work)
    assert cache.step("demo", {"input": "1"}, work) == first
    assert work.runs == 1


def test_changed_inputs_run_again_and_go_elsewhere(cache):
    work = Counting()
    assert cache.step("demo", {"input": "1"}, work) != cache.step("demo", {"input": "2"}, work)
    assert work.runs == 2


def test_an_interrupted_step_leaves_nothing_and_is_done_again(cache):
    work = Counting(fail_at=1)
    with pytest.raises(KeyboardInterrupt):
        cache.step("demo", {}, work)
    assert list(cache.steps.iterdir()) == []
    assert (cache.step("demo", {}, work) / "result").read_text() == "made"


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "result").write_text("MADE"),
    lambda folder: (folder / "result").unlink(),
    lambda folder: folder.with_name(folder.name + ".json").write_text("{"),
    lambda folder: folder.with_name(folder.name + ".json").unlink(),
], ids=["other bytes", "missing file", "broken record", "missing record"])
def test_damage_is_repaired(cache, damage):
    work = Counting()
    folder = cache.step("demo", {}, work)
    damage(folder)
    assert (cache.step("demo", {}, work) / "result").read_text() == "made"
    assert work.runs == 2


def test_a_new_time_alone_is_no_damage(cache):
    work = Counting()
    folder = cache.step("demo", {}, work)
    os.utime(folder / "result", ns=(0, 1))
    cache.step("demo", {}, work)
    assert work.runs == 1


def test_old_results_go(cache):
    for number in range(KEPT_RESULTS + 2):
        cache.step("demo", {"input": str(number)}, Counting())
    cache.step("demo-other", {}, Counting())
    assert len([path for path in cache.steps.iterdir() if path.is_dir()]) == KEPT_RESULTS + 1


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.js").write_text("a" * 2000)
    (folder / "sub/b.bin").write_bytes(b"b")
    return folder


def test_assembled_site_has_a_manifest_and_can_be_replaced(source, tmp_path):
    dist = tmp_path / "dist"
    assemble(parts_of(source), dist, linkable=source)
    (source / "a.js").unlink()
    record = assemble(parts_of(source, "x/"), dist, linkable=tmp_path / "nowhere")
    files = json.loads((dist / "manifest.json").read_text())["files"]
    assert [file["path"] for file in files] == ["x/sub/b.bin"]
    assert set(record) == {"x/sub/b.bin", "manifest.json"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "source"]


def test_two_files_of_one_name_are_refused(source, tmp_path):
    with pytest.raises(ValueError, match=r"a\.js"):
        assemble([*parts_of(source), *parts_of(source)], tmp_path / "dist", linkable=source)


@pytest.mark.parametrize("change", [
    lambda dist: (dist / "a.js").write_text("b" * 2000),
    lambda dist: (dist / "a.js").unlink(),
    lambda dist: (dist / "stray.js").write_text(""),
], ids=["changed", "missing", "stray"])
def test_a_site_that_was_changed_by_hand_is_made_again(source, tmp_path, change):
    dist = tmp_path / "dist"
    state = DistState(tmp_path, dist)
    assert not state.current("key")
    state.remember("key", assemble(parts_of(source), dist, linkable=tmp_path / "nowhere"))
    assert state.current("key")
    assert not state.current("other key")
    change(dist)
    assert not state.current("key")


def test_gzip_copies_follow_the_site(source, tmp_path):
    dist, folder = tmp_path / "dist", tmp_path / "gzip"
    assemble(parts_of(source), dist, linkable=source)
    update(dist, folder)
    first = set(folder.iterdir())
    assert len(first) == 1
    (source / "a.js").write_text("c" * 2000)
    assemble(parts_of(source), dist, linkable=source)
    update(dist, folder)
    assert len(set(folder.iterdir())) == 1
    assert not first & set(folder.iterdir())


def test_weights_are_cut(tmp_path):
    weights = tmp_path / "weights.bin"
    weights.write_bytes(bytes(range(10)))
    parts = cut(weights, tmp_path, part_bytes=4)
    assert [(part["path"], part["bytes"]) for part in parts] == [
        ("weights.000.bin", 4), ("weights.001.bin", 4), ("weights.002.bin", 2)]


def test_a_script_is_followed_to_what_it_imports():
    root = Path(__file__).resolve().parent.parent
    closure = import_closure(root / "build/proof.py", [root / "build", root])
    names = {path.relative_to(root).as_posix() for path in closure}
    assert {"build/proof.py", "build/chat_style.py", "lmpanel/__init__.py",
            "lmpanel/engine/native.py", "lmpanel/errors.py"} <= names
    assert "build/serve.py" not in names
