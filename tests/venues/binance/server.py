"""The futures venue as a server on loopback, in a thread of its own, with faults to order."""

from __future__ import annotations

import asyncio
import json
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web

from otel_trading.demo.venue.accounts import Account
from otel_trading.demo.venue.auth import check_signature, signed_text
from otel_trading.demo.venue.clock import SystemClock
from otel_trading.demo.venue.errors import VenueError
from otel_trading.demo.venue.params import Params
from tests.venues.binance.contracts import MARK, SYMBOL, Contracts, now_ms
from tests.venues.binance.rest import LISTEN_KEY, Rest

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

T = TypeVar("T")
_TICK_SECONDS = 0.05


class FuturesVenue:
    """``with FuturesVenue() as venue``: REST below ``/fapi``, streams below ``/private`` and ``/market``."""

    def __init__(self) -> None:
        self.account = Account()
        self.seen: list[str] = []
        self._port = 0
        self._refusals = self._drops = 0
        self._silent = False
        self._contracts = Contracts(self._tell)
        self._rest = Rest(self._contracts)
        self._users: set[web.WebSocketResponse] = set()
        self._markets: dict[web.WebSocketResponse, tuple[list[str], bool]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="futures venue", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the venue did not start"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The HTTP address, without a final slash."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def ws_url(self) -> str:
        """The websocket address, without a path."""
        return f"ws://127.0.0.1:{self._port}"

    def execute(self, order_id: str, quantity: float) -> None:
        """Execute a part of a resting order at its price."""

        def run() -> None:
            order = self._contracts.find({"orderId": order_id})
            assert order is not None
            self._contracts.execute(order, Decimal(str(quantity)), order.price, maker=True)

        self._call(run)

    def refuse_next(self) -> None:
        """Refuse the next order for want of margin."""
        self._refusals += 1

    def drop_next(self) -> None:
        """Break off the next request for an order."""
        self._drops += 1

    def drop_streams(self) -> None:
        """Break off every stream."""

        def run() -> None:
            for socket in [*self._users, *self._markets]:
                request: Any = socket._req
                if request.transport is not None:
                    request.transport.abort()

        self._call(run)

    def silence(self) -> None:
        """Keep every stream open and send nothing more."""
        self._silent = True

    def _call(self, work: Callable[[], T]) -> T:
        assert self._loop is not None

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        for path in ("/private/ws", "/market/stream", "/ws/{key}", "/stream"):  # the latter two of older versions
            app.router.add_get(path, self._stream)
        app.router.add_route("*", "/fapi/{version}/{name:.*}", self._request)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        ticker = asyncio.create_task(self._tick())
        self._ready.set()
        await self._stop.wait()
        ticker.cancel()
        for socket in [*self._users, *self._markets]:
            await socket.close()
        await runner.cleanup()

    async def _request(self, request: web.Request) -> web.StreamResponse:
        body = (await request.read()).decode()
        self.seen.append(f"rest {request.method} {request.raw_path} {dict(request.headers)} {body}")
        name = request.match_info["name"]
        if name == "order" and request.method == "POST" and self._drops:
            self._drops -= 1
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        try:
            status, told = 200, self._answer(request, name, body)
        except VenueError as refusal:
            status, told = refusal.status, refusal.body()
        headers = {"X-MBX-USED-WEIGHT-1M": "240", "X-MBX-ORDER-COUNT-1M": "12"}
        return web.json_response(told, status=status, headers=headers)

    def _answer(self, request: web.Request, name: str, body: str) -> Any:
        query = request.raw_path.partition("?")[2]
        asked = dict(parse_qsl(query) + parse_qsl(body))
        if self._rest.is_signed(name):
            check_signature(self.account, signed_text(query, body), Params(asked), SystemClock())
        if name == "order" and request.method == "POST" and self._refusals:
            self._refusals -= 1
            raise VenueError(-2019, "Margin is insufficient.")
        return self._rest.answer(request.method, name, asked)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(f"stream {request.raw_path} {dict(request.headers)}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if "streams" in request.query:
            self._markets[socket] = (request.query["streams"].split("/"), True)
        elif request.query.get("listenKey", request.match_info.get("key")) == LISTEN_KEY:
            self._users.add(socket)
        try:
            async for message in socket:
                self.seen.append(f"stream message {message.data}")
        finally:
            self._users.discard(socket)
            self._markets.pop(socket, None)
        return socket

    def _tell(self, event: dict[str, Any]) -> None:
        if not self._silent:
            for socket in self._users:
                self._send(socket, event)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for socket, (names, combined) in list(self._markets.items()):
                for name in names if not self._silent else ():
                    event = self._event(name)
                    self._send(socket, {"stream": name, "data": event} if combined else event)

    @staticmethod
    def _event(name: str) -> dict[str, Any]:
        told: dict[str, Any] = {"E": now_ms(), "T": now_ms(), "s": SYMBOL}
        if name.endswith("@bookTicker"):
            return told | {"e": "bookTicker", "u": 1, "b": f"{MARK - 1}", "B": "2", "a": f"{MARK + 1}", "A": "3"}
        return told | {"e": "aggTrade", "a": 1, "p": f"{MARK}", "q": "0.5", "f": 1, "l": 1, "m": True}

    def _send(self, socket: web.WebSocketResponse, event: dict[str, Any]) -> None:
        async def send() -> None:
            if not socket.closed:
                await socket.send_str(json.dumps(event))

        task = asyncio.ensure_future(send())
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()  # a peer that went away is noticed by the reading side
