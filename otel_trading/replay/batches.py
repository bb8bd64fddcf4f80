"""Batches in the order of time, from all files of a signal: Loki and Prometheus take what is old before what is new.

Each is one row of lines of one file, so that the ledger can name it by two positions.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.replay.pending import Line, Pending
from otel_trading.replay.segment import open_segment, opened_ns

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from otel_trading.replay.ledger import FileState
    from otel_trading.replay.pending import Window
    from otel_trading.replay.tally import Troubles
    from otel_trading.telemetry.store.layout import Signal

SLACK_NS = 60 * 10**9
"""How far a batch may run ahead of another file: batches of few lines would be slow."""

_MOST_OPEN = 128
_EVER = 2**64


@dataclass
class Limits:
    """How much goes into a batch. ``size`` (bytes before compression) shrinks where a receiver wants less."""

    size: int = 1 << 20
    records: int = 10_000


class Source(NamedTuple):
    """A file: where it is, and what is known of it."""

    folder: Path
    stem: str
    signal: Signal
    state: FileState


class Batch(NamedTuple):
    """Lines that follow upon each other in a file, all or none of them in doubt."""

    source: Source
    lines: Sequence[Line]

    @property
    def start(self) -> int:
        """Where the first line begins."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Where the last line ends."""
        return self.lines[-1].end

    @property
    def records(self) -> int:
        """How many records the lines hold."""
        return sum(line.piece.records for line in self.lines)


@dataclass(order=True)
class _Open:
    """A file of which lines are left: ``head`` is the next one."""

    time_ns: int
    number: int
    source: Source = field(compare=False)
    head: Line = field(compare=False)
    rest: Iterator[Line] = field(compare=False)


def batches(
    sources: Sequence[Source], window: Window, limits: Limits, troubles: Troubles
) -> Generator[Batch, None, None]:
    """Yield what is still to be sent of some files of one signal."""
    waiting = sorted(sources, key=lambda source: (opened_ns(source.stem), source.folder, source.stem), reverse=True)
    begun: list[_Open] = []
    while waiting or begun:
        # A file is opened when the time has come to its beginning: few are open at once.
        while waiting and len(begun) < _MOST_OPEN and _is_due(waiting[-1], begun):
            source = waiting.pop()
            lines = _lines(source, window, troubles)
            head = next(lines, None)
            if head is not None:
                heapq.heappush(begun, _Open(head.time_ns, -len(waiting), source, head, lines))
        if not begun:
            continue
        first = heapq.heappop(begun)
        others = [each.time_ns for each in begun[:1]] + [opened_ns(each.stem) for each in waiting[-1:]]
        batch, following = _batch(first, min(others, default=_EVER) + SLACK_NS, limits)
        if following is not None:
            heapq.heappush(begun, _Open(following.time_ns, first.number, first.source, following, first.rest))
        yield batch


def _is_due(source: Source, begun: list[_Open]) -> bool:
    return not begun or opened_ns(source.stem) <= begun[0].time_ns + SLACK_NS


def _lines(source: Source, window: Window, troubles: Troubles) -> Iterator[Line]:
    segment = open_segment(source.folder, source.stem, troubles)
    if segment is None:
        return
    try:
        pending = Pending(segment, source.state, signal=source.signal, window=window, troubles=troubles)
        yield from pending.lines()
    finally:
        segment.close()


def _batch(opened: _Open, horizon_ns: int, limits: Limits) -> tuple[Batch, Line | None]:
    """Return a batch, and the line after it."""
    lines = [opened.head]
    size, records = len(opened.head.piece.body), opened.head.piece.records
    for line in opened.rest:
        last = lines[-1]
        size += len(line.piece.body)
        records += line.piece.records
        if (
            line.start != last.end
            or line.in_doubt != last.in_doubt
            or line.time_ns > horizon_ns
            or size > limits.size
            or records > limits.records
        ):
            return Batch(opened.source, lines), line
        lines.append(line)
    return Batch(opened.source, lines), None
