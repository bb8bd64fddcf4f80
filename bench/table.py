"""Plain tables, and the numbers in them."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that ``percent`` of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def ratio(values: Sequence[float], bases: Sequence[float]) -> float | None:
    """Return the median of the ratios of values to bases that were measured side by side; None where none is."""
    found = [value / base for value, base in zip(values, bases, strict=True) if base > 0]
    return statistics.median(found) if found else None


def times(factor: float | None) -> str:
    """Write a ratio."""
    return "-" if factor is None else f"x{factor:.2f}"


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text and stands left, the others are numbers and stand right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    print(title)
    for row in (head, *rows):
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ", "  ".join((first, *others)).rstrip(), sep="")
