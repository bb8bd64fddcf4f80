"""The venue in a thread of its own: alpaca-py's client blocks its caller."""

from __future__ import annotations

import asyncio
import base64
import itertools
import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from tests.venues.alpaca.errors import Refused
from tests.venues.alpaca.exchange import Exchange
from tests.venues.alpaca.faults import Faults
from tests.venues.alpaca.rest import LIMIT, Rest
from tests.venues.alpaca.sockets import SECRET, Sockets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from typing_extensions import Self

T = TypeVar("T")

_SECONDS = 10.0
_BASIC = "Basic " + base64.b64encode(":".join(SECRET).encode()).decode()


class AlpacaVenue:
    """``with AlpacaVenue() as venue``: what happens there is made to happen by the methods, from any thread."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.url = ""
        self._seen: list[str] = []
        self._requests = itertools.count(1)
        self._sockets = Sockets(self.faults, self._seen.append)
        self._exchange = Exchange(self._sockets.say)
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="alpaca-venue", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(_SECONDS), "the venue did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_SECONDS)

    @property
    def trading_stream(self) -> str:
        """The address of the stream of orders."""
        return self.url.replace("http", "ws", 1) + "/stream"

    def data_stream(self, feed: str = "v2/iex") -> str:
        """Return the address of a stream of market data."""
        return f"{self.url.replace('http', 'ws', 1)}/{feed}"

    @property
    def connections(self) -> int:
        """How many streams are open."""
        return self.call(lambda: len(self._sockets))

    @property
    def listening(self) -> int:
        """How many streams of orders are open and asked to hear of them."""
        return self.call(lambda: self._sockets.listening)

    def seen(self) -> list[str]:
        """Return every request and every websocket message that came, whole."""
        return list(self._seen)

    def execute(self, order_id: str, quantity: float) -> None:
        """Execute ``quantity`` of an order that is open, at its price."""
        self.call(lambda: self._exchange.execute(self._exchange.order(order_id), Decimal(str(quantity))))

    def say(self, event: str, order_id: str, *, status: str) -> None:
        """Send any message about an order on its stream."""
        self.call(lambda: self._exchange.say(event, self._exchange.order(order_id), status=status))

    def status(self, order_id: str) -> str:
        """Return an order's status."""
        return self.call(lambda: self._exchange.order(order_id).status)

    def trade_by_hand(self, **order: str) -> str:
        """Send an order as somebody else does, on the venue's web page; return its id."""

        def run() -> str:
            found = self._exchange.submit({"type": "limit", "time_in_force": "day", "side": "buy", **order})
            self._exchange.work(found)
            return found.id

        return self.call(run)

    def drop_streams(self) -> None:
        """Break off every stream."""
        self.call(self._sockets.drop)

    def call(self, work: Callable[[], T]) -> T:
        """Run ``work`` in the venue's thread; return or raise what it does."""

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_SECONDS)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Return once something is true; five seconds at most."""
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            time.sleep(0.002)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(middlewares=[self._answered])
        app.add_routes(Rest(self._exchange, self.faults).routes())
        app.add_routes([web.get("/stream", self._sockets.orders)])
        for feed in ("v2/iex", "v2/sip", "v1beta3/crypto/us", "v1beta1/indicative"):
            app.add_routes([web.get(f"/{feed}", self._sockets.market)])
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._ready.set()
        await self._stop.wait()
        self._sockets.drop()
        await runner.cleanup()

    @web.middleware
    async def _answered(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Write down what came, see to who it is and to the faults, and turn refusals into answers."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await handler(request)
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        self._seen.append(f"{request.method} {request.path_qs}\n{headers}\n\n{await request.text()}")
        is_of_orders = request.method != "GET"
        try:
            _let_in(request, self.faults)
            if is_of_orders and self.faults.take("ignore"):
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            answer = await handler(request)
            if is_of_orders and self.faults.take("lose"):
                answer = web.Response(status=504, text="<html>504 Gateway Time-out</html>", content_type="text/html")
        except Refused as refused:
            answer = web.json_response(refused.body, status=refused.status)
        answer.headers["X-RateLimit-Limit"] = str(LIMIT)
        answer.headers["X-RateLimit-Remaining"] = str(max(LIMIT - next(self._requests), 0))
        answer.headers["X-RateLimit-Reset"] = str(int(time.time()) + 60)
        return answer


def _let_in(request: web.Request, faults: Faults) -> None:
    if faults.take("busy"):
        raise Refused(429, 42910000, "too many requests.")
    given = (request.headers.get("APCA-API-KEY-ID"), request.headers.get("APCA-API-SECRET-KEY"))
    if given != SECRET and request.headers.get("Authorization") != _BASIC:
        raise Refused(401, 40110000, "request is not authorized")
