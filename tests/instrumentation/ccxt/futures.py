"""A few endpoints of a futures venue that takes several orders in one request, as the spot venue does not."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

SYMBOL = "BTC/USDT:USDT"
REFUSED = {"code": -4005, "msg": "Quantity greater than max quantity."}
GONE = {"code": -2011, "msg": "Unknown order sent."}
MOST = 1_000.0

_MARKET = {
    "symbol": "BTCUSDT",
    "pair": "BTCUSDT",
    "contractType": "PERPETUAL",
    "deliveryDate": 4133404800000,
    "onboardDate": 1569398400000,
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "marginAsset": "USDT",
    "pricePrecision": 2,
    "quantityPrecision": 3,
    "orderTypes": ["LIMIT", "MARKET"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.10", "maxPrice": "1000000", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "10000", "stepSize": "0.001"},
    ],
}
_POSITION = {
    "symbol": "BTCUSDT",
    "positionSide": "BOTH",
    "positionAmt": "-0.020",
    "entryPrice": "60000.0",
    "markPrice": "60000.0",
    "notional": "-1200.0",
    "unRealizedProfit": "0",
    "isolatedMargin": "0",
    "liquidationPrice": "0",
}
_TOLD = {
    "exchangeInfo": {"symbols": [_MARKET]},
    "leverageBracket": [{"symbol": "BTCUSDT", "brackets": []}],
    "positionRisk": [_POSITION],
}


class Futures:
    """The orders of the venue, and whether it answers batches with fewer orders than asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.orders: dict[str, dict[str, Any]] = {}
        self.forgetful = False
        self.fails: tuple[int, dict[str, Any]] | None = None

    def config(self) -> dict[str, Any]:
        """Return what points ``ccxt.binance`` here."""
        here = dict.fromkeys(("fapiPublic", "fapiPrivate"), f"{self.url}/fapi/v1")
        here |= {name: f"{self.url}/fapi/v{name[-1]}" for name in ("fapiPrivateV2", "fapiPrivateV3")}
        return {
            "apiKey": "key",
            "secret": "secret",
            "enableRateLimit": False,
            "timeout_on_exit": 0,
            "urls": {"api": here},
            "options": {"fetchMarkets": {"types": ["linear"]}, "fetchCurrencies": False, "defaultType": "swap"},
        }

    def answer(self, method: str, path: str, given: dict[str, str]) -> tuple[int, Any]:
        """Return status and JSON of an answer."""
        if self.fails is not None and method != "GET":
            return self.fails
        name = path.rpartition("/")[2]
        return 200, _TOLD[name] if name in _TOLD else self._change_orders(method, name, given)

    def _change_orders(self, method: str, name: str, given: dict[str, str]) -> Any:
        if name == "allOpenOrders":
            for order in self.orders.values():
                order["status"] = "CANCELED"
            return {"code": 200, "msg": "The operation of cancel all open order is done."}
        if method == "POST":
            answers = [self._place(order) for order in json.loads(given["batchOrders"])]
            return answers[:-1] if self.forgetful else answers
        if method == "PUT":
            return [self._change(order) for order in json.loads(given["batchOrders"])]
        return [self._cancel(str(order_id)) for order_id in json.loads(given["orderidlist"])]

    def _place(self, asked: dict[str, Any]) -> dict[str, Any]:
        if float(asked["quantity"]) > MOST:
            return REFUSED
        order_id = str(9_000 + len(self.orders))
        self.orders[order_id] = {
            "orderId": int(order_id),
            "clientOrderId": asked["newClientOrderId"],
            "symbol": asked["symbol"],
            "side": asked["side"],
            "type": asked["type"],
            "price": asked.get("price", "0"),
            "origQty": asked["quantity"],
            "executedQty": "0",
            "status": "NEW",
            "updateTime": 1_790_000_000_000,
        }
        return self.orders[order_id]

    def _change(self, asked: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(asked.get("orderId")))
        if order is None:
            return GONE
        return order | {"origQty": asked["quantity"], "price": asked["price"]}

    def _cancel(self, order_id: str) -> dict[str, Any]:
        order = self.orders.get(order_id)
        if order is None or order["status"] == "CANCELED":
            return GONE
        order["status"] = "CANCELED"
        return order


@contextmanager
def serving() -> Iterator[Futures]:
    """Serve the venue on loopback, in threads of its own."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, found = futures.answer(self.command, url.path, dict(parse_qsl(url.query) + parse_qsl(body)))
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-MBX-USED-WEIGHT-1M", "240")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        futures = Futures(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield futures
        server.shutdown()
        thread.join()
