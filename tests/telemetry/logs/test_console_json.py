from __future__ import annotations

import io
import json
import logging
import logging.handlers
import queue
import sys
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider

from otel_trading.orders.context import STRATEGY_KEY, use_value
from otel_trading.semconv import attributes
from otel_trading.settings import load
from otel_trading.telemetry import logs
from otel_trading.telemetry.logs import console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.telemetry.logs.conftest import Exported


@pytest.fixture
def out(exported: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:  # noqa: ARG001 - a provider is set
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", stream)  # pytest itself replaces stdout between a fixture and its test
    bot.propagate = False
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("plain %(message)s"))
    bot.addHandler(handler)
    logs.install(load({"OTEL_TRADING_CONSOLE": "json"})[0])
    yield stream
    logs.uninstall()


def _line(out: io.StringIO) -> dict[str, Any]:
    text = out.getvalue()
    assert text.count("\n") == 1
    found: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
    return found


def test_a_record_is_one_line_of_json(out: io.StringIO, bot: logging.Logger) -> None:
    record = logging.makeLogRecord(
        {"name": bot.name, "levelno": 30, "levelname": "WARNING", "msg": "sent\n%s", "args": ("é",), "created": 1.5}
    )
    bot.handle(record)
    assert _line(out) == {
        "time": "1970-01-01T00:00:01.500000Z",
        "level": "WARNING",
        "logger": bot.name,
        "message": "sent\né",
    }


def test_a_line_carries_the_ids_of_span_and_strategy(out: io.StringIO, bot: logging.Logger) -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("bot")
    with tracer.start_as_current_span("work") as span, use_value(STRATEGY_KEY, "grid-btc"):
        bot.warning("x")
    found = _line(out)
    assert found["trace_id"] == format(span.get_span_context().trace_id, "032x")
    assert found["span_id"] == format(span.get_span_context().span_id, "016x")
    assert found[attributes.TRADING_STRATEGY_ID] == "grid-btc"


def test_extras_and_exception_are_fields(out: io.StringIO, bot: logging.Logger) -> None:
    try:
        raise ValueError("bad")  # noqa: TRY301 - raised to be caught here
    except ValueError:
        bot.exception("failed", extra={"pair": "BTC/USDT", "ratio": float("nan"), "raw": b"x", "time": "bots own"})
    found = _line(out)
    assert (found["pair"], found["ratio"], found["raw"]) == ("BTC/USDT", "nan", "b'x'")
    assert (found["exception.type"], found["exception.message"]) == ("ValueError", "bad")
    assert "raise ValueError" in found["exception.stacktrace"]
    assert found["time"].endswith("Z")


def test_level_and_filter_of_the_handler_hold(out: io.StringIO, bot: logging.Logger) -> None:
    bot.handlers[0].setLevel(logging.ERROR)
    bot.handlers[0].addFilter(lambda record: record.getMessage() != "no")
    bot.warning("quiet")
    bot.error("no")
    bot.error("yes")
    assert _line(out)["message"] == "yes"


def test_a_record_that_root_would_have_kept_out_is_not_printed(out: io.StringIO, bot: logging.Logger) -> None:
    bot.info("x")
    assert out.getvalue() == ""


def test_a_file_keeps_its_format(out: io.StringIO, bot: logging.Logger, tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "bot.log")
    handler.setFormatter(logging.Formatter("file %(message)s"))
    bot.addHandler(handler)
    bot.warning("x")
    handler.close()
    assert (tmp_path / "bot.log").read_text() == "file x\n"
    assert _line(out)["message"] == "x"


def test_a_stream_that_is_no_console_keeps_its_format(out: io.StringIO, bot: logging.Logger) -> None:
    other = io.StringIO()
    bot.addHandler(logging.StreamHandler(other))
    bot.warning("x")
    assert (other.getvalue(), _line(out)["message"]) == ("x\n", "x")


def test_the_handler_of_last_resort_prints_json(
    out: io.StringIO, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    bot.handlers.clear()
    bot.warning("x")
    assert (_line(err)["message"], out.getvalue()) == ("x", "")


def test_a_record_that_went_through_a_queue_has_the_ids_of_where_it_was_logged(
    out: io.StringIO, bot: logging.Logger
) -> None:
    waiting: queue.Queue[logging.LogRecord] = queue.Queue()
    printer = bot.handlers[0]
    bot.handlers[0] = logging.handlers.QueueHandler(waiting)
    with use_value(STRATEGY_KEY, "grid-btc"):
        bot.warning("x")
    printer.handle(waiting.get_nowait())
    found = _line(out)
    assert found[attributes.TRADING_STRATEGY_ID] == "grid-btc"
    assert not [key for key in found if key.startswith("_")]


def test_an_event_of_structlog_is_printed_with_its_fields(out: io.StringIO, bot: logging.Logger) -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    structlog.get_logger(bot.name).warning("sent", price=1.5)
    structlog.reset_defaults()
    found = _line(out)
    assert (found["message"], found["price"]) == ("sent", 1.5)


def test_a_line_that_fails_is_printed_as_the_bot_has_it(
    out: io.StringIO, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_record: object) -> str:
        message = "ours"
        raise RuntimeError(message)

    reported: list[Exception] = []
    monkeypatch.setattr(console, "line", fail)
    monkeypatch.setattr(console, "report", reported.append)
    bot.warning("x")
    assert out.getvalue() == "plain x\n"
    assert [str(error) for error in reported] == ["ours"]


def test_without_the_setting_a_line_is_the_bots(installed: Exported, bot: logging.Logger) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    bot.addHandler(handler)
    bot.warning("x")
    assert (stream.getvalue(), installed.bodies) == ("x\n", ["x"])
