"""The venue as a server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from typing import TYPE_CHECKING

from aiohttp import web

from otel_trading.demo.venue.accounts import Account
from otel_trading.demo.venue.clock import Clock, SystemClock
from otel_trading.demo.venue.control import Control
from otel_trading.demo.venue.decimals import finite
from otel_trading.demo.venue.exchange import Exchange
from otel_trading.demo.venue.faults import Faults
from otel_trading.demo.venue.gateway import Gateway
from otel_trading.demo.venue.limits import Limits, RateLimiter
from otel_trading.demo.venue.market_api import MarketApi
from otel_trading.demo.venue.requests_seen import RequestLog, SeenRequest
from otel_trading.demo.venue.rest import Rest
from otel_trading.demo.venue.sockets import Sockets
from otel_trading.demo.venue.stream_socket import StreamSocket
from otel_trading.demo.venue.streams import MarketStreams
from otel_trading.demo.venue.symbols import SYMBOLS, Symbol
from otel_trading.demo.venue.trade_api import TradeApi
from otel_trading.demo.venue.user_streams import UserStreams
from otel_trading.demo.venue.wallet_api import WalletApi
from otel_trading.demo.venue.ws_api import WebsocketApi

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal
    from types import TracebackType

    from typing_extensions import Self

STEP_MS = 100
"""How long a step of the market lasts unless a ticker says otherwise."""

_SHUTDOWN_SECONDS = 0.2


class Venue:
    """A simulated spot venue: ``async with Venue(seed=7) as venue``.

    ``seed`` decides prices, books, ids and the market's part in fills. With ``tick_ms`` the market moves by
    itself at that interval; without, only :meth:`step` and :meth:`set_price` move it. ``speed`` is how many times
    faster than normal it moves. ``port`` 0 takes a free one. Raises ``ValueError`` for a ``host`` that is no
    loopback address.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
        tick_ms: int | None = None,
        speed: float = 1.0,
        clock: Clock | None = None,
        symbols: Sequence[Symbol] = SYMBOLS,
        accounts: Iterable[Account] | None = None,
        limits: Limits | None = None,
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("the venue listens on loopback only: its controls ask nobody who he is")
        self._host = host
        self._port = port
        self._tick_ms = tick_ms
        clock = clock or SystemClock()
        self.exchange = Exchange(
            symbols, accounts if accounts is not None else [Account()], clock, seed=seed, speed=speed
        )
        self._sockets = Sockets()
        self.faults = Faults(self.exchange.plans, self._disconnect)
        self._log = RequestLog()
        self._closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        limiter = RateLimiter(limits or Limits(), clock)
        self._users = UserStreams(clock, self.faults, seed)
        streams = MarketStreams(self.exchange, self.faults, tick_ms or STEP_MS)
        operations = {
            **MarketApi(self.exchange, limiter.limits).operations(),
            **TradeApi(self.exchange, limiter).operations(),
            **WalletApi(self.exchange).operations(),
            **self._users.operations(),
        }
        gateway = Gateway(self.exchange, limiter, self.faults, operations)
        self._rest = Rest(gateway, self.faults, self._log, clock, self._closing)
        self._streams = StreamSocket(
            streams=streams,
            users=self._users,
            sockets=self._sockets,
            faults=self.faults,
            log=self._log,
            clock=clock,
        )
        self._ws_api = WebsocketApi(
            gateway=gateway,
            limiter=limiter,
            users=self._users,
            sockets=self._sockets,
            faults=self.faults,
            log=self._log,
            clock=clock,
        )
        self.exchange.tell = self._users.tell
        self.exchange.moved = streams.publish
        self.exchange.schedule.changed = self._set_alarm

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The HTTP address, without a final slash."""
        return f"http://{self._host}:{self._port}"

    @property
    def ws_url(self) -> str:
        """The websocket address, without a path."""
        return f"ws://{self._host}:{self._port}"

    @property
    def account(self) -> Account:
        """The first account; its ``key`` and ``secret`` are what a client needs."""
        return next(iter(self.exchange.accounts.values()))

    @property
    def requests(self) -> list[SeenRequest]:
        """What the venue has seen, oldest first."""
        return self._log.all()

    @property
    def connections(self) -> int:
        """How many websockets are open."""
        return len(self._sockets)

    def clear_requests(self) -> None:
        """Forget what the venue has seen."""
        self._log.clear()

    def step(self, steps: int = 1) -> None:
        """Move the market: due fills first, then prices, then what they do to the orders."""
        for _ in range(steps):
            self.exchange.step()

    def set_price(self, symbol: str, price: str | Decimal) -> None:
        """Put a symbol's mid price at ``price`` and let the orders meet it."""
        self.exchange.place_price(symbol, finite(str(price)))

    def mid(self, symbol: str) -> Decimal:
        """Return a symbol's mid price."""
        return self.exchange.market(symbol).mid

    def deposit(self, asset: str, change: str | Decimal) -> None:
        """Change a balance of the first account from outside, with a ``balanceUpdate``."""
        self.exchange.deposit(self.account, asset, finite(str(change)))

    async def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        app = web.Application()
        app.add_routes(Control(self).routes())
        app.router.add_get("/ws-api/v3", self._ws_api.handle)
        # `/stream/ws` is `/ws` under a name in which ccxt.pro finds "/stream".
        for path in ("/ws", "/ws/{names:.*}", "/stream/ws", "/stream/ws/{names:.*}", "/stream"):
            app.router.add_get(path, self._streams.handle)
        app.router.add_route("*", "/{tail:.*}", self._rest.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        if self._tick_ms:
            self._ticker = asyncio.create_task(self._tick(self._tick_ms / 1000))

    async def stop(self) -> None:
        """Close every connection and end."""
        self._closing.set()
        if self._alarm is not None:
            self._alarm.cancel()
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._loop = None

    async def _tick(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.step()

    def _set_alarm(self) -> None:
        """Wake up for the next thing that is due; a clock moved by hand wakes nobody."""
        due_ms = self.exchange.schedule.next_ms
        if due_ms is None or self._loop is None or not isinstance(self.exchange.clock, SystemClock):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        wait_ms = max(0, due_ms - self.exchange.clock.now_ms())
        self._alarm = self._loop.call_later(wait_ms / 1000, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self.exchange.run_due()
        self._set_alarm()

    def _disconnect(self, kind: str | None, code: int | None) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._sockets.disconnect, kind, code)
