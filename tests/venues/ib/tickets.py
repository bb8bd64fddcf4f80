"""What a client asks for when it places an order: the fields of placeOrder, as written from server version 157 on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_WITHOUT_PROFILE = 177  # the server version from which an order has no faProfile


class Ticket(NamedTuple):
    """An order as it is asked for."""

    order_id: int
    contract: Sequence[str]
    action: str
    quantity: float
    type: str
    limit: float | None
    auxiliary: float | None
    time_in_force: str
    account: str
    reference: str
    transmit: bool
    what_if: bool


class _Cursor:
    """Reads fields from the left."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        self._at = 0

    def take(self, count: int = 1) -> Sequence[str]:
        """Return the next ``count`` fields."""
        self._at += count
        return self._fields[self._at - count : self._at]

    def one(self) -> str:
        """Return the next field."""
        return self.take()[0]

    def repeated(self, width: int) -> None:
        """Pass over a number, and so many times ``width`` fields."""
        self.take(width * int(self.one()))


def ticket(fields: Sequence[str], version: int) -> Ticket:
    """Read a request to place an order."""
    cursor = _Cursor(fields[1:])
    order_id = int(cursor.one())
    contract = cursor.take(12)
    cursor.take(2)  # the security's other id
    order = cursor.take(19)
    if contract[2] == "BAG":
        for width in (8, 1, 2):  # its legs, their prices, its routing
            cursor.repeated(width)
    cursor.take(7 if version >= _WITHOUT_PROFILE else 8)
    volatility = cursor.take(24)
    if volatility[22]:
        cursor.take(8)  # the delta neutral order
    increment = cursor.take(7)[-1]
    if increment and float(increment) > 0:
        cursor.take(7)
    hedge = cursor.take(4)[-1]
    cursor.take(5 if hedge else 4)
    if cursor.one() == "1":
        cursor.take(3)  # the delta neutral contract
    if cursor.one():
        cursor.repeated(2)  # the algorithm's parameters
    cursor.take()  # the algorithm's id
    return Ticket(
        order_id,
        contract,
        action=order[0],
        quantity=float(order[1]),
        type=order[2],
        limit=_number(order[3]),
        auxiliary=_number(order[4]),
        time_in_force=order[5] or "DAY",
        account=order[7],
        reference=order[10],
        transmit=order[11] == "1",
        what_if=cursor.one() == "1",
    )


def _number(given: str) -> float | None:
    return float(given) if given else None
