from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.telemetry.logs import translate

if TYPE_CHECKING:
    from tests.telemetry.logs.conftest import Exported


class VenueError(Exception):
    """Named with its module, as OpenTelemetry wants it."""


def test_a_record_keeps_its_text_level_logger_and_time(installed: Exported, bot: logging.Logger) -> None:
    bot.warning("sent %s at %.2f", "c-1", 1.5)
    told = installed.only
    assert (told.body, told.severity, told.number, told.scope) == ("sent c-1 at 1.50", "WARN", 13, bot.name)


@pytest.mark.parametrize(
    ("level", "expected"),
    [(logging.INFO, ("INFO", 9)), (25, ("Level 25", 12)), (logging.ERROR, ("ERROR", 17)), (50, ("FATAL", 21))],
)
def test_a_level_becomes_opentelemetrys(
    installed: Exported, bot: logging.Logger, level: int, expected: tuple[str, int]
) -> None:
    bot.log(level, "x")
    assert (installed.only.severity, installed.only.number) == expected


def test_a_level_below_debug_is_trace() -> None:
    assert translate.severity(5).name == "TRACE"


def test_extras_become_attributes_without_a_warning(
    installed: Exported, bot: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    bot.info("x", extra={"symbol": "BTC/USDT", "fees": {"maker": 0.1}, "book": object, "when": {1, 2}})
    assert [record.name for record in caplog.records if record.name != bot.name] == []
    found = installed.only.attributes
    assert found == {
        "symbol": "BTC/USDT",
        "fees": {"maker": 0.1},
        "book": "<class 'object'>",
        "when": (1, 2),
    }


def test_a_plain_record_has_no_attributes(installed: Exported, bot: logging.Logger) -> None:
    bot.info("nothing to add to this")
    assert installed.only.attributes == {}


def test_what_the_stock_instrumentation_puts_on_a_record_is_left_out(installed: Exported, bot: logging.Logger) -> None:
    bot.info("x", extra={"otelTraceID": "0", "otelSpanID": "0", "otelTraceSampled": False, "otelServiceName": ""})
    assert installed.only.attributes == {}


def test_an_exception_carries_its_full_type_its_message_and_its_causes(
    installed: Exported, bot: logging.Logger
) -> None:
    try:
        try:
            raise KeyError("price")  # noqa: TRY301 - raised to be caught here
        except KeyError as error:
            raise VenueError("no price", 7) from error
    except VenueError:
        bot.exception("failed")
    found = installed.only.attributes
    assert found["exception.type"] == f"{__name__}.VenueError"
    assert found["exception.message"] == "('no price', 7)"
    assert "KeyError: 'price'" in found["exception.stacktrace"]
    assert "direct cause" in found["exception.stacktrace"]


def test_a_builtin_exception_is_named_without_a_module(installed: Exported, bot: logging.Logger) -> None:
    bot.error("failed", exc_info=ValueError("bad"))
    assert installed.only.attributes == {"exception.type": "ValueError", "exception.message": "bad"}


def test_exc_info_outside_an_exception_adds_nothing(installed: Exported, bot: logging.Logger) -> None:
    bot.error("failed", exc_info=True)
    assert installed.only.attributes == {}


@pytest.mark.parametrize("how", ["message", "argument"])
def test_an_exception_that_is_only_mentioned_is_carried_too(installed: Exported, bot: logging.Logger, how: str) -> None:
    try:
        raise VenueError("down")  # noqa: TRY301 - raised to be caught here
    except VenueError as error:
        if how == "message":
            bot.error(error)
        else:
            bot.error("failed: %s", error)
    found = installed.only.attributes
    assert (found["exception.type"], found["exception.message"]) == (f"{__name__}.VenueError", "down")
    assert "raise VenueError" in found["exception.stacktrace"]


def test_an_exception_that_cannot_be_shown_does_not_cost_the_record(installed: Exported, bot: logging.Logger) -> None:
    class Mute(Exception):  # noqa: N818 - no error of ours
        def __str__(self) -> str:
            raise RuntimeError

    bot.error("failed", exc_info=Mute())
    assert installed.only.attributes["exception.message"] == "<unprintable " + Mute.__qualname__ + ">"


def test_a_stack_is_carried(installed: Exported, bot: logging.Logger) -> None:
    bot.info("here", stack_info=True)
    assert "test_a_stack_is_carried" in installed.only.attributes["code.stacktrace"]


def test_a_message_that_does_not_fit_is_kept_as_written_with_its_arguments(
    installed: Exported, bot: logging.Logger
) -> None:
    bot.propagate = False
    bot.addHandler(logging.NullHandler())
    bot.info("order %d of %s", "client-order-0001", "x")
    told = installed.only
    assert told.body == "order %d of %s client-order-0001 x"
    assert told.attributes == {}


def test_a_mapping_as_arguments_is_formatted(installed: Exported, bot: logging.Logger) -> None:
    bot.info("sent %(id)s", {"id": "c-1"})
    assert (installed.only.body, installed.only.attributes) == ("sent c-1", {})


@pytest.mark.parametrize(("given", "text"), [({"a": 1}, "{'a': 1}"), (42, "42"), (None, "None"), (["x"], "['x']")])
def test_a_message_that_is_no_text_becomes_one(installed: Exported, bot: logging.Logger, given: Any, text: str) -> None:
    bot.info(given)
    assert installed.only.body == text


def test_a_message_that_cannot_be_shown_is_still_recorded(installed: Exported, bot: logging.Logger) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    bot.propagate = False
    bot.addHandler(logging.NullHandler())
    bot.info(Broken())
    assert installed.only.body == f"<unprintable {Broken.__qualname__}>"


def test_text_that_cannot_be_encoded_is_escaped(installed: Exported, bot: logging.Logger) -> None:
    bot.propagate = False  # pytest's own report of a failure could not be sent from its worker
    bot.info("venue said \ud83d")
    assert installed.only.body == "venue said \\ud83d"


@pytest.mark.parametrize("key", ["otel.event.name", "event.name"])
def test_an_event_name_in_the_extras_is_the_records(installed: Exported, bot: logging.Logger, key: str) -> None:
    bot.info("x", extra={key: "bot.started"})
    assert (installed.only.event_name, installed.only.attributes) == ("bot.started", {})


def test_a_record_from_a_queue_keeps_the_text_of_its_exception(installed: Exported, bot: logging.Logger) -> None:
    bot.handle(logging.makeLogRecord({"name": bot.name, "levelno": 40, "msg": "x", "exc_text": "Traceback ..."}))
    assert installed.only.attributes == {"exception.stacktrace": "Traceback ..."}


def test_who_logged_is_told_on_request() -> None:
    record = logging.LogRecord("bot", 20, "/bot.py", 7, "x", None, sys.exc_info(), func="run")
    found = translate.attributes(record, code=True)
    assert found == {"code.file.path": "/bot.py", "code.function.name": "run", "code.line.number": 7}
