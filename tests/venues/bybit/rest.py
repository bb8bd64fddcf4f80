"""The REST side of the venue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from otel_trading.demo.venue.requests_seen import RequestLog, SeenRequest
from tests.venues.bybit.refusals import RefusedError
from tests.venues.bybit.session import check_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue.clock import Clock
    from tests.venues.bybit.faults import Faults
    from tests.venues.bybit.operations import Answer, Operations

LIMIT = 20
"""Requests a second that an endpoint takes, as the headers say; nothing is held back."""

_ORDERS = {
    "/v5/order/create": "order.create",
    "/v5/order/amend": "order.amend",
    "/v5/order/cancel": "order.cancel",
    "/v5/order/cancel-all": "order.cancel-all",
    "/v5/order/create-batch": "order.create-batch",
    "/v5/order/amend-batch": "order.amend-batch",
    "/v5/order/cancel-batch": "order.cancel-batch",
}


class Rest:
    """Answers every request that is no websocket."""

    def __init__(self, operations: Operations, faults: Faults, log: RequestLog, clock: Clock) -> None:
        self._faults = faults
        self._log = log
        self._clock = clock
        self._private: dict[str, Callable[[dict[str, Any]], Answer]] = {
            **{path: operations.trading[name] for path, name in _ORDERS.items()},
            "/v5/order/realtime": operations.open_orders,
            "/v5/order/history": operations.order_history,
            "/v5/execution/list": operations.executions,
            "/v5/position/list": operations.positions,
            "/v5/account/wallet-balance": operations.wallet,
        }
        self._public: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "/v5/market/time": operations.server_time,
            "/v5/market/tickers": operations.tickers,
            "/v5/market/orderbook": operations.orderbook,
            "/v5/market/instruments-info": operations.instruments,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or do to it what the faults say."""
        query = request.raw_path.partition("?")[2]
        body = (await request.read()).decode(errors="replace")
        given = dict(parse_qsl(query)) if request.method == "GET" else json.loads(body or "{}")
        headers = dict(request.headers)
        self._log.add(SeenRequest("rest", request.method, request.raw_path, given, headers, body, self._clock.now_ms()))
        fault = self._faults.take(request.path)
        if fault is not None and fault.status:
            return web.Response(status=fault.status, text="gone")
        if fault is not None and fault.drop and not fault.processed:
            return _cut(request)
        answered = self._answered(request, given, query if request.method == "GET" else body)
        if fault is not None and fault.code:
            answered = {"retCode": fault.code, "retMsg": fault.message, "result": {}, "retExtInfo": {}}
        if fault is not None and fault.drop:
            return _cut(request)
        now_ms = self._clock.now_ms()
        told = {
            "X-Bapi-Limit": str(LIMIT),
            "X-Bapi-Limit-Status": str(LIMIT - 1),
            "X-Bapi-Limit-Reset-Timestamp": str(now_ms + 50),  # pybit fails where it is over
            "Timenow": str(now_ms),
        }
        return web.json_response(answered | {"time": now_ms}, headers=told)

    def _answered(self, request: web.Request, given: dict[str, Any], signed: str) -> dict[str, Any]:
        try:
            if request.path in self._private:
                check_request(request.headers, signed, self._clock.now_ms())
            answer = (self._private | self._public).get(request.path, _nowhere)(given)
        except RefusedError as refusal:
            return {"retCode": refusal.code, "retMsg": refusal.message, "result": {}, "retExtInfo": {}}
        return {"retCode": 0, "retMsg": "OK", "result": answer.result, "retExtInfo": answer.extra}


def _nowhere(_given: dict[str, Any]) -> Answer:
    raise RefusedError(10017, "Route not found.")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # it has nowhere to go
