"""Scripted fills: what the next order shall get, whatever the market does."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class FillPlan(NamedTuple):
    """Parts of an order and the seconds to wait before each.

    ``fractions`` are of the order's quantity, ``delays`` count from the fill before (the first from the
    acknowledgement). Where the fractions sum to less than one, the rest goes to the market (LIMIT, GTC) or
    expires.
    """

    fractions: tuple[float, ...]
    delays: tuple[float, ...]
    symbol: str | None = None


class Plans:
    """The plans for the orders to come. Safe to use from several threads: appending and popping are atomic."""

    def __init__(self) -> None:
        self._waiting: deque[FillPlan] = deque()

    def add(self, plan: FillPlan) -> None:
        """Keep a plan for an order to come."""
        self._waiting.append(plan)

    def clear(self) -> None:
        """Forget the plans not used yet."""
        self._waiting.clear()

    def take(self, symbol: str) -> FillPlan | None:
        """Return and forget the first plan that is meant for ``symbol`` or for any."""
        for plan in list(self._waiting):
            if plan.symbol in (None, symbol):
                self._waiting.remove(plan)
                return plan
        return None
