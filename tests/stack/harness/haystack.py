"""Everything that servers have written to disk, laid open: what is compressed is read as what was compressed."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, quote_plus

from tests.stack.harness import snappy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_GZIP = b"\x1f\x8b\x08"
_PAGE = 32 * 1024
_HEADER = 7
_AROUND = 60


class Found(NamedTuple):
    """Where a text was found, in which form, and what stands around it."""

    place: str
    form: str
    around: bytes


class Haystack:
    """Named texts in which needles are looked for."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}

    def add_files(self, folder: Path) -> None:
        """Take in every file below ``folder``, as it lies there and laid open."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = str(path.relative_to(folder.parent))
                for kind, content in _laid_open(path.read_bytes()):
                    self.add(f"{name}{kind}", content)

    def add(self, place: str, content: bytes) -> None:
        """Take in a text that is no file: what a server answered, say."""
        self._texts[place] = content

    @property
    def places(self) -> list[str]:
        return [place for place, content in self._texts.items() if content]

    def find(self, needle: str) -> list[Found]:
        """Return each place where the needle stands: as it is, or as a URL, JSON, Base64 or a label would have it."""
        return [
            Found(place, form, content[max(at.start() - _AROUND, 0) : at.end() + _AROUND])
            for form, encoded in _forms(needle)
            for place, content in self._texts.items()
            for at in re.finditer(re.escape(encoded), content)
        ]


def _forms(needle: str) -> Iterable[tuple[str, bytes]]:
    raw = needle.encode()
    forms = {
        raw.hex().upper().encode(): "hex",
        raw.hex().encode(): "hex",
        quote_plus(needle, safe="").encode(): "form",
        quote(needle, safe="").encode(): "URL",
        json.dumps(json.dumps(needle)[1:-1])[1:-1].encode(): "JSON in JSON",
        json.dumps(needle)[1:-1].encode(): "JSON",
        re.sub(r"[^A-Za-z0-9]+", "_", needle).encode(): "a label's name",
        raw: "as it is",
    }
    for lead in range(3):  # where within three bytes it begins; the ends depend on its neighbours
        whole = base64.b64encode(b"\0" * lead + raw)
        inner = whole[(lead * 8 + 5) // 6 : -4 if len(raw) + lead > 6 else None]
        forms[inner] = forms[inner.translate(bytes.maketrans(b"+/", b"-_"))] = "Base64"
    return [(form, encoded) for encoded, form in forms.items()]


def _laid_open(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", data
    gzipped = b"\n".join(_gunzip(data[at.start() :]) for at in re.finditer(re.escape(_GZIP), data))
    if gzipped:
        yield " [gzip]", gzipped
        yield from ((f" [gzip]{kind}", inner) for kind, inner in _snappy_in(gzipped))
    yield from _snappy_in(data)
    records = b"\n".join(_log_records(data))
    if records:
        yield " [write-ahead log]", records


def _snappy_in(data: bytes) -> Iterator[tuple[str, bytes]]:
    starts = (found.start() for found in re.finditer(re.escape(snappy.STREAM_START), data))
    opened = b"\n".join(snappy.decompress_stream(data[at:]) for at in starts)
    if opened:
        yield " [snappy]", opened


def _gunzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data)
    except zlib.error:
        return b""


def _log_records(data: bytes) -> Iterator[bytes]:
    """Yield the records of a write-ahead log of Prometheus's kind, which Loki has as well; of another file nothing.

    Pages of 32 KB hold fragments: a byte of kind (the lower three bits: 1 whole, 2 first, 3 middle, 4 last; 8 is
    Snappy), two of length, four of checksum (Prometheus, ``tsdb/docs/format/wal.md``).
    """
    pending = b""
    for page_at in range(0, len(data), _PAGE):
        page, at = data[page_at : page_at + _PAGE], 0
        while at + _HEADER <= len(page) and page[at] & 7 in {1, 2, 3, 4} and page[at] < 0x20:
            size = int.from_bytes(page[at + 1 : at + 3], "big")
            if at + _HEADER + size > len(page):
                return
            part = page[at + _HEADER : at + _HEADER + size]
            pending = part if page[at] & 7 in {1, 2} else pending + part
            if page[at] & 7 in {1, 4}:
                try:
                    yield snappy.decompress(pending) if page[at] & 8 else pending
                except (ValueError, IndexError):
                    return
            at += _HEADER + size
