"""The REST interfaces: trading under /v2, the same for a broker's accounts under /v1, and market data."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.venues.alpaca import errors
from tests.venues.alpaca.exchange import QUOTES
from tests.venues.alpaca.orders import asset_class, asset_id, now, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.venues.alpaca.exchange import Exchange
    from tests.venues.alpaca.faults import Faults

LIMIT = 200
_LATER_SECONDS = 0.005
_MOST_SECONDS = 5.0


class Rest:
    """The handlers of requests."""

    def __init__(self, exchange: Exchange, faults: Faults) -> None:
        self._exchange = exchange
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        found: list[web.RouteDef] = [
            web.get("/v2/account", self._account),
            web.get("/v2/clock", self._clock),
            web.get("/v2/stocks/quotes/latest", self._latest),
            web.get("/v2/stocks/snapshots", self._snapshots),
            web.get("/v1beta3/crypto/us/latest/quotes", self._latest),
            web.get("/v1beta3/crypto/us/latest/orderbooks", self._books),
        ]
        for start in ("/v2", "/v1/trading/accounts/{account}"):
            found += [
                web.post(f"{start}/orders", self._submit),
                web.get(f"{start}/orders", self._orders),
                web.delete(f"{start}/orders", self._cancel_all),
                web.get(f"{start}/orders:by_client_order_id", self._by_client_id),
                web.get(f"{start}/orders/{{id}}", self._order),
                web.patch(f"{start}/orders/{{id}}", self._replace),
                web.delete(f"{start}/orders/{{id}}", self._cancel),
                web.get(f"{start}/positions", self._positions),
                web.delete(f"{start}/positions", self._close_all),
                web.get(f"{start}/positions/{{symbol}}", self._position),
                web.delete(f"{start}/positions/{{symbol}}", self._close),
            ]
        return found

    async def _submit(self, request: web.Request) -> web.Response:
        if self._faults.take("refuse"):
            raise errors.poor("9360", "0")
        order = self._exchange.submit(await request.json())
        answer = order.told()
        await self._follow(lambda: self._exchange.work(order))
        return web.json_response(answer)

    async def _replace(self, request: web.Request) -> web.Response:
        old = self._exchange.order(request.match_info["id"])
        found = self._exchange.replace(old, await request.json())
        answer = found.told()
        await self._follow(lambda: self._exchange.replaced(old, found))
        return web.json_response(answer)

    async def _cancel(self, request: web.Request) -> web.Response:
        order = self._exchange.order(request.match_info["id"])
        self._exchange.cancel(order)
        await self._follow(lambda: self._exchange.canceled(order))
        return web.Response(status=204)

    async def _cancel_all(self, _: web.Request) -> web.Response:
        answers: list[dict[str, Any]] = []
        for order in self._exchange.open():
            if self._faults.take("keep"):
                refusal = {"code": 50010000, "message": "failed to cancel order"}
                answers.append({"id": order.id, "status": 500, "body": refusal})
                continue
            await self._follow(lambda order=order: self._exchange.canceled(order))  # type: ignore[misc] # its own order each
            answers.append({"id": order.id, "status": 200})
        return web.json_response(answers, status=207)

    async def _orders(self, request: web.Request) -> web.Response:
        every = request.query.get("status", "open") == "all"
        found = [order.told() for order in self._exchange.orders.values() if every or order.is_open]
        return web.json_response(found)

    async def _order(self, request: web.Request) -> web.Response:
        return web.json_response(self._exchange.order(request.match_info["id"]).told())

    async def _by_client_id(self, request: web.Request) -> web.Response:
        return web.json_response(self._exchange.by_client_id(request.query["client_order_id"]).told())

    async def _positions(self, _: web.Request) -> web.Response:
        return web.json_response([self._told(symbol) for symbol, held in self._exchange.held.items() if held])

    async def _position(self, request: web.Request) -> web.Response:
        name = request.match_info["symbol"]
        for symbol, held in self._exchange.held.items():
            if held and name in (symbol, symbol.replace("/", ""), asset_id(symbol)):
                return web.json_response(self._told(symbol))
        raise errors.Refused(404, 40410000, "position does not exist")

    async def _close(self, request: web.Request) -> web.Response:
        order = self._exchange.close(request.match_info["symbol"], dict(request.query))
        answer = order.told()
        await self._follow(lambda: self._exchange.work(order))
        return web.json_response(answer)

    async def _close_all(self, _: web.Request) -> web.Response:
        answers: list[dict[str, Any]] = []
        for symbol in [symbol for symbol, held in self._exchange.held.items() if held]:
            order = self._exchange.close(symbol, {})
            answers.append({"symbol": symbol.replace("/", ""), "status": 200, "body": order.told()})
            await self._follow(lambda order=order: self._exchange.work(order))  # type: ignore[misc] # its own order each
        return web.json_response(answers, status=207)

    def _told(self, symbol: str) -> dict[str, Any]:
        held = self._exchange.held[symbol]
        price, cost = QUOTES[symbol][0], self._exchange.paid[symbol]
        gain = held * price - cost
        return {
            "asset_id": asset_id(symbol),
            "symbol": symbol.replace("/", ""),
            "exchange": "CRYPTO" if "/" in symbol else "NASDAQ",
            "asset_class": asset_class(symbol),
            "asset_marginable": True,
            "avg_entry_price": plain(cost / held),
            "qty": plain(held),
            "side": "long" if held > 0 else "short",
            "market_value": plain(held * price),
            "cost_basis": plain(cost),
            "unrealized_pl": plain(gain),
            "unrealized_plpc": "0",
            "unrealized_intraday_pl": plain(gain),
            "unrealized_intraday_plpc": "0",
            "current_price": plain(price),
            "lastday_price": plain(price),
            "change_today": "0",
            "qty_available": plain(held),
        }

    async def _account(self, _: web.Request) -> web.Response:
        values = [held * QUOTES[symbol][0] for symbol, held in self._exchange.held.items()]
        long, short = sum(v for v in values if v > 0), sum(v for v in values if v < 0)
        return web.json_response(
            {
                "id": "a4d4c7e6-0f0b-4b0a-8a3c-3b1d7c1f9a10",
                "account_number": "PA3XKQ7W2R9T",
                "status": "ACTIVE",
                "currency": "USD",
                "buying_power": plain(self._exchange.cash),
                "cash": plain(self._exchange.cash),
                "equity": plain(self._exchange.cash + long + short),
                "long_market_value": str(long),
                "short_market_value": str(short),
                "pattern_day_trader": False,
                "trading_blocked": False,
                "transfers_blocked": False,
                "account_blocked": False,
                "shorting_enabled": True,
                "created_at": now(),
            }
        )

    async def _clock(self, _: web.Request) -> web.Response:
        moment = datetime.now(timezone.utc).isoformat()
        return web.json_response({"timestamp": moment, "is_open": True, "next_open": moment, "next_close": moment})

    async def _latest(self, request: web.Request) -> web.Response:
        return web.json_response({"quotes": {name: _quote(name) for name in request.query["symbols"].split(",")}})

    async def _snapshots(self, request: web.Request) -> web.Response:
        names = request.query["symbols"].split(",")
        return web.json_response({name: {"latestQuote": _quote(name)} for name in names})

    async def _books(self, request: web.Request) -> web.Response:
        return web.json_response({"orderbooks": {name: _book(name) for name in request.query["symbols"].split(",")}})

    async def _follow(self, work: Callable[[], None]) -> None:
        """Do what follows from a request: after its answer has left, unless the venue is ``hasty``."""
        if self._faults.deaf:
            return
        loop = asyncio.get_running_loop()
        if not self._faults.hasty:
            loop.call_later(_LATER_SECONDS, work)
            return
        self._faults.heard.clear()
        work()
        await loop.run_in_executor(None, self._faults.heard.wait, _MOST_SECONDS)


def _quote(name: str) -> dict[str, Any]:
    bid, ask = (float(price) for price in QUOTES[name])
    return {"t": now(), "ax": "V", "ap": ask, "as": 4, "bx": "V", "bp": bid, "bs": 3, "c": ["R"], "z": "C"}


def _book(name: str) -> dict[str, Any]:
    bid, ask = (float(price) for price in QUOTES[name])
    return {"t": now(), "b": [{"p": bid, "s": 1.5}], "a": [{"p": ask, "s": 2.5}]}
