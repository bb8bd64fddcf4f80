from __future__ import annotations

import asyncio
import logging
import logging.handlers
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import loguru
import pytest
import structlog

from otel_trading.settings import load
from otel_trading.telemetry import logs
from otel_trading.telemetry.logs import config, imports, stdlib

if TYPE_CHECKING:
    from types import ModuleType

    from tests.telemetry.logs.conftest import Exported

_sinks = sys.modules["loguru._simple_sinks"]
_BASE = structlog._base.BoundLoggerBase
_PLACES: list[tuple[Any, str]] = [
    (logging.Logger, "callHandlers"),
    (logging.Handler, "format"),
    (logging.handlers.QueueHandler, "prepare"),
    (sys, "excepthook"),
    (threading, "excepthook"),
    (asyncio.BaseEventLoop, "call_exception_handler"),
    (_BASE, "_process_event"),
    (_BASE, "_proxy_to_logger"),
    (type(loguru.logger), "add"),
    (type(loguru.logger), "remove"),
    *((getattr(_sinks, name), "write") for name in ("StandardSink", "CallableSink", "StreamSink", "AsyncSink")),
]


def _found() -> list[Any]:
    return [vars(owner)[name] for owner, name in _PLACES]


def test_uninstall_restores_the_very_same_functions() -> None:
    before = _found()
    logs.install(load({"OTEL_TRADING_CONSOLE": "json"})[0])
    during = _found()
    logs.uninstall()
    assert all(ours is not theirs for ours, theirs in zip(during, before, strict=True))
    assert all(now is then for now, then in zip(_found(), before, strict=True))


def test_a_second_install_changes_nothing(installed: Exported, bot: logging.Logger) -> None:
    before = _found()
    logs.install(load({})[0])
    bot.warning("x")
    assert all(now is then for now, then in zip(_found(), before, strict=True))
    assert installed.bodies == ["x"]


def test_uninstall_without_install_does_nothing() -> None:
    before = _found()
    logs.uninstall()
    assert all(now is then for now, then in zip(_found(), before, strict=True))


def test_capture_can_be_turned_off_and_unhandled_exceptions_are_still_recorded(
    exported: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION", "false")
    called: list[Any] = []
    monkeypatch.setattr(sys, "excepthook", lambda *given: called.append(given))
    logs.install(load({})[0])
    bot.warning("x")
    structlog.get_logger().warning("x")
    loguru.logger.warning("x")
    sys.excepthook(ValueError, ValueError("bad"), None)
    logs.uninstall()
    assert [told.event_name for told in exported.all] == ["trading.bot.unhandled_exception"]
    assert len(called) == 1


def test_a_part_that_fails_does_not_cost_the_others(
    exported: Exported, bot: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        message = "ours"
        raise RuntimeError(message)

    monkeypatch.setattr(logs.structlog_bridge, "install", fail)
    logs.install(load({})[0])
    bot.warning("x")
    logs.uninstall()
    assert "x" in exported.bodies


def test_importing_us_imports_neither_structlog_nor_loguru() -> None:
    source = (
        "import sys; from otel_trading.telemetry import logs; from otel_trading.settings import load; "
        "logs.install(load({})[0]); assert not {'structlog', 'loguru'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, config.Capture(enabled=True, level=20, code_attributes=False)),
        ({"OTEL_PYTHON_LOG_HANDLER_LEVEL": " Debug "}, config.Capture(level=10)),
        ({"OTEL_PYTHON_LOG_HANDLER_LEVEL": "notset"}, config.Capture(level=0)),
        ({"OTEL_PYTHON_LOG_CODE_ATTRIBUTES": "True"}, config.Capture(code_attributes=True)),
        ({"OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION": "FALSE"}, config.Capture(enabled=False)),
        ({"OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION": "true"}, config.Capture()),
    ],
)
def test_the_standard_variables_are_read(environ: dict[str, str], expected: config.Capture) -> None:
    assert config.load(environ) == expected


def test_a_wrong_level_is_told_and_info_holds(caplog: pytest.LogCaptureFixture) -> None:
    assert config.load({"OTEL_PYTHON_LOG_HANDLER_LEVEL": "loud"}).level == logging.INFO
    assert "OTEL_PYTHON_LOG_HANDLER_LEVEL: 'loud' is ignored" in caplog.text


def test_a_hook_that_was_not_reached_before_undo_does_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    applied: list[ModuleType] = []
    for name in ("late_one", "late_two"):
        (tmp_path / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    def apply(module: ModuleType) -> Any:
        applied.append(module)
        return lambda: applied.append(module)

    undone, kept = imports.OnImport("late_one", apply), imports.OnImport("late_two", apply)
    undone.undo()
    one, two = __import__("late_one"), __import__("late_two")
    assert one not in applied
    assert applied == [two]
    kept.undo()
    assert applied == [two, two]


def test_the_replacement_looks_like_the_original(installed: Exported) -> None:
    ours: Any = logging.Logger.callHandlers
    assert (ours.__name__, ours.__module__) == ("callHandlers", "logging")
    assert ours.__wrapped__.__code__.co_filename == ours.__code__.co_filename == logging.__file__
    assert stdlib.__file__ not in ours.__code__.co_filename
    assert installed.all == []
