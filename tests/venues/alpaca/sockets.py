"""The websockets: ``/stream`` with the account's orders as JSON, and market data as msgpack."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped] # untyped upstream
from aiohttp import WSMsgType, web

from tests.venues.alpaca.exchange import QUOTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.venues.alpaca.faults import Faults

SECRET = ("PKTESTFQ3M8ZTV0CNRLX", "wVbYq0dL4sT2nKf9eXr7uHc1oJ6aGz5pMiE3xDtB")
_EVERY_SECONDS = 0.02


class Sockets:
    """All open websockets of a venue."""

    def __init__(self, faults: Faults, seen: Callable[[str], None]) -> None:
        self._faults = faults
        self._seen = seen
        self._open: list[web.Request] = []
        self._listening: list[web.WebSocketResponse] = []
        self._sending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def listening(self) -> int:
        """How many want to hear of orders."""
        return len(self._listening)

    def drop(self) -> None:
        """Break off every connection, without a closing handshake."""
        for request in list(self._open):
            if request.transport is not None:
                request.transport.abort()

    def say(self, data: dict[str, Any]) -> None:
        """Send a message of ``trade_updates``: in binary frames, as the paper venue does."""
        if self._faults.silent:
            return
        message = json.dumps({"stream": "trade_updates", "data": data}).encode()
        for socket in list(self._listening):
            task = asyncio.ensure_future(self._send(socket, message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, socket: web.WebSocketResponse, message: bytes) -> None:
        try:
            await socket.send_bytes(message)
        except ConnectionError:
            self._unheard(socket)

    def _unheard(self, socket: web.WebSocketResponse) -> None:
        if socket in self._listening:
            self._listening.remove(socket)

    async def orders(self, request: web.Request) -> web.WebSocketResponse:
        """Serve ``/stream``."""
        socket = await self._opened(request)
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                said = json.loads(message.data)
                self._seen(f"WS {request.path} {json.dumps(said)}")
                if said["action"] == "authenticate":
                    given = (said["data"]["key_id"], said["data"]["secret_key"])
                    status = "authorized" if given == SECRET else "unauthorized"
                    await _json(socket, "authorization", {"status": status, "action": "authenticate"})
                elif said["action"] == "listen":
                    await _json(socket, "listening", said["data"])
                    if "trade_updates" in said["data"]["streams"] and socket not in self._listening:
                        self._listening.append(socket)
        finally:
            self._open.remove(request)
            self._unheard(socket)
        return socket

    async def market(self, request: web.Request) -> web.WebSocketResponse:
        """Serve a stream of market data: each symbol's quote, trade, bar and book, again and again."""
        socket = await self._opened(request)
        feed: asyncio.Task[None] | None = None
        try:
            await _packed(socket, [{"T": "success", "msg": "connected"}])
            async for message in socket:
                if message.type is not WSMsgType.BINARY:
                    break
                said = msgpack.unpackb(message.data)
                self._seen(f"WS {request.path} {json.dumps(said)}")
                if said["action"] == "auth" and (said["key"], said["secret"]) == SECRET:
                    await _packed(socket, [{"T": "success", "msg": "authenticated"}])
                elif said["action"] == "auth":
                    await _packed(socket, [{"T": "error", "code": 402, "msg": "auth failed"}])
                elif said["action"] == "subscribe":
                    wanted = {channel: names for channel, names in said.items() if channel != "action"}
                    await _packed(socket, [{"T": "subscription", **wanted}])
                    if feed is not None:
                        feed.cancel()
                    feed = asyncio.create_task(self._feed(socket, wanted))
        finally:
            if feed is not None:
                feed.cancel()
            self._open.remove(request)
        return socket

    async def _feed(self, socket: web.WebSocketResponse, wanted: dict[str, list[str]]) -> None:
        while True:
            if not self._faults.silent:
                messages = [_DATA[channel](name) for channel, names in wanted.items() for name in names]
                try:
                    await _packed(socket, messages)
                except ConnectionError:
                    return
            await asyncio.sleep(_EVERY_SECONDS)

    async def _opened(self, request: web.Request) -> web.WebSocketResponse:
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        self._seen(f"WS {request.path_qs}\n{headers}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.append(request)
        return socket


async def _json(socket: web.WebSocketResponse, stream: str, data: Any) -> None:
    await socket.send_bytes(json.dumps({"stream": stream, "data": data}).encode())


async def _packed(socket: web.WebSocketResponse, messages: list[dict[str, Any]]) -> None:
    await socket.send_bytes(msgpack.packb(messages))


def _now() -> msgpack.Timestamp:
    return msgpack.Timestamp.from_datetime(datetime.now(timezone.utc))


def _quote(name: str) -> dict[str, Any]:
    bid, ask = (float(price) for price in QUOTES[name])
    return {"T": "q", "S": name, "bp": bid, "bs": 3, "ap": ask, "as": 4, "t": _now(), "bx": "V", "ax": "V", "z": "C"}


def _trade(name: str) -> dict[str, Any]:
    return {"T": "t", "S": name, "p": float(QUOTES[name][0]), "s": 1, "t": _now(), "i": 1, "x": "V", "z": "C"}


def _bar(name: str) -> dict[str, Any]:
    price = float(QUOTES[name][0])
    began = msgpack.Timestamp.from_datetime(datetime.now(timezone.utc).replace(second=0, microsecond=0))
    return {
        "T": "b",
        "S": name,
        "o": price,
        "h": price,
        "l": price,
        "c": price,
        "v": 9,
        "n": 2,
        "vw": price,
        "t": began,
    }


def _book(name: str) -> dict[str, Any]:
    bid, ask = (float(price) for price in QUOTES[name])
    return {"T": "o", "S": name, "b": [{"p": bid, "s": 1.0}], "a": [{"p": ask, "s": 1.0}], "r": True, "t": _now()}


_DATA: dict[str, Callable[[str], dict[str, Any]]] = {
    "quotes": _quote,
    "trades": _trade,
    "bars": _bar,
    "orderbooks": _book,
}
