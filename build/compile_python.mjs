// Byte-compiles a zip of Python sources inside Pyodide, so that the .pyc files fit the browser's
// Python exactly. Knows nothing about which packages are in the zip or where it will be served.
//
// usage: node compile_python.mjs PYODIDE_FOLDER SOURCES.zip OUT.zip
//
// The result is the same, byte for byte, for the same input: sorted names, fixed times, and .pyc
// files that carry a source hash instead of a modification time.

import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {pathToFileURL} from "node:url";

const COMPILE = `
import importlib.util, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

EPOCH = (1980, 1, 1, 0, 0, 0)

def compiled(name, data):
    """Docstrings and asserts go (optimize=2); line numbers stay for tracebacks."""
    code = compile(data, name, "exec", dont_inherit=True, optimize=2)
    return name + "c", bytes(_code_to_hash_pyc(code, importlib.util.source_hash(data), False))

def archive(source, target):
    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, "w") as out:
        for name in sorted(sources.namelist()):
            data = sources.read(name)
            if name.endswith(".py"):
                name, data = compiled(name, data)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, data, compresslevel=9)

archive("/sources.zip", "/compiled.zip")
`;

/** @param {string} folder @param {string} source @param {string} target */
async function compileArchive(folder, source, target) {
  const {loadPyodide} = await import(pathToFileURL(path.resolve(folder, "pyodide.mjs")).href);
  const python = await loadPyodide({indexURL: path.resolve(folder) + path.sep});
  python.FS.writeFile("/sources.zip", readFileSync(source));
  python.runPython(COMPILE);
  writeFileSync(target, python.FS.readFile("/compiled.zip"));
}

const [folder, source, target] = process.argv.slice(2);
if (!target) {
  console.error("usage: node compile_python.mjs PYODIDE_FOLDER SOURCES.zip OUT.zip");
  process.exit(2);
}
await compileArchive(folder, source, target);
