"""The finished site: its manifest, its sizes, its licences, and nothing foreign in it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile

import pytest

from lmpanel.ngrams.corpus import FILE, bundled
from pinned_files import read_pins
from vendor_files import FROM_NODE

MB = 1_000_000
PART_BYTES = 16 * 1024 * 1024
BEFORE_INTERFACE = 25 * MB
"""Upper bound for what must arrive, as stored, before the interface can be used; 23.3 MB today."""
BEFORE_MODEL_WASM = 125 * MB
BEFORE_MODEL_WEBGPU = 137 * MB
OWN_TEXT = (".js", ".html", ".css", ".svg", ".json")


@pytest.fixture(scope="module")
def manifest(dist):
    return json.loads((dist / "manifest.json").read_text())


@pytest.fixture(scope="module")
def sizes(manifest):
    return {file["path"]: file["bytes"] for file in manifest["files"]}


def files_of(dist):
    return {path.relative_to(dist).as_posix(): path for path in dist.rglob("*") if path.is_file()}


def test_manifest_lists_exactly_what_is_there(dist, manifest):
    files = files_of(dist)
    del files["manifest.json"]
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    there = {name: (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
             for name, path in files.items()}
    assert listed == there


def test_weights_come_in_small_parts_that_join_to_the_whole(dist, model_dir):
    weights = json.loads((dist / "model/model.json").read_text())["weights"]
    whole = hashlib.sha256()
    for part in weights["parts"]:
        data = (dist / "model" / part["path"]).read_bytes()
        assert len(data) == part["bytes"] <= PART_BYTES
        assert hashlib.sha256(data).hexdigest() == part["sha256"]
        whole.update(data)
    original = json.loads((model_dir / "model.json").read_text())["weights"]
    assert whole.hexdigest() == weights["sha256"] == original["sha256"]


def interface_bytes(sizes):
    later = ("model/", "vendor/ort/", "engine/", "NOTICE.txt", "corpus/", "icons/", "samples/",
             "service_worker", "lm-explorer.js", "wording/")
    language = max(size for path, size in sizes.items() if path.startswith("wording/"))
    return sum(size for path, size in sizes.items()
               if not path.startswith(later)) + language + sizes["model/tokenizer.json"]


def engine_bytes(sizes, binary, graph):
    weights = sum(size for path, size in sizes.items() if path.startswith("model/weights."))
    parts = [size for path, size in sizes.items() if path.startswith(f"vendor/ort/{binary}")]
    assert parts
    return weights + sum(parts) + sizes[f"model/{graph}"]


def test_few_bytes_before_the_interface(sizes):
    assert interface_bytes(sizes) < BEFORE_INTERFACE


@pytest.mark.parametrize(("binary", "graph", "limit"), [
    ("ort-wasm-simd-threaded.wasm", "graph_wasm.onnx", BEFORE_MODEL_WASM),
    ("ort-wasm-simd-threaded.jspi.wasm", "graph_webgpu.onnx", BEFORE_MODEL_WEBGPU),
    ("ort-wasm-simd-threaded.asyncify.wasm", "graph_webgpu.onnx", BEFORE_MODEL_WEBGPU),
])
def test_few_bytes_before_the_model(sizes, binary, graph, limit):
    assert engine_bytes(sizes, binary, graph) < limit


def test_no_file_is_larger_than_common_hosts_take(dist):
    assert max(path.stat().st_size for path in files_of(dist).values()) <= 24 << 20


def test_packages_are_slim_and_compiled(dist):
    with zipfile.ZipFile(dist / "python/packages.zip") as archive:
        names = archive.namelist()
        assert not [name for name in names if name.endswith(".py") or "/tests/" in name]
        assert "numpy/__init__.pyc" in names
    assert (dist / "python/packages.zip").stat().st_size < 6 * MB


def test_own_package_is_a_small_archive_of_its_own(dist):
    with zipfile.ZipFile(dist / "python/lmpanel.zip") as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"lmpanel"}
    assert (dist / "python/lmpanel.zip").stat().st_size < MB


def test_notice_covers_every_package(dist):
    text = (dist / "NOTICE.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^- (\S+ \S+)", text, re.MULTILINE)
    names = {re.sub(r"[-_.]+", "-", line.split()[0]).lower() for line in listed}
    shipped = {pin["name"] for pin in read_pins()["python"]}
    shipped.add(read_pins()["corpus"]["name"])
    shipped |= {source.split("/")[0] for source in FROM_NODE}
    assert shipped <= names
    assert "Model SmolLM2-135M-Instruct" in listed
    for licence in ("Apache License", "Mozilla Public License", "PYTHON SOFTWARE FOUNDATION"):
        assert licence in text


def own_texts(dist):
    for name, path in files_of(dist).items():
        own = not name.startswith(("vendor/", "model/")) and name != "manifest.json"
        if own and name.endswith(OWN_TEXT):
            yield name, path.read_text(encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO((dist / "python/lmpanel.zip").read_bytes())) as archive:
        for name in archive.namelist():
            yield name, archive.read(name).decode("latin-1")


def test_own_code_names_no_foreign_host(dist):
    allowed = re.compile(r"https?://(www\.w3\.org/|localhost|127\.0\.0\.1|course\.example)")
    found = [(name, address) for name, text in own_texts(dist)
             for address in re.findall(r"https?://[\w.-]+\.?[\w/]*", text)
             if not allowed.match(address)]
    assert found == []


def test_every_script_that_the_site_names_is_there(dist):
    names = files_of(dist)
    wanted = {match for name, text in own_texts(dist) if name.endswith((".js", ".html"))
              for match in re.findall(r"[\"'`](?:\./)?(vendor/[\w./-]+\.\w+)[\"'`]", text)}
    assert wanted
    assert wanted <= set(names)


def test_the_bundled_text_lies_where_it_is_looked_for(dist, manifest):
    assert FILE in {file["path"] for file in manifest["files"]}
    assert (dist / FILE).stat().st_size < MB
    text = bundled((dist / FILE).read_bytes()).text
    assert text.startswith("Call me Ishmael. Some years ago")
    assert 1_100_000 < len(text) < 1_300_000 and "\r" not in text and "Gutenberg" not in text
    assert "Public Domain" in (dist / "NOTICE.txt").read_text(encoding="utf-8")


def test_the_site_can_be_installed(dist):
    described = json.loads((dist / "manifest.webmanifest").read_text())
    assert (described["start_url"], described["scope"], described["id"]) == ("./", "./", "./")
    for icon in described["icons"][1:]:
        data = (dist / icon["src"]).read_bytes()
        assert "{}x{}".format(*struct.unpack(">II", data[16:24])) == icon["sizes"]
        assert len(data) < 20_000
    assert {icon.get("purpose", "any") for icon in described["icons"]} == {"any", "maskable"}
    links = re.findall(r'<link rel="(?:manifest|apple-touch-icon)" href="([^"]+)"',
                       (dist / "index.html").read_text())
    assert len(links) == 2 and all((dist / link).is_file() for link in links)


def test_the_service_worker_is_one_small_script(dist):
    for name in ("service_worker.js", "service_worker_off.js"):
        text = (dist / name).read_text(encoding="utf-8")
        assert not re.search(r"^(import|export)\b|importScripts", text, re.MULTILINE)
        assert len(text) < 50_000
