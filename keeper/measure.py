"""What a store's folder takes on the disk, and how old the data in each part of it is."""

from __future__ import annotations

import binascii
import json
import os
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# The tail of a chunk's key, which Loki's filesystem store writes in base64 (schema 12 and later): first and last time
# in milliseconds since 1970 and a checksum, each in hexadecimal.
_CHUNK = re.compile(rb"[0-9a-f]+:([0-9a-f]+):[0-9a-f]+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")

_BLOCK = "meta.json"
_BLOCK_LEAVING = "meta.compacted.json"
_SECTOR = 512  # the unit of st_blocks, whatever the file system's own


class Piece(NamedTuple):
    """What the store deletes as one: a chunk, a block. Times in seconds since 1970, size in bytes.

    ``newest`` is the time of its last record, by which the store goes; ``landed`` is when it was written.
    """

    newest: float
    size: int
    landed: float


@dataclass(frozen=True)
class Usage:
    """A folder's bytes: those that a shorter retention frees, those on their way out, and the rest.

    ``leaving`` is marked as deleted already; ``other`` is the write-ahead log, indexes, folders, files being written.
    ``pending`` is not there yet: what the server holds in memory and will write, whatever is refused from now on.
    """

    pieces: tuple[Piece, ...] = ()
    leaving: int = 0
    other: int = 0
    pending: int = 0

    @property
    def total(self) -> int:
        """All that the folder takes, as ``du`` counts it."""
        return sum(piece.size for piece in self.pieces) + self.leaving + self.other


Measure = Callable[[Path], Usage]


def loki(folder: Path) -> Usage:
    """Measure Loki's folder, whose chunks tell their times by their names; raises OSError if it cannot be read.

    All that Loki holds in memory is in its write-ahead log, which shrinks only after the chunks are written: so it may
    become as much again.
    """
    pieces, other, pending = [], 0, 0
    log = folder / "wal"
    for inside in _folders(folder):
        other += inside.size
        if log in (inside.path, *inside.path.parents):
            pending += sum(_size(status) for status in inside.files.values())
        for name, status in inside.files.items():
            newest = _chunk_time(name)
            if newest is None:
                other += _size(status)
            else:
                pieces.append(Piece(newest, _size(status), status.st_mtime))
    return Usage(tuple(pieces), other=other, pending=pending)


def tempo(folder: Path) -> Usage:
    """Measure Tempo's folder, whose blocks tell their times in a file each; raises OSError if it cannot be read.

    The live store's copies of the last hours, which look alike, go by a clock of their own and so count as the rest.
    """
    pieces, leaving, other = [], 0, 0
    stored = folder / "blocks"
    for inside in _folders(folder):
        size = inside.size + sum(_size(status) for status in inside.files.values())
        if stored not in inside.path.parents:
            other += size
        elif _BLOCK in inside.files:
            landed = inside.files[_BLOCK].st_mtime
            newest = _block_time(inside.path / _BLOCK)
            pieces.append(Piece(landed if newest is None else newest, size, landed))
        elif _BLOCK_LEAVING in inside.files:
            leaving += size
        else:
            other += size
    return Usage(tuple(pieces), leaving, other)


MEASURES: dict[str, Measure] = {"loki": loki, "tempo": tempo}


def _chunk_time(name: str) -> float | None:
    try:
        found = _CHUNK.fullmatch(b64decode(name, validate=True))
    except (binascii.Error, ValueError):
        return None
    return None if found is None else int(found[1], 16) / 1000


def _block_time(meta: Path) -> float | None:
    """Return the end of a block; None when the file is gone by now, or is no such file."""
    try:
        found = _TIME.fullmatch(json.loads(meta.read_bytes())["endTime"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    if found is None:
        return None
    return datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00")).timestamp()


class _Inside(NamedTuple):
    """One folder: its files, and the bytes that it takes itself."""

    path: Path
    size: int
    files: dict[str, os.stat_result]


def _folders(root: Path) -> Iterator[_Inside]:
    """Yield the folder and all below it. What is deleted meanwhile is left out; only a missing root is an error."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        try:
            files = {}
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif (status := _status(entry)) is not None:
                        files[entry.name] = status
            yield _Inside(path, _size(path.stat()), files)
        except FileNotFoundError:
            if path == root:
                raise


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _size(status: os.stat_result) -> int:
    """Return the bytes taken on the disk: more than a small file holds, less than a sparse one seems to."""
    return status.st_blocks * _SECTOR
