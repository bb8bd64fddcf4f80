"""The venue's websockets: private and public streams, and orders."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from otel_trading.demo.venue.requests_seen import RequestLog, SeenRequest
from otel_trading.demo.venue.sockets import Socket, Sockets
from tests.venues.bybit.market_data import snapshot
from tests.venues.bybit.refusals import RefusedError
from tests.venues.bybit.session import check_socket

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue.clock import Clock
    from tests.venues.bybit.faults import Faults
    from tests.venues.bybit.operations import Operations

PRIVATE, PUBLIC, TRADE = "private", "public", "trade"
ANSWER_SECONDS = 0.02
"""How long a request over a websocket is at the venue."""

_MOST_ANSWER_SECONDS = 2.0

_PRIVATE_TOPICS = ("order", "execution", "position", "wallet", "greeks", "spread")


class Websockets:
    """Every websocket of the venue, and what each asked to be told."""

    def __init__(self, operations: Operations, faults: Faults, log: RequestLog, clock: Clock) -> None:
        self._operations = operations
        self._faults = faults
        self._log = log
        self._clock = clock
        self.sockets = Sockets()
        self.topics: dict[Socket, set[str]] = {}
        self._known: set[Socket] = set()
        self.is_expected: Callable[[str], bool] = lambda _: True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        kind = next(kind for kind in (PRIVATE, PUBLIC, TRADE) if f"/{kind}" in request.path)
        self._see(f"{kind}-connect", request, "", {})
        socket = Socket(request, kind)
        response = await socket.open()
        self.sockets.add(socket)
        self.topics[socket] = set()
        try:
            async for message in response:
                if message.type is WSMsgType.TEXT:
                    given = json.loads(message.data)
                    self._see(kind, request, message.data, given)
                    await self._serve(socket, given)
        finally:
            self.sockets.remove(socket)
            del self.topics[socket]
            self._known.discard(socket)
            await socket.finish()
        return response

    def tell(self, topic: str, data: list[dict[str, Any]]) -> None:
        """Tell the private streams."""
        now_ms = self._clock.now_ms()
        message = {"id": f"{topic}-{now_ms}", "topic": topic, "creationTime": now_ms, "data": data}
        self._send(PRIVATE, topic, message)

    def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Tell the public streams."""
        self._send(PUBLIC, topic, message)

    def disconnect(self, *kinds: str) -> None:
        """Cut the connections of these kinds."""
        for kind in kinds:
            self.sockets.disconnect(kind, None)

    def public_topics(self) -> set[str]:
        """Return what the public streams are asked for."""
        return {topic for socket, wanted in self.topics.items() if socket.kind == PUBLIC for topic in wanted}

    def subscribed(self, topic: str) -> int:
        """Return how many connections want ``topic``."""
        return sum(topic in wanted for wanted in self.topics.values())

    def _send(self, kind: str, topic: str, message: dict[str, Any]) -> None:
        for socket, wanted in self.topics.items():
            if socket.kind == kind and topic in wanted and not self._faults.silent:
                socket.send(message)

    async def _serve(self, socket: Socket, given: dict[str, Any]) -> None:
        operation = str(given.get("op"))
        if self._faults.silent and socket.kind != TRADE:
            return
        if operation == "auth":
            self._authenticate(socket, given)
        elif operation == "ping":
            socket.send(_pong(socket.kind, given, self._clock.now_ms()))
        elif operation in {"subscribe", "unsubscribe"} and socket.kind != TRADE:
            await self._subscribe(socket, given)
        else:
            await self._order(socket, operation, given)

    def _authenticate(self, socket: Socket, given: dict[str, Any]) -> None:
        code, words = 0, ""
        try:
            check_socket(given.get("args"), self._clock.now_ms())
            self._known.add(socket)
        except RefusedError as refusal:
            code, words = refusal.code, refusal.message
        if socket.kind == TRADE:
            socket.send({"retCode": code, "retMsg": words or "OK", "op": "auth", "connId": "c1"})
        else:
            socket.send({"success": not code, "ret_msg": words, "op": "auth", "conn_id": "c1"})

    async def _subscribe(self, socket: Socket, given: dict[str, Any]) -> None:
        topics = [str(topic) for topic in given.get("args") or ()]
        refused = [
            topic for topic in topics if topic.partition(".")[0] in _PRIVATE_TOPICS and socket not in self._known
        ]
        told = {"success": not refused, "ret_msg": "", "conn_id": "c1", "req_id": given.get("req_id", "")}
        await self._until_expected(given.get("req_id"))
        socket.send(told | {"op": given["op"]} | ({"ret_msg": f"not authorized: {refused}"} if refused else {}))
        if not refused:
            change = self.topics[socket].update if given["op"] == "subscribe" else self.topics[socket].difference_update
            change(topics)  # from here on updates follow the snapshot
        if given["op"] == "subscribe" and socket.kind == PUBLIC:
            for topic in topics:
                found = snapshot(topic, self._clock.now_ms())
                if found is not None:
                    socket.send(found)

    async def _order(self, socket: Socket, operation: str, given: dict[str, Any]) -> None:
        told: dict[str, Any] = {"reqId": given.get("reqId"), "op": operation, "connId": "c1"}
        fault = self._faults.take(operation)
        if fault is not None and fault.drop and not fault.processed:
            socket.abort()
            return
        told |= self._done(operation, given) if socket in self._known else {"retCode": 10404, "retMsg": "no auth"}
        if fault is not None and fault.code:
            told |= {"retCode": fault.code, "retMsg": fault.message, "data": {}}
        await self._until_expected(given.get("reqId"))
        if fault is not None and fault.drop:
            socket.abort()
        elif not self._faults.silent:
            now_ms = str(self._clock.now_ms())
            limits = {"X-Bapi-Limit": "10", "X-Bapi-Limit-Status": "9", "X-Bapi-Limit-Reset-Timestamp": now_ms}
            socket.send(told | {"header": limits | {"Timenow": now_ms}})

    async def _until_expected(self, request_id: Any) -> None:
        """Wait as long as a real venue would take, and until the client that runs in this process is ready.

        pybit takes note of a request after it has sent it, and is lost where the answer is faster.
        """
        deadline = time.monotonic() + _MOST_ANSWER_SECONDS
        await asyncio.sleep(ANSWER_SECONDS)
        while not self.is_expected(str(request_id)) and time.monotonic() < deadline:  # noqa: ASYNC110 - pybit has no event
            await asyncio.sleep(0.002)

    def _done(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        run = self._operations.trading.get(operation)
        if run is None:
            return {"retCode": 10404, "retMsg": "op type is not found", "data": {}}
        try:
            answer = run(given["args"][0])
        except RefusedError as refusal:
            return {"retCode": refusal.code, "retMsg": refusal.message, "data": {}}
        extra = {"retExtInfo": answer.extra} if answer.extra else {}
        return {"retCode": 0, "retMsg": "OK", "data": answer.result} | extra

    def _see(self, kind: str, request: web.Request, body: str, given: dict[str, Any]) -> None:
        headers = dict(request.headers) if not body else {}
        self._log.add(SeenRequest(kind, "GET", request.raw_path, given, headers, body, self._clock.now_ms()))


def _pong(kind: str, given: dict[str, Any], now_ms: int) -> dict[str, Any]:
    if kind == PUBLIC:
        return {"success": True, "ret_msg": "pong", "conn_id": "c1", "req_id": given.get("req_id", ""), "op": "ping"}
    if kind == TRADE:
        return {"retCode": 0, "retMsg": "OK", "op": "pong", "data": [str(now_ms)], "connId": "c1"}
    return {"req_id": given.get("req_id", ""), "op": "pong", "args": [str(now_ms)], "conn_id": "c1"}
