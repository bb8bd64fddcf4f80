"""What the bot gives, as what is recorded: numbers as floats, words as members of their enum.

A bot passes what it has: an int, a Decimal, "BUY", NaN from a data frame. What cannot be used is left out and
counted, and the rest of the call is recorded all the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from otel_trading.orders.contain import contains

if TYPE_CHECKING:
    from enum import Enum

    E = TypeVar("E", bound=Enum)


@contains
def as_float(number: float | None) -> float | None:
    """Return ``number`` as the float that its attribute is; None where it is none, or not finite."""
    if number is None:
        return None
    found = float(number)
    if not math.isfinite(found):
        raise ValueError("a quantity or price that is not finite tells nothing")
    return found


def as_text(value: str | None) -> str:
    """Return ``value`` as text; ids are often numbers, and None is nothing."""
    return "" if value is None else str(value)


def as_member(kind: type[E], word: E | str | None, other: E | None = None) -> E | None:
    """Return the member of ``kind`` that ``word`` names, in any case; ``other`` where it names none."""
    if isinstance(word, kind):
        return word
    return next((member for member in kind if member.value == as_text(word).strip().lower()), other)  # type: ignore[arg-type] # isinstance does not narrow a TypeVar


def as_word(kind: type[Enum], word: str | None, other: Enum | None = None) -> str:
    """Return the value of the member of ``kind`` that ``word`` names; empty where there is no word."""
    member = as_member(kind, word, other) if word else None
    return member.value if member is not None else ""
