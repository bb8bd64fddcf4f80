"""The desk of the gateway: it takes orders, changes them, executes them, and says so to their clients.

What it says comes in TWS's own order: an execution, the order as it is then, and the commission last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.venues.ib import contracts, reports
from tests.venues.ib.account import ACCOUNT
from tests.venues.ib.orders import DONE, Resting, is_off_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.venues.ib.tickets import Ticket

_FIRST_PERM_ID = 1_720_000_001
_NO_FUNDS = "Order rejected - reason:Available funds are insufficient to cover the change in margin"


class Key(NamedTuple):
    """How one client names one order."""

    client_id: int
    order_id: int


class Desk:
    """All orders, whichever client they are of, by the client's own id."""

    def __init__(self) -> None:
        self.orders: dict[Key, Resting] = {}
        self.refuse_next: tuple[int, str] | None = None
        self.price = 150.0

    def refuse(self, code: int = 201, words: str = _NO_FUNDS) -> None:
        """Have the next order refused: for want of money, where nothing else is said."""
        self.refuse_next = (code, words)

    def next_order_id(self, client_id: int) -> int:
        """Return the first order id that this client has not used."""
        return max((key.order_id for key in self.orders if key.client_id == client_id), default=0) + 1

    def of(self, client_id: int) -> list[Resting]:
        """Return a client's orders."""
        return [order for key, order in self.orders.items() if key.client_id == client_id]

    def place(self, ticket: Ticket, client_id: int, version: int) -> Iterator[bytes]:
        """Take an order, or change one that is there."""
        key = Key(client_id, ticket.order_id)
        known = self.orders.get(key)
        contract = contracts.asked_for(ticket.contract)
        refused, self.refuse_next = self.refuse_next, None
        if contract is None:
            yield reports.error(ticket.order_id, 200, "No security definition has been found for the request")
        elif ticket.what_if:
            yield reports.margins(Resting(ticket, contract, client_id, 0, ACCOUNT), version)
        elif known is not None and known.status in DONE:
            yield reports.error(ticket.order_id, 104, "Cannot modify a filled order.")
        elif is_off_step(ticket):
            words = "The price does not conform to the minimum price variation for this contract."
            yield reports.error(ticket.order_id, 110, words)
        elif known is not None:
            yield from self._changed(known, ticket, version, refused)
        else:
            yield from self._taken(Resting(ticket, contract, client_id, self._perm_id, ACCOUNT), version, refused)

    @property
    def _perm_id(self) -> int:
        return _FIRST_PERM_ID + len(self.orders)

    def _taken(self, order: Resting, version: int, refused: tuple[int, str] | None) -> Iterator[bytes]:
        self.orders[Key(order.client_id, order.ticket.order_id)] = order
        if refused is not None:
            order.status = "Inactive"
            yield reports.order_status(order)
            yield reports.error(order.ticket.order_id, *refused)
            return
        if order.ticket.transmit:
            yield reports.open_order(order, version)
            yield reports.order_status(order)
        if order.ticket.type == "MKT":
            yield from self.execute(order, order.ticket.quantity, version)

    @staticmethod
    def _changed(order: Resting, ticket: Ticket, version: int, refused: tuple[int, str] | None) -> Iterator[bytes]:
        if refused is not None:
            yield reports.error(ticket.order_id, *refused)
            return
        order.ticket = ticket
        yield reports.open_order(order, version)
        yield reports.order_status(order)

    def execute(self, order: Resting, quantity: float, version: int) -> Iterator[bytes]:
        """Execute a part of an order, at its limit or at the market."""
        fill = order.execute(quantity, order.ticket.limit or self.price)
        yield reports.execution(order, fill, version)
        yield reports.open_order(order, version)
        yield reports.order_status(order)
        yield reports.commission(fill)

    def cancel(self, client_id: int, order_id: int) -> Iterator[bytes]:
        """Cancel an order, if it is there and open."""
        order = self.orders.get(Key(client_id, order_id))
        if order is None:
            yield reports.error(order_id, 10147, f"OrderId {order_id} that needs to be cancelled is not found.")
        elif order.status in DONE:
            words = f"OrderId {order_id} that needs to be cancelled cannot be cancelled, state: {order.status}."
            yield reports.error(order_id, 10148, words)
        else:
            order.status = "Cancelled"
            yield reports.order_status(order)
            yield reports.error(order_id, 202, "Order Canceled - reason:")

    def open(self) -> list[Resting]:
        """Return the orders that are not over."""
        return [order for order in self.orders.values() if order.status not in DONE]
