"""Capture loguru's messages with a sink of ours, which outlives the ``logger.remove()`` that most bots begin with.

The sink's *filter* does the work and lets nothing through: loguru calls it before it formats, and under no lock.
The level is never below all of the bot's own sinks: loguru formats a message as soon as one sink wants it,
and a call that was silent until now could raise in the bot's code. Loguru's default is DEBUG, so a higher
level is a choice of the bot's, and stands.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from opentelemetry.semconv.attributes import code_attributes

from otel_trading.orders.contain import contained
from otel_trading.telemetry.logs import output, translate, values
from otel_trading.telemetry.logs.imports import OnImport
from otel_trading.telemetry.logs.passing import here, is_repeated, is_wanted
from otel_trading.telemetry.logs.patch import Patch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from opentelemetry.util.types import AnyValue

    from otel_trading.telemetry.logs.config import Capture

_OURS = -1
"""The id of our sink: outside loguru's counting, so that the bot's own sinks keep their numbers."""

_SINKS = ("StandardSink", "CallableSink", "StreamSink", "AsyncSink")


def install(capture: Capture) -> Callable[[], None]:
    """Capture loguru's messages from its import on, and return what ends it."""
    return OnImport("loguru", lambda module: _apply(capture, module)).undo


def _apply(capture: Capture, module: ModuleType) -> Callable[[], None]:
    logger = module.logger
    kind = type(logger)
    sink = _Sink(capture)
    sink.id = logger.add(_nowhere, level=capture.level, format="", filter=sink, backtrace=False, diagnose=False)
    sink.take_place(logger._core)  # noqa: SLF001 - loguru has no public way to it
    sinks = sys.modules.get("loguru._simple_sinks")
    patches = [
        Patch(kind, "remove", sink.removing),
        Patch(kind, "add", sink.adding),
        *(Patch(getattr(sinks, name), "write", sink.writing) for name in _SINKS if hasattr(sinks, name)),
    ]

    def undo() -> None:
        sink.on = False
        for patch in patches:
            patch.undo()
        with suppress(ValueError):
            logger.remove(sink.id)

    return undo


def _nowhere(_message: str) -> None:
    """Take what the filter lets through: nothing."""


class _Sink:
    """Our sink in loguru: the filter that records, and what keeps it in place."""

    def __init__(self, capture: Capture) -> None:
        self.on = True
        self.id = _OURS
        self._capture = capture

    def __deepcopy__(self, memo: object) -> _Sink:
        """Stay one: a copied logger has a copied handler, and that one is ours too."""
        return self

    def __call__(self, record: Mapping[str, Any]) -> bool:
        """Record the message, and let the sink have nothing of it."""
        if self.on and is_wanted():
            with contained():
                here.busy = True
                try:
                    _record(self._capture, record)
                finally:
                    here.busy = False
        return False

    def take_place(self, core: Any) -> None:
        """Leave the number that our sink was given to the bot's next one."""
        with contained(), core.lock:
            handlers = core.handlers.copy()
            handlers[_OURS] = handlers.pop(self.id)
            core.handlers = handlers
            if core.handlers_count == self.id + 1:
                core.handlers_count = self.id
            self.id = _OURS
        self._match_level(core)

    def _match_level(self, core: Any) -> None:
        """Stand at the level of capture, but not below every sink of the bot's."""
        with contained(), core.lock:
            ours = core.handlers.get(self.id)
            if ours is None:
                return
            others = [handler.levelno for key, handler in core.handlers.items() if key != self.id]
            ours._levelno = max(self._capture.level, min(others, default=0))  # noqa: SLF001 - a level is given once
            core.min_level = min([ours.levelno, *others])

    def adding(self, original: Callable[..., int], patch: Patch) -> Callable[..., int]:
        """Wrap ``Logger.add``: a new sink of the bot may need our level changed."""

        def add(logger: Any, *args: Any, **kwargs: Any) -> int:
            key = original(logger, *args, **kwargs)
            if patch.on:
                self._match_level(logger._core)  # noqa: SLF001 - loguru has no public way to it
            return key

        return add

    def removing(self, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
        """Wrap ``Logger.remove``: without a number it removes the bot's sinks, one by one, and never ours."""

        def remove(logger: Any, handler_id: int | None = None) -> None:
            if not patch.on:
                original(logger, handler_id)
                return
            core = logger._core  # noqa: SLF001 - loguru has no public way to it
            found = [key for key in core.handlers if key != self.id] if handler_id is None else [handler_id]
            try:
                for key in found:
                    _remove(original, logger, key, told=handler_id is not None)
            finally:
                self._match_level(core)

        return remove

    def writing(self, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
        """Wrap ``write`` of a sink: what it passes on to stdlib has been recorded."""

        def write(sink: Any, message: Any) -> None:
            record = getattr(message, "record", None)
            if not patch.on or record is None or record["level"].no < self._capture.level:
                original(sink, message)
                return
            outer, here.text = here.text, record["message"]
            try:
                original(sink, message)
            finally:
                here.text = outer

        return write


def _remove(original: Callable[..., None], logger: Any, key: int, *, told: bool) -> None:
    """Remove one sink. One that another thread was faster to remove is an error only where the bot named it."""
    try:
        original(logger, key)
    except ValueError as error:
        if told or "no existing handler" not in str(error):
            raise


def _record(capture: Capture, record: Mapping[str, Any]) -> None:
    level = record["level"]
    severity = translate.severity(level.no)
    logger = output.open_logger(record["name"] or "loguru", severity)
    text = values.text(record["message"])
    if logger is None or is_repeated(text):
        return
    attributes: dict[str, AnyValue] = {str(key): values.safe(item) for key, item in record["extra"].items()}
    if capture.code_attributes:
        attributes[code_attributes.CODE_FILE_PATH] = values.text(record["file"].path)
        attributes[code_attributes.CODE_FUNCTION_NAME] = record["function"]
        attributes[code_attributes.CODE_LINE_NUMBER] = record["line"]
    attributes.update(translate.given_exception(record["exception"]))
    output.emit(
        logger,
        severity,
        translate.severity_text(level.name),
        text,
        attributes,
        timestamp=int(record["time"].timestamp() * 1e6) * 1000,
        event_name=translate.pop_event_name(attributes),
    )
