"""Masking of secrets in plain records, off the order's thread: the one place where it is done.

A signed request's URL is the commonest leak of a trading bot: it stands in HTTP spans, in the messages of
exceptions (requests, aiohttp and ccxt all put it there), and so in whatever log line quotes them. A query
string is therefore never recorded, nor the value of anything named like a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from otel_trading.telemetry import secrets
from otel_trading.telemetry.records import LogRecord, SpanRecord

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes, Value

R = TypeVar("R", SpanRecord, LogRecord)

MASK = secrets.MASK
_PAIR = 2
_DEEPEST = 32


def text(value: str) -> str:
    """Return ``value`` without query strings and without the values of what is named like a secret."""
    return secrets.masked(value)


def value(found: object, depth: int = 0) -> Value:
    """Mask an attribute value or log body, whatever its shape; an object that OTLP has no value for becomes text."""
    if found is None or isinstance(found, (bool, int, float)):
        return found
    if isinstance(found, str):
        return text(found)
    if isinstance(found, (bytes, bytearray, memoryview)):
        return text(bytes(found).decode("latin-1")).encode("latin-1")
    if depth < _DEEPEST and isinstance(found, Mapping):
        return attributes(found, depth + 1)
    if depth < _DEEPEST and isinstance(found, Sequence):
        return _sequence(found, depth + 1)
    return text(_shown(found))


def attributes(found: Mapping[str, object], depth: int = 0) -> Attributes:
    """Mask attributes by their keys and by their values."""
    return {str(key): _keyed(str(key), item, depth) for key, item in found.items()}


def record(found: R) -> R:
    """Mask everything in a span or log record that can hold text."""
    if isinstance(found, LogRecord):
        return found._replace(body=value(found.body), attributes=attributes(found.attributes))
    return found._replace(
        name=text(found.name),
        attributes=attributes(found.attributes),
        status_message=text(found.status_message),
        events=tuple(
            event._replace(name=text(event.name), attributes=attributes(event.attributes)) for event in found.events
        ),
        links=tuple(link._replace(attributes=attributes(link.attributes)) for link in found.links),
    )


def _keyed(key: str, item: object, depth: int) -> Value:
    return MASK if secrets.is_secret(key, item) else value(item, depth)


def _sequence(found: Sequence[object], depth: int) -> list[Value]:
    if len(found) == _PAIR and isinstance(found[0], str) and isinstance(found[1], str):  # a header, as some keep it
        return [text(found[0]), _keyed(found[0], found[1], depth)]
    return [value(item, depth) for item in found]


def _shown(found: object) -> str:
    try:
        return str(found)
    except Exception:  # noqa: BLE001 - a foreign object's own code, which must not cost the record
        return f"<{type(found).__name__}>"
