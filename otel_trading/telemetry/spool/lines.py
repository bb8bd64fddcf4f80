"""One line of a spool file: one batch, as it was to be sent.

``w 512 9a3c01ff {"resourceLogs":…}``: it waits, holds 512 records, and this is the checksum of the OTLP/JSON that
follows. What was sent has ``s`` written over its ``w``, in place: that needs no room on a full disk, and a process
killed while it sends repeats one line, not a file.
"""

from __future__ import annotations

import io
import os
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SENT = b"s"
_HEAD = re.compile(rb"([ws]) (\d{1,9}) ([0-9a-f]{8}) ")


class Place(NamedTuple):
    """Where a line stands: the file, and its first byte in it."""

    path: Path
    offset: int


class Line(NamedTuple):
    """A line that waits. ``payload`` is None where it is damaged; ``records`` is then 1 if its head is damaged too."""

    offset: int
    records: int
    payload: bytes | None


def framed(records: int, payload: bytes) -> bytes:
    """Return the line that holds ``payload``, one line of OTLP/JSON with that many records."""
    data = payload.rstrip(b"\n")
    return b"w %d %08x %b\n" % (records, zlib.crc32(data), data)


def waiting(content: bytes) -> Iterator[Line]:
    """Yield the lines of a file that were not sent yet, in order."""
    offset = 0
    for line in io.BytesIO(content):
        found = _read(line, offset)
        if found is not None:
            yield found
        offset += len(line)


def _read(line: bytes, offset: int) -> Line | None:
    head = _HEAD.match(line)
    if head is None:
        return Line(offset, 1, None)
    if head[1] == _SENT:
        return None
    payload = line[head.end() :].removesuffix(b"\n")
    # Half a line, of a process that was killed while it wrote, has the wrong sum too.
    return Line(offset, int(head[2]), payload if zlib.crc32(payload) == int(head[3], 16) else None)


def mark_sent(place: Place) -> None:
    """Have the line at ``place`` wait no longer; OSError where its file cannot be written, or is gone."""
    # A descriptor of its own: through one that was opened for appending, Linux writes at the end wherever it should.
    descriptor = os.open(place.path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.pwrite(descriptor, _SENT, place.offset)
    finally:
        os.close(descriptor)
