"""Our own metrics as the store holds them: the newest point of each, from the last line of each file.

The SDK exports totals, so the last line of a process's newest file says all that it ever counted.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.semconv import metrics
from otel_trading.telemetry.store.decode import value_of
from otel_trading.telemetry.store.layout import PACKED, RAW, service_name
from otel_trading.telemetry.store.segments import RawSegment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from otel_trading.telemetry.records import Value
    from otel_trading.telemetry.store.reader import StoreReader

_WANTED = {
    metric.name
    for metric in (
        metrics.TRADING_TELEMETRY_DROPPED,
        metrics.TRADING_TELEMETRY_ERRORS,
        metrics.TRADING_CLOCK_OFFSET,
        metrics.TRADING_ORDER_SUBMISSIONS,
    )
}


class Point(NamedTuple):
    """The newest value of a metric in one process. ``time_ns`` is nanoseconds since the epoch."""

    service: str
    metric: str
    attributes: Mapping[str, Value]
    value: float
    time_ns: int


def newest_points(reader: StoreReader, since_ns: int) -> list[Point]:
    """Return the newest point of each metric, set of attributes and process, none of before ``since_ns``."""
    found: dict[tuple[object, ...], Point] = {}
    for folder, stem in reader.files("metrics"):
        line = _last_line(reader, folder, stem, since_ns) if _written_since(folder, stem, since_ns) else None
        # The number of the process is in the name; a child forked from it has one of its own.
        process = stem.split("-")[2:3]
        for started, point in _points(line, service_name(folder)):
            key = (folder, *process, started, point.metric, *sorted(map(str, point.attributes.items())))
            if key not in found or found[key].time_ns <= point.time_ns:
                found[key] = point
    return [point for point in found.values() if point.time_ns >= since_ns]


def total(points: list[Point], metric: str) -> float:
    """Return the sum of a counter over all processes."""
    return sum(point.value for point in points if point.metric == metric)


def _written_since(folder: Path, stem: str, since_ns: int) -> bool:
    """Tell whether a file may hold something newer, without opening it."""
    for suffix in (RAW, PACKED):
        with contextlib.suppress(OSError):
            return (folder / (stem + suffix)).stat().st_mtime_ns >= since_ns
    return False


def _last_line(reader: StoreReader, folder: Path, stem: str, since_ns: int) -> Any:
    segment = reader.segment(folder, stem)
    if segment is None:
        return None
    try:
        parts = segment.parts()
        if not parts or parts[-1].last_ns < since_ns:
            return None
        return json.loads(parts[-1].read().rstrip().rpartition(b"\n")[2])
    except ValueError:
        return None  # the reader tells of damage
    finally:
        if isinstance(segment, RawSegment):
            segment.close()


def _points(data: Any, service: str) -> Iterator[tuple[int, Point]]:
    for metric in _each(_each([data], "resourceMetrics", "scopeMetrics"), "metrics"):
        if metric.get("name") not in _WANTED:
            continue
        held = metric.get("sum") or metric.get("gauge") or {}
        for point in _each([held], "dataPoints"):
            value = point.get("asInt", point.get("asDouble", 0))
            pairs = [pair for pair in point.get("attributes", ()) if isinstance(pair, dict)]
            attributes = {str(pair.get("key")): value_of(pair.get("value")) for pair in pairs}
            time_ns = int(point.get("timeUnixNano", 0))
            found = Point(service, metric["name"], attributes, float(value), time_ns)
            yield int(point.get("startTimeUnixNano", 0)), found


def _each(owners: Any, *names: str) -> list[dict[str, Any]]:
    found = [owner for owner in owners if isinstance(owner, dict)]
    for name in names:
        found = [item for owner in found for item in owner.get(name) or () if isinstance(item, dict)]
    return found
