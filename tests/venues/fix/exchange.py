"""The exchange behind a FIX acceptor: orders, what becomes of them, and what goes wrong when a test says so.

It takes messages as fields and gives answers as fields, so that it trades behind whatever speaks FIX.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tests.venues.fix.wire import Body, now

if TYPE_CHECKING:
    from tests.venues.fix.wire import Fields

_NEW, _PARTIAL, _FILLED, _CANCELED, _REJECTED, _PENDING_CANCEL, _PENDING_REPLACE = "0", "1", "2", "4", "8", "6", "E"
_REPLACED, _TRADE, _STATUS = "5", "F", "I"


class Answer(NamedTuple):
    """A message from the exchange: its MsgType (35) and its body."""

    kind: str
    body: Body


@dataclass
class Order:
    """An order at the exchange."""

    id: str
    client_id: str
    symbol: str
    side: str
    type: str
    quantity: float
    price: float
    filled: float = 0.0
    status: str = _NEW

    @property
    def is_open(self) -> bool:
        """Whether it works."""
        return self.status in (_NEW, _PARTIAL)


@dataclass
class Faults:
    """What is to go wrong with the next request."""

    refuse: tuple[int, str] | None = None  # OrdRejReason (103) and Text (58)
    break_off: bool = False
    reject_message: tuple[str, int, str] | None = None  # "3" or "j", its reason, and Text (58)
    refuse_cancel: tuple[int, str] | None = None  # CxlRejReason (102) and Text (58)
    ignore_streams: bool = False


@dataclass
class Exchange:
    """Orders by any of their ids; market orders are filled at once, limit orders rest until they are executed."""

    price: float = 60_000.0
    faults: Faults = field(default_factory=Faults)
    orders: dict[str, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._order_ids = itertools.count(1001)
        self._execution_ids = itertools.count(1)

    def answer(self, message: Fields) -> list[Answer] | None:
        """Return the answers to a request; None if the connection is to be broken off without one."""
        if self.faults.break_off:
            self.faults.break_off = False
            return None
        if self.faults.reject_message is not None:
            kind, reason, text = self.faults.reject_message
            self.faults.reject_message = None
            return [_refused(message, kind, reason, text)]
        handle = {"D": self._new, "G": self._replace, "F": self._cancel, "H": self._state, "V": self._quote}
        return handle[message["35"]](message) if message["35"] in handle else []

    def execute(self, name: str, quantity: float) -> Answer:
        """Execute ``quantity`` of an order that rests; return the report of it."""
        order = self.orders[name]
        assert order.is_open, order
        order.filled = round(order.filled + quantity, 9)
        order.status = _FILLED if order.filled >= order.quantity else _PARTIAL
        price = order.price or self.price
        fee = [(851, "1"), (12, 0.25), (13, "3"), (479, "USD")]
        return self.report(order, _TRADE, [(32, quantity), (31, price), *fee])

    def quote(self, symbol: str) -> Body:
        """Return the body of a snapshot of the market: symbol, then the entries of its two best levels."""
        levels = [("0", self.price - 10), ("0", self.price - 5), ("1", self.price + 5), ("1", self.price + 10)]
        entries: Body = []
        for kind, price in levels:
            entries += [(269, kind), (270, price), (271, 1)]
        return [(262, "market"), (55, symbol), (268, len(levels)), *entries]

    def report(self, order: Order, kind: str, more: Body, *, client_id: str = "", original: str = "") -> Answer:
        """Return an ExecutionReport (8) of an order as it stands."""
        left = order.quantity - order.filled if order.is_open or order.status in "6E" else 0
        return Answer(
            "8",
            [
                (37, order.id),
                (11, client_id or order.client_id),
                *([(41, original)] if original else []),
                (17, f"E{next(self._execution_ids)}"),
                (150, kind),
                (39, order.status),
                (55, order.symbol),
                (54, order.side),
                (38, order.quantity),
                (40, order.type),
                *([(44, order.price)] if order.price else []),
                *more,
                (151, round(left, 9)),
                (14, order.filled),
                (6, (order.price or self.price) if order.filled else 0),
                (60, now()),
            ],
        )

    def _new(self, message: Fields) -> list[Answer]:
        order = Order(
            f"V{next(self._order_ids)}",
            message["11"],
            message["55"],
            message["54"],
            message["40"],
            float(message["38"]),
            float(message.get("44", 0)),
        )
        if self.faults.refuse is not None:
            reason, text = self.faults.refuse
            self.faults.refuse = None
            order.id, order.status = "NONE", _REJECTED
            return [self.report(order, _REJECTED, [(103, reason), (58, text)])]
        self.orders |= {order.id: order, order.client_id: order}
        answers = [self.report(order, _NEW, [])]
        if not order.price:
            answers.append(self.execute(order.id, order.quantity))
        return answers

    def _replace(self, message: Fields) -> list[Answer]:
        order = self.orders.get(message["41"])
        if self.faults.refuse_cancel is not None or order is None or not order.is_open:
            return [self._cancel_refused(message, order, "2")]
        pending = self._pending(order, _PENDING_REPLACE, message)
        order.quantity, order.price = float(message["38"]), float(message.get("44", 0))
        order.client_id = message["11"]
        self.orders[order.client_id] = order
        return [pending, self.report(order, _REPLACED, [], original=message["41"])]

    def _cancel(self, message: Fields) -> list[Answer]:
        order = self.orders.get(message["41"])
        if self.faults.refuse_cancel is not None or order is None or not order.is_open:
            return [self._cancel_refused(message, order, "1")]
        pending = self._pending(order, _PENDING_CANCEL, message)
        order.status = _CANCELED
        return [pending, self.report(order, _CANCELED, [], client_id=message["11"], original=message["41"])]

    def _pending(self, order: Order, status: str, message: Fields) -> Answer:
        before, order.status = order.status, status
        told = self.report(order, status, [], client_id=message["11"], original=message["41"])
        order.status = before
        return told

    def _cancel_refused(self, message: Fields, order: Order | None, to: str) -> Answer:
        reason, text = self.faults.refuse_cancel or (1 if order is None else 0, "no such open order")
        self.faults.refuse_cancel = None
        body: Body = [
            (37, order.id if order else "NONE"),
            (11, message["11"]),
            (41, message["41"]),
            (39, order.status if order else _REJECTED),
            (434, to),
            (102, reason),
            (58, text),
        ]
        return Answer("9", body)

    def _state(self, message: Fields) -> list[Answer]:
        return [self.report(self.orders[message["11"]], _STATUS, [])]

    def _quote(self, message: Fields) -> list[Answer]:
        return [Answer("W", self.quote(message["55"]))]


def _refused(message: Fields, kind: str, reason: int, text: str) -> Answer:
    code = 373 if kind == "3" else 380
    return Answer(kind, [(45, message["34"]), (372, message["35"]), (code, reason), (58, text)])
