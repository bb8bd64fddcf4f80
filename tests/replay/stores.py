"""Stores to replay, and what the tests ask of a replay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from otel_trading.replay import Plan
from otel_trading.replay.batches import Limits
from otel_trading.telemetry.store.encode import metrics_line
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.writer import SignalWriter
from tests.telemetry.store.samples import ENCODER, NOON, SECOND, SERVICE, SMALL_FILES, log, span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from otel_trading.replay.target import Target
    from otel_trading.telemetry.store.layout import Signal
    from otel_trading.telemetry.store.limits import StoreLimits

SMALL = Limits(size=20_000, records=50)


def write(
    root: Path, signal: Signal, lines: Iterable[bytes], limits: StoreLimits = SMALL_FILES, service: str = SERVICE
) -> None:
    """Store lines and give the file back: the last file, and no other, is left uncompressed."""
    writer = SignalWriter(root, service, signal, limits)
    for line in lines:
        writer.write(line)
    assert housekeeper.wait(20)
    writer.close()


def log_line(*numbers: int, time_ns: int = NOON) -> bytes:
    """Return a line of log records whose bodies are their numbers."""
    return ENCODER.logs([log(number, time_ns=time_ns + number * SECOND, body=f"log {number}") for number in numbers])


def span_line(*numbers: int) -> bytes:
    return ENCODER.spans([span(number)._replace(name=f"span {number}") for number in numbers])


def metric_line(number: int, points: int = 1) -> bytes:
    """Return an export of one counter with some data points."""
    time_ns = NOON + number * SECOND
    data = [
        {"asInt": str(point), "timeUnixNano": str(time_ns), "startTimeUnixNano": str(NOON)} for point in range(points)
    ]
    metric = {
        "name": f"metric {number}",
        "unit": "{order}",
        "sum": {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": data},
    }
    scope = {"scope": {"name": "otel_trading"}, "metrics": [metric]}
    return metrics_line({"resourceMetrics": [{"resource": {"attributes": []}, "scopeMetrics": [scope]}]})


def names(kind: str, numbers: Iterable[int]) -> dict[str, int]:
    """Return what a receiver has when each of some records came once."""
    return {f"{kind} {number}": 1 for number in numbers}


def plan(root: Path, *targets: Target, **changes: object) -> Plan:
    """Return a plan of small batches and short waits."""
    values: dict[str, object] = {"limits": SMALL, "patience": 1.0, "first_wait": 0.01, **changes}
    return Plan(root, targets, **values)  # type: ignore[arg-type] # what a test changes


def refused_entries(paths: Iterable[Path]) -> list[dict[str, object]]:
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]
