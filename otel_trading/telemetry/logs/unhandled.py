"""Record an exception that nothing handled before it ends a task, a thread or the process.

The hooks that were there run unchanged afterwards, and a hook that the bot sets later replaces ours as it would
replace any other. What ended the process then is still known to ``sys``, and is recorded at exit.
"""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, cast

from opentelemetry import context as otel_context
from opentelemetry._logs import SeverityNumber, get_logger
from opentelemetry.semconv._incubating.attributes.thread_attributes import THREAD_NAME

from otel_trading.orders.contain import contained, contains
from otel_trading.semconv import SCHEMA_URL, events
from otel_trading.telemetry.logs import output, translate, values
from otel_trading.telemetry.logs.passing import here
from otel_trading.telemetry.logs.patch import Patch
from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context
    from types import TracebackType

_NO_ERROR = (KeyboardInterrupt, SystemExit)


def install() -> Callable[[], None]:
    """Begin to record unhandled exceptions, and return what ends it."""
    recorder = _Recorder()
    patches = [
        Patch(sys, "excepthook", recorder.of_process),
        Patch(threading, "excepthook", recorder.of_thread),
        Patch(asyncio.BaseEventLoop, "call_exception_handler", recorder.of_loop),
    ]
    atexit.register(recorder.at_exit)

    def undo() -> None:
        atexit.unregister(recorder.at_exit)
        for patch in patches:
            patch.undo()

    return undo


class _Recorder:
    """The three hooks, and the exception that the process ended with if it was recorded."""

    def __init__(self) -> None:
        self._recorded: BaseException | None = getattr(sys, "last_value", None)

    def of_process(self, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
        """Wrap ``sys.excepthook``."""

        def excepthook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
            if patch.on:
                self._recorded = value
                _record(SeverityNumber.FATAL, "the process", value, trace)
            original(kind, value, trace)

        return excepthook

    def of_thread(self, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
        """Wrap ``threading.excepthook``."""

        def excepthook(args: threading.ExceptHookArgs, /) -> None:
            if patch.on and args.exc_value is not None:
                thread = args.thread
                name = thread.name if thread is not None else threading.current_thread().name
                # The context that the thread was started in, if the threading instrumentation kept it.
                began_in = getattr(thread, "_otel_context", None)
                token = otel_context.attach(began_in) if began_in is not None else None
                try:
                    _record(SeverityNumber.ERROR, f"thread {name}", args.exc_value, args.exc_traceback, name)
                finally:
                    if token is not None:
                        otel_context.detach(token)
            original(args)

        return excepthook

    def of_loop(self, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
        """Wrap ``BaseEventLoop.call_exception_handler``; asyncio's own log record of it is not taken again."""

        def call_exception_handler(self: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception") if patch.on else None
            if not isinstance(error, BaseException):
                original(self, context)
                return
            _record_in(_context_of(context), error, _place_of(context) or "a callback of the event loop")
            outer, here.failure = here.failure, error
            try:
                original(self, context)
            finally:
                here.failure = outer

        return call_exception_handler

    def at_exit(self) -> None:
        """Record what ended the process if another hook stood in for ours."""
        with contained():
            value = getattr(sys, "last_value", None)
            if isinstance(value, BaseException) and value is not self._recorded:
                _record(SeverityNumber.FATAL, "the process", value, value.__traceback__)


@contains
def _context_of(context: dict[str, Any]) -> Context | None:
    """Return the context that the failed task or callback ran in, as far as this Python tells (3.12 for tasks)."""
    for key in ("task", "future"):
        get_context = getattr(context.get(key), "get_context", None)
        if get_context is not None:
            return cast("Context", get_context())
    return cast("Context | None", getattr(context.get("handle"), "_context", None))


@contains
def _place_of(context: dict[str, Any]) -> str | None:
    for key in ("task", "future"):
        task = context.get(key)
        if isinstance(task, asyncio.Task):
            return f"task {task.get_name()}"
    return None


def _record_in(context: Context | None, error: BaseException, place: str) -> None:
    def record() -> None:
        _record(SeverityNumber.ERROR, place, error, error.__traceback__)

    if context is not None:
        try:
            context.run(record)
        except RuntimeError:  # the context is being run in: it is this one, or another thread's
            record()
    else:
        record()


@contains
def _record(
    severity: SeverityNumber,
    place: str,
    value: BaseException,
    trace: TracebackType | None,
    thread_name: str = "",
) -> None:
    logger = get_logger("otel_trading", __version__, schema_url=SCHEMA_URL)
    if isinstance(value, _NO_ERROR) or not logger.enabled(severity_number=severity):
        return
    outer, here.busy = here.busy, True  # the garbage collector may bring a dead task in at any time
    try:
        found = translate.exception(type(value), value, trace)
        found[THREAD_NAME] = thread_name or threading.current_thread().name
        output.emit(
            logger,
            severity,
            severity.name,
            f"unhandled exception ended {place}: {type(value).__name__}: {values.shown(value)}",
            found,
            timestamp=time.time_ns(),
            event_name=events.TRADING_BOT_UNHANDLED_EXCEPTION,
        )
    finally:
        here.busy = outer
