"""The websocket API (``/ws-api/v3``): requests with an id, and the user data stream on the same connection."""

from __future__ import annotations

import asyncio
import itertools
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from otel_trading.demo.venue.auth import signed_params
from otel_trading.demo.venue.errors import VenueError
from otel_trading.demo.venue.faults import Fault, Harm
from otel_trading.demo.venue.gateway import Answer
from otel_trading.demo.venue.operations import Security
from otel_trading.demo.venue.params import Params
from otel_trading.demo.venue.requests_seen import SeenRequest
from otel_trading.demo.venue.routes import SAME_AS, WEBSOCKET_METHODS
from otel_trading.demo.venue.sockets import Socket

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.gateway import Gateway
    from otel_trading.demo.venue.limits import RateLimiter
    from otel_trading.demo.venue.requests_seen import RequestLog
    from otel_trading.demo.venue.sockets import Sockets
    from otel_trading.demo.venue.user_streams import Send, UserStreams

_SUBSCRIBE = "userDataStream.subscribe.signature"
_UNSUBSCRIBE = "userDataStream.unsubscribe"


class WebsocketApi:
    """Serves the connections of the websocket API."""

    def __init__(
        self,
        *,
        gateway: Gateway,
        limiter: RateLimiter,
        users: UserStreams,
        sockets: Sockets,
        faults: Faults,
        log: RequestLog,
        clock: Clock,
    ) -> None:
        self.gateway = gateway
        self.limiter = limiter
        self.users = users
        self.faults = faults
        self._sockets = sockets
        self._log = log
        self._clock = clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        self._record("ws-api-connect", request.path, "CONNECT", params=dict(request.query), request=request, body="")
        if self.faults.refusing():
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        socket = Socket(request, "user")
        websocket = await socket.open()
        self._sockets.add(socket)
        session = _Session(self, socket)
        try:
            async for message in websocket:
                if message.type is WSMsgType.TEXT:
                    self._receive(request, session, message.data)
        finally:
            session.end()
            self._sockets.remove(socket)
            await socket.finish()
        return websocket

    def _receive(self, request: web.Request, session: _Session, text: str) -> None:
        try:
            # Numbers stay text: a signature covers them as they were written.
            message = json.loads(text, parse_float=str)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._record("ws-api", request.path, "", params={}, request=request, body=text)
            session.refuse(None, VenueError(-1100, "Illegal characters found in a parameter."))
            return
        method, params = str(message.get("method", "")), message.get("params") or {}
        path = f"{request.path}/{method}"
        if not isinstance(params, dict):
            self._record("ws-api", path, method, params={}, request=request, body=text)
            session.refuse(message.get("id"), VenueError(-1135, "Invalid JSON object in parameter 'params'."))
            return
        seen = self._record("ws-api", path, method, params=params, request=request, body=text)
        session.start(message.get("id"), method, params, seen)

    def _record(
        self, kind: str, path: str, method: str, *, params: dict[str, Any], request: web.Request, body: str
    ) -> SeenRequest:
        return self._log.add(SeenRequest(kind, method, path, params, dict(request.headers), body, self._clock.now_ms()))


class _Session:
    """One connection: its requests under way and its subscriptions."""

    def __init__(self, api: WebsocketApi, socket: Socket) -> None:
        self._api = api
        self._socket = socket
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscriptions: dict[int, tuple[Account, Send]] = {}
        self._ids = itertools.count()

    def start(self, request_id: Any, method: str, values: dict[str, Any], seen: SeenRequest) -> None:
        """Answer a request without making the next one wait."""
        task = asyncio.create_task(self._handle(request_id, method, values, seen))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def refuse(self, request_id: Any, error: VenueError) -> None:
        """Answer with an error."""
        self._send(request_id, self._api.gateway.refusal(error), limits=True)

    def end(self) -> None:
        """End what is under way, and listen to nothing."""
        for task in self._tasks:
            task.cancel()
        for account, send in self._subscriptions.values():
            self._api.users.unsubscribe(account, send)
        self._subscriptions.clear()

    async def _handle(self, request_id: Any, method: str, values: dict[str, Any], seen: SeenRequest) -> None:
        await asyncio.sleep(self._api.faults.delay(seen.path))
        fault = self._api.faults.take(method, seen.path)
        if fault is not None and not fault.processed:
            self._inflict(fault, request_id, seen)
            return
        answer = self._answer(method, Params.of_json(values))
        if fault is not None and fault.harm is not Harm.HOLD:
            self._inflict(fault, request_id, seen)
            return
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        seen.status = answer.status
        self._send(request_id, answer, limits=values.get("returnRateLimits") is not False)

    def _answer(self, method: str, params: Params) -> Answer:
        gateway = self._api.gateway
        if method == _SUBSCRIBE:
            return self._subscribe(params)
        if method == _UNSUBSCRIBE:
            return self._unsubscribe(params)
        name = SAME_AS.get(method, method)
        if name not in WEBSOCKET_METHODS:
            return gateway.refusal(VenueError(-1000, f"Unknown method '{method}'."))
        return gateway.run(name, params, params.get("apiKey"), signed_params(params))

    def _subscribe(self, params: Params) -> Answer:
        gateway = self._api.gateway
        try:
            self._api.limiter.use_weight(2)
            account = gateway.sender(Security.SIGNED, params, params.get("apiKey"), signed_params(params))
        except VenueError as refusal:
            return gateway.refusal(refusal)
        if account is None:  # pragma: no cover - a signed request always has a sender
            return gateway.refusal(VenueError(-2015, "Invalid API-key, IP, or permissions for action."))
        number = next(self._ids)

        def send(event: dict[str, Any]) -> None:
            self._socket.send({"subscriptionId": number, "event": event})

        self._subscriptions[number] = (account, send)
        self._api.users.subscribe(account, send)
        return Answer(HTTPStatus.OK, {"subscriptionId": number}, {}, account, orders=False)

    def _unsubscribe(self, params: Params) -> Answer:
        try:
            wanted = params.optional_integer("subscriptionId")
        except VenueError as refusal:
            return self._api.gateway.refusal(refusal)
        for number in list(self._subscriptions) if wanted is None else [wanted]:
            account, send = self._subscriptions.pop(number, (None, None))
            if account is not None and send is not None:
                self._api.users.unsubscribe(account, send)
        return Answer(HTTPStatus.OK, {}, {}, None, orders=False)

    def _inflict(self, fault: Fault, request_id: Any, seen: SeenRequest) -> None:
        if fault.harm is Harm.DROP:
            self._socket.abort()
        elif fault.harm is Harm.FAIL:
            seen.status = fault.status
            body = fault.body if isinstance(fault.body, dict) else {"code": -1000, "msg": str(fault.body or "")}
            self._send(request_id, Answer(fault.status, body, {}, None, orders=False), limits=False)

    def _send(self, request_id: Any, answer: Answer, *, limits: bool) -> None:
        key = "result" if answer.status == HTTPStatus.OK else "error"
        message = {"id": request_id, "status": answer.status, key: answer.body}
        if limits:
            message["rateLimits"] = self._api.limiter.told(answer.account, orders=answer.orders)
        self._socket.send(message)
