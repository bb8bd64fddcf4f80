"""The venue as a server on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web

from otel_trading.demo.venue.clock import SystemClock
from otel_trading.demo.venue.requests_seen import RequestLog
from tests.venues.bybit.engine import Engine
from tests.venues.bybit.faults import Fault, Faults
from tests.venues.bybit.market_data import update
from tests.venues.bybit.operations import Operations
from tests.venues.bybit.rest import Rest
from tests.venues.bybit.sockets import PRIVATE, PUBLIC, TRADE, Websockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from typing_extensions import Self

    from otel_trading.demo.venue.requests_seen import SeenRequest

T = TypeVar("T")
_SECONDS = 10.0


class BybitVenue:
    """``with BybitVenue() as venue``: V5 at ``venue.url``, for one account (``KEY``, ``SECRET``).

    With ``tick_seconds`` the public streams tell of something that often; without, :meth:`tick` does. Every method may
    be called from any thread.
    """

    def __init__(self, *, funds: str = "1000000", tick_seconds: float = 0.0) -> None:
        clock = SystemClock()
        self._clock = clock
        self._tick_seconds = tick_seconds
        self.faults = Faults()
        self._log = RequestLog()
        self._engine = Engine(clock, Decimal(funds))
        operations = Operations(self._engine, clock)
        self._rest = Rest(operations, self.faults, self._log, clock)
        self._websockets = Websockets(operations, self.faults, self._log, clock)
        self._engine.tell = self._websockets.tell
        self._updates: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="bybit venue", daemon=True)
        self.port = 0
        self.clients: list[Any] = []
        """The websockets of pybit in this process: they are answered when they expect it."""
        self._websockets.is_expected = self._is_expected

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_SECONDS):
            raise TimeoutError("the venue did not start")
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The HTTP address, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """The websocket address, without a path."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[SeenRequest]:
        """What the venue has seen, oldest first: REST requests, handshakes and messages."""
        return self._log.all()

    def execute(self, order_id: str, quantity: float | str) -> None:
        """Execute a part of an open order, at its price."""
        self._call(lambda: self._engine.execute(order_id, Decimal(str(quantity))))

    def open_orders(self) -> list[str]:
        """Return the ids of the orders that are open."""
        return self._call(lambda: [order.id for order in self._engine.open({})])

    def refuse_next(self, count: int = 1) -> None:
        """Refuse the next orders for want of money."""
        self._engine.refuse_next = count

    def ignore_next(self, *, processed: bool = False) -> None:
        """Break off the next request about an order without an answer."""
        self.faults.add(Fault("order", drop=True, processed=processed))

    def drop_streams(self) -> None:
        """Cut the connection of every websocket."""
        self._call(lambda: self._websockets.disconnect(PRIVATE, PUBLIC, TRADE))

    def silence(self) -> None:
        """Keep every websocket open and send nothing more."""
        self.faults.silent = True

    def tick(self, topic: str, *, skip: int = 0) -> None:
        """Tell the public streams of something new; with ``skip`` as many updates before it are lost."""
        self._call(lambda: self._tick(topic, skip))

    def subscribed(self, topic: str) -> int:
        """Return how many connections are told of ``topic``."""
        return self._call(lambda: self._websockets.subscribed(topic))

    def connections(self) -> int:
        """Return how many websockets are open."""
        return self._call(lambda: len(self._websockets.sockets))

    def _is_expected(self, request_id: str) -> bool:
        if not self.clients:
            return True
        for client in self.clients:
            if request_id in client.callback_directory:
                return True
            if request_id in client.subscriptions:
                topics = json.loads(client.subscriptions[request_id])["args"]
                return all(topic in client.callback_directory for topic in topics)
        return False

    def _tick(self, topic: str, skip: int = 0) -> None:
        for _ in range(skip):
            next(self._updates[topic])
        self._websockets.publish(topic, update(topic, next(self._updates[topic]), self._clock.now_ms()))

    def _call(self, work: Callable[[], T]) -> T:
        if self._loop is None:
            raise RuntimeError("the venue is not running")

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 - it belongs to the thread that asked to start
            self._failure = failure
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        app = web.Application()
        for path in ("/v5/private", "/v5/public/{category}", "/v5/trade"):
            app.router.add_get(path, self._websockets.handle)
        app.router.add_route("*", "/{tail:.*}", self._rest.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        ticker = asyncio.create_task(self._tick_on())
        self._ready.set()
        await self._stop.wait()
        ticker.cancel()
        await self._websockets.sockets.close()
        await runner.cleanup()

    async def _tick_on(self) -> None:
        while self._tick_seconds:
            await asyncio.sleep(self._tick_seconds)
            for topic in self._websockets.public_topics():
                self._tick(topic)
