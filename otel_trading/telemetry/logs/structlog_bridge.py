"""Capture structlog's events: the words and fields of the bot, not the line that a renderer makes of them.

At the two methods that every bound logger goes through, whenever it was configured. A logger that ends in stdlib is
recorded there, where its level is asked, with the event it came from; any other one is recorded here. The
event is taken before the last processor, the renderer: filters have had their say, and so has what the bot masks.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from otel_trading.orders.contain import contained, report
from otel_trading.telemetry.logs import output, translate, values
from otel_trading.telemetry.logs.imports import OnImport
from otel_trading.telemetry.logs.passing import Event, Passage, here, is_wanted
from otel_trading.telemetry.logs.patch import Patch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from otel_trading.telemetry.logs.config import Capture

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "msg": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "err": logging.ERROR,
    "error": logging.ERROR,
    "failure": logging.ERROR,
    "exception": logging.ERROR,
    "fatal": logging.CRITICAL,
    "critical": logging.CRITICAL,
}
_RECORD_FIELDS = frozenset({"level", "log_level", "level_number", "timestamp", "logger"})
"""What processors add that a record has fields of its own for. What the bot itself gave stays."""

_EVENT_KEYS = ("event", "message", "msg")


def install(capture: Capture) -> Callable[[], None]:
    """Capture structlog's events from its import on, and return what ends it."""
    return OnImport("structlog", lambda module: _apply(capture, module)).undo


def _apply(capture: Capture, module: ModuleType) -> Callable[[], None]:
    base = module.BoundLoggerBase if hasattr(module, "BoundLoggerBase") else module._base.BoundLoggerBase  # noqa: SLF001 - not exported by every version
    like = base.bind
    patches = [
        Patch(base, "_process_event", lambda *given: _processing(capture, *given), like),
        Patch(base, "_proxy_to_logger", _proxying, like),
    ]

    def undo() -> None:
        for patch in patches:
            patch.undo()

    return undo


def _proxying(original: Callable[..., Any], patch: Patch) -> Callable[..., Any]:
    thread, new_passage = here, Passage

    # All names come from the closure: see disguised(). The signature is that of the original.
    def _proxy_to_logger(self: Any, method_name: str, event: Any = None, **event_kw: Any) -> Any:
        if not patch.on:
            return original(self, method_name, event, **event_kw)
        outer = thread.passage, thread.text
        thread.passage = new_passage()
        try:
            return original(self, method_name, event, **event_kw)
        finally:
            thread.passage, thread.text = outer

    return _proxy_to_logger


def _processing(capture: Capture, original: Callable[..., Any], patch: Patch) -> Callable[..., Any]:
    tapped, finish = _tapped, _finish

    # All names come from the closure: see disguised().
    def _process_event(self: Any, method_name: str, event: Any, event_kw: dict[str, Any]) -> Any:
        tap = tapped(self, event, event_kw) if patch.on else None
        if tap is None:
            return original(self, method_name, event, event_kw)
        rendered = original(tap.logger, method_name, event, event_kw)
        finish(capture, self, method_name, tap)
        return rendered

    return _process_event


class _Tap:
    """A processor that keeps the event it is given, and the bound logger that has it before its last one."""

    def __init__(self, logger: Any, event: Any, given: Mapping[str, Any]) -> None:
        processors = list(logger._processors)  # noqa: SLF001 - structlog's promise to custom wrappers
        twin = object.__new__(type(logger))
        twin.__dict__.update(logger.__dict__)
        twin._processors = [*processors[:-1], self, *processors[-1:]]
        self.logger = twin
        self.event: dict[str, Any] = {}
        self._words = event
        self._given = given.keys() | set(logger._context)  # noqa: SLF001 - the same
        self._exc_info = given.get("exc_info")

    def __call__(self, _logger: object, _method_name: str, event_dict: Any) -> Any:
        """Keep the event as it stands."""
        if isinstance(event_dict, Mapping):
            with contained():
                self.event = dict(event_dict)
        return event_dict

    def result(self, method_name: str, logger: Any) -> Event:
        """Return the event; its exception as attributes, without what a record has fields for."""
        fields = self.event
        body = next((fields.pop(key) for key in _EVENT_KEYS if key in fields), self._words)
        exc_info = fields.pop("exc_info", None) or self._exc_info
        if exc_info is True or (not exc_info and method_name == "exception"):
            exc_info = sys.exc_info()
        described = translate.given_exception(exc_info)
        if described:
            fields.pop("exception", None)  # the same, rendered
        name = fields.get("logger") or getattr(logger, "name", None)
        level = _LEVELS.get(method_name) or _LEVELS.get(str(fields.get("level")), logging.INFO)
        for key in _RECORD_FIELDS - self._given:
            fields.pop(key, None)
        return Event(
            "" if body is None else values.shown(body),
            {str(key): item for key, item in fields.items()} | described,
            level,
            name if isinstance(name, str) and name else "structlog",
        )


def _tapped(logger: Any, event: Any, given: Mapping[str, Any]) -> _Tap | None:
    try:
        return _Tap(logger, event, given) if is_wanted() else None
    except Exception as error:  # noqa: BLE001 - the bot's event is processed whatever happens here
        report(error)
        return None


def _finish(capture: Capture, bound: Any, method_name: str, tap: _Tap) -> None:
    with contained():
        here.busy = True
        try:
            _record(capture, bound._logger, tap, method_name)  # noqa: SLF001 - structlog's promise to custom wrappers
        finally:
            here.busy = False


def _record(capture: Capture, logger: Any, tap: _Tap, method_name: str) -> None:
    event = tap.result(method_name, logger)
    passage = here.passage
    if isinstance(logger, (logging.Logger, logging.LoggerAdapter)):
        if passage is not None:
            passage.event = event
        return
    severity = translate.severity(event.level)
    target = output.open_logger(event.name, severity) if event.level >= capture.level else None
    if target is None:
        return
    attributes = {key: values.safe(item) for key, item in event.attributes.items()}
    output.emit(
        target,
        severity,
        translate.severity_text(logging.getLevelName(event.level)),
        event.body,
        attributes,
        timestamp=time.time_ns(),
        event_name=translate.pop_event_name(attributes),
    )
    if passage is not None:
        here.text = event.body  # a logger of the bot's own may pass the event on to stdlib or loguru
