"""The real SDK with an exporter in memory, and the capture installed around it."""

from __future__ import annotations

import gc
import logging
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from opentelemetry._logs import _internal
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from otel_trading.settings import load
from otel_trading.telemetry import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


class Told(NamedTuple):
    """One exported record, as far as these tests ask."""

    body: Any
    severity: str
    number: int
    attributes: dict[str, Any]
    scope: str
    event_name: str
    trace_id: int
    span_id: int


class Exported:
    """What reached the exporter."""

    def __init__(self) -> None:
        self._exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # the SDK's has no types
        self.provider = LoggerProvider(shutdown_on_exit=False)
        self.provider.add_log_record_processor(SimpleLogRecordProcessor(self._exporter))

    @property
    def all(self) -> list[Told]:
        found = []
        for item in self._exporter.get_finished_logs():
            record = item.log_record
            assert record.severity_number is not None
            found.append(
                Told(
                    record.body,
                    record.severity_text or "",
                    record.severity_number.value,
                    dict(cast("dict[str, Any]", record.attributes)),
                    item.instrumentation_scope.name if item.instrumentation_scope else "",
                    record.event_name or "",
                    record.trace_id or 0,
                    record.span_id or 0,
                )
            )
        return found

    @property
    def bodies(self) -> list[Any]:
        return [told.body for told in self.all]

    @property
    def only(self) -> Told:
        (told,) = self.all
        return told


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> None:
    """Have what earlier tests dropped collected now: clients that were not closed log when they go."""
    gc.collect()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no thread heard that an earlier test left behind: a library's reader that still tries to connect."""
    strangers = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
    handle = logging.Logger.handle

    def heard(self: logging.Logger, record: logging.LogRecord) -> None:
        if record.thread not in strangers:
            handle(self, record)

    monkeypatch.setattr(logging.Logger, "handle", heard)


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Exported:
    found = Exported()
    monkeypatch.setattr(_internal, "_LOGGER_PROVIDER", found.provider)
    return found


@pytest.fixture
def installed(exported: Exported) -> Iterator[Exported]:
    logs.install(load({})[0])
    yield exported
    logs.uninstall()


@pytest.fixture
def bot(request: pytest.FixtureRequest) -> Iterator[logging.Logger]:
    """A logger of the test's own that leaves nothing behind."""
    logger = logging.getLogger(f"bot.{request.node.name}")
    yield logger
    logger.handlers.clear()
    logger.filters.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True
