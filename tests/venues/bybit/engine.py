"""The venue's orders: taken, changed, canceled, and executed when a test says so."""

from __future__ import annotations

import itertools
import uuid
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.venues.bybit.orders import ZERO, Execution, Order
from tests.venues.bybit.refusals import RefusedError, duplicate, invalid, no_money, no_such_order, no_such_symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.demo.venue.clock import Clock

PRICES = {"BTCUSDT": Decimal("60000.5"), "ETHUSDT": Decimal("3000.5")}
"""The middle of each market, the same in spot and linear."""

HALF_SPREAD = Decimal("0.5")
_MAKER_FEE, _TAKER_FEE = Decimal("0.0002"), Decimal("0.00055")
_LOT = Decimal("0.000001")


class Engine:
    """Orders of one account that may spend ``funds`` of the quote coin on each order.

    ``tell`` is given what the private streams say: a topic and its data.
    """

    def __init__(self, clock: Clock, funds: Decimal) -> None:
        self._clock = clock
        self._funds = funds
        self.tell: Callable[[str, list[dict[str, Any]]], None] = lambda _topic, _data: None
        self._sequence = itertools.count(1)
        self.orders: dict[str, Order] = {}
        self.executions: list[Execution] = []
        self.refuse_next = 0

    def place(self, given: dict[str, Any]) -> Order:
        """Take an order."""
        if self.refuse_next:
            self.refuse_next -= 1
            raise no_money(str(given.get("category")))
        order = self._asked(given)
        price = self._price(order)
        if (order.quantity if order.in_quote else order.quantity * price) > self._funds:
            raise no_money(order.category)
        self.orders[order.id] = order
        if order.trigger_price:
            order.status = "Untriggered"
        elif order.type == "Market" or self._crosses(order):
            self._take(order, price)
            return order
        elif order.time_in_force in {"IOC", "FOK"}:
            self._end(order, "CancelByUser", "EC_NoImmediateQtyToFill")
            return order
        self.tell("order", [order.told()])
        return order

    def amend(self, given: dict[str, Any]) -> Order:
        """Change quantity or price of an open order."""
        order = self.find(given)
        order.quantity = _decimal(given.get("qty", order.quantity), "qty")
        order.price = _decimal(given.get("price", order.price), "price")
        order.updated_ms = self._clock.now_ms()
        self.tell("order", [order.told()])
        return order

    def cancel(self, given: dict[str, Any]) -> Order:
        """Cancel an open order."""
        order = self.find(given)
        self._end(order, "CancelByUser")
        return order

    def cancel_all(self, given: dict[str, Any]) -> list[Order]:
        """Cancel every open order of a category, or of a symbol of it."""
        found = list(self.open(given))
        for order in found:
            self._end(order, "CancelByUser")
        return found

    def find(self, given: dict[str, Any]) -> Order:
        """Return the open order that ``given`` names."""
        id_, link = given.get("orderId"), given.get("orderLinkId")
        for order in self.open({"category": given.get("category")}):
            if order.id == id_ or (link and order.link_id == link):
                return order
        raise no_such_order(str(given.get("category")))

    def open(self, given: dict[str, Any]) -> Iterator[Order]:
        """Yield the open orders that ``given`` asks for."""
        return (order for order in self.matching(given) if order.is_open)

    def matching(self, given: dict[str, Any]) -> list[Order]:
        """Return the orders that ``given`` asks for, the newest first."""
        wanted = {key: given[key] for key in ("category", "symbol", "orderId", "orderLinkId") if given.get(key)}
        told = [(order, order.told()) for order in reversed(self.orders.values())]
        return [order for order, said in told if all(said[key] == value for key, value in wanted.items())]

    def execute(self, order_id: str, quantity: Decimal) -> None:
        """Execute ``quantity`` of an open order as maker, at its price."""
        order = self.orders[order_id]
        if not order.is_open:
            raise ValueError(f"{order_id} is {order.status}")
        self._fill(order, quantity, order.price, maker=True)

    def _asked(self, given: dict[str, Any]) -> Order:
        category, symbol = str(given.get("category", "")), str(given.get("symbol", ""))
        if symbol not in PRICES:
            raise no_such_symbol(category)
        if given.get("side") not in {"Buy", "Sell"}:
            raise invalid("side invalid")
        if given.get("orderType") not in {"Market", "Limit"}:
            raise invalid("orderType invalid")
        link = str(given.get("orderLinkId", ""))
        if link and any(order.link_id == link for order in self.orders.values()):
            raise duplicate(category)
        is_market = given["orderType"] == "Market"
        unit = ""
        if category == "spot" and is_market:
            unit = str(given.get("marketUnit") or ("quoteCoin" if given["side"] == "Buy" else "baseCoin"))
        quantity = _decimal(given.get("qty"), "qty")
        if quantity <= 0:
            raise RefusedError(170136, "Order quantity exceeded lower limit.")
        return Order(
            category,
            symbol,
            given["side"],
            given["orderType"],
            quantity,
            ZERO if is_market else _decimal(given.get("price"), "price"),
            str(uuid.uuid4()),
            self._clock.now_ms(),
            link_id=link,
            time_in_force="IOC" if is_market else str(given.get("timeInForce", "GTC")),
            market_unit=unit,
            trigger_price=str(given.get("triggerPrice", "")),
            is_leverage=str(given.get("isLeverage", "")),
        )

    def _touch(self, order: Order) -> Decimal:
        return PRICES[order.symbol] + (HALF_SPREAD if order.side == "Buy" else -HALF_SPREAD)

    def _price(self, order: Order) -> Decimal:
        return self._touch(order) if order.type == "Market" or self._crosses(order) else order.price

    def _crosses(self, order: Order) -> bool:
        touch = self._touch(order)
        return order.price >= touch if order.side == "Buy" else order.price <= touch

    def _take(self, order: Order, price: Decimal) -> None:
        if order.time_in_force == "PostOnly":
            self._end(order, "CancelByUser", "EC_PostOnlyWillTakeLiquidity")
            return
        quantity = (order.quantity / price).quantize(_LOT, ROUND_DOWN) if order.in_quote else order.quantity
        self._fill(order, quantity, price, maker=False)

    def _fill(self, order: Order, quantity: Decimal, price: Decimal, *, maker: bool) -> None:
        order.filled += quantity
        order.value += quantity * price
        fee = quantity * price * (_MAKER_FEE if maker else _TAKER_FEE)
        if order.category == "spot" and order.side == "Buy":
            fee /= price  # what is bought pays
        order.fee += fee
        order.updated_ms = self._clock.now_ms()
        order.status = "Filled" if order.in_quote or order.filled >= order.quantity else "PartiallyFilled"
        sequence = next(self._sequence)
        done = Execution(order, str(uuid.uuid4()), quantity, price, fee, maker, order.updated_ms, sequence)
        self.executions.append(done)
        self.tell("execution", [done.told()])
        self.tell("order", [order.told()])
        if order.category != "spot":
            self.tell("position", [self.position(order.category, order.symbol)])

    def position(self, category: str, symbol: str) -> dict[str, Any]:
        """Return the position in a contract, as the position stream tells it."""
        done = [item for item in self.executions if (item.order.category, item.order.symbol) == (category, symbol)]
        size = sum((item.quantity if item.order.side == "Buy" else -item.quantity for item in done), ZERO)
        cost = sum((item.quantity * item.price for item in done), ZERO)
        bought = sum((item.quantity for item in done), ZERO)
        entry = cost / bought if bought else ZERO
        return {
            "category": category,
            "symbol": symbol,
            "positionIdx": 0,
            "side": "Buy" if size > 0 else "Sell" if size < 0 else "",
            "size": f"{abs(size):f}",
            "entryPrice": f"{entry:f}",
            "markPrice": f"{PRICES[symbol]:f}",
            "unrealisedPnl": f"{(PRICES[symbol] - entry) * size:f}",
            "curRealisedPnl": "0",
            "cumRealisedPnl": f"{-sum((item.fee for item in done), ZERO):f}",
            "leverage": "10",
            "positionStatus": "Normal",
            "updatedTime": str(self._clock.now_ms()),
            "seq": 1,
        }

    def _end(self, order: Order, cancel_type: str, reason: str = "EC_PerCancelRequest") -> None:
        is_partly_done = order.category == "spot" and order.filled > 0
        order.status = "PartiallyFilledCanceled" if is_partly_done else "Cancelled"
        order.cancel_type, order.reject_reason = cancel_type, reason
        order.updated_ms = self._clock.now_ms()
        self.tell("order", [order.told()])


def _decimal(value: Any, name: str) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise invalid(f"{name} invalid") from None
