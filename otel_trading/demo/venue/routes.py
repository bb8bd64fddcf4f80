"""Which REST endpoint is which operation."""

from __future__ import annotations

_V3 = "/api/v3"

ROUTES: dict[tuple[str, str], str] = {
    ("GET", f"{_V3}/ping"): "ping",
    ("GET", f"{_V3}/time"): "time",
    ("GET", f"{_V3}/exchangeInfo"): "exchangeInfo",
    ("GET", f"{_V3}/depth"): "depth",
    ("GET", f"{_V3}/trades"): "trades.recent",
    ("GET", f"{_V3}/historicalTrades"): "trades.historical.keyed",
    ("GET", f"{_V3}/aggTrades"): "trades.aggregate",
    ("GET", f"{_V3}/klines"): "klines",
    ("GET", f"{_V3}/uiKlines"): "klines",
    ("GET", f"{_V3}/avgPrice"): "avgPrice",
    ("GET", f"{_V3}/ticker/24hr"): "ticker.24hr",
    ("GET", f"{_V3}/ticker"): "ticker",
    ("GET", f"{_V3}/ticker/price"): "ticker.price",
    ("GET", f"{_V3}/ticker/bookTicker"): "ticker.book",
    ("POST", f"{_V3}/order"): "order.place",
    ("POST", f"{_V3}/order/test"): "order.test",
    ("GET", f"{_V3}/order"): "order.status",
    ("DELETE", f"{_V3}/order"): "order.cancel",
    ("POST", f"{_V3}/order/cancelReplace"): "order.cancelReplace",
    ("GET", f"{_V3}/openOrders"): "openOrders.status",
    ("DELETE", f"{_V3}/openOrders"): "openOrders.cancelAll",
    ("GET", f"{_V3}/allOrders"): "allOrders",
    ("GET", f"{_V3}/myTrades"): "myTrades",
    ("GET", f"{_V3}/account"): "account.status",
    ("GET", f"{_V3}/account/commission"): "account.commission",
    ("GET", f"{_V3}/rateLimit/order"): "account.rateLimits.orders",
    ("POST", f"{_V3}/userDataStream"): "userDataStream.start",
    ("PUT", f"{_V3}/userDataStream"): "userDataStream.ping",
    ("DELETE", f"{_V3}/userDataStream"): "userDataStream.stop",
    ("GET", "/sapi/v1/capital/config/getall"): "wallet.coins",
    ("GET", "/sapi/v1/asset/tradeFee"): "wallet.fees",
    ("GET", "/sapi/v1/system/status"): "wallet.status",
    ("GET", "/sapi/v1/margin/allPairs"): "margin.pairs",
    ("GET", "/sapi/v1/margin/isolated/allPairs"): "margin.pairs",
    ("GET", "/fapi/v1/exchangeInfo"): "futures.exchangeInfo",
    ("GET", "/dapi/v1/exchangeInfo"): "futures.exchangeInfo",
}

WEBSOCKET_METHODS = frozenset(
    {
        "ping",
        "time",
        "exchangeInfo",
        "depth",
        "trades.recent",
        "trades.historical",
        "trades.aggregate",
        "klines",
        "uiKlines",
        "avgPrice",
        "ticker.24hr",
        "ticker",
        "ticker.price",
        "ticker.book",
        "order.place",
        "order.test",
        "order.cancel",
        "order.cancelReplace",
        "order.status",
        "openOrders.status",
        "openOrders.cancelAll",
        "allOrders",
        "myTrades",
        "account.status",
        "account.commission",
        "account.rateLimits.orders",
    }
)
"""The operations that may be asked over the websocket API by their own name."""

SAME_AS = {"uiKlines": "klines"}
"""Websocket methods that are another one here."""


def route(method: str, path: str) -> str | None:
    """Return the operation of a REST request, or nothing. ``/api/v1`` is an old name of ``/api/v3``."""
    if path.startswith("/api/v1/"):
        path = _V3 + path.removeprefix("/api/v1")
    return ROUTES.get((method, path))
