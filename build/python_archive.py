"""Choose what of each Python package ships to the browser, and put it in one zip of sources.

Takes wheels that are already on disk and verified; it must not know where
they came from, nor how the browser loads the result. `compile_python.mjs` turns the zip of
sources into the byte-compiled archive that ships.
"""

from __future__ import annotations

import fnmatch
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

Entry = tuple[str, bytes]

# What the browser never imports. Patterns match whole paths inside site-packages.
DROPPED = (
    "*/tests/*", "*/testing/*", "*/examples/*", "*/__pycache__/*", "*.data/*",
    "*.pyi", "*.pxd", "*.pyx", "*.h", "*.c", "*.a", "*.ts", "*.tsx", "*.less", "*.typed",
    "*.ipynb", "*.npmignore", "*.md", "*.rst",
    "bokeh/client/*", "bokeh/command/*", "bokeh/sampledata/*", "bokeh/server/static/*",
    "bokeh/server/views/*", "bokeh/sphinxext/*", "bokeh/_sri/[0-2].*", "bokeh/_sri/3.[0-8].*",
    "markdown_it/cli/*",
    "mdit_py_plugins/a[dmt]*", "mdit_py_plugins/texmath/*", "mdit_py_plugins/dollarmath/*",
    "numpy/_configtool.py", "numpy/_core/_*_tests.*", "numpy/_core/include/*", "numpy/_core/lib/*",
    "numpy/conftest.py", "numpy/doc/*", "numpy/f2py/*", "numpy/fft/*", "numpy/linalg/lapack_lite.*",
    "numpy/random/_examples/*", "numpy/random/lib/*",
    "packaging/licenses/*", "packaging/metadata.py", "packaging/pylock.py",
    "panel/_templates/*.css.map", "panel/auth.py", "panel/command/*", "panel/compiler.py",
    "panel/dist/*", "panel/package-lock.json", "panel/template/*/*.css",
    "panel/template/*/*.html", "panel/template/*/*.js", "panel/tsconfig*",
    "panel/io/admin.py", "panel/io/application.py", "panel/io/compile.py", "panel/io/convert.py",
    "panel/io/django.py", "panel/io/fastapi.py", "panel/io/handlers.py", "panel/io/ipywidget.py",
    "panel/io/jupyter_*.py", "panel/io/reload.py", "panel/io/rest.py", "panel/io/server.py",
    "pyviz_comms/labextension/schemas/*", "pyviz_comms/labextension/static/*", "numbergen/*",
)
# What of the standard library a page has no use for: other systems, servers, tools, rare encodings.
DROPPED_STDLIB = (
    "_android_support.py", "_apple_support.py", "_ios_support.py", "_osx_support.py",
    "__phello__/*", "__hello__.py", "_pyio.py", "_pydatetime.py", "_pyrepl/*",
    "bdb.py", "cmd.py", "code.py", "compileall.py", "dbm/*", "doctest.py", "fileinput.py",
    "ftplib.py", "imaplib.py", "lib2to3/*", "mailbox.py", "modulefinder.py", "multiprocessing/*",
    "nturl2path.py", "optparse.py", "pdb.py", "pickletools.py", "plistlib.py", "poplib.py",
    "pstats.py", "pty.py", "py_compile.py", "pyclbr.py", "pydoc.py", "pydoc_data/*",
    "rlcompleter.py", "shelve.py", "smtplib.py", "socketserver.py", "sqlite3/*", "symtable.py",
    "tabnanny.py", "tarfile.py", "timeit.py", "trace.py", "tty.py", "wave.py", "wsgiref/*",
    "xmlrpc/*", "asyncio/windows_*", "ctypes/macholib/*", "ctypes/_aix.py",
    "encodings/big5*", "encodings/cp[0-35-9]*", "encodings/cp4[!3]*", "encodings/euc_*",
    "encodings/gb*", "encodings/hp_*", "encodings/hz.py", "encodings/iso2022_*",
    "encodings/iso8859_*", "encodings/johab.py", "encodings/koi8_*", "encodings/kz1048.py",
    "encodings/mac_*", "encodings/mbcs.py", "encodings/oem.py", "encodings/palmos.py",
    "encodings/ptcp154.py", "encodings/shift_*", "encodings/tis_620.py",
)
# Entry points of `bin/` and the like are of no use, and neither is metadata beyond the version.
METADATA_FIELDS = ("Metadata-Version:", "Name:", "Version:")


def shrink(entries: Iterable[Entry], dropped: tuple[str, ...] = DROPPED) -> Iterator[Entry]:
    """Leave out what is never imported and cut package metadata down to name and version.

    >>> list(shrink([("a/x.py", b"1"), ("a/tests/t.py", b"2"), ("a/x.pyi", b"3")]))
    [('a/x.py', b'1')]
    """
    for name, data in entries:
        if ".dist-info/" in name:
            if name.endswith(".dist-info/METADATA"):
                yield name, _short_metadata(data)
        elif not any(fnmatch.fnmatchcase(name, pattern) for pattern in dropped):
            yield name, data


def wheel_entries(wheel: Path) -> Iterator[Entry]:
    """Yield (path in the archive, bytes) of every file of a wheel or another zip."""
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, archive.read(info)


def pure_entries(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The pure-Python part of a wheel that was built for another machine.

    Compiled speed-ups are left behind: the packages that are taken this way work without them.

    >>> list(pure_entries([("yaml/a.py", b""), ("yaml/_yaml.so", b""), ("_yaml/b.py", b"")]))
    [('yaml/a.py', b''), ('_yaml/b.py', b'')]
    """
    return ((name, data) for name, data in entries if name.endswith((".py", "METADATA")))


def tree_entries(folder: Path) -> Iterator[Entry]:
    """Yield the `.py` and data files of one package folder, named from its parent."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()


def write_sources(entries: Iterable[Entry], target: Path) -> None:
    """Write entries uncompressed; a later entry of the same name is an error in the inputs."""
    seen: set[str] = set()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries:
            if name in seen:
                raise ValueError(f"two packages ship the same file {name}")
            seen.add(name)
            archive.writestr(zipfile.ZipInfo(name), data)


def _short_metadata(data: bytes) -> bytes:
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    return "".join(line for line in lines if line.startswith(METADATA_FIELDS)).encode()
