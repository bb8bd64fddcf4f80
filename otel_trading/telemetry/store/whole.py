"""Appending to a file so that a line is in it wholly or not at all."""

from __future__ import annotations

import contextlib
import os


def append(descriptor: int, line: bytes, size: int) -> None:
    """Append a whole line, or none of it, to a file that has ``size`` bytes. Raises OSError."""
    try:
        view = memoryview(line)
        while view:
            view = view[os.write(descriptor, view) :]
    except BaseException:
        # A full disk takes the first part of a line; an interrupt may come between two parts.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size)
        raise
