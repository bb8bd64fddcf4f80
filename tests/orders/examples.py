"""The order that most examples are about, and short names for what they look at."""

from __future__ import annotations

from typing import Any

import otel_trading
from otel_trading import Order
from otel_trading.semconv import attributes as names

TERMS: dict[str, Any] = {
    "venue": "binance",
    "symbol": "BTC/USDT",
    "side": "buy",
    "type": "limit",
    "quantity": 0.5,
    "price": 60_000.0,
    "instrument_type": "spot",
    "strategy": "grid-btc",
}

BASE = {
    names.TRADING_VENUE: "binance",
    names.TRADING_SYMBOL: "BTC/USDT",
    names.TRADING_ORDER_SIDE: "buy",
    names.TRADING_ORDER_TYPE: "limit",
    names.TRADING_INSTRUMENT_TYPE: "spot",
    names.TRADING_STRATEGY_ID: "grid-btc",
}
"""The dimensions of that order's metrics."""


def sent(client_id: str = "cl-1", **more: Any) -> Order:
    """Return an order that has just left for the venue."""
    with otel_trading.order(client_id=client_id, **{**TERMS, **more}) as order:
        order.submitted()
    return order


def working(client_id: str = "cl-1", venue_id: str = "1001", **more: Any) -> Order:
    """Return an order that the venue has acknowledged."""
    order = sent(client_id, **more)
    order.acknowledged(id=venue_id)
    return order
