"""A gateway that speaks TWS's socket protocol on loopback, in a thread of its own.

It serves the real clients, ib_async and ib_insync, in the server version that they negotiate. Every method may be
called from any thread, and what it does has been sent when it returns.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

from tests.venues.ib import account, contracts, reports
from tests.venues.ib.desk import Desk, Key
from tests.venues.ib.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

T = TypeVar("T")

_START_SECONDS = 10.0
_TICK_SECONDS = 0.02
_TICKS = 5
_CENT = 0.01


class Gateway:
    """``with Gateway() as gateway``: the gateway, listening at ``gateway.port`` of 127.0.0.1."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.seen: list[str] = []
        self.held: dict[contracts.Contract, float] = {contracts.TRADED[0]: 100.0}
        self.profit = (12.5, -3.25)
        self.clock_ahead = 0.0
        self.port = 0
        self._breaks = 0
        self._silent = False
        self.muted: set[str] = set()
        self._ticks = 0
        self._sessions: set[Session] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="gateway", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the gateway did not start")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    # What a test has it do.

    def execute(self, client_id: int, order_id: int, quantity: float) -> None:
        """Execute ``quantity`` of an order that is open."""
        order = self.desk.orders[Key(client_id, order_id)]
        self._run(lambda: self._tell(client_id, lambda version: self.desk.execute(order, quantity, version)))

    def say(self, *messages: bytes) -> None:
        """Send messages of the test's own to every client, as one piece."""
        self._each(lambda session: session.tell(messages))

    def error(self, code: int, words: str, request: int = -1) -> None:
        """Send an error, a warning, or the state of a connection."""
        self.say(reports.error(request, code, words))

    def break_next(self) -> None:
        """Break off the connection at the next request for an order, and do nothing for it."""
        self._breaks += 1

    def takes_break(self) -> bool:
        """Tell whether the request that came is the one to break off at."""
        if not self._breaks:
            return False
        self._breaks -= 1
        return True

    def drop(self) -> None:
        """Break off every connection."""
        self._each(Session.drop)

    def silence(self) -> None:
        """Send no more ticks."""
        self._silent = True

    def mute(self, request: str) -> None:
        """Answer no more requests of a kind, which is the number that they begin with."""
        self.muted.add(request)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return self._run(lambda: len(self._sessions))

    def quote(self) -> tuple[float, float]:
        """Return the best bid and ask, which move by a cent and come back."""
        bid = round(self.desk.price + _CENT * (self._ticks % _TICKS), 2)
        return bid, round(bid + 2 * _CENT, 2)

    # How it does it.

    def _tell(self, client_id: int, messages: Callable[[int], Iterable[bytes]]) -> None:
        told = [session for session in self._sessions if session.client_id == client_id]
        for session in told:
            session.tell(messages(session.version))
        if not told:  # it happens all the same
            list(messages(0))

    def _each(self, work: Callable[[Session], None]) -> None:
        def run() -> None:
            for session in list(self._sessions):
                work(session)

        self._run(run)

    def _run(self, work: Callable[[], T]) -> T:
        assert self._loop is not None

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_START_SECONDS)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ticking = asyncio.create_task(self._tick())
        self._ready.set()
        await self._stop.wait()
        server.close()
        ticking.cancel()
        for session in list(self._sessions):
            await session.end()
        await asyncio.gather(ticking, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        self._sessions.add(session)
        try:
            await session.serve()
        finally:
            self._sessions.discard(session)
            session.drop()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._ticks += 1
            for session in self._sessions:
                if not self._silent:
                    session.tell(account.ticks(request, *self.quote()) for request in session.market)
