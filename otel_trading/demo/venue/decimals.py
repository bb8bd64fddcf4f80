"""Numbers as the venue writes and reads them: decimal strings, never floats."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, InvalidOperation

ZERO = Decimal(0)
EIGHT_PLACES = Decimal("0.00000001")


def fixed(value: Decimal) -> str:
    """Return ``value`` with the eight decimals that every amount of the spot API has."""
    return f"{value.quantize(EIGHT_PLACES, rounding=ROUND_DOWN):f}"


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """Return the greatest multiple of ``step`` that is not above ``value``."""
    return value // step * step


def decimals(value: Decimal) -> int:
    """Return how many digits stand behind the point, trailing zeros left out."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def finite(text: str) -> Decimal:
    """Return the number written in ``text``; raise ``ValueError`` for infinity and for what is no number."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not value.is_finite():
        raise ValueError("not a number")
    return value
