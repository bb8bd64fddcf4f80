"""What libraries give as numbers, ids and times, as ours: nothing raises, what is none is left out."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000


def number(value: Any) -> float | None:
    """Return a number as libraries and their users give it (int, float, str, Decimal), or None where it is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def middle(bid: Any, ask: Any) -> float | None:
    """Return the middle of the best bid and ask; None where one is missing, which some venues tell as a price of 0."""
    best_bid, best_ask = number(bid), number(ask)
    return (best_bid + best_ask) / 2 if best_bid and best_ask else None


def text(value: Any) -> str:
    """Return an id or a word as text, a member of an enum as its value; empty where there is none."""
    if isinstance(value, Enum):
        value = value.value
    return "" if value is None else str(value)


def from_milliseconds(milliseconds: Any) -> int | None:
    """Return a time given in ms since the epoch in nanoseconds."""
    found = number(milliseconds)
    return None if found is None else int(found) * _NS_PER_MS


def from_datetime(moment: Any) -> int | None:
    """Return an aware ``datetime`` in nanoseconds since the epoch; None for anything else, whose zone nobody knows."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return int(moment.replace(microsecond=0).timestamp()) * _NS_PER_S + moment.microsecond * 1_000
