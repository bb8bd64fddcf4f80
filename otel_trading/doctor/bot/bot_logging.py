"""From what was seen of a bot's logging to findings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from otel_trading.doctor.finding import error, fine, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.finding import Finding

_HANDLER = "LoggingHandler"


def explain(report: dict[str, Any]) -> Iterator[Finding]:
    """Yield what keeps log records of a process out of telemetry."""
    captures, first, now = (
        report["captures_logs"],
        _exporting(report["handlers_at_start"]),
        _exporting(report["handlers"]),
    )
    clean = True
    if captures and now:
        clean = False
        title = "Each log record is exported twice: by our capture, and by a handler on the root logger"
        remedy = (
            "Take the handler out of the bot's code, or set OTEL_PYTHON_DISTRO=otel_trading where a distro adds it."
        )
        yield warning("bot.logs_twice", title, *now, remedy=remedy)
    if not captures:
        clean = False
        yield _not_captured(first, now)
    for problem in _levels(report):
        clean = False
        yield problem
    if clean:
        yield fine("bot.logging", f"Logs are captured from {logging.getLevelName(report['level'])} on")


def _not_captured(first: list[str], now: list[str]) -> Finding:
    if first and not now:
        title = "The bot cleared the root logger's handlers, and with them the export of logs"
        remedy = "Set OTEL_PYTHON_CONFIGURATOR=otel_trading: our capture needs no handler; or keep the bot from it."
        return error("bot.handlers_cleared", title, f"at the start: {', '.join(first)}", remedy=remedy)
    title = "Logs are not captured by us"
    remedy = "Unset OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION, and set OTEL_PYTHON_CONFIGURATOR=otel_trading."
    return warning("bot.logs_off", title, *(f"on the root logger: {each}" for each in now), remedy=remedy)


def _levels(report: dict[str, Any]) -> Iterator[Finding]:
    level, disabled = report["level"], report["disabled_below"]
    if level > logging.INFO and not report["level_is_ours"]:
        make = warning if level > logging.WARNING else note
        title = f"The bot set the root logger to {logging.getLevelName(level)}: what is below is lost"
        remedy = "Set the root logger to INFO, and the level of the console on its handler."
        yield make("bot.level", title, remedy=remedy)
    if disabled >= logging.INFO:
        title = f"The bot calls logging.disable({logging.getLevelName(disabled)}): records up to it are lost"
        yield warning("bot.level", title, remedy="Take the call out, and set the level of a handler.")
    if report["disabled_loggers"]:
        title = f"{len(report['disabled_loggers'])} loggers are switched off by the bot's logging configuration"
        remedy = "Give dictConfig or fileConfig disable_existing_loggers=False: its default is True."
        yield warning("bot.loggers_disabled", title, ", ".join(report["disabled_loggers"]), remedy=remedy)


def _exporting(handlers: list[str]) -> list[str]:
    return [each for each in handlers if each.startswith("opentelemetry.") and each.endswith(_HANDLER)]
