"""The controls over HTTP, under ``/_control``: faults, market, and what was seen. Unsigned, for loopback only.

* ``GET``/``DELETE /_control/requests``: what the venue has seen
* ``POST /_control/faults/<name>``: a method of :class:`.faults.Faults`, its arguments as a JSON object
* ``DELETE /_control/faults``: end every fault
* ``POST /_control/step``: ``{"steps": 1}``
* ``POST /_control/price``: ``{"symbol": "BTCUSDT", "price": "60000"}``
* ``POST /_control/deposit``: ``{"asset": "USDT", "amount": "100"}``
* ``GET /_control/state``: prices, open orders, connections
"""

from __future__ import annotations

import inspect
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from otel_trading.demo.venue.errors import VenueError
from otel_trading.demo.venue.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from otel_trading.demo.venue.server import Venue

FAULTS = (
    "latency",
    "fail_next",
    "hang_next",
    "drop_next",
    "hold_ack",
    "refuse",
    "fill_pattern",
    "delay_fills",
    "disconnect_websockets",
    "silence",
    "skip_depth",
    "rate_limit",
)
"""The methods of :class:`.faults.Faults` that may be called over HTTP."""

_MOST_STEPS = 100_000


class Control:
    """Answers the requests under ``/_control``."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/_control/requests", _told(self._requests)),
            web.delete("/_control/requests", _told(self._forget)),
            web.post("/_control/faults/{name}", _told(self._fault)),
            web.delete("/_control/faults", _told(self._heal)),
            web.post("/_control/step", _told(self._step)),
            web.post("/_control/price", _told(self._price)),
            web.post("/_control/deposit", _told(self._deposit)),
            web.get("/_control/state", _told(self._state)),
        ]

    async def _requests(self, _request: web.Request) -> Any:
        return [seen.told() for seen in self._venue.requests]

    async def _forget(self, _request: web.Request) -> Any:
        self._venue.clear_requests()
        return {}

    async def _fault(self, request: web.Request) -> Any:
        name = request.match_info["name"]
        arguments = await _arguments(request)
        if name not in FAULTS:
            raise ValueError(f"no such fault; there are {', '.join(FAULTS)}")
        inspect.signature(getattr(Faults, name)).bind(self._venue.faults, **arguments)
        getattr(self._venue.faults, name)(**arguments)
        return {}

    async def _heal(self, _request: web.Request) -> Any:
        self._venue.faults.clear()
        return {}

    async def _step(self, request: web.Request) -> Any:
        steps = int((await _arguments(request)).get("steps", 1))
        if not 0 < steps <= _MOST_STEPS:
            raise ValueError(f"steps have to be between 1 and {_MOST_STEPS}")
        self._venue.step(steps)
        return {}

    async def _price(self, request: web.Request) -> Any:
        arguments = await _arguments(request)
        self._venue.set_price(str(arguments["symbol"]), str(arguments["price"]))
        return {}

    async def _deposit(self, request: web.Request) -> Any:
        arguments = await _arguments(request)
        self._venue.deposit(str(arguments["asset"]), str(arguments["amount"]))
        return {}

    async def _state(self, _request: web.Request) -> Any:
        exchange = self._venue.exchange
        return {
            "prices": {name: str(market.mid) for name, market in exchange.markets.items()},
            "openOrders": [
                order.queried() for account in exchange.accounts.values() for order in exchange.blotter.open(account)
            ],
            "websockets": self._venue.connections,
        }


async def _arguments(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    value = await request.json()
    if not isinstance(value, dict):
        raise TypeError("the body has to be a JSON object")
    return value


def _told(
    handle: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return a handler that answers in JSON, with 400 and the reason for what it cannot do."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await handle(request))
        except VenueError as error:
            reason = error.message
        except (ValueError, TypeError, KeyError) as error:
            reason = str(error)
        return web.json_response({"error": reason}, status=HTTPStatus.BAD_REQUEST)

    return answer
