"""Orders and executions of the venue, and how V5 tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass
class Order:
    """One order; ``quantity`` is in quote coin where ``market_unit`` says so."""

    category: str
    symbol: str
    side: str
    type: str
    quantity: Decimal
    price: Decimal
    id: str
    created_ms: int
    link_id: str = ""
    time_in_force: str = "GTC"
    market_unit: str = ""
    trigger_price: str = ""
    is_leverage: str = ""
    status: str = "New"
    filled: Decimal = ZERO
    value: Decimal = ZERO
    fee: Decimal = ZERO
    updated_ms: int = 0
    cancel_type: str = "UNKNOWN"
    reject_reason: str = "EC_NoError"

    @property
    def is_open(self) -> bool:
        """Whether it can still be executed."""
        return self.status in {"New", "PartiallyFilled", "Untriggered"}

    @property
    def in_quote(self) -> bool:
        """Whether its quantity is an amount of the quote coin."""
        return self.market_unit == "quoteCoin"

    def told(self) -> dict[str, Any]:
        """Return the order as the order stream and the lists of orders have it."""
        leaves = ZERO if not self.is_open or self.in_quote else self.quantity - self.filled
        return {
            "category": self.category,
            "symbol": self.symbol,
            "orderId": self.id,
            "orderLinkId": self.link_id,
            "blockTradeId": "",
            "side": self.side,
            "positionIdx": 0,
            "orderStatus": self.status,
            "cancelType": self.cancel_type,
            "rejectReason": self.reject_reason,
            "timeInForce": self.time_in_force,
            "isLeverage": self.is_leverage,
            "marketUnit": self.market_unit,
            "price": f"{self.price:f}",
            "qty": f"{self.quantity:f}",
            "avgPrice": f"{self.value / self.filled:f}" if self.filled else "",
            "leavesQty": f"{leaves:f}",
            "leavesValue": f"{leaves * self.price:f}",
            "cumExecQty": f"{self.filled:f}",
            "cumExecValue": f"{self.value:f}",
            "cumExecFee": f"{self.fee:f}",
            "orderType": self.type,
            "stopOrderType": "Stop" if self.trigger_price else "",
            "triggerPrice": self.trigger_price,
            "takeProfit": "",
            "stopLoss": "",
            "reduceOnly": False,
            "closeOnTrigger": False,
            "createdTime": str(self.created_ms),
            "updatedTime": str(self.updated_ms or self.created_ms),
        }


@dataclass
class Execution:
    """A part of an order that was done."""

    order: Order
    id: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    maker: bool
    time_ms: int
    sequence: int

    def told(self) -> dict[str, Any]:
        """Return the execution as the execution stream and the list of executions have it."""
        order = self.order
        return {
            "category": order.category,
            "symbol": order.symbol,
            "orderId": order.id,
            "orderLinkId": order.link_id,
            "side": order.side,
            "orderPrice": f"{order.price:f}",
            "orderQty": f"{order.quantity:f}",
            "leavesQty": f"{ZERO if order.in_quote else order.quantity - order.filled:f}",
            "orderType": order.type,
            "stopOrderType": "",
            "execFee": f"{self.fee:f}",
            "execId": self.id,
            "execPrice": f"{self.price:f}",
            "execQty": f"{self.quantity:f}",
            "execType": "Trade",
            "execValue": f"{self.quantity * self.price:f}",
            "execTime": str(self.time_ms),
            "feeCurrency": self.fee_currency,
            "feeRate": "0.0002" if self.maker else "0.00055",
            "isLeverage": order.is_leverage,
            "isMaker": self.maker,
            "marketUnit": order.market_unit,
            "seq": self.sequence,
        }

    @property
    def fee_currency(self) -> str:
        """The coin of the fee, which V5 tells for spot only."""
        if self.order.category != "spot":
            return ""
        return self.order.symbol.removesuffix("USDT") if self.order.side == "Buy" else "USDT"
