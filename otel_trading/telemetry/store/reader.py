"""Reading: an order's records among gigabytes, or all in the order of time, while bots go on writing."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.telemetry.store.decode import logs_of, spans_of
from otel_trading.telemetry.store.keys import keys_of, record_time, wanted_keys
from otel_trading.telemetry.store.layout import folder_name, names, service_name, stem_of, stems
from otel_trading.telemetry.store.merge import in_order
from otel_trading.telemetry.store.scan import times
from otel_trading.telemetry.store.segments import BlockCache, RawSegment, SealedSegment, open_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator
    from pathlib import Path
    from typing import TypeVar

    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord
    from otel_trading.telemetry.store.layout import Signal
    from otel_trading.telemetry.store.segments import Part

    S = TypeVar("S", "StoredSpan", "StoredLog")


class StoredSpan(NamedTuple):
    """A span as found: the attributes of its resource, and the file it stands in."""

    record: SpanRecord
    resource: Attributes
    file: Path


class StoredLog(NamedTuple):
    """A log record or event as found: the attributes of its resource, and the file it stands in."""

    record: LogRecord
    resource: Attributes
    file: Path


class Found(NamedTuple):
    """What a search found, each in the order of time."""

    spans: list[StoredSpan]
    logs: list[StoredLog]


class StoreReader:
    """Reads the store of one user: all its services, or some.

    Nothing is missed or seen twice while files are written, turned and compressed: each call sees what was
    written before it. What had to be left out is told in ``warnings``, a line each. Not thread-safe.
    """

    def __init__(self, root: Path, *, services: Collection[str] | None = None) -> None:
        self._root = root
        self._only = None if services is None else frozenset(map(folder_name, services))
        self._sealed: dict[tuple[Path, str], SealedSegment] = {}
        self._cache = BlockCache()
        self.warnings: list[str] = []

    def services(self) -> list[str]:
        """Return the services that have written here, sorted by name."""
        # A folder may hold nothing but what waits for a receiver, which is not for reading.
        return sorted(service_name(folder) for folder in self._folders() if any(map(stem_of, names(folder))))

    def find(self, keys: Collection[str]) -> Found:
        """Return every span and log whose trace id, or one of whose order ids, is among the keys.

        Cheap to repeat, with what the first search found: indexes and the blocks last read are kept.
        """
        wanted = wanted_keys(keys)
        if not wanted:
            return Found([], [])
        spans = [each for each in self._matching("traces", wanted, _spans) if keys_of(each.record) & wanted]
        logs = [each for each in self._matching("logs", wanted, _logs) if keys_of(each.record) & wanted]
        return Found(
            sorted(spans, key=lambda each: record_time(each.record)),
            sorted(logs, key=lambda each: record_time(each.record)),
        )

    def spans(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[StoredSpan]:
        """Yield the spans that began at or after one time and before another, in the order of their start.

        Times are nanoseconds since the epoch.
        """
        return self._ordered("traces", lambda part: self._timed(part, _spans), since_ns, until_ns, newest_first)

    def logs(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[StoredLog]:
        """Yield the logs and events at or after one time and before another, in their order.

        Times are nanoseconds since the epoch.
        """
        return self._ordered("logs", lambda part: self._timed(part, _logs), since_ns, until_ns, newest_first)

    def metrics(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield the exports of metrics as OTLP/JSON ``MetricsData``, ordered by their latest data point.

        Times are nanoseconds since the epoch.
        """
        return self._ordered("metrics", self._exports, since_ns, until_ns, newest_first)

    def follow(self, *, poll_seconds: float = 0.2, since_ns: int | None = None) -> Generator[StoredLog, None, None]:
        """Yield each log once as it is written, by running bots and by those that start later; never ends.

        It begins with what is written after this call; with ``since_ns`` (nanoseconds since the epoch), with
        what is stored since then.
        """
        # The reader of the command line imports this module; only one of its commands follows.
        from otel_trading.telemetry.store.follow import Follower  # noqa: PLC0415

        return Follower(self).records(poll_seconds=poll_seconds, since_ns=since_ns)

    def warn(self, message: str) -> None:
        """Tell of something left out, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def files(self, signal: Signal) -> list[tuple[Path, str]]:
        """Return folder and stem of each file of a signal, the oldest of each service first."""
        found = [(folder, stem) for folder in self._folders() for stem in self._stems(folder, signal)]
        for file in {file for file in self._sealed if file[1].startswith(signal)}.difference(found):
            del self._sealed[file]  # removed by retention
        return found

    def segment(self, folder: Path, stem: str) -> SealedSegment | RawSegment | None:
        """Return a file as it is now, None where it is no more. A raw one is to be closed by the caller."""
        key = (folder, stem)
        if key not in self._sealed:
            opened = open_segment(folder, stem, self.warn, self._cache)
            if not isinstance(opened, SealedSegment):
                return opened
            self._sealed[key] = opened
        return self._sealed[key]

    def parsed_logs(self, data: bytes, file: Path) -> Iterator[StoredLog]:
        """Yield the logs in some whole lines."""
        return _logs(self._parsed(data.split(b"\n"), file), file)

    def ordered_logs(self, parts: Iterable[Part], *, since_ns: int | None) -> Iterator[StoredLog]:
        """Yield the logs of some blocks since a time, in their order."""
        return in_order(
            parts, lambda part: self._timed(part, _logs), since_ns=since_ns, until_ns=None, newest_first=False
        )

    def _stems(self, folder: Path, signal: Signal) -> list[str]:
        try:
            return stems(folder, signal)
        except OSError as error:
            self.warn(f"{folder} cannot be read: {error.strerror}")
            return []

    def _folders(self) -> list[Path]:
        return [
            self._root / name
            for name in sorted(names(self._root))
            if (self._only is None or name in self._only) and (self._root / name).is_dir()
        ]

    @contextlib.contextmanager
    def _segments(self, signal: Signal) -> Iterator[list[SealedSegment | RawSegment]]:
        files = self.files(signal)
        opened = [segment for folder, stem in files if (segment := self.segment(folder, stem))]
        try:
            yield opened
        finally:
            for segment in opened:
                if isinstance(segment, RawSegment):
                    segment.close()

    def _matching(
        self, signal: Signal, wanted: frozenset[str], read: Callable[[Iterable[Any], Path], Iterator[S]]
    ) -> Iterator[S]:
        with self._segments(signal) as segments:
            for segment in segments:
                yield from read(self._parsed(segment.lines(wanted), segment.path), segment.path)

    def _ordered(
        self,
        signal: Signal,
        read: Callable[[Part], Iterable[tuple[int, Any]]],
        since_ns: int | None,
        until_ns: int | None,
        newest_first: bool,
    ) -> Iterator[Any]:
        with self._segments(signal) as segments:
            parts = [part for segment in segments for part in segment.parts()]
            yield from in_order(parts, read, since_ns=since_ns, until_ns=until_ns, newest_first=newest_first)

    def _timed(self, part: Part, read: Callable[[Iterable[Any], Path], Iterator[S]]) -> Iterator[tuple[int, S]]:
        path = part.segment.path
        for stored in read(self._parsed(part.read().split(b"\n"), path), path):
            yield record_time(stored.record), stored

    def _exports(self, part: Part) -> Iterator[tuple[int, dict[str, Any]]]:
        for line in part.read().split(b"\n"):
            for parsed in self._parsed((line,), part.segment.path):
                yield times(line)[1], parsed

    def _parsed(self, lines: Iterable[bytes], path: Path) -> Iterator[dict[str, Any]]:
        for line in lines:
            if not line.strip():
                continue
            try:
                parsed = json.loads(line)
            except (ValueError, RecursionError):
                parsed = None
            if isinstance(parsed, dict):
                yield parsed
            else:
                self.warn(f"a line in {path} is no OTLP/JSON and was skipped: {line[:40]!r}")


def _spans(parsed: Iterable[Any], file: Path) -> Iterator[StoredSpan]:
    for data in parsed:
        for record, resource in spans_of(data):
            yield StoredSpan(record, resource, file)


def _logs(parsed: Iterable[Any], file: Path) -> Iterator[StoredLog]:
    for data in parsed:
        for record, resource in logs_of(data):
            yield StoredLog(record, resource, file)
