from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from otel_trading.semconv import events
from otel_trading.settings import load
from otel_trading.telemetry import logs

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.telemetry.logs.conftest import Exported

_HEAD = """
import atexit, json, logging, os, sys, threading
from opentelemetry._logs import set_logger_provider
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from otel_trading.settings import load
from otel_trading.telemetry import logs
exporter = InMemoryLogRecordExporter()
provider = LoggerProvider(shutdown_on_exit=False)
provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
set_logger_provider(provider)
def tell():
    records = [item.log_record for item in exporter.get_finished_logs()]
    with open(os.environ["TOLD"], "w") as out:
        json.dump([[r.event_name or r.body, r.severity_text, dict(r.attributes)] for r in records], out)
atexit.register(tell)  # as the pipeline's shutdown: registered before, so called after us
logs.install(load({})[0])
"""


class Ended(NamedTuple):
    code: int
    stderr: str
    told: list[list[Any]]


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], Ended]:
    """Run a bot to its end in an interpreter of its own."""

    def ended(source: str) -> Ended:
        told = tmp_path / "told.json"
        done = subprocess.run(
            [sys.executable, "-c", _HEAD + textwrap.dedent(source)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={"TOLD": str(told), "PYTHONPATH": ":".join(filter(None, sys.path))},
        )
        return Ended(done.returncode, done.stderr, json.loads(told.read_text()))

    return ended


@pytest.fixture
def plain_hooks(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:  # noqa: ARG001 - a provider is set
    """Hooks of the bot's own, set before us, that keep what they are called with."""
    called: list[Any] = []
    monkeypatch.setattr(sys, "excepthook", lambda *given: called.append(given))
    monkeypatch.setattr(threading, "excepthook", called.append)
    logs.install(load({})[0])
    yield called
    logs.uninstall()


def _raised() -> ValueError:
    try:
        raise ValueError("bad")  # noqa: TRY301 - raised to be caught here
    except ValueError as error:
        return error


def test_what_ends_the_process_is_recorded_and_printed_as_ever(run: Callable[[str], Ended]) -> None:
    ended = run("def trade():\n    raise ValueError('bad')\ntrade()\n")
    ((event, severity, found),) = ended.told
    assert (ended.code, event, severity) == (1, events.TRADING_BOT_UNHANDLED_EXCEPTION, "FATAL")
    assert (found["exception.type"], found["exception.message"]) == ("ValueError", "bad")
    assert "in trade" in found["exception.stacktrace"]
    assert found["thread.name"] == "MainThread"
    assert ended.stderr.startswith("Traceback (most recent call last):\n")
    assert ended.stderr.count("ValueError: bad") == 1
    assert "otel_trading" not in ended.stderr


def test_what_ends_the_process_is_recorded_though_the_bot_replaced_our_hook(run: Callable[[str], Ended]) -> None:
    ended = run("sys.excepthook = lambda *given: sys.stderr.write('own')\nraise ValueError('bad')\n")
    ((event, severity, found),) = ended.told
    assert (event, severity, found["exception.type"]) == (
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        "FATAL",
        "ValueError",
    )
    assert ended.stderr == "own"


@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "sys.exit(3)", "raise SystemExit('bye')", "pass"])
def test_an_end_that_was_asked_for_is_no_error(run: Callable[[str], Ended], ending: str) -> None:
    assert run(ending).told == []


def test_what_ends_a_thread_is_recorded_and_printed_as_ever(run: Callable[[str], Ended]) -> None:
    ended = run("t = threading.Thread(target=lambda: 1 / 0, name='fills')\nt.start(); t.join()\n")
    ((event, severity, found),) = ended.told
    assert (ended.code, event, severity) == (0, events.TRADING_BOT_UNHANDLED_EXCEPTION, "ERROR")
    assert (found["exception.type"], found["thread.name"]) == ("ZeroDivisionError", "fills")
    assert ended.stderr.startswith("Exception in thread fills:\n")
    assert ended.stderr.count("ZeroDivisionError: division by zero") == 1


def test_the_hook_of_the_process_that_was_there_is_called_with_the_same(
    plain_hooks: list[Any], exported: Exported
) -> None:
    error = _raised()
    sys.excepthook(ValueError, error, error.__traceback__)
    assert plain_hooks == [(ValueError, error, error.__traceback__)]
    assert exported.only.severity == "FATAL"


def test_the_hook_of_threads_that_was_there_is_called_with_the_same(plain_hooks: list[Any], exported: Exported) -> None:
    error = _raised()
    given = threading.ExceptHookArgs((ValueError, error, error.__traceback__, threading.current_thread()))
    threading.excepthook(given)
    assert plain_hooks == [given]
    assert exported.only.attributes["thread.name"] == "MainThread"


def test_a_thread_that_is_gone_and_one_that_exits_are_no_fault(plain_hooks: list[Any], exported: Exported) -> None:
    threading.excepthook(threading.ExceptHookArgs((ValueError, _raised(), None, None)))
    threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(), None, None)))
    threading.excepthook(threading.ExceptHookArgs((ValueError, None, None, None)))
    assert len(plain_hooks) == 3
    assert len(exported.all) == 1


async def _fail() -> None:
    raise ValueError("bad")


async def test_a_task_that_nobody_awaits_is_recorded_once(installed: Exported) -> None:
    task = asyncio.create_task(_fail(), name="hedge")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    told = installed.only
    assert (told.event_name, told.severity) == (events.TRADING_BOT_UNHANDLED_EXCEPTION, "ERROR")
    assert told.body == "unhandled exception ended task hedge: ValueError: bad"
    assert told.attributes["exception.type"] == "ValueError"


async def test_asyncio_still_tells_the_bots_handlers(installed: Exported, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    assert [record.name for record in caplog.records] == ["asyncio"]
    assert [told.event_name for told in installed.all] == [events.TRADING_BOT_UNHANDLED_EXCEPTION]


async def test_a_handler_of_the_loop_is_called_and_what_it_logs_is_exported(
    installed: Exported, bot: logging.Logger
) -> None:
    seen: list[dict[str, Any]] = []

    def own(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        seen.append(context)
        bot.error("task failed", exc_info=context["exception"])

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(own)
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    assert len(seen) == 1
    assert [told.event_name or told.body for told in installed.all] == [
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        "task failed",
    ]


async def test_a_word_of_the_loop_without_an_exception_is_an_ordinary_record(installed: Exported) -> None:
    asyncio.get_running_loop().call_exception_handler({"message": "slow callback"})
    assert (installed.only.body, installed.only.event_name, installed.only.scope) == ("slow callback", "", "asyncio")


async def test_a_failed_callback_is_recorded_in_the_context_it_was_scheduled_in(installed: Exported) -> None:
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - only here

    with TracerProvider(shutdown_on_exit=False).get_tracer("bot").start_as_current_span("work") as span:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    assert installed.only.span_id == span.get_span_context().span_id


def test_a_failed_thread_is_recorded_in_the_context_it_was_started_in(
    plain_hooks: list[Any], exported: Exported
) -> None:
    from opentelemetry.instrumentation.threading import ThreadingInstrumentor  # noqa: PLC0415 - only here
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same

    ThreadingInstrumentor().instrument()
    try:
        with TracerProvider(shutdown_on_exit=False).get_tracer("bot").start_as_current_span("work") as span:
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
    finally:
        ThreadingInstrumentor().uninstrument()
    assert len(plain_hooks) == 1
    assert exported.only.span_id == span.get_span_context().span_id
