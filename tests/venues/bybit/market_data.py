"""What the public streams tell: order books with snapshots and deltas, tickers, trades, candles."""

from __future__ import annotations

from typing import Any

from tests.venues.bybit.engine import PRICES
from tests.venues.bybit.operations import book, ticker

FIRST_UPDATE = 100
"""``u`` of a book's snapshot."""


def snapshot(topic: str, now_ms: int) -> dict[str, Any] | None:
    """Return what a new subscription of ``topic`` is told first, where it is told anything."""
    name, _, rest = topic.partition(".")
    symbol = rest.rpartition(".")[2]
    if symbol not in PRICES:
        return None
    data: Any = None
    if name == "orderbook":
        data = book(symbol) | {"u": FIRST_UPDATE, "seq": FIRST_UPDATE}
    elif name == "tickers":
        data = ticker(symbol)
    return None if data is None else {"topic": topic, "type": "snapshot", "ts": now_ms, "data": data, "cts": now_ms}


def update(topic: str, number: int, now_ms: int) -> dict[str, Any]:
    """Return the ``number``-th update of ``topic`` after its first message."""
    name, _, rest = topic.partition(".")
    symbol = rest.rpartition(".")[2]
    price = f"{PRICES[symbol]:f}"
    told: dict[str, Any] = {"topic": topic, "type": "delta", "ts": now_ms, "cts": now_ms}
    if name == "orderbook":
        bid = book(symbol)["b"][0]
        told["data"] = {"s": symbol, "b": [[bid[0], str(2 + number)]], "a": []}
        told["data"] |= {"u": FIRST_UPDATE + number, "seq": FIRST_UPDATE + number}
    elif name == "tickers":
        told["data"] = {"symbol": symbol, "lastPrice": price}
    elif name == "publicTrade":
        trade = {"T": now_ms, "s": symbol, "S": "Buy", "v": "0.1", "p": price, "i": f"t{number}", "BT": False}
        told |= {"type": "snapshot", "data": [trade]}
    else:
        candle = {"start": now_ms, "end": now_ms, "interval": "1", "open": price, "close": price, "timestamp": now_ms}
        told |= {"type": "snapshot", "data": [candle | {"high": price, "low": price, "volume": "1", "confirm": False}]}
    return told
