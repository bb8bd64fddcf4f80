"""Market streams over a websocket: ``/ws/<stream>``, ``/stream?streams=…``, and SUBSCRIBE messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from otel_trading.demo.venue.requests_seen import SeenRequest
from otel_trading.demo.venue.sockets import Socket
from otel_trading.demo.venue.streams import is_stream

if TYPE_CHECKING:
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.requests_seen import RequestLog
    from otel_trading.demo.venue.sockets import Sockets
    from otel_trading.demo.venue.streams import MarketStreams
    from otel_trading.demo.venue.user_streams import UserStreams

_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_INVALID = 2
_BAD_JSON = 3


class StreamSocket:
    """Serves the websockets of the market streams, and of listen keys."""

    def __init__(
        self,
        *,
        streams: MarketStreams,
        users: UserStreams,
        sockets: Sockets,
        faults: Faults,
        log: RequestLog,
        clock: Clock,
    ) -> None:
        self._streams = streams
        self._users = users
        self._sockets = sockets
        self._faults = faults
        self._log = log
        self._clock = clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        self._record("ws-stream-connect", request, "CONNECT", dict(request.query), "")
        if self._faults.refusing():
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        names = [name for name in request.match_info.get("names", "").split("/") if name]
        names += [name for name in request.query.get("streams", "").split("/") if name]
        account = next((found for name in names if (found := self._users.account_of(name))), None)
        socket = Socket(request, "user" if account else "market")
        websocket = await socket.open()
        self._sockets.add(socket)
        session = _Session(self._streams, socket, combined=request.path == "/stream")
        if account is not None:
            self._users.subscribe(account, socket.send)
        try:
            session.subscribe([name for name in names if is_stream(name)])
            async for message in websocket:
                if message.type is WSMsgType.TEXT:
                    self._receive(request, session, message.data)
        finally:
            session.end()
            if account is not None:
                self._users.unsubscribe(account, socket.send)
            self._sockets.remove(socket)
            await socket.finish()
        return websocket

    def _receive(self, request: web.Request, session: _Session, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            self._record("ws-stream", request, "", {}, text)
            session.refuse(_BAD_JSON, "Invalid JSON: expected value at line 1 column 1", None)
            return
        if not isinstance(message, dict):
            self._record("ws-stream", request, "", {}, text)
            session.refuse(_INVALID, "Invalid request: request must be an object", None)
            return
        method = str(message.get("method", ""))
        self._record("ws-stream", request, method, message, text)
        session.receive(method, message.get("params"), message.get("id"))

    def _record(self, kind: str, request: web.Request, method: str, params: dict[str, Any], body: str) -> None:
        self._log.add(
            SeenRequest(kind, method, request.path, params, dict(request.headers), body, self._clock.now_ms())
        )


class _Session:
    """What one connection has subscribed to."""

    def __init__(self, streams: MarketStreams, socket: Socket, *, combined: bool) -> None:
        self._streams = streams
        self._socket = socket
        self._combined = combined
        self._names: dict[str, None] = {}

    def receive(self, method: str, params: Any, request_id: Any) -> None:
        """Do what a message asks for, and answer it."""
        if method not in _METHODS:
            known = ", ".join(f"`{name}`" for name in _METHODS)
            self.refuse(_INVALID, f"Invalid request: unknown variant `{method}`, expected one of {known}", request_id)
        elif method == "LIST_SUBSCRIPTIONS":
            self._answer(list(self._names), request_id)
        elif method.endswith("PROPERTY"):
            self._property(method, params, request_id)
        elif not isinstance(params, list) or not all(isinstance(name, str) and is_stream(name) for name in params):
            self.refuse(_INVALID, "Invalid request: invalid stream", request_id)
        else:
            # Answered first: the first event may follow at once.
            self._answer(None, request_id)
            if method == "SUBSCRIBE":
                self.subscribe(params)
            else:
                self.unsubscribe(params)

    def subscribe(self, names: list[str]) -> None:
        """Listen to more streams."""
        for name in names:
            self._names[name] = None
            self._streams.subscribe(name, self._send)

    def unsubscribe(self, names: list[str]) -> None:
        """Listen to fewer streams."""
        for name in names:
            self._names.pop(name, None)
            self._streams.unsubscribe(name, self._send)

    def end(self) -> None:
        """Listen to nothing."""
        self.unsubscribe(list(self._names))

    def refuse(self, code: int, message: str, request_id: Any) -> None:
        """Answer with an error."""
        self._socket.send({"error": {"code": code, "msg": message}, "id": request_id})

    def _property(self, method: str, params: Any, request_id: Any) -> None:
        if not isinstance(params, list) or params[:1] != ["combined"]:
            self.refuse(0, "Unknown property", request_id)
        elif method == "GET_PROPERTY":
            self._answer(self._combined, request_id)
        else:
            self._combined = params[1:] == [True]
            self._answer(None, request_id)

    def _answer(self, result: Any, request_id: Any) -> None:
        self._socket.send({"result": result, "id": request_id})

    def _send(self, name: str, event: Any) -> None:
        self._socket.send({"stream": name, "data": event} if self._combined else event)
