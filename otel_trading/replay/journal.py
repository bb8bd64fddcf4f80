"""A file of small notes that survives a crash: appended with a checksum each, on the disk when ``append`` returns."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Note = dict[str, Any]

_NEW = ".tmp"


class DamagedError(Exception):
    """The file holds a note that cannot be read with others after it: it was not cut short, but changed."""


def encoded(note: Note) -> bytes:
    """Return the line of a note: CRC-32 of the JSON in hexadecimal, a blank, the JSON."""
    text = json.dumps(note, separators=(",", ":")).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def read(path: Path) -> list[Note]:
    """Return the notes of a file, none where there is no such file.

    What a crash left of the last ones is left out. Raises DamagedError, and OSError.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    notes = []
    for number, line in enumerate(lines):
        note = _decoded(line)
        if note is not None:
            notes.append(note)
        elif any(_decoded(later) is not None for later in lines[number + 1 :]):
            raise DamagedError(f"{path} is damaged in line {number + 1}")
        else:
            break
    return notes


def _decoded(line: bytes) -> Note | None:
    checksum, _, text = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        note = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return note if isinstance(note, dict) else None


class Journal:
    """A file of notes, open for writing by one process: whoever makes it holds the lock."""

    def __init__(self, path: Path, notes: Iterable[Note]) -> None:
        """Begin the file anew with these notes: at each moment of a crash there is the old file or the new one."""
        new = path.with_name(path.name + _NEW)
        self._descriptor = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            self.append(list(notes))
            new.replace(path)
            sync_folder(path.parent)
        except BaseException:
            self.close()
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise

    def append(self, notes: Sequence[Note], *, sync: bool = True) -> None:
        """Write notes; they are on the disk when this returns. Raises OSError, and the file is as before.

        Without ``sync`` they are with the kernel: a kill does not lose them, a power cut may.
        """
        size = os.fstat(self._descriptor).st_size
        try:
            write_all(self._descriptor, b"".join(map(encoded, notes)))
            if sync:
                os.fsync(self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, size)
            raise

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it. Raises OSError, and a part may be written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
