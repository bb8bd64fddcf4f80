"""What V5 calls instruments, orders and their states, in our terms.

Source: Bybit's V5 API documentation, "Enums definitions" and "Place order".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.values import text
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Mapping

VENUE = "bybit"

_STATUSES = {
    "Created": Status.PENDING_NEW,
    "New": Status.NEW,
    "PartiallyFilled": Status.PARTIALLY_FILLED,
    "Filled": Status.FILLED,
    "Cancelled": Status.CANCELED,
    "PartiallyFilledCanceled": Status.CANCELED,
    "PendingCancel": Status.PENDING_CANCEL,
    "Rejected": Status.REJECTED,
    # A conditional order stands at the venue before it is triggered as after; deactivated, it was canceled before.
    "Untriggered": Status.NEW,
    "Triggered": Status.NEW,
    "Active": Status.NEW,
    "Deactivated": Status.CANCELED,
}
_TIMES_IN_FORCE = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "PostOnly": TimeInForce.GTX,
}
_TAKES_PROFIT = ("TakeProfit", "PartialTakeProfit")
_DELIVERED = re.compile(r"USD[FGHJKMNQUVXZ]\d\d$")  # BTCUSDH25: an inverse future, by its month and year


def status(word: Any) -> Status | None:
    """Return ``orderStatus`` in the terms of FIX OrdStatus (39); None for one that is unknown."""
    return _STATUSES.get(text(word))


def time_in_force(word: Any) -> str:
    """Return ``timeInForce`` in the terms of FIX TimeInForce (59); empty where there is none."""
    given = text(word)
    return _TIMES_IN_FORCE.get(given, TimeInForce.OTHER).value if given else ""


def order_type(given: Mapping[str, Any]) -> str:
    """Return the type (FIX OrdType, 40) of an order that a request asks for, or that a report tells of."""
    word, kind = text(given.get("orderType")), text(given.get("stopOrderType"))
    if word not in {"Market", "Limit"}:
        return OrderType.OTHER.value if word else ""
    at_market, at_limit = OrderType.MARKET, OrderType.LIMIT
    if kind == "TrailingStop":
        at_market = at_limit = OrderType.TRAILING_STOP
    elif kind in _TAKES_PROFIT:
        at_market, at_limit = OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT
    elif text(given.get("triggerPrice")) not in {"", "0"}:
        at_market, at_limit = OrderType.STOP, OrderType.STOP_LIMIT
    return at_market.value if word == "Market" else at_limit.value


def instrument_type(given: Mapping[str, Any]) -> str:
    """Return the type of the instrument by ``category`` and, of derivatives, by the symbol; empty without category."""
    category, symbol = text(given.get("category")), text(given.get("symbol"))
    if category == "spot":
        return InstrumentType.MARGIN.value if text(given.get("isLeverage")) == "1" else InstrumentType.SPOT.value
    if category == "option":
        return InstrumentType.OPTION.value
    if category in {"linear", "inverse"}:
        is_future = "-" in symbol or _DELIVERED.search(symbol) is not None
        return InstrumentType.FUTURE.value if is_future else InstrumentType.SWAP.value
    return InstrumentType.OTHER.value if category else ""


def settlement_coin(given: Mapping[str, Any]) -> str:
    """Return the coin that a derivative is settled in, and its fees are paid in; empty for spot."""
    category, symbol = text(given.get("category")), text(given.get("symbol"))
    if category == "inverse":
        return symbol.partition("USD")[0]
    if category in {"linear", "option"}:
        return "USDT" if "USDT" in symbol else "USDC"
    return ""


def is_in_quote(given: Mapping[str, Any]) -> bool:
    """Tell whether ``qty`` is an amount of the quote coin: as a spot market order to buy has it where none is named."""
    if given.get("category") != "spot" or given.get("orderType") != "Market":
        return False
    unit = text(given.get("marketUnit"))
    return unit == "quoteCoin" if unit else given.get("side") == "Buy"
