"""Masking of secrets in plain records, off the order's thread: the one place where it is done.

A signed request's URL is the commonest leak of a trading bot: it stands in HTTP spans, in the messages of
exceptions (requests, aiohttp and ccxt all put it there), and so in whatever log line quotes them. A query
string is therefore never recorded, nor the value of anything named like a secret. docs/masking.md has it all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from otel_trading.telemetry.masking import accounts, hashing, own, personal, secrets, wallets
from otel_trading.telemetry.masking.rule import MASK as MASK  # noqa: PLC0414 - a name of this module's too
from otel_trading.telemetry.masking.rule import Rule, apply
from otel_trading.telemetry.records import LogRecord, SpanRecord

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes, Value

R = TypeVar("R", SpanRecord, LogRecord)

# Phrases first: what masks by name would take their first word only.
_RULES: tuple[Rule, ...] = (*wallets.RULES, *secrets.RULES, *personal.RULES, *accounts.RULES)
_BARE_RULES = tuple(rule for rule in _RULES if rule.is_bare)
_PUNCTUATION = re.compile(r"[^\w ./-]")
_SHORT = 13  # characters; what is shorter and has no punctuation holds nothing to mask
_PAIR = 2
_ASKED = f"?{MASK}"
_DEEPEST = 32
_ID = re.compile(r"(?:^|[._-])(?:id|ID|Id)$|[a-z](?:Id|ID)$")  # what stands there in digits is no card, but an order


def text(value: str) -> str:
    """Return ``value`` without secrets, personal data and what the user's own patterns match; ids are hashed."""
    return _text(value, has_numbers=True)


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


def _text(found: str, *, has_numbers: bool) -> str:
    if _PUNCTUATION.search(found):
        rules = _RULES
    elif len(found) >= _SHORT:
        rules = _BARE_RULES
    else:
        return own.masked(found)
    found = apply(rules, found, found.lower())
    found = own.masked(personal.numbers(found) if has_numbers else found)
    # What was masked after a question mark may make it that of a query: then it is one now, not at the next reading.
    return secrets.QUERY.pattern.sub(secrets.QUERY.replacement, found) if _ASKED in found else found


@lru_cache(maxsize=4096)  # names of attributes are few, and each comes again and again
def _is_ordinary(key: str) -> bool:
    """Tell whether the name of an attribute says nothing of its value, as nearly all do."""
    return not (secrets.concerns(key) or wallets.concerns(key) or accounts.concerns(key) or _ID.search(key))


def _keyed(key: str, item: object, depth: int) -> Value:
    if own.is_named(key):
        return MASK
    return value(item, depth) if _is_ordinary(key) else _telling(key, item, depth)


def _telling(key: str, item: object, depth: int) -> Value:
    """Mask ``item`` under a name that may say what it is."""
    if secrets.is_secret(key, item) or wallets.is_secret(key, item):
        return MASK
    if accounts.is_account(key, item):
        return hashing.hashed(str(item))
    if isinstance(item, str):
        return _text(item, has_numbers=not (item.isdigit() and _ID.search(key)))
    if isinstance(item, (list, tuple)) and accounts.concerns(key):
        return [_keyed(key, each, depth + 1) for each in item] if depth < _DEEPEST else MASK
    return value(item, depth)


def _sequence(found: Sequence[object], depth: int) -> list[Value]:
    if len(found) == _PAIR and isinstance(found[0], str) and isinstance(found[1], str):  # a header, as some keep it
        name = text(found[0])  # its name as it will be read again: what is masked in it names nothing
        return [name, _keyed(name, found[1], depth)]
    return [value(item, depth) for item in found]


def _shown(found: object) -> str:
    try:
        return str(found)
    except Exception:  # noqa: BLE001 - a foreign object's own code, which must not cost the record
        return f"<{type(found).__name__}>"
