"""The orders this process remembers, by any of their ids: bounded in number and, once finished, in age."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from otel_trading.orders.order import Order

_SPARED = 16
"""Orders still at work that are passed over, at one call, in search of a finished one to forget."""


class OrderRegistry:
    """Finds the order that an id belongs to.

    An id alone need not be unique (a venue may number per symbol, two venues may use the same numbers), so an
    id holds several orders, and a look-up that still fits more than one finds none: never by guess.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, list[Order]] = {}
        self._orders: OrderedDict[Order, float] = OrderedDict()  # -> monotonic time of the last touch

    def remember(self, order: Order, *ids: str) -> None:
        """Make ``order`` known by ``ids``; the ones it already has stay valid."""
        with self._lock:
            self._orders[order] = time.monotonic()
            self._orders.move_to_end(order)
            for name in ids:
                holders = self._by_id.setdefault(name, [])
                if order not in holders:
                    holders.append(order)
            self._forget_old()

    def find(self, name: str, *, venue: str = "", symbol: str = "") -> Order | None:
        """Return the one order that has ``name`` as an id, on ``venue`` and in ``symbol`` where given.

        Of several, the one that is still at work: a client id may be used again once its order is over.
        """
        found = [
            order for order in self._by_id.get(name, ()) if _fits(order.venue, venue) and _fits(order.symbol, symbol)
        ]
        if len(found) > 1:
            found = [order for order in found if order.status not in TERMINAL]
        return found[0] if len(found) == 1 else None

    def find_by(self, *names: str, venue: str = "", symbol: str = "") -> Order | None:
        """Return the order of the first of ``names`` that has one; empty names are passed over."""
        found = (self.find(name, venue=venue, symbol=symbol) for name in names if name)
        return next((order for order in found if order is not None), None)

    def __contains__(self, name: str) -> bool:
        return name in self._by_id

    def __len__(self) -> int:
        return len(self._orders)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._by_id.clear()
            self._orders.clear()

    def _forget_old(self) -> None:
        """Forget finished orders that are too old or too many; of those at work only when all seem to be."""
        limit, oldest = settings().registry_size, time.monotonic() - settings().registry_seconds
        spared = 0
        while self._orders:
            order, touched = next(iter(self._orders.items()))
            too_many = len(self._orders) > limit
            if not too_many and touched >= oldest:
                return
            if order.status in TERMINAL or (too_many and spared == _SPARED):
                self._forget(order)
            elif spared == _SPARED:
                return
            else:
                self._orders[order] = time.monotonic()
                self._orders.move_to_end(order)
                spared += 1

    def _forget(self, order: Order) -> None:
        del self._orders[order]
        for name in order.ids:
            holders = self._by_id.get(name, [])
            if order in holders:
                holders.remove(order)
            if not holders:
                self._by_id.pop(name, None)


def _fits(known: str, wanted: str) -> bool:
    return not known or not wanted or known == wanted


registry = OrderRegistry()
"""The registry of this process."""
