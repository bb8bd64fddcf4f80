"""The REST side: from an HTTP request to an operation, and back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from otel_trading.demo.venue.auth import signed_text
from otel_trading.demo.venue.errors import VenueError, not_found
from otel_trading.demo.venue.faults import Fault, Harm
from otel_trading.demo.venue.params import Params
from otel_trading.demo.venue.requests_seen import RequestLog, SeenRequest
from otel_trading.demo.venue.routes import route

if TYPE_CHECKING:
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.gateway import Answer, Gateway


class Rest:
    """Answers every HTTP request that is not for a websocket or for the controls."""

    def __init__(self, gateway: Gateway, faults: Faults, log: RequestLog, clock: Clock, closing: asyncio.Event) -> None:
        self._gateway = gateway
        self._faults = faults
        self._log = log
        self._clock = clock
        self._closing = closing

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or do to it what the faults say."""
        query = request.raw_path.partition("?")[2]
        body = (await request.read()).decode(errors="replace")
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
        seen = self._log.add(
            SeenRequest(
                "rest",
                request.method,
                request.path,
                dict(pairs),
                dict(request.headers),
                body,
                self._clock.now_ms(),
            )
        )
        if self._faults.refusing():
            return _cut(request)
        await asyncio.sleep(self._faults.delay(request.path))
        fault = self._faults.take(request.method, request.path)
        if fault is not None and not fault.processed:
            return await self._inflict(fault, request, seen)
        answer = self._answer(request, pairs, query, body)
        if fault is not None and fault.harm is not Harm.HOLD:
            return await self._inflict(fault, request, seen)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        seen.status = answer.status
        if "Retry-After" in answer.headers:
            answer.body.pop("data", None)  # REST says it in the header, the websocket API in the error
        return _json(answer.status, answer.body, answer.headers)

    def _answer(self, request: web.Request, pairs: list[tuple[str, str]], query: str, body: str) -> Answer:
        name = route(request.method, request.path)
        if name is None:
            return self._gateway.refusal(not_found(request.path, request.method))
        params = dict(pairs)
        if len(params) < len(pairs):
            return self._gateway.refusal(VenueError(-1101, "Duplicate values for a parameter detected."))
        key = request.headers.get("X-MBX-APIKEY", "")
        return self._gateway.run(name, Params(params), key, signed_text(query, body))

    async def _inflict(self, fault: Fault, request: web.Request, seen: SeenRequest) -> web.Response:
        if fault.harm is Harm.FAIL:
            seen.status = fault.status
            if isinstance(fault.body, str):
                return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
            return _json(fault.status, fault.body, fault.headers)
        if fault.harm is Harm.HANG:
            await self._closing.wait()
        return _cut(request)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # it has nowhere to go


def _json(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    text = "" if body is None else json.dumps(body, separators=(",", ":"))
    return web.Response(status=status, text=text, headers=headers, content_type="application/json", charset="utf-8")
