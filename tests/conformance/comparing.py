"""Two runs of the same bot compared: what it got, what it was raised, what the venue saw."""

from __future__ import annotations

import dataclasses
import os
import re
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple

import opentelemetry.instrumentation

import otel_trading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.driver import Driver

# Frames of an instrumentation: ours, and the stock ones of the HTTP clients.
_INSTRUMENTATION = (f"{otel_trading.__path__[0]}{os.sep}", f"{opentelemetry.instrumentation.__path__[0]}{os.sep}")
_DEEPEST = 8

# Times in all spellings, ids that a library makes up, what is signed with them, the port of a venue.
_VARYING = re.compile(
    r"""
      \b\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?   # ISO 8601
    | \b[A-Z][a-z]{2},\ \d\d\ [A-Z][a-z]{2}\ \d{4}\ [\d:]{8}\ GMT     # HTTP
    | \b\d{8}-\d\d:\d\d:\d\d(?:\.\d+)?                             # FIX UTCTimestamp
    | \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b       # UUID
    | \b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{16,}\b                      # nonces, signatures
    | \b\d{10,}(?:\.\d+)?\b                                         # seconds to nanoseconds since the epoch
    | \b(?:127\.0\.0\.1|localhost):\d+                              # the venue
    | \b0x[0-9a-f]+\b                                               # addresses of objects
    | (?i:(?<=sec-websocket-key)[\W]+[\w+/=]+)
    """,
    re.VERBOSE,
)


def comparable(driver: Driver, text: str) -> str:
    """Return ``text`` without what differs from run to run: by the driver's own account where it has one."""
    own: Callable[[str], str] | None = getattr(driver, "comparable", None)
    return without_varying(text) if own is None else own(text)


def without_varying(text: str) -> str:
    """Return ``text`` without times, random ids, signatures, ports and addresses of objects."""
    return _VARYING.sub("*", text)


def shape(value: Any, depth: int = 0) -> Any:
    """Return the types and the plain values that ``value`` is made of, as nested lists."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return [kind, repr(value)]
    if depth == _DEEPEST:
        return [kind]
    if isinstance(value, dict):
        return [kind, [[shape(key, depth + 1), shape(item, depth + 1)] for key, item in value.items()]]
    if isinstance(value, (list, tuple)):
        return [kind, [shape(item, depth + 1) for item in value]]
    if dataclasses.is_dataclass(value) or hasattr(value, "__pydantic_fields__"):
        return [kind, [[name, shape(item, depth + 1)] for name, item in sorted(_attributes(value).items())]]
    return [kind, str(value)]


def _attributes(value: Any) -> dict[str, Any]:
    """Return the attributes of an object; those of its fields where it is a dataclass with slots."""
    if hasattr(value, "__dict__"):
        return dict(vars(value))
    return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}


class Raised(NamedTuple):
    """An exception as the bot sees it: its class, arguments, attributes, what led to it, the frames it came through."""

    kind: str
    arguments: str
    words: str
    attributes: tuple[str, ...]
    frames: tuple[str, ...]
    suppresses_context: bool
    cause: Raised | None
    context: Raised | None


def raised(error: BaseException | None) -> Raised | None:
    """Return what is to be seen of ``error``, without the frames of an instrumentation."""
    if error is None:
        return None
    return Raised(
        f"{type(error).__module__}.{type(error).__qualname__}",
        repr(error.args),
        str(error),
        tuple(sorted(vars(error))),
        tuple(
            f"{frame.filename}:{frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
            if not frame.filename.startswith(_INSTRUMENTATION)
        ),
        error.__suppress_context__,
        raised(error.__cause__),
        raised(error.__context__),
    )
