"""A FIX message as its fields."""

from __future__ import annotations

import calendar
from contextlib import suppress
from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.values import number

if TYPE_CHECKING:
    from collections.abc import Sequence

SOH = "\x01"
_NANOSECOND_DIGITS = 9


class Message:
    """The fields of one message, in the order in which they came; ``message[tag]`` is the first of that tag.

    A tag that the message has not is an empty text, as FIX knows no empty value.
    """

    __slots__ = ("_first", "pairs")

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._first = dict(reversed(pairs))

    def __getitem__(self, tag: str) -> str:
        return self._first.get(tag, "")

    def number(self, tag: str) -> float | None:
        """Return the value of a field of type float, int, Qty, Price or Amt; None where it is none."""
        return number(self._first.get(tag))

    def time(self, tag: str) -> int | None:
        """Return the value of a field of type UTCTimestamp in nanoseconds since the epoch."""
        return nanoseconds(self[tag])


def parse(text: str) -> Message:
    """Return the message that ``text`` is the wire form of; what is no ``tag=value`` in it is left out.

    A data field (RawData, 96) may hold the separator, and its rest is then taken for fields; the fields that are read
    here come before it, and the first of a tag counts.
    """
    if not text.isascii():
        # SWIG decodes bytes that are no UTF-8 into lone surrogates, which no exporter can encode.
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return Message([(tag, value) for tag, found, value in (pair.partition("=") for pair in text.split(SOH)) if found])


def field(text: str, tag: str) -> str:
    """Return the first field of a tag in a message's wire form, without taking that apart; not its very first, 8."""
    name = f"{SOH}{tag}="
    found = text.find(name)
    begin = found + len(name)
    return text[begin : text.find(SOH, begin)] if found >= 0 else ""


def nanoseconds(timestamp: str) -> int | None:
    """Return a UTCTimestamp (``20260102-03:04:05``, with up to 12 decimals) in nanoseconds since the epoch."""
    with suppress(ValueError):
        day, _, clock = timestamp.partition("-")
        hours, minutes, rest = clock.split(":")
        seconds, _, decimals = rest.rstrip("Z").partition(".")
        moment = calendar.timegm(
            (int(day[:4]), int(day[4:6]), int(day[6:]), int(hours), int(minutes), int(seconds), 0, 0, 0)
        )
        return int(f"{moment}{decimals[:_NANOSECOND_DIGITS]:0<{_NANOSECOND_DIGITS}}")
    return None
