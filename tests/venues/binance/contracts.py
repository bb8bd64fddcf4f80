"""Orders for one perpetual contract: what a request does to them, and how answers and events tell of it.

Limit orders rest until a test has them executed; market orders are executed at the mark price.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.demo.venue.errors import VenueError

if TYPE_CHECKING:
    from collections.abc import Callable

SYMBOL = "BTCUSDT"
MARK = Decimal(60_000)
_FEE_RATE = Decimal("0.0004")
_MOST = Decimal(1_000)
_ZERO = Decimal(0)


def now_ms() -> int:
    """Return the venue's time."""
    return time.time_ns() // 1_000_000


class Execution(NamedTuple):
    """One execution of an order."""

    id: int
    quantity: Decimal
    price: Decimal
    maker: bool


@dataclass
class Contract:
    """One order and what became of it."""

    id: int
    client_id: str
    side: str
    kind: str
    quantity: Decimal
    price: Decimal
    time_in_force: str
    status: str = "NEW"
    done: Decimal = _ZERO
    spent: Decimal = _ZERO
    updated_ms: int = field(default_factory=now_ms)
    executions: list[Execution] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """Return the order as the REST endpoints tell it ("New Order", "Query Order")."""
        return {
            "orderId": self.id,
            "symbol": SYMBOL,
            "status": self.status,
            "clientOrderId": self.client_id,
            "price": f"{self.price:f}",
            "avgPrice": f"{self._average():f}",
            "origQty": f"{self.quantity:f}",
            "executedQty": f"{self.done:f}",
            "cumQuote": f"{self.spent:f}",
            "timeInForce": self.time_in_force,
            "type": self.kind,
            "reduceOnly": False,
            "closePosition": False,
            "side": self.side,
            "positionSide": "BOTH",
            "stopPrice": "0",
            "origType": self.kind,
            "updateTime": self.updated_ms,
        }

    def event(self, what: str, execution: Execution | None = None) -> dict[str, Any]:
        """Return the event ``ORDER_TRADE_UPDATE`` about what happened to the order (field ``x``)."""
        order: dict[str, Any] = {
            "s": SYMBOL,
            "c": self.client_id,
            "S": self.side,
            "o": self.kind,
            "f": self.time_in_force,
            "q": f"{self.quantity:f}",
            "p": f"{self.price:f}",
            "ap": f"{self._average():f}",
            "sp": "0",
            "x": what,
            "X": self.status,
            "i": self.id,
            "l": "0",
            "z": f"{self.done:f}",
            "L": "0",
            "T": self.updated_ms,
            "t": 0,
            "m": False,
            "ot": self.kind,
            "ps": "BOTH",
            "rp": "0",
        }
        if execution is not None:
            order |= {
                "l": f"{execution.quantity:f}",
                "L": f"{execution.price:f}",
                "t": execution.id,
                "m": execution.maker,
                "n": f"{execution.quantity * execution.price * _FEE_RATE:f}",
                "N": "USDT",
            }
        return {"e": "ORDER_TRADE_UPDATE", "E": now_ms(), "T": self.updated_ms, "o": order}

    def trades(self) -> list[dict[str, Any]]:
        """Return the executions as "Account Trade List" tells them."""
        return [
            {
                "symbol": SYMBOL,
                "id": each.id,
                "orderId": self.id,
                "side": self.side,
                "price": f"{each.price:f}",
                "qty": f"{each.quantity:f}",
                "commission": f"{each.quantity * each.price * _FEE_RATE:f}",
                "commissionAsset": "USDT",
                "time": self.updated_ms,
                "buyer": self.side == "BUY",
                "maker": each.maker,
            }
            for each in self.executions
        ]

    @property
    def is_open(self) -> bool:
        """Whether more can happen to it."""
        return self.status in ("NEW", "PARTIALLY_FILLED")

    def _average(self) -> Decimal:
        return self.spent / self.done if self.done else _ZERO


class Contracts:
    """All orders of the account; ``tell`` takes the events of its stream."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tell = tell
        self._orders: dict[int, Contract] = {}
        self._ids = itertools.count(8_389_765_000)
        self._trades = itertools.count(61_000)
        self.position = _ZERO

    def place(self, asked: dict[str, str]) -> Contract:
        """Take an order; raise the venue's error for what it does not take."""
        kind, quantity = asked.get("type", ""), Decimal(asked.get("quantity", "0"))
        if asked.get("symbol") != SYMBOL:
            raise VenueError(-1121, "Invalid symbol.")
        if quantity <= 0 or kind not in ("LIMIT", "MARKET"):
            raise VenueError(-1106, "Parameter sent when not required.")
        if quantity > _MOST:
            raise VenueError(-4005, "Quantity greater than max quantity.")
        order = Contract(
            next(self._ids),
            asked["newClientOrderId"],
            asked.get("side", ""),
            kind,
            quantity,
            Decimal(asked.get("price", "0")),
            asked.get("timeInForce", "GTC"),
        )
        self._orders[order.id] = order
        self._tell(order.event("NEW"))
        if kind == "MARKET":
            self.execute(order, quantity, MARK, maker=False)
        return order

    def amend(self, asked: dict[str, str]) -> Contract:
        """Change quantity and price of an open order."""
        order = self._open(asked)
        order.quantity, order.price = Decimal(asked["quantity"]), Decimal(asked["price"])
        order.updated_ms = now_ms()
        self._tell(order.event("AMENDMENT"))
        return order

    def cancel(self, asked: dict[str, str]) -> Contract:
        """Cancel an open order."""
        order = self._open(asked)
        order.status, order.updated_ms = "CANCELED", now_ms()
        self._tell(order.event("CANCELED"))
        return order

    def cancel_all(self) -> None:
        """Cancel every open order."""
        for order in self.open():
            self.cancel({"orderId": str(order.id)})

    def open(self) -> list[Contract]:
        """Return the open orders."""
        return [order for order in self._orders.values() if order.is_open]

    def all(self) -> list[Contract]:
        """Return all orders."""
        return list(self._orders.values())

    def execute(self, order: Contract, quantity: Decimal, price: Decimal, *, maker: bool) -> None:
        """Execute a part of an order."""
        execution = Execution(next(self._trades), quantity, price, maker)
        order.executions.append(execution)
        order.done += quantity
        order.spent += quantity * price
        order.status = "FILLED" if order.done >= order.quantity else "PARTIALLY_FILLED"
        order.updated_ms = now_ms()
        self.position += quantity if order.side == "BUY" else -quantity
        self._tell(order.event("TRADE", execution))
        self._tell(
            {
                "e": "ACCOUNT_UPDATE",
                "E": now_ms(),
                "T": order.updated_ms,
                "a": {"m": "ORDER", "B": [], "P": [{"s": SYMBOL, "pa": f"{self.position:f}", "ps": "BOTH"}]},
            }
        )

    def find(self, asked: dict[str, str]) -> Contract | None:
        """Return the order that a request names, by either of its ids."""
        if asked.get("orderId"):
            return self._orders.get(int(asked["orderId"]))
        named = asked.get("origClientOrderId")
        return next((order for order in reversed(self._orders.values()) if order.client_id == named), None)

    def _open(self, asked: dict[str, str]) -> Contract:
        order = self.find(asked)
        if order is None or not order.is_open:
            raise VenueError(-2011, "Unknown order sent.")
        return order
