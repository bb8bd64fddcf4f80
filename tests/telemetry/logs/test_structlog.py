from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.telemetry.logs.conftest import Exported

_RENDER: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(),
    structlog.processors.JSONRenderer(),
]


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def _printing(processors: list[Any] | None = None, level: int = 0, factory: Any = None) -> Any:
    structlog.configure(
        processors=_RENDER if processors is None else processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory or structlog.PrintLoggerFactory(io.StringIO()),
    )
    return structlog.get_logger()


def _over_stdlib(*processors: Any) -> Any:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *processors],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    return structlog.get_logger("bot.struct")


def test_an_event_is_exported_with_its_words_and_fields(installed: Exported) -> None:
    _printing().bind(pair="BTC/USDT").warning("order sent", price=1.5)
    told = installed.only
    assert (told.body, told.severity, told.scope) == ("order sent", "WARN", "structlog")
    assert told.attributes == {"pair": "BTC/USDT", "price": 1.5}


def test_a_logger_bound_before_us_is_captured_too(exported: Exported, request: pytest.FixtureRequest) -> None:
    log = _printing().bind(pair="BTC/USDT")
    log.info("before")
    request.getfixturevalue("installed")
    log.info("after")
    assert exported.bodies == ["after"]


def test_a_level_field_that_the_bot_gave_stays(installed: Exported) -> None:
    _printing([structlog.processors.JSONRenderer()]).info("x", level=3, timestamp=7)
    assert installed.only.attributes == {"level": 3, "timestamp": 7}


def test_a_filtering_logger_filters(installed: Exported) -> None:
    log = _printing(level=logging.WARNING)
    log.info("quiet")
    log.error("loud")
    assert installed.bodies == ["loud"]


def test_a_dropped_event_is_not_exported(installed: Exported) -> None:
    def drop(_logger: object, _method: str, event: Any) -> Any:
        if event["event"] == "noise":
            raise structlog.DropEvent
        return event

    log = _printing([drop, *_RENDER])
    log.info("noise")
    log.info("signal")
    assert installed.bodies == ["signal"]


def test_what_the_bot_masks_is_exported_masked(installed: Exported) -> None:
    def mask(_logger: object, _method: str, event: Any) -> Any:
        return event | {"secret": "***"}

    _printing([mask, *_RENDER]).info("login", secret="hunter2")
    assert installed.only.attributes == {"secret": "***"}


def test_a_debug_event_is_below_the_level_of_capture(installed: Exported) -> None:
    _printing().debug("x")
    assert installed.all == []


def test_an_exception_carries_type_message_and_stack_however_it_is_rendered(installed: Exported) -> None:
    log = _printing([structlog.processors.format_exc_info, *_RENDER])
    try:
        raise ValueError("bad")  # noqa: TRY301 - raised to be caught here
    except ValueError:
        log.exception("failed", pair="x")
    found = installed.only.attributes
    assert (found["exception.type"], found["exception.message"], found["pair"]) == ("ValueError", "bad", "x")
    assert "raise ValueError" in found["exception.stacktrace"]
    assert "exception" not in found


@pytest.mark.parametrize(
    "factory",
    [
        lambda: structlog.WriteLoggerFactory(io.StringIO()),
        lambda: structlog.BytesLoggerFactory(io.BytesIO()),
        lambda: lambda *_args: _Collect(),
    ],
    ids=["WriteLogger", "BytesLogger", "a logger of the bot's own"],
)
def test_any_kind_of_logger_is_captured(installed: Exported, factory: Callable[[], Any]) -> None:
    def render(_logger: object, _method: str, event: Any) -> Any:
        words = str(event["event"])
        return words.encode() if "Bytes" in type(_logger).__name__ else words

    _printing([render], factory=factory()).info("sent", n=1)
    assert (installed.only.body, installed.only.attributes) == ("sent", {"n": 1})


class _Collect:
    def info(self, event: str) -> None:
        logging.getLogger("bot.collect").info("passed on: %s", event)


def test_a_logger_that_passes_on_to_stdlib_is_recorded_once(installed: Exported) -> None:
    _printing([lambda *given: given[2]["event"]], factory=lambda *_args: _Collect()).info("sent it")
    assert installed.bodies == ["sent it"]


def test_over_stdlib_the_event_is_exported_and_not_its_rendering(installed: Exported) -> None:
    _over_stdlib(structlog.processors.JSONRenderer()).warning("sent", price=1.5)
    told = installed.only
    assert (told.body, told.attributes, told.scope) == ("sent", {"price": 1.5}, "bot.struct")


def test_over_stdlib_with_a_formatter_of_structlog_its_machinery_stays_out(installed: Exported) -> None:
    _over_stdlib(structlog.stdlib.ProcessorFormatter.wrap_for_formatter).warning("sent", price=1.5)
    assert (installed.only.body, installed.only.attributes) == ("sent", {"price": 1.5})


def test_over_stdlib_with_keywords_each_field_is_there_once(installed: Exported) -> None:
    _over_stdlib(structlog.stdlib.render_to_log_kwargs).warning("sent", price=1.5)
    assert (installed.only.body, installed.only.attributes) == ("sent", {"price": 1.5})


def test_over_stdlib_the_level_of_the_stdlib_logger_holds(installed: Exported) -> None:
    log = _over_stdlib(structlog.processors.JSONRenderer())
    logging.getLogger("bot.struct").setLevel(logging.ERROR)
    log.warning("quiet")
    log.error("loud")
    logging.getLogger("bot.struct").setLevel(logging.NOTSET)
    assert installed.bodies == ["loud"]


def test_a_stdlib_record_after_a_structlog_one_is_its_own(installed: Exported, bot: logging.Logger) -> None:
    _over_stdlib(structlog.processors.JSONRenderer()).warning("sent", price=1.5)
    bot.warning("own")
    assert installed.bodies == ["sent", "own"]
    assert installed.all[1].attributes == {}


async def test_an_event_of_an_async_method_is_captured(installed: Exported) -> None:
    await _printing().ainfo("sent", n=1)
    assert (installed.only.body, installed.only.attributes) == ("sent", {"n": 1})


def test_context_variables_of_structlog_are_exported(installed: Exported) -> None:
    with structlog.contextvars.bound_contextvars(order="c-1"):
        _printing([structlog.contextvars.merge_contextvars, *_RENDER]).info("sent")
    assert installed.only.attributes == {"order": "c-1"}


def test_a_renamed_event_is_found(installed: Exported) -> None:
    _printing([structlog.processors.EventRenamer("msg"), structlog.processors.JSONRenderer()]).info("sent")
    assert (installed.only.body, installed.only.attributes) == ("sent", {})


def test_capturing_in_a_bots_own_tests_works_as_before(installed: Exported) -> None:
    log = _printing()
    with structlog.testing.capture_logs() as seen:
        log.info("sent", n=1)
    assert seen == [{"event": "sent", "n": 1, "log_level": "info"}]
    assert installed.all == []


def test_an_error_of_a_processor_passes_unchanged(installed: Exported) -> None:
    with pytest.raises(KeyError, match="absent"):
        _printing([lambda *given: given[2]["absent"]]).info("x")
    assert installed.all == []
