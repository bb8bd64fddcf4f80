"""Quantity that was filled unseen: a venue's total told of it before any execution did.

The executions behind it come later, on another feed and in any order; each takes its part out again. So that
neither the quantity nor the value of an order depends on which feed was faster, what was guessed of the value is
kept apart until the last part is explained.
"""

from __future__ import annotations

RELATIVE_TOLERANCE = 1e-9
"""Quantities that differ by less, in proportion, are the same: sums of doubles are not exact."""


class Inferred:
    """Quantity without an execution, what was guessed of its value, and how much of it that guess covers."""

    __slots__ = ("_notional", "_priced", "_quantity")

    def __init__(self) -> None:
        self._quantity = 0.0
        self._notional = 0.0
        self._priced = 0.0

    def add(self, quantity: float, notional: float, priced: float) -> None:
        """Add what a venue's total exceeded the known executions by."""
        self._quantity += quantity
        self._notional += notional
        self._priced += priced

    def absorb(self, other: Inferred) -> None:
        """Take over all of ``other``, which is empty then."""
        self.add(other._quantity, other._notional, other._priced)
        other._empty()

    def explain(self, quantity: float, price: float | None) -> tuple[float, float, float]:
        """Take an execution out; return which part of its quantity was counted, and what its value adds.

        The value is given as by how much the order's notional grows, and the quantity covered by a price.
        """
        explained = min(self._quantity, quantity)
        covered = min(self._priced, explained)
        guess = self._notional / self._priced if self._priced > 0 else 0.0
        self._quantity -= explained
        self._priced -= covered
        self._notional -= covered * (guess if price is None else price)
        notional = 0.0 if price is None else (quantity - covered) * price
        priced = 0.0 if price is None else quantity - covered
        if self._quantity <= quantity * RELATIVE_TOLERANCE:
            # All is explained: what the guess was off by is put right.
            notional, priced = notional - self._notional, priced - self._priced
            self._empty()
        return explained, notional, priced

    def _empty(self) -> None:
        self._quantity = self._notional = self._priced = 0.0
