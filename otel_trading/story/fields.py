"""Reading attributes, and numbers that keep their decimals.

Telemetry carries prices and quantities as doubles. Here they become :class:`~decimal.Decimal` by their
shortest decimal form, never by binary expansion, and are written with at least the instrument's decimals.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes

_DOUBLE_DIGITS = 15
"""Significant decimal digits that a double is sure to keep; what lies behind comes from adding doubles."""

_NOISE = Decimal("1e-9")
"""Relative distance below which a value is the rounded one plus noise."""


def text(attributes: Attributes, key: str) -> str:
    """Return an attribute as text; empty where it is missing."""
    value = attributes.get(key)
    return "" if value is None else str(value)


def texts(attributes: Attributes, key: str) -> tuple[str, ...]:
    """Return an attribute that is a list of strings; empty where it is missing or something else."""
    value = attributes.get(key)
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()


def whole(attributes: Attributes, key: str) -> int | None:
    """Return an attribute that is an integer, else None."""
    value = attributes.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(attributes: Attributes, key: str) -> Decimal | None:
    """Return an attribute that is a finite number, else None."""
    value = attributes.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    found = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{_DOUBLE_DIGITS}g}")
    return found if found.is_finite() else None


def plain(value: Decimal | None, places: int | None = None) -> str:
    """Write a number without exponent and with at least ``places`` decimals; empty for None.

    Further decimals stay, unless they are noise of binary arithmetic.
    """
    if value is None:
        return ""
    if places is not None:
        rounded = round(value, places) + 0
        if abs(rounded - value) <= abs(value) * _NOISE:
            return f"{rounded:.{places}f}"
    return f"{value.normalize() + 0:f}"


def grouped(value: str) -> str:
    """Set commas between the thousands of a written number, for people."""
    return f"{Decimal(value):,f}" if value else ""
