"""The lines of a file that are still to be sent: not settled, within the asked time, and known to be the same text."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.replay.document import NoDocumentError, Piece, piece_of
from otel_trading.telemetry.store.scan import times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.replay.ledger import FileState
    from otel_trading.replay.ranges import Range
    from otel_trading.replay.segment import Chunk, Segment
    from otel_trading.replay.tally import Troubles
    from otel_trading.telemetry.store.layout import Signal

_EVER = 2**64


class Line(NamedTuple):
    """A line to send. One that is no OTLP/JSON has no records: it is passed over and settled with its neighbours."""

    start: int
    end: int
    crc: int
    time_ns: int
    piece: Piece
    in_doubt: bool


class Window(NamedTuple):
    """What is asked for: lines whose latest record is at or after one time and before another (nanoseconds)."""

    since_ns: int = 0
    until_ns: int = _EVER

    def takes(self, time_ns: int) -> bool:
        """Tell whether a line of this time is asked for; one whose time is not known, 0, is."""
        return not time_ns or self.since_ns <= time_ns < self.until_ns

    def may_take(self, chunk: Chunk) -> bool:
        """Tell whether a line of a chunk may be asked for."""
        return (chunk.last_ns or _EVER) >= self.since_ns and chunk.first_ns < self.until_ns


class Pending:
    """The lines of one file that are still to be sent."""

    def __init__(
        self, segment: Segment, state: FileState, *, signal: Signal, window: Window, troubles: Troubles
    ) -> None:
        self._segment = segment
        self._state = state
        self._signal: Signal = signal
        self._window = window
        self._troubles = troubles

    def lines(self) -> Iterator[Line]:
        """Yield them in their order.

        Where the text is not the one of which a part is settled, because the disk harmed it, the rest of the file
        is left out and told: positions in it mean nothing any more.
        """
        settled, segment = self._state.settled, self._segment
        if settled.end > segment.end:
            self._troubles.warn(f"{segment.path} is shorter than it was when it was sent: it was harmed since")
        for chunk in segment.chunks():
            held = settled.holding(chunk.start)
            if held is not None and held.end >= segment.end:
                return
            passed = held is not None or not self._window.may_take(chunk)
            if passed and not settled.edge_within(chunk.start, chunk.end):
                continue
            for start, end, text in _lines(chunk):
                held = settled.holding(start) or settled.holding(end - 1)
                line = self._line(start, end, text) if held is None else None
                if line is not None:
                    yield line
                if held is not None and not _fits(held, start, end, text):
                    self._troubles.damage(
                        f"{segment.path} is not what it was when a part of it was sent: the rest of it was left out"
                    )
                    return

    def _line(self, start: int, end: int, text: bytes) -> Line | None:
        # Not the first time: a counter's line names the moment at which its process began.
        time_ns = times(text)[1]
        if not self._window.takes(time_ns):
            return None
        try:
            piece = piece_of(text, self._signal)
        except NoDocumentError:
            piece = Piece(b"", 0)
            if text.strip():
                self._troubles.garbage(self._segment.path, text)
        in_doubt = any(doubt.start <= start < doubt.end for doubt in self._state.doubts)
        return Line(start, end, zlib.crc32(text), time_ns, piece, in_doubt)


def _lines(chunk: Chunk) -> Iterator[tuple[int, int, bytes]]:
    start = chunk.start
    for text in chunk.read().split(b"\n")[:-1]:
        end = start + len(text) + 1
        yield start, end, text
        start = end


def _fits(held: Range, start: int, end: int, text: bytes) -> bool:
    """Tell whether a settled range holds a line as it did when it was settled."""
    return held.start <= start and end <= held.end and (end < held.end or zlib.crc32(text) == held.crc)
