"""Secrets of every kind, planted in every place of every record, stand nowhere in what the store is given."""

from __future__ import annotations

import gzip
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry._logs import LogRecord, _internal
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, SpanContext, Status, StatusCode

from otel_trading.settings import load, replace_current
from otel_trading.telemetry import logs
from otel_trading.telemetry.pipeline import Pipeline
from otel_trading.telemetry.store.exporter import StoreLogExporter, StoreMetricExporter, StoreSpanExporter
from otel_trading.telemetry.store.housekeeper import housekeeper
from tests.telemetry.secrets_of_people import LOOK_ALIKES, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 10.0


class Bot:
    """The real pipeline from SDK to store, with a resource that the test chooses."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, resource: dict[str, Any]) -> None:
        settings = load({"OTEL_TRADING_STORE": str(folder), "OTEL_TRADING_HASH_KEY": "of these tests"})[0]
        replace_current(settings)
        described = Resource({"service.name": "bot", **resource})
        self._folder = folder
        self._pipeline = Pipeline(settings)
        self.tracers = TracerProvider(resource=described, shutdown_on_exit=False)
        self.tracers.add_span_processor(self._pipeline.span_processor(StoreSpanExporter()))
        self.loggers = LoggerProvider(resource=described, shutdown_on_exit=False)
        self.loggers.add_log_record_processor(self._pipeline.log_processor(StoreLogExporter()))
        monkeypatch.setattr(_internal, "_LOGGER_PROVIDER", self.loggers)
        self.tracer = self.tracers.get_tracer("bot")
        self.logger = logging.getLogger("bot.masking")
        self.logger.propagate = False
        logs.install(settings)

    def stop(self) -> None:
        logs.uninstall()
        self.logger.propagate = True

    def written(self) -> str:
        """End the pipeline; return every line that was stored, its escapes resolved."""
        self._pipeline.close(SECONDS)
        return "\n".join(stored(self._folder))


def stored(folder: Path) -> list[str]:
    """Return every text in the files of a store, which are compressed once they are closed."""
    while not housekeeper.wait(1):
        pass
    lines = [line for path in folder.rglob("*.jsonl") for line in path.read_bytes().splitlines()]
    lines += [line for path in folder.rglob("*.jsonl.gz") for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert lines
    return [text for line in lines for text in texts(json.loads(line))]


def texts(found: Any) -> Iterator[str]:
    """Yield every key and every value of a JSON document as text."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield key
            yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)
    else:
        yield str(found)


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Bot]:
    found = Bot(tmp_path, monkeypatch, getattr(request, "param", {}))
    yield found
    found.stop()


EACH = pytest.mark.parametrize(("text", "hidden"), SECRETS.values(), ids=SECRETS)


@EACH
def test_a_secret_anywhere_in_a_span_is_not_stored(bot: Bot, text: str, hidden: str) -> None:
    link = Link(SpanContext(1, 2, is_remote=False), {"note": text})
    with bot.tracer.start_as_current_span(f"work on {text}", attributes={"a": text, "b": [text]}, links=[link]) as span:
        span.add_event(f"seen {text}", {"c": f"({text})"})
        span.record_exception(ValueError(f"no {text}"))
        span.set_status(Status(StatusCode.ERROR, f"failed at {text}"))

    written = bot.written()

    assert "work on" in written
    assert "seen " in written
    assert "failed at " in written
    assert hidden not in written


@EACH
def test_a_secret_anywhere_in_a_log_line_is_not_stored(bot: Bot, text: str, hidden: str) -> None:
    bot.logger.info("paid by %s today", text, extra={"note": text, "more": {"deep": [text, {"er": text}]}})
    bot.logger.error("no payment", exc_info=RuntimeError(text))

    written = bot.written()

    assert "paid by " in written
    assert "RuntimeError" in written
    assert hidden not in written


@EACH
def test_a_secret_in_a_body_that_is_no_text_is_not_stored(bot: Bot, text: str, hidden: str) -> None:
    logger = bot.loggers.get_logger("bot")
    logger.emit(LogRecord(body={"note": text, "list": [text, ("x", text)]}, event_name="paid"))

    written = bot.written()

    assert "paid" in written
    assert hidden not in written


@pytest.mark.parametrize(
    "bot",
    [{f"note.{number}": text for number, (text, _) in enumerate(SECRETS.values())} | {"enduser.id": "ann-7654"}],
    indirect=True,
)
def test_a_secret_in_the_resource_is_not_stored(bot: Bot) -> None:
    bot.tracer.start_span("work").end()
    bot.logger.info("work")

    written = bot.written()

    assert "note.0" in written
    assert "h:" in written
    assert [hidden for _, hidden in SECRETS.values() if hidden in written] == []


def test_a_secret_in_the_resource_is_not_stored_with_metrics(tmp_path: Path) -> None:
    replace_current(load({"OTEL_TRADING_STORE": str(tmp_path)})[0])
    reader = PeriodicExportingMetricReader(StoreMetricExporter())
    resource = Resource({"service.name": "bot", "api_key": "aVeryPrivate", "note": "ann.lee@example.com"})
    meters = MeterProvider([reader], resource, shutdown_on_exit=False)
    meters.get_meter("bot").create_counter("orders").add(1)
    meters.shutdown()

    written = stored(tmp_path)

    assert "orders" in written
    assert written[written.index("api_key") + 2 :][:2] == ["stringValue", "***"]
    assert [text for text in written if "aVeryPrivate" in text or "ann.lee" in text] == []


def test_what_looks_alike_is_stored_as_it_is(bot: Bot) -> None:
    for text in filter(None, LOOK_ALIKES):
        bot.logger.info("%s", text)
        bot.tracer.start_span("work", attributes={"note": text}).end()

    written = bot.written().split("\n")

    assert [text for text in filter(None, LOOK_ALIKES) if written.count(text) != 2] == []
