"""Masking of secrets in plain records, off the order's thread: the one place where it is done.

A signed request's URL is the commonest leak of a trading bot: it stands in HTTP spans, in the messages of
exceptions (requests, aiohttp and ccxt all put it there), and so in whatever log line quotes them. A query
string is therefore never recorded, nor the value of anything named like a secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from otel_trading.telemetry.records import LogRecord, SpanRecord

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes, Value

R = TypeVar("R", SpanRecord, LogRecord)

MASK = "***"

# Each pattern is a chain of disjoint character classes, so that no text makes it backtrack.
_QUERY = re.compile(r"(?<=[\w/])\?(?=[^\s\"'<>()=]+=)[^\s\"'<>()]*")
_SECRET_NAME = (  # the names, not a secret
    r"(?:x-mbx-apikey|api[-_]?key|api[-_]?secret|secret(?:[-_]?key)?|signature|sign|passphrase|password|passwd"
    r"|access[-_]?token|refresh[-_]?token|auth[-_]?token|listen[-_]?key|private[-_]?key|authorization)"
)
_ASSIGNED = re.compile(rf"(?i)(?<![a-z0-9])({_SECRET_NAME}[\"']?\s?[:=]\s?[\"']?(?:bearer |basic )?)[^\s\"',&;)}}\]]+")
_SECRET_KEY = re.compile(rf"(?i)(?:^|[._-]){_SECRET_NAME}$")
_HINT = re.compile(r"(?i)\?|key|secret|sign|pass|token|authorization")


def text(value: str) -> str:
    """Return ``value`` without query strings and without the values of what is named like a secret."""
    if _HINT.search(value) is None:
        return value
    return _ASSIGNED.sub(rf"\1{MASK}", _QUERY.sub(f"?{MASK}", value))


def value(found: Value) -> Value:
    """Mask an attribute value or log body, whatever its shape."""
    if isinstance(found, str):
        return text(found)
    if isinstance(found, dict):
        return attributes(found)
    if isinstance(found, (list, tuple)):
        return [value(item) for item in found]
    return found


def attributes(found: Attributes) -> Attributes:
    """Mask attributes by their keys and by their values."""
    return {key: MASK if _SECRET_KEY.search(key) else value(item) for key, item in found.items()}


def record(found: R) -> R:
    """Mask everything in a span or log record that can hold text."""
    if isinstance(found, LogRecord):
        return found._replace(body=value(found.body), attributes=attributes(found.attributes))
    return found._replace(
        name=text(found.name),
        attributes=attributes(found.attributes),
        status_message=text(found.status_message),
        events=tuple(event._replace(attributes=attributes(event.attributes)) for event in found.events),
        links=tuple(link._replace(attributes=attributes(link.attributes)) for link in found.links),
    )
