from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.context import attach, detach, set_value
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import TracerProvider

from otel_trading.orders import contain
from otel_trading.settings import load
from otel_trading.telemetry import logs
from otel_trading.telemetry.logs import output, stdlib, translate
from otel_trading.telemetry.logs.config import Capture

if TYPE_CHECKING:
    from tests.telemetry.logs.conftest import Exported


def test_a_record_carries_the_trace_of_the_caller(installed: Exported, bot: logging.Logger) -> None:
    with TracerProvider(shutdown_on_exit=False).get_tracer("bot").start_as_current_span("work") as span:
        bot.info("x")
    context = span.get_span_context()
    assert (installed.only.trace_id, installed.only.span_id) == (context.trace_id, context.span_id)


def test_a_record_is_exported_before_a_handler_of_the_bot_sees_it(installed: Exported, bot: logging.Logger) -> None:
    seen: list[int] = []

    class Count(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - only when matters
            seen.append(len(installed.all))

    bot.addHandler(Count())
    bot.warning("x")
    assert seen == [1]


def test_a_record_below_the_level_of_capture_is_not_exported(installed: Exported, bot: logging.Logger) -> None:
    bot.setLevel(logging.DEBUG)
    bot.debug("x")
    assert installed.all == []


def test_a_filter_of_the_logger_holds(installed: Exported, bot: logging.Logger) -> None:
    bot.addFilter(lambda record: "secret" not in record.getMessage())
    bot.info("secret")
    bot.info("open")
    assert installed.bodies == ["open"]


def test_what_a_filter_adds_to_a_record_is_exported(installed: Exported, bot: logging.Logger) -> None:
    def add(record: logging.LogRecord) -> bool:
        record.pair = "BTC/USDT"
        return True

    bot.addFilter(add)
    bot.info("x")
    assert installed.only.attributes == {"pair": "BTC/USDT"}


def test_what_an_exporter_logs_is_dropped(installed: Exported, bot: logging.Logger) -> None:
    with suppress_instrumentation():
        bot.info("connecting")
    token = attach(set_value("suppress_instrumentation", value=True))
    bot.info("connecting")
    detach(token)
    assert installed.all == []


@pytest.mark.parametrize("name", ["opentelemetry", "opentelemetry.sdk.metrics"])
def test_what_opentelemetry_logs_is_dropped(installed: Exported, name: str) -> None:
    logging.getLogger(name).warning("x")
    assert installed.all == []


@pytest.mark.parametrize("name", ["otel_trading", "opentelemetry_bot"])
def test_a_logger_with_a_similar_name_is_not_dropped(installed: Exported, name: str) -> None:
    logging.getLogger(name).warning("x")
    assert installed.bodies == ["x"]


def test_what_is_logged_while_a_record_is_translated_is_no_record_of_its_own(
    installed: Exported, bot: logging.Logger
) -> None:
    class Chatty:
        def __str__(self) -> str:
            bot.info("asked for my text")
            return "chatty"

    bot.propagate = False
    bot.addHandler(logging.NullHandler())
    bot.info("%s", Chatty())
    assert installed.bodies == ["chatty"]


def test_a_record_handed_to_another_logger_is_exported_once(installed: Exported, bot: logging.Logger) -> None:
    class Forward(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logging.getLogger("bot.audit").handle(record)

    bot.addHandler(Forward())
    bot.warning("x")
    assert installed.bodies == ["x"]


def test_what_a_task_of_a_handler_logs_later_is_exported(installed: Exported, bot: logging.Logger) -> None:
    later: list[threading.Thread] = []

    class Send(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = f"sent: {record.getMessage()}"
            later.append(threading.Thread(target=lambda: logging.getLogger("bot.sender").info(text)))
            later[0].start()
            later[0].join()

    bot.addHandler(Send())
    bot.warning("stop hit")
    assert installed.bodies == ["stop hit", "sent: stop hit"]


def test_a_fault_of_ours_reaches_neither_the_bot_nor_its_handlers(
    installed: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        message = "ours"
        raise RuntimeError(message)

    reported: list[Exception] = []
    seen: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    bot.addHandler(Keep())
    monkeypatch.setattr(output, "emit", fail)
    monkeypatch.setattr(stdlib, "report", reported.append)
    bot.warning("x")
    monkeypatch.undo()
    bot.warning("y")
    assert seen == ["x", "y"]
    assert [str(error) for error in reported] == ["ours"]
    assert installed.all == []


def test_a_fault_of_ours_is_told_once_and_does_not_loop(
    installed: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        message = "ours"
        raise RuntimeError(message)

    seen: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.name)

    keep = Keep()
    monkeypatch.setattr(contain, "_told", set())
    logging.getLogger("otel_trading").addHandler(keep)
    with monkeypatch.context() as patch:
        patch.setattr(output, "emit", fail)
        bot.info("x")
        bot.info("y")
    logging.getLogger("otel_trading").removeHandler(keep)
    assert seen == ["otel_trading"]
    assert installed.all == []


def test_an_error_of_a_handler_of_the_bot_passes_unchanged(installed: Exported, bot: logging.Logger) -> None:
    class Fail(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise KeyError(record.getMessage())

    bot.addHandler(Fail())
    with pytest.raises(KeyError, match="x"):
        bot.warning("x")
    bot.handlers.clear()
    bot.warning("x")
    assert installed.bodies == ["x", "x"]


def test_a_wrapper_that_another_tool_put_over_ours_keeps_working_after_us(
    exported: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    original = logging.Logger.callHandlers
    logs.install(load({})[0])
    ours = logging.Logger.callHandlers

    def theirs(self: logging.Logger, record: logging.LogRecord) -> None:
        seen.append(record.getMessage())
        ours(self, record)

    monkeypatch.setattr(logging.Logger, "callHandlers", theirs)
    logs.uninstall()
    logs.install(load({})[0])
    bot.warning("x")
    logs.uninstall()
    bot.warning("y")
    monkeypatch.setattr(logging.Logger, "callHandlers", original)
    assert (seen, exported.bodies) == (["x", "y"], ["x"])


def test_nothing_is_translated_where_no_provider_is_set(
    installed: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated: list[Any] = []
    monkeypatch.setattr("opentelemetry._logs._internal._LOGGER_PROVIDER", None)
    monkeypatch.setattr(translate, "words", translated.append)
    bot.info("x")
    assert (translated, installed.all) == ([], [])


def test_a_provider_that_is_set_later_is_used(
    exported: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opentelemetry._logs._internal._LOGGER_PROVIDER", None)
    undo = stdlib.install(Capture())
    bot.info("early")
    monkeypatch.setattr("opentelemetry._logs._internal._LOGGER_PROVIDER", exported.provider)
    bot.info("late")
    undo()
    assert exported.bodies == ["late"]


def test_code_attributes_name_the_caller_and_not_us(exported: Exported, bot: logging.Logger) -> None:
    undo = stdlib.install(Capture(code_attributes=True))
    bot.info("x")
    undo()
    found = exported.only.attributes
    assert (found["code.file.path"], found["code.function.name"]) == (
        __file__,
        "test_code_attributes_name_the_caller_and_not_us",
    )
