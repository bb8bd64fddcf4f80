"""The venue in a thread of its own, for code that has no event loop or must not share one."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from otel_trading.demo.venue.server import Venue

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from types import TracebackType

    from typing_extensions import Self

    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.requests_seen import SeenRequest

T = TypeVar("T")

_START_SECONDS = 10.0


class VenueThread:
    """``with VenueThread(seed=7) as venue``: the same as :class:`Venue`, usable from any thread.

    Takes the arguments of :class:`Venue`. What moves the market runs on the venue's thread and has happened when
    the call returns.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._ready: threading.Event = threading.Event()
        self._failure: BaseException | None = None
        self._venue: Venue | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="venue", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the venue did not start")
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def venue(self) -> Venue:
        """The venue itself; touch it through :meth:`call` only."""
        if self._venue is None:
            raise RuntimeError("the venue is not running")
        return self._venue

    @property
    def url(self) -> str:
        """The HTTP address, without a final slash."""
        return self.venue.url

    @property
    def ws_url(self) -> str:
        """The websocket address, without a path."""
        return self.venue.ws_url

    @property
    def account(self) -> Account:
        """The first account; its ``key`` and ``secret`` are what a client needs."""
        return self.venue.account

    @property
    def faults(self) -> Faults:
        """The faults; every method of theirs may be called from any thread."""
        return self.venue.faults

    @property
    def requests(self) -> list[SeenRequest]:
        """What the venue has seen, oldest first."""
        return self.venue.requests

    @property
    def connections(self) -> int:
        """How many websockets are open."""
        return self.call(lambda venue: venue.connections)

    def clear_requests(self) -> None:
        """Forget what the venue has seen."""
        self.venue.clear_requests()

    def step(self, steps: int = 1) -> None:
        """Move the market by hand."""
        self.call(lambda venue: venue.step(steps))

    def set_price(self, symbol: str, price: str | Decimal) -> None:
        """Put a symbol's mid price at ``price`` and let the orders meet it."""
        self.call(lambda venue: venue.set_price(symbol, price))

    def mid(self, symbol: str) -> Decimal:
        """Return a symbol's mid price."""
        return self.call(lambda venue: venue.mid(symbol))

    def deposit(self, asset: str, change: str | Decimal) -> None:
        """Change a balance of the first account from outside."""
        self.call(lambda venue: venue.deposit(asset, change))

    def call(self, work: Callable[[Venue], T]) -> T:
        """Run ``work`` on the venue's thread and return or raise what it does."""
        if self._loop is None:
            raise RuntimeError("the venue is not running")

        async def run() -> T:
            return work(self.venue)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001 it belongs to the thread that asked to start
            self._failure = failure
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with Venue(**self._settings) as self._venue:
            self._ready.set()
            await self._stop.wait()
