from __future__ import annotations

import copy
import io
import logging
from typing import TYPE_CHECKING, Any

import loguru
import pytest
from loguru import logger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.telemetry.logs.conftest import Exported


@pytest.fixture(autouse=True)
def _no_sinks() -> Iterator[None]:
    logger.remove()
    yield
    logger.remove()


@pytest.fixture
def printed(installed: Exported) -> io.StringIO:  # noqa: ARG001 - installed before the bot's sink
    out = io.StringIO()
    logger.add(out, format="{message}", level="DEBUG")
    return out


def test_a_message_is_exported_with_its_extras(installed: Exported, printed: io.StringIO) -> None:
    logger.bind(pair="BTC/USDT").warning("sent {}", "c-1")
    told = installed.only
    assert (told.body, told.severity, told.number, told.scope) == ("sent c-1", "WARN", 13, __name__)
    assert told.attributes == {"pair": "BTC/USDT"}
    assert printed.getvalue() == "sent c-1\n"


def test_a_level_of_loguru_keeps_its_name(installed: Exported, printed: io.StringIO) -> None:
    logger.success("done")
    assert (installed.only.severity, installed.only.number, printed.getvalue()) == ("SUCCESS", 12, "done\n")


def test_a_message_below_the_level_of_capture_is_not_exported(installed: Exported, printed: io.StringIO) -> None:
    logger.debug("quiet")
    assert (installed.all, printed.getvalue()) == ([], "quiet\n")


def test_removing_all_sinks_leaves_ours(installed: Exported) -> None:
    logger.remove()
    logger.info("x")
    logger.configure(handlers=[])
    logger.info("y")
    assert installed.bodies == ["x", "y"]


def test_the_bots_sinks_keep_their_numbers(exported: Exported, request: pytest.FixtureRequest) -> None:
    before = logger.add(io.StringIO())
    request.getfixturevalue("installed")
    after = logger.add(io.StringIO())
    logger.info("x")
    assert (after - before, exported.bodies) == (1, ["x"])


def test_a_sink_can_be_removed_by_its_number_as_ever(installed: Exported) -> None:
    key = logger.add(io.StringIO())
    logger.remove(key)
    with pytest.raises(ValueError, match="no existing handler"):
        logger.remove(key)
    logger.info("x")
    assert installed.bodies == ["x"]


def test_a_level_that_the_bot_chose_for_all_its_sinks_stands(installed: Exported) -> None:
    key = logger.add(io.StringIO(), level="WARNING")
    logger.info("quiet {absent}", 1)  # formatting it would raise in the bot's code
    logger.warning("loud")
    logger.remove(key)
    logger.info("after")
    assert installed.bodies == ["loud", "after"]


def test_one_chatty_sink_does_not_lower_the_level_of_capture(installed: Exported, printed: io.StringIO) -> None:
    logger.trace("below both")
    logger.debug("quiet")
    assert (installed.all, printed.getvalue()) == ([], "quiet\n")


def test_an_exception_is_carried(installed: Exported, printed: io.StringIO) -> None:
    try:
        raise ValueError("bad")  # noqa: TRY301 - raised to be caught here
    except ValueError:
        logger.opt(exception=True).error("failed")
    found = installed.only.attributes
    assert (found["exception.type"], found["exception.message"]) == ("ValueError", "bad")
    assert "raise ValueError" in found["exception.stacktrace"]
    assert "raise ValueError" in printed.getvalue()


def test_what_catch_catches_is_recorded(installed: Exported, printed: io.StringIO) -> None:
    @logger.catch
    def fail() -> None:
        raise ValueError("bad")

    fail()
    assert installed.only.attributes["exception.type"] == "ValueError"
    assert "ValueError: bad" in printed.getvalue()


def test_a_disabled_module_is_not_captured(installed: Exported) -> None:
    logger.disable(__name__)
    logger.info("x")
    logger.enable(__name__)
    logger.info("y")
    assert installed.bodies == ["y"]


def test_a_message_passed_on_to_stdlib_through_a_queue_is_exported_once(
    installed: Exported, bot: logging.Logger
) -> None:
    class Propagate(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            bot.handle(record)

    key = logger.add(Propagate(), format="{message}", enqueue=True)
    logger.info("sent")
    logger.complete()
    logger.remove(key)
    assert installed.bodies == ["sent"]


def test_what_a_sink_itself_logs_is_exported(installed: Exported, bot: logging.Logger) -> None:
    logger.add(lambda _message: bot.warning("alert is out"))
    logger.info("stop hit")
    assert sorted(installed.bodies) == ["alert is out", "stop hit"]


def test_a_copied_logger_is_captured(installed: Exported) -> None:
    twin: Any = copy.deepcopy(logger)
    twin.info("x")
    assert installed.bodies == ["x"]


def test_a_bad_format_raises_in_the_bot_as_ever(installed: Exported, printed: io.StringIO) -> None:
    with pytest.raises(KeyError):
        logger.info("{absent}", 1)
    assert (installed.all, printed.getvalue()) == ([], "")


def test_nothing_of_ours_is_left_after_uninstall(exported: Exported) -> None:
    from otel_trading.settings import load  # noqa: PLC0415 - only here
    from otel_trading.telemetry import logs  # noqa: PLC0415 - the same

    key = logger.add(io.StringIO(), level="ERROR")
    core: Any = loguru.logger._core  # type: ignore[attr-defined] # typed as a stub without it
    before = (dict(core.handlers), core.min_level, core.handlers_count)
    logs.install(load({})[0])
    assert len(core.handlers) == 2
    logs.uninstall()
    assert (dict(core.handlers), core.min_level, core.handlers_count) == before
    logger.remove(key)
    logger.add(io.StringIO())
    logger.info("x")
    assert exported.all == []
