"""A stock exporter's stand-in for the spool: takes, refuses, or hangs, as it is told."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.resources import Resource

from otel_trading.settings import load
from otel_trading.telemetry.records import LogRecord
from otel_trading.telemetry.spool.batch import LOGS, Batch
from otel_trading.telemetry.spool.spooled import Spooled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opentelemetry.sdk._logs import ReadableLogRecord

SECONDS = 10.0
RESOURCE = Resource({"service.name": "grid-btc"}, "https://schemas.example/1")


class _Result:
    error: Any = None
    error_attrs: Any = None


class _Metrics:
    @contextmanager
    def export_operation(self, _: int) -> Iterator[_Result]:
        yield _Result()


class Away:
    """``status`` is what the receiver answers; ``hang`` has it answer nothing until ``go_on``."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[str] = []
        self.resources: list[Resource] = []
        self.asked = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.reached = threading.Event()
        self.poison = ""
        self._metrics = _Metrics()

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        bodies = [str(log.log_record.body) for log in batch]
        with self._metrics.export_operation(len(batch)) as result:
            self.asked += 1
            self.reached.set()
            assert self.go_on.wait(SECONDS)
            if self.poison in bodies:
                raise ZeroDivisionError
            if self.status == 200:
                self.taken += bodies
                self.resources += [log.resource for log in batch]
                return LogRecordExportResult.SUCCESS
            result.error_attrs = {"http.response.status_code": self.status}
            return LogRecordExportResult.FAILURE


def log(body: str) -> LogRecord:
    return LogRecord(1, 1, 9, "INFO", body, "", {"n": 1}, "", "", 0, "bot")


def batch(*bodies: str) -> Batch:
    return Batch([log(body) for body in bodies], RESOURCE)


def spooled(store: Path, exporter: Away, **environ: str) -> Spooled:
    settings, problems = load({"OTEL_TRADING_STORE": str(store), **environ})
    assert problems == []
    return Spooled(LOGS, lambda: exporter, settings, "logs")


def spool(store: Path) -> Path:
    return store / "grid-btc" / "spool" / "logs"
