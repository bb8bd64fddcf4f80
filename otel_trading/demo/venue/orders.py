"""Orders and their executions, and how the venue tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.demo.venue.decimals import ZERO, fixed

if TYPE_CHECKING:
    from decimal import Decimal

    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.symbols import Symbol


class Side(str, Enum):
    """The side of an order."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(str, Enum):
    """The kinds of orders the venue takes."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"


class TimeInForce(str, Enum):
    """How long an order stands."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class Status(str, Enum):
    """The status of an order."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class Detail(str, Enum):
    """How much the answer to a new order says (``newOrderRespType``)."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


CONDITIONAL = frozenset(
    {OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT}
)
PRICELESS = frozenset({OrderType.MARKET, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT})
OPEN = frozenset({Status.NEW, Status.PARTIALLY_FILLED})


class Ticket(NamedTuple):
    """A new order as it was asked for: checked for form, not yet against market and account."""

    symbol: Symbol
    side: Side
    type: OrderType
    client_id: str
    detail: Detail
    time_in_force: TimeInForce = TimeInForce.GTC
    quantity: Decimal = ZERO
    quote_quantity: Decimal = ZERO
    price: Decimal = ZERO
    stop_price: Decimal = ZERO


class Fill(NamedTuple):
    """One execution. ``time_ms`` is milliseconds since the epoch."""

    trade_id: int
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    maker: bool
    time_ms: int


@dataclass
class Order:
    """An accepted order.

    ``reserve_price`` is what a unit of a buy order has locked of the quote asset. ``working`` is false while a
    conditional order waits for its stop price. ``scripted`` orders are filled by a plan, not by the market.
    """

    id: int
    account: Account
    ticket: Ticket
    quantity: Decimal
    created_ms: int
    reserve_price: Decimal
    working: bool
    triggers_above: bool = False
    scripted: bool = False
    status: Status = Status.NEW
    executed: Decimal = ZERO
    quote_executed: Decimal = ZERO
    fills: list[Fill] = field(default_factory=list)
    updated_ms: int = 0
    working_ms: int = -1

    @property
    def symbol(self) -> Symbol:
        """The pair."""
        return self.ticket.symbol

    @property
    def buy(self) -> bool:
        """Whether this order buys."""
        return self.ticket.side is Side.BUY

    @property
    def remaining(self) -> Decimal:
        """What has not been executed."""
        return self.quantity - self.executed

    @property
    def is_open(self) -> bool:
        """Whether more can happen to it."""
        return self.status in OPEN

    @property
    def limit(self) -> Decimal | None:
        """The worst price it accepts, if it has one."""
        return None if self.ticket.type in PRICELESS else self.ticket.price

    def acknowledged(self) -> dict[str, Any]:
        """Return the answer to a new order, in the detail it was asked for."""
        told: dict[str, Any] = {
            "symbol": self.symbol.name,
            "orderId": self.id,
            "orderListId": -1,
            "clientOrderId": self.ticket.client_id,
            "transactTime": self.updated_ms,
        }
        if self.ticket.detail is Detail.ACK:
            return told
        told.update(self._state())
        if self.working:
            told["workingTime"] = self.working_ms
        if self.ticket.detail is Detail.FULL:
            told["fills"] = [
                {
                    "price": fixed(fill.price),
                    "qty": fixed(fill.quantity),
                    "commission": fixed(fill.commission),
                    "commissionAsset": fill.commission_asset,
                    "tradeId": fill.trade_id,
                }
                for fill in self.fills
            ]
        return told

    def canceled(self, cancel_id: str) -> dict[str, Any]:
        """Return the answer to a cancellation, which has a client id of its own."""
        return {
            "symbol": self.symbol.name,
            "origClientOrderId": self.ticket.client_id,
            "orderId": self.id,
            "orderListId": -1,
            "clientOrderId": cancel_id,
            "transactTime": self.updated_ms,
            **self._state(),
        }

    def queried(self) -> dict[str, Any]:
        """Return the answer to a query."""
        return {
            "symbol": self.symbol.name,
            "orderId": self.id,
            "orderListId": -1,
            "clientOrderId": self.ticket.client_id,
            **self._state(),
            "stopPrice": fixed(self.ticket.stop_price),
            "icebergQty": fixed(ZERO),
            "time": self.created_ms,
            "updateTime": self.updated_ms,
            "isWorking": self.working,
            "workingTime": self.working_ms,
        }

    def trades(self) -> list[dict[str, Any]]:
        """Return the executions as the endpoint ``myTrades`` tells them."""
        return [
            {
                "symbol": self.symbol.name,
                "id": fill.trade_id,
                "orderId": self.id,
                "orderListId": -1,
                "price": fixed(fill.price),
                "qty": fixed(fill.quantity),
                "quoteQty": fixed(fill.price * fill.quantity),
                "commission": fixed(fill.commission),
                "commissionAsset": fill.commission_asset,
                "time": fill.time_ms,
                "isBuyer": self.buy,
                "isMaker": fill.maker,
                "isBestMatch": True,
            }
            for fill in self.fills
        ]

    def _state(self) -> dict[str, Any]:
        ticket = self.ticket
        state = {
            "price": fixed(ticket.price),
            "origQty": fixed(self.quantity),
            "executedQty": fixed(self.executed),
            "origQuoteOrderQty": fixed(ticket.quote_quantity),
            "cummulativeQuoteQty": fixed(self.quote_executed),
            "status": self.status.value,
            "timeInForce": ticket.time_in_force.value,
            "type": ticket.type.value,
            "side": ticket.side.value,
            "selfTradePreventionMode": "NONE",
        }
        if ticket.stop_price:
            state["stopPrice"] = fixed(ticket.stop_price)
        return state
