"""The REST endpoints of the futures venue, as far as python-binance's futures methods need them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.errors import VenueError
from tests.venues.binance.contracts import MARK, SYMBOL, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.venues.binance.contracts import Contracts

LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
_PUBLIC = frozenset({"ping", "time", "exchangeInfo", "depth", "ticker/bookTicker"})


class Rest:
    """Answers requests about one account's contracts."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._routes: dict[tuple[str, str], Callable[[dict[str, str]], Any]] = {
            ("GET", "ping"): lambda _: {},
            ("GET", "time"): lambda _: {"serverTime": now_ms()},
            ("GET", "exchangeInfo"): lambda _: {"timezone": "UTC", "serverTime": now_ms(), "symbols": []},
            ("GET", "depth"): lambda _: {
                "lastUpdateId": 1,
                "E": now_ms(),
                "T": now_ms(),
                "bids": [[f"{MARK - 1}", "2.0"]],
                "asks": [[f"{MARK + 1}", "3.0"]],
            },
            ("GET", "ticker/bookTicker"): lambda _: {
                "symbol": SYMBOL,
                "bidPrice": f"{MARK - 1}",
                "bidQty": "2.0",
                "askPrice": f"{MARK + 1}",
                "askQty": "3.0",
                "time": now_ms(),
            },
            ("POST", "order"): lambda asked: contracts.place(asked).answer(),
            ("PUT", "order"): lambda asked: contracts.amend(asked).answer(),
            ("DELETE", "order"): lambda asked: contracts.cancel(asked).answer(),
            ("GET", "order"): self._status,
            ("POST", "batchOrders"): lambda asked: self._each(contracts.place, json.loads(asked["batchOrders"])),
            ("DELETE", "batchOrders"): self._cancel_several,
            ("DELETE", "allOpenOrders"): self._cancel_all,
            ("GET", "openOrders"): lambda _: [order.answer() for order in contracts.open()],
            ("GET", "allOrders"): lambda _: [order.answer() for order in contracts.all()],
            ("GET", "userTrades"): lambda _: [trade for order in contracts.all() for trade in order.trades()],
            ("GET", "balance"): lambda _: [{"accountAlias": "SgsR", "asset": "USDT", "balance": "1000000.0"}],
            ("GET", "positionRisk"): lambda _: [
                {"symbol": SYMBOL, "positionAmt": f"{contracts.position:f}", "positionSide": "BOTH"}
            ],
            ("POST", "listenKey"): lambda _: {"listenKey": LISTEN_KEY},
            ("PUT", "listenKey"): lambda _: {"listenKey": LISTEN_KEY},
            ("DELETE", "listenKey"): lambda _: {},
        }

    def is_signed(self, name: str) -> bool:
        """Tell whether an endpoint wants a signature; listen keys want the API key alone."""
        return name not in _PUBLIC and name != "listenKey"

    def answer(self, method: str, name: str, asked: dict[str, str]) -> Any:
        """Return the JSON of an answer; raise the venue's error."""
        handle = self._routes.get((method, name))
        if handle is None:
            raise VenueError(-5000, f"Path /fapi/v1/{name}, Method {method} is invalid", status=404)
        return handle(asked)

    def _status(self, asked: dict[str, str]) -> dict[str, Any]:
        order = self._contracts.find(asked)
        if order is None:
            raise VenueError(-2013, "Order does not exist.")
        return order.answer()

    def _cancel_several(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        by_id = [{"orderId": str(item)} for item in json.loads(asked.get("orderidlist", "[]"))]
        by_own = [{"origClientOrderId": item} for item in json.loads(asked.get("origclientorderidlist", "[]"))]
        return self._each(self._contracts.cancel, by_id + by_own)

    def _cancel_all(self, _: dict[str, str]) -> dict[str, Any]:
        self._contracts.cancel_all()
        return {"code": 200, "msg": "The operation of cancel all open order is done."}

    @staticmethod
    def _each(act: Callable[[dict[str, str]], Any], asked: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Do several things; what is refused has a code and a message in its place."""

        def done(one: dict[str, str]) -> dict[str, Any]:
            try:
                told: dict[str, Any] = act(one).answer()
            except VenueError as refusal:
                return refusal.body()
            return told

        return [done(one) for one in asked]
