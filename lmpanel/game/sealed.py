"""Values as short texts that can be pasted: versioned, bounded, with a checksum.

    PREFIX1.payload.check      payload: base64url of deflated JSON; check: 8 hexadecimal digits

The checksum finds what was mistyped or cut off. It is no proof: who knows how can make a code.
Reading trusts nothing. Knows nothing about what the values mean.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from lmpanel.bounded_json import read_json
from lmpanel.errors import BadArgument
from lmpanel.number_text import grouped
from lmpanel.wording import t

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_MARKS = re.compile(r"([A-Z]{1,8})(\d{1,4})\.([^.]*)\.([0-9a-f]{8})", re.ASCII)


@dataclass(frozen=True)
class Seal:
    """One kind of code: its prefix and version, what it is called, and how long it may be.

    >>> seal = Seal("DEMO", 1, "demonstration", 200, 1000)
    >>> seal.open(seal.close([1, "a"]))
    [1, 'a']
    >>> seal.open(seal.close([1, "a"])[:-1] + "!")
    Traceback (most recent call last):
    lmpanel.errors.BadArgument: This is no demonstration: it begins with DEMO1. and ends with \
eight digits and letters. Copy all of it.
    """

    prefix: str
    version: int
    name: str
    most_characters: int
    most_json: int

    def close(self, value: Any) -> str:
        """The code of a JSON-able value. Raises BadArgument when it is too long."""
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        payload = base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")
        code = f"{self.prefix}{self.version}.{payload}.{self._check(payload)}"
        if len(code) > self.most_characters or len(data) > self.most_json:
            raise self._too_long(len(code))
        return code

    def open(self, code: str) -> Any:
        """The value of a code. Raises BadArgument for anything else."""
        if not isinstance(code, str):
            raise self._none()
        if len(code) > self.most_characters:
            raise self._too_long(len(code))
        parts = _MARKS.fullmatch(code)
        if parts is None or parts[1] != self.prefix:
            raise self._none()
        if parts[2] != str(self.version):
            raise self.other_version(parts[2])
        if not _PAYLOAD.fullmatch(parts[3]) or self._check(parts[3]) != parts[4]:
            raise BadArgument(
                t("This {code} is damaged: its checksum does not fit.", code=t(self.name)),
                t("Copy all of it again."),
            )
        return self._value(parts[3])

    def other_version(self, version: str) -> BadArgument:
        """Why a code of this version is not read."""
        return BadArgument(
            t(
                "This {code} has version {version}, and this page reads {own}.",
                code=t(self.name),
                version=version,
                own=self.version,
            ),
            t("Open it in the version of lmpanel that made it."),
        )

    def _value(self, payload: str) -> Any:
        try:
            packed = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(packed, self.most_json)
            if not unpacking.eof:
                raise ValueError(t("it unfolds to too much"))
            return read_json(data.decode(), self.most_json, max_depth=8)
        except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
            message = t("This {code} is not usable: {reason}.", code=t(self.name), reason=error)
            raise BadArgument(message, t("Nothing was changed.")) from error

    def _check(self, payload: str) -> str:
        return hashlib.sha256(f"{self.prefix}{self.version}.{payload}".encode()).hexdigest()[:8]

    def _none(self) -> BadArgument:
        return BadArgument(
            t(
                "This is no {code}: it begins with {beginning} and ends with eight digits and "
                "letters.",
                code=t(self.name),
                beginning=f"{self.prefix}{self.version}.",
            ),
            t("Copy all of it."),
        )

    def _too_long(self, length: int) -> BadArgument:
        return BadArgument(
            t(
                "This {code} is too long: {n} characters, {most} at most.",
                code=t(self.name),
                n=grouped(length),
                most=grouped(self.most_characters),
            ),
            t("Use a shorter text."),
        )
