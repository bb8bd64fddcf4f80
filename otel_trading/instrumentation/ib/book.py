"""What is remembered of one ``IB`` object: which order is ours by which of TWS's ids, and what is under way.

TWS and a client mean an order by ``clientId`` and ``orderId``, which count anew from session to session and are all
that an error names. ``permId`` is the venue's own, comes with the first report, and is the same for ever.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.instrumentation.ib.fields import VENUE, order_id
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders.registry import registry
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from otel_trading.instrumentation.ib.queries import Asked
    from otel_trading.instrumentation.toolkit.terms import OrderRequest
    from otel_trading.orders.order import Order

_MOST_EXECUTIONS = 100_000


class Change(NamedTuple):
    """A change that was asked for: what the order asked for before, and what it is to ask for."""

    before: tuple[float | None, ...]
    wanted: tuple[float | None, ...]


class Book:
    """The memory of one ``IB`` object. It has one thread, that of its event loop."""

    def __init__(self) -> None:
        self._orders: OrderedDict[tuple[int, int], Order] = OrderedDict()
        self._executions: OrderedDict[str, str] = OrderedDict()
        self._recorded: set[str] = set()
        self.unanswered: set[Order] = set()
        self.canceling: set[Order] = set()
        self.changing: dict[Order, Change] = {}
        self.inactive: dict[Order, str] = {}
        self.asked: dict[Any, Asked] = {}
        self.farms: set[str] = set()
        self.snapshots: weakref.WeakSet[Any] = weakref.WeakSet()

    def remember(self, client_id: int, number: int, order: Order) -> None:
        """Take note of an order and its ``orderId``; of very many the oldest are found by ``permId`` only."""
        if number <= 0:  # one placed by hand has no order id
            return
        self._orders[client_id, number] = order
        self._orders.move_to_end((client_id, number))
        while len(self._orders) > settings().registry_size:
            self._orders.popitem(last=False)

    def find(self, client_id: int, number: int, perm_id: int = 0) -> Order | None:
        """Return the order that TWS means; if it is known by less than ``perm_id``, it is known by that from now on."""
        name = order_id(perm_id)
        found = registry.find(name, venue=VENUE) if name else None
        if found is None:
            found = self._orders.get((client_id, number))
            if found is not None and name:
                if found.id not in ("", name):
                    return None  # the id of an earlier session, given to another order since
                found.know(id=name)
        return found

    def execution_id(self, told: str) -> str:
        """Return the id that an execution is known by.

        A correction comes as another execution whose id differs in what follows the last point: the same one.
        """
        found = self._executions.setdefault(told.rpartition(".")[0] or told, told)
        while len(self._executions) > _MOST_EXECUTIONS:
            self._recorded.discard(self._executions.popitem(last=False)[1])
        return found

    def recorded(self, execution_id: str) -> None:
        """Take note that an execution is in its order's story, where its fee belongs too."""
        self._recorded.add(execution_id)

    def has_recorded(self, execution_id: str) -> bool:
        """Tell whether an execution is in its order's story."""
        return execution_id in self._recorded

    def end(self, order: Order) -> None:
        """Forget what was under way for an order that was answered."""
        self.unanswered.discard(order)
        self.inactive.pop(order, None)


_books: weakref.WeakKeyDictionary[Any, Book] = weakref.WeakKeyDictionary()


def book_of(ib: Any) -> Book:
    """Return the memory of an ``IB`` object."""
    found = _books.get(ib)
    if found is None:
        found = _books[ib] = Book()
    return found


def figures(request: OrderRequest) -> tuple[float | None, ...]:
    """Return the numbers that a change may be about."""
    return (request.quantity, request.price, request.stop_price)


def client_id_of(order: Any) -> str:
    """Return the client id that a bot gave: its ``orderRef``, unless that is a label that other orders bear too."""
    reference = text(getattr(order, "orderRef", ""))
    return "" if reference in registry else reference
