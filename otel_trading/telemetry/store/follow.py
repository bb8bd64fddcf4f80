"""Following: what ``tail -F`` does for one file, for all of them, those of bots that start later too."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from otel_trading.telemetry.store.blocks import cut
from otel_trading.telemetry.store.segments import RawSegment

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from otel_trading.telemetry.store.reader import StoredLog, StoreReader


class Follower:
    """Follows from the moment at which it is made."""

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader
        files = reader.files("logs")
        self._known = set(files)
        self._before = [segment for file in files if (segment := reader.segment(*file))]
        self._tails = [segment for segment in self._before if isinstance(segment, RawSegment)]

    def records(self, *, poll_seconds: float, since_ns: int | None) -> Generator[StoredLog, None, None]:
        """Yield what is stored since a time, if one is given, then what is written; never ends."""
        try:
            if since_ns is not None:
                parts = [part for segment in self._before for part in segment.parts()]
                yield from self._reader.ordered_logs(parts, since_ns=since_ns)
            self._before.clear()
            while True:
                quiet = True
                for log in self._news():
                    quiet = False
                    yield log
                if quiet:
                    time.sleep(poll_seconds)
        finally:
            for tail in self._tails:
                tail.close()

    def _news(self) -> Iterator[StoredLog]:
        """Yield what was written since the last look.

        The order matters: a file that is followed by another one in this listing has got its last line, so the
        older ones are read to their ends before the newer ones are begun.
        """
        files = self._reader.files("logs")
        for tail in tuple(self._tails):
            # Asked before the file is read: whoever removes it does so after the last line.
            removed = os.fstat(tail.descriptor).st_nlink == 0
            yield from self._rest(tail)
            if removed:
                self._tails.remove(tail)
                tail.close()
        for file in files:
            if file not in self._known:
                yield from self._begun(file)
        # A name that is gone never comes back.
        self._known.intersection_update(files)

    def _begun(self, file: tuple[Path, str]) -> Iterator[StoredLog]:
        """Yield what is in a new file so far."""
        self._known.add(file)
        segment = self._reader.segment(*file)
        if isinstance(segment, RawSegment):
            segment.end = 0
            self._tails.append(segment)
            yield from self._rest(segment)
        elif segment is not None:
            # Begun, turned and compressed between two looks.
            for part in segment.parts():
                yield from self._reader.parsed_logs(part.read(), segment.path)

    def _rest(self, tail: RawSegment) -> Iterator[StoredLog]:
        size = os.fstat(tail.descriptor).st_size
        for _, data in cut(tail.descriptor, tail.end, size):
            if data.endswith(b"\n"):
                tail.end += len(data)
                yield from self._reader.parsed_logs(data, tail.path)
