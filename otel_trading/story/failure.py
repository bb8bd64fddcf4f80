"""Exceptions in log records: collapsed to one line, or whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.exception_attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
)

from otel_trading.story.fields import text

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes

_FRAME = re.compile(r'^\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<function>.+?)\s*$', re.MULTILINE)


def exception_words(attributes: Attributes, *, full: bool = False) -> str:
    """Tell the exception that a record carries; empty where it carries none.

    Collapsed it is the type, the message and the innermost frame: ``ValueError: no price (bot.py:42 in
    quote)``. ``full`` is the stack trace as recorded, where there is one.
    """
    stacktrace = text(attributes, EXCEPTION_STACKTRACE).rstrip()
    if full and stacktrace:
        return stacktrace
    kind, message = text(attributes, EXCEPTION_TYPE), text(attributes, EXCEPTION_MESSAGE)
    told = f"{kind}: {message}" if kind and message else kind or message
    if not told and stacktrace:
        told = stacktrace.splitlines()[-1].strip()
    frames = list(_FRAME.finditer(stacktrace))
    if not frames:
        return told
    frame = frames[-1]
    file = re.split(r"[\\/]", frame["file"])[-1]
    return f"{told} ({file}:{frame['line']} in {frame['function']})"
