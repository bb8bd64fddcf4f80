"""What an index must know of a block, read from its bytes: the keys in it, its times, how much it holds.

Compressing runs beside a trading bot and shares its interpreter lock, so no JSON is parsed as long as patterns
see everything there is. They notice what they do not understand; then, and only then, the block is parsed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.telemetry.store.decode import logs_of, spans_of
from otel_trading.telemetry.store.keys import KEY_ATTRIBUTES, keys_of, record_time, whole_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.telemetry.records import LogRecord, SpanRecord
    from otel_trading.telemetry.store.layout import Signal

_TEXT = rb'"((?:[^"\\]|\\.)*)"'
_STRING_VALUE = rb'\{\s*"stringValue"\s*:\s*' + _TEXT + rb"\s*\}"
_TRACE = re.compile(rb'"trace(?:Id|_id)"\s*:\s*(?:"([0-9a-fA-F]*)")?')
_ARRAY_VALUE = rb'\{\s*"arrayValue"\s*:\s*\{\s*"values"\s*:\s*(\[[^\[\]{}]*(?:\{[^{}\[\]]*\}[^\[\]{}]*)*\])\s*\}\s*\}'
_KEY = re.compile(
    rb'"trading\.order\.(?:'
    + b"|".join(re.escape(name.removeprefix("trading.order.").encode()) for name in KEY_ATTRIBUTES)
    + rb')"(?:\s*,\s*"value"\s*:\s*(?:'
    + _STRING_VALUE
    + rb"|"
    + _ARRAY_VALUE
    + rb"))?"
)
_ELEMENT = re.compile(_STRING_VALUE)
_TIME = re.compile(rb'ime_?[uU]nix_?[nN]ano"\s*:\s*(?:"?([0-9]{1,20})"?\s*[,}\]])?')


_END_OF_TIME = 1 << 64
"""Of what OTLP and an index can hold; a line may have been written by anybody."""


class Contents(NamedTuple):
    """What is in a block. Times are nanoseconds since the epoch, 0 where they are not known."""

    keys: set[str]
    first_ns: int
    last_ns: int
    lines: int
    records: int


class _UnclearError(Exception):
    """The patterns met something that only a parser understands."""


def scan(data: bytes, signal: Signal) -> Contents:
    """Return what a block of whole lines holds."""
    try:
        keys = set() if signal == "metrics" else _trace_ids(data) | _order_ids(data)
        first, last = times(data)
        lines = data.count(b"\n")
        return Contents(keys, first, last, lines, _count(data, signal, lines))
    except _UnclearError:
        return _parsed(data, signal)


def times(data: bytes) -> tuple[int, int]:
    """Return the earliest and the latest time in some lines, 0 where they are not known."""
    found = set(_TIME.findall(data))
    if b"" in found:  # written in a way that is not understood here
        return 0, 0
    return _span({int(time) for time in found})


def _span(times: set[int]) -> tuple[int, int]:
    found = times - {0}
    if not found or not all(0 < time < _END_OF_TIME for time in found):
        return 0, 0
    return min(found), max(found)


def _trace_ids(data: bytes) -> set[str]:
    found = set(_TRACE.findall(data))
    if any(len(each) not in {0, 32} for each in found) or b"" in found:
        raise _UnclearError  # an id in base64, one that is no text, or an empty one
    return {each.decode().lower() for each in found}


def _order_ids(data: bytes) -> set[str]:
    found: set[str] = set()
    for text, array in set(_KEY.findall(data)):
        if not text and not array:
            raise _UnclearError  # a number, other names, another order of the fields, or an empty text
        elements = _ELEMENT.findall(array) if array else [text]
        if array and array.count(b'"') != 4 * len(elements) + array.count(b'\\"'):
            raise _UnclearError  # something else is among them
        found.update(map(_unquoted, elements))
    return found - {""}


def _unquoted(text: bytes) -> str:
    try:
        return whole_text(json.loads(b'"%b"' % text)) if b"\\" in text else text.decode()
    except ValueError:
        raise _UnclearError from None


def _count(data: bytes, signal: Signal, lines: int) -> int:
    """Return the number of records, by the fields that our encoder writes once in each."""
    if signal == "metrics":
        return lines
    one, other = (
        (b'"startTimeUnixNano"', b'"endTimeUnixNano"')
        if signal == "traces"
        else (b'"timeUnixNano"', b'"observedTimeUnixNano"')
    )
    count = data.count(one)
    if count != data.count(other) or not count:
        raise _UnclearError
    return count


def _parsed(data: bytes, signal: Signal) -> Contents:
    keys: set[str] = set()
    found: set[int] = set()
    lines = records = 0
    for line in data.split(b"\n"):
        lines += bool(line)
        for record in _records(line, signal):
            records += 1
            keys |= keys_of(record)
            found.add(record_time(record))
    return Contents(keys, *_span(found), lines, records)


def _records(line: bytes, signal: Signal) -> Iterator[SpanRecord | LogRecord]:
    try:
        parsed: Any = json.loads(line) if line else None
        yield from (record for record, _ in (spans_of if signal == "traces" else logs_of)(parsed))
    except (ValueError, RecursionError):
        return  # no line of ours; a reader tells of it
