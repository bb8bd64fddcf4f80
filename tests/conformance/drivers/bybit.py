"""pybit at a venue that speaks V5: orders over HTTP, and over its trading websocket."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.conformance.comparing import without_varying
from tests.conformance.driver import Behaviour, Placed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Driver
    from tests.venues.bybit import BybitVenue

_log = logging.getLogger("bot.pybit")
_HTTP, _WEBSOCKET = "http", "websocket"
_SECONDS = 20.0
_TIME_OF_DAY = re.compile(r"\b\d\d:\d\d:\d\d\b")
_PING_SECONDS = 0.2
"""Also how often a reader's thread looks whether its websocket was closed."""

_PATIENCE = 1.5
"""How long the bot waits for an answer on the websocket, in seconds."""


class _Bot:
    """A bot that sends its orders over HTTP."""

    def __init__(self, venue: BybitVenue) -> None:
        from tests.venues.bybit.pointed import session_at  # noqa: PLC0415 - needs aiohttp

        self._venue = venue
        self._session = session_at(venue)
        self._sockets: list[Any] = []
        self._said: list[str] = []
        self._follows = False

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        asked: dict[str, Any] = {"side": side.capitalize(), "orderType": "Market", "qty": str(quantity)}
        if price is not None:
            asked |= {"orderType": "Limit", "price": str(price), "timeInForce": "GTC"}
        return _placed(await self._send("place_order", **asked, **({"orderLinkId": client_id} if client_id else {})))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        return _placed(await self._send("amend_order", orderId=order.id, qty=str(quantity), price=str(price)))

    async def cancel(self, order: Placed) -> Any:
        answer = await self._send("cancel_order", orderId=order.id)
        if not self._follows:  # the answer says only that the cancel was accepted
            self._session.get_order_history(category=_Driver.category, orderId=order.id)
        return answer

    async def query(self) -> Any:
        return self._session.get_wallet_balance(accountType="UNIFIED")["result"]

    async def look_up(self, order: Placed) -> Any:
        return self._session.get_executions(category=_Driver.category, orderId=order.id)

    async def follow_orders(self) -> None:
        from tests.venues.bybit.pointed import KEYS  # noqa: PLC0415 - needs aiohttp

        self._follows = True
        socket = self._opened(channel_type="private", **KEYS)
        socket.order_stream(self._on_order)
        socket.execution_stream(lambda _: None)
        await _until(lambda: self._venue.subscribed("order") and self._venue.subscribed("execution"))

    async def follow_market(self) -> None:
        received = threading.Event()
        self._opened(channel_type="linear").orderbook_stream(50, _Driver.symbol, lambda _: received.set())
        await _until(received.is_set)

    def said(self) -> Sequence[str]:
        return list(self._said)

    def execute(self, order: Placed, quantity: float) -> None:
        self._venue.execute(order.id, quantity)

    def refuse_next(self) -> None:
        self._venue.refuse_next()

    def ignore_next(self) -> None:
        self._venue.ignore_next()

    def drop_streams(self) -> None:
        self._venue.drop_streams()

    def silence_streams(self) -> None:
        self._venue.silence()

    def seen(self) -> Sequence[str]:
        return [
            f"{each.kind} {each.method} {each.path} {each.params} {each.headers} {each.body}"
            for each in self._venue.requests
        ]

    def close(self) -> None:
        from tests.venues.bybit.pointed import closed  # noqa: PLC0415 - needs aiohttp

        for socket in self._sockets:
            closed(socket)
        self._session.client.close()

    def _opened(self, **settings: Any) -> Any:
        from pybit.unified_trading import WebSocket  # noqa: PLC0415 - docs are made without it

        return self._kept(WebSocket(testnet=False, ping_timeout=_PING_SECONDS, **settings))

    def _kept(self, socket: Any) -> Any:
        self._sockets.append(socket)
        self._venue.clients.append(socket)
        return socket

    def _on_order(self, message: Any) -> None:
        for item in message["data"]:
            line = f"order {item['orderId']} is {item['orderStatus']}"
            _log.info(line)
            self._said.append(line)

    async def _send(self, method: str, **asked: Any) -> Any:
        return getattr(self._session, method)(category=_Driver.category, symbol=_Driver.symbol, **asked)


class _SocketBot(_Bot):
    """A bot that sends its orders over the trading websocket, and waits for each answer."""

    def __init__(self, venue: BybitVenue) -> None:
        from pybit.unified_trading import WebSocketTrading  # noqa: PLC0415 - docs are made without it

        from tests.venues.bybit.pointed import KEYS  # noqa: PLC0415 - needs aiohttp

        super().__init__(venue)
        self._trading = self._kept(WebSocketTrading(testnet=False, ping_timeout=_PING_SECONDS, **KEYS))

    async def _send(self, method: str, **asked: Any) -> Any:
        from pybit.exceptions import InvalidRequestError  # noqa: PLC0415 - docs are made without it

        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def answered(message: Any) -> None:
            loop.call_soon_threadsafe(answer.set_result, message)

        call = getattr(self._trading, method)
        call(answered, answered, category=_Driver.category, symbol=_Driver.symbol, **asked)
        message = await asyncio.wait_for(answer, _PATIENCE)
        if message["retCode"]:
            raise InvalidRequestError(method, message["retMsg"], message["retCode"], "", None)
        return message


def _placed(message: Any) -> Placed:
    found = message.get("result") or message.get("data")
    return Placed(found["orderLinkId"], found["orderId"], message)


async def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "the stream never opened"
        await asyncio.sleep(0.005)


class _Driver:
    library = "pybit"
    venue = "bybit"
    category = "linear"
    symbol = "BTCUSDT"
    price = 59_000.0
    quantity = 0.5
    variants: Sequence[str] = (_HTTP, _WEBSOCKET)
    streams_follow = False
    missing: Mapping[tuple[str, Behaviour], str] = {
        (_WEBSOCKET, Behaviour.EXCEPTIONS): (
            "pybit raises nothing for an order over its websocket: the answer goes to the bot's callbacks"
        ),
    }

    def comparable(self, text: str) -> str:
        return without_varying(_TIME_OF_DAY.sub("*", text))

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.bybit import BybitInstrumentor  # noqa: PLC0415 - as the other drivers do

        return BybitInstrumentor()

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[_Bot]:
        from tests.venues.bybit import BybitVenue  # noqa: PLC0415 - needs aiohttp, which docs are made without
        from tests.venues.bybit.pointed import pointed_at  # noqa: PLC0415 - the same

        with BybitVenue(tick_seconds=0.05) as venue, pointed_at(venue):
            bot = _SocketBot(venue) if variant == _WEBSOCKET else _Bot(venue)
            try:
                yield bot
            finally:
                bot.close()


DRIVER: Driver = _Driver()
