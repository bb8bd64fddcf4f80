"""Turn whatever a bot logs into values that OTLP can hold: without a warning, an error or a lost batch."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, time
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.util.types import AnyValue

_MAX_REPR = 1024
_MAX_ITEMS = 256
_MAX_DEPTH = 8
_INT64 = 1 << 63


def text(value: str) -> str:
    """Return ``value`` as it can be encoded: one lone surrogate would cost the exporter its whole batch."""
    if value.isascii():
        return str(value)
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "backslashreplace").decode()
    return str(value)


def shown(value: object) -> str:
    """Return ``str(value)``; of an object that cannot be shown, what it is."""
    try:
        return text(str(value))
    except Exception:  # noqa: BLE001 - any method of the bot's object may raise anything
        return f"<unprintable {type(value).__qualname__}>"


def plain(value: object, depth: int = 0) -> AnyValue:
    """Return ``value`` as OTLP's ``AnyValue`` has it.

    Numbers stay numbers where 64 bits hold them, decimals and dates become their text, an enum its value.
    A collection keeps its first 256 items and says how many it had; anything else is its ``str``, cut to 1,024
    characters, as is a collection nested too deeply.
    """
    if value is None or isinstance(value, (bool, bytes)):
        return value
    if isinstance(value, str) and not isinstance(value, Enum):
        return text(value)
    if isinstance(value, numbers.Real):  # numpy's scalars are such numbers too, Decimal is not
        return _number(value)
    if isinstance(value, (Enum, Mapping, Sequence, AbstractSet)) and depth < _MAX_DEPTH:
        return plain(value.value, depth + 1) if isinstance(value, Enum) else _collection(value, depth + 1)
    return value.isoformat() if isinstance(value, (date, time)) else _cut(value)


def _number(value: numbers.Real) -> AnyValue:
    if not isinstance(value, numbers.Integral):
        return float(value)
    number = int(value)
    return number if -_INT64 <= number < _INT64 else str(number)


def _cut(value: object) -> str:
    words = shown(value)
    return words if len(words) <= _MAX_REPR else words[: _MAX_REPR - 1] + "…"


def _collection(value: Mapping[Any, Any] | Sequence[Any] | AbstractSet[Any], depth: int) -> AnyValue:
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    more = len(value) - _MAX_ITEMS
    if isinstance(value, Mapping):
        fields: dict[str, AnyValue] = {}
        for key, item in value.items():
            if len(fields) == _MAX_ITEMS:
                fields["…"] = f"{more:,} more"
                break
            fields[key if type(key) is str and key else shown(key) or "''"] = plain(item, depth)
        return fields
    items: list[AnyValue] = []
    for item in value:
        if len(items) == _MAX_ITEMS:
            items.append(f"… {more:,} more")
            break
        items.append(plain(item, depth))
    return items


def safe(value: object) -> AnyValue:
    """Return :func:`plain` of ``value``, or where the bot's object raises while it is read, what it is."""
    try:
        return plain(value)
    except Exception:  # noqa: BLE001 - any method of the bot's object may raise anything
        return f"<unreadable {type(value).__qualname__}>"
