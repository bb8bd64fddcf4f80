"""ccxt on the simulated venue: its sync, async and pro classes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import re
import time
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.conformance.comparing import without_varying
from tests.conformance.driver import Behaviour, Placed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from otel_trading.demo.venue import VenueThread
    from tests.conformance.driver import Driver

_log = logging.getLogger("bot.ccxt")
_SYNC, _ASYNC, _PRO, _WS = "sync", "async", "pro", "pro websocket orders"
_KINDS = {_SYNC: "sync", _ASYNC: "async", _PRO: "pro", _WS: "ws"}
_ORDER_PATH = "/v3/order"  # of REST and of the websocket API
_SECONDS = 20.0
_OWN_IDS = re.compile(r"x-TKT5PX2F[0-9a-f]+")
_NO_STREAMS = "ccxt without ccxt.pro has no streams: a bot asks what became of its orders"


@functools.cache
def _markets() -> Any:
    """Return an exchange with its markets loaded, which every bot takes over: loading is not what is asked."""
    from otel_trading.demo.venue import VenueThread  # noqa: PLC0415 - needs aiohttp, which docs are made without
    from tests.instrumentation.ccxt.bots import SYNC, exchange  # noqa: PLC0415 - needs ccxt

    with VenueThread(seed=7) as venue:
        source = exchange(SYNC, venue.url)
        source.load_markets()
        source.session.close()
        return source


class _Bot:
    """A bot on one of ccxt's ways to trade."""

    def __init__(self, bot: Any, venue: VenueThread) -> None:
        self._bot = bot
        self._venue = venue
        self._said: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        kind = "market" if price is None else "limit"
        params = {"clientOrderId": client_id} if client_id else {}
        return _placed(await self._bot("create_order", _Driver.symbol, kind, side, quantity, price, params))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        return _placed(await self._bot("edit_order", order.id, _Driver.symbol, "limit", "buy", quantity, price))

    async def cancel(self, order: Placed) -> Any:
        return await self._bot("cancel_order", order.id, _Driver.symbol)

    async def query(self) -> Any:
        return await self._bot("fetch_balance")

    async def look_up(self, order: Placed) -> Any:
        return await self._bot("fetch_order", order.id, _Driver.symbol)

    async def follow_orders(self) -> None:
        self._tasks.append(asyncio.create_task(self._watch_orders()))
        await self._until(
            lambda: any(
                name.startswith("orders") for client in self._bot.exchange.clients.values() for name in client.futures
            )
        )

    async def follow_market(self) -> None:
        received: list[Any] = []
        self._tasks.append(asyncio.create_task(self._watch_market(received)))
        await self._until(lambda: received)

    def said(self) -> Sequence[str]:
        return list(self._said)

    def execute(self, order: Placed, quantity: float) -> None:
        from tests.instrumentation.ccxt.bots import execute  # noqa: PLC0415 - needs ccxt

        execute(self._venue, order.id, str(Decimal(str(quantity))))

    def refuse_next(self) -> None:
        told = "Account has insufficient balance for requested action."
        self._venue.faults.fail_next(status=400, code=-2010, message=told, path=_ORDER_PATH)

    def ignore_next(self) -> None:
        self._venue.faults.drop_next(path=_ORDER_PATH)

    def drop_streams(self) -> None:
        self._venue.faults.disconnect_websockets()

    def silence_streams(self) -> None:
        self._venue.faults.silence(60)

    def seen(self) -> Sequence[str]:
        return [
            f"{each.kind} {each.method} {each.path} {each.params} {each.headers} {each.body}"
            for each in self._venue.requests
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._bot.close()

    async def _watch_orders(self) -> None:
        async for order in self._messages("watch_orders"):
            line = f"order {order['clientOrderId']} is {order['status']}"
            _log.info(line)
            self._said.append(line)

    async def _watch_market(self, received: list[Any]) -> None:
        async for trade in self._messages("watch_trades"):
            received[:] = [trade]

    async def _messages(self, method: str) -> AsyncIterator[Any]:
        """Yield what a stream tells, and go on where it was lost."""
        from ccxt import NetworkError  # noqa: PLC0415 - docs are made without it

        while True:
            try:
                found = await getattr(self._bot.exchange, method)(_Driver.symbol)
            except NetworkError:
                continue
            for item in found:
                yield item

    @staticmethod
    async def _until(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not holds():
            assert time.monotonic() < deadline, "the stream never opened"
            await asyncio.sleep(0.005)


def _placed(order: Any) -> Placed:
    return Placed(order["clientOrderId"], order["id"], order)


class _Driver:
    library = "ccxt"
    venue = "binance"
    symbol = "BTC/USDT"
    price = 50_000.0
    quantity = 0.1
    variants: Sequence[str] = tuple(_KINDS)
    streams_follow = False
    pulls = (_PRO, _WS)
    missing: Mapping[tuple[str, Behaviour], str] = {
        (variant, behaviour): _NO_STREAMS
        for variant in (_SYNC, _ASYNC)
        for behaviour in (
            Behaviour.LATE_FILL,
            Behaviour.MARKET_DATA,
            Behaviour.RECONNECT,
            Behaviour.SILENCE,
            Behaviour.CORRELATION,
        )
    }

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.ccxt import CcxtInstrumentor  # noqa: PLC0415 - as the other drivers do

        return CcxtInstrumentor()

    def comparable(self, text: str) -> str:
        return without_varying(_OWN_IDS.sub("*", text))

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[_Bot]:
        from otel_trading.demo.venue import VenueThread  # noqa: PLC0415 - needs aiohttp, which docs are made without
        from tests.instrumentation.ccxt.bots import Bot, exchange  # noqa: PLC0415 - needs ccxt

        kind = _KINDS[variant]
        with VenueThread(seed=7, tick_ms=50) as venue:
            trader = Bot(kind, exchange(kind, venue.url))
            trader.exchange.set_markets_from_exchange(_markets())
            bot = _Bot(trader, venue)
            try:
                yield bot
            finally:
                await bot.close()


DRIVER: Driver = _Driver()
