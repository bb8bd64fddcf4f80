"""Bots of python-binance for the tests: what they have in common, and the one of the sync client.

The library is imported inside functions: the conformance suite's table is made where it is not installed.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import logging
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.conformance.driver import Placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_log = logging.getLogger("bot.binance")
_SECONDS = 20.0
SYMBOL = "BTCUSDT"
TIMEOUT = 3.5
"""How long the library waits for an answer of the websocket API, in s (as it comes 10): long enough to reconnect."""

_ORDER_PATH = "/v3/order"  # of REST and of the websocket API


@contextmanager
def addresses(url: str, ws_url: str) -> Iterator[None]:
    """Point the library at a venue, as its users do: by its class attributes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports what websockets deprecates
        from binance import BinanceSocketManager  # noqa: PLC0415 - docs are made without it
        from binance.base_client import BaseClient  # noqa: PLC0415 - the same
        from binance.ws.reconnecting_websocket import ReconnectingWebsocket  # noqa: PLC0415 - the same

    given: list[tuple[Any, str, Any]] = [
        (BaseClient, "API_URL", f"{url}/api"),
        (BaseClient, "FUTURES_URL", f"{url}/fapi"),
        (BaseClient, "WS_API_URL", f"{ws_url}/ws-api/v3"),
        (BinanceSocketManager, "STREAM_URL", f"{ws_url}/"),
        (BinanceSocketManager, "FSTREAM_URL", f"{ws_url}/"),
        (ReconnectingWebsocket, "TIMEOUT", TIMEOUT),
    ]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in given]
    for owner, name, value in given:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


class Bot:
    """What the bots have in common: what they say of their orders, and how a spot order is written."""

    def __init__(self, venue: Any) -> None:
        self.venue = venue
        self._said: list[str] = []
        self._market: list[Any] = []

    def said(self) -> Sequence[str]:
        return list(self._said)

    def execute(self, order: Placed, quantity: float) -> None:
        from tests.instrumentation.ccxt.bots import execute  # noqa: PLC0415 - needs ccxt

        execute(self.venue, order.id, str(Decimal(str(quantity))))

    def refuse_next(self) -> None:
        told = "Account has insufficient balance for requested action."
        self.venue.faults.fail_next(status=400, code=-2010, message=told, path=_ORDER_PATH)

    def ignore_next(self) -> None:
        self.venue.faults.drop_next(path=_ORDER_PATH)

    def drop_streams(self) -> None:
        self.venue.faults.disconnect_websockets()

    def silence_streams(self) -> None:
        self.venue.faults.silence(60)

    def seen(self) -> Sequence[str]:
        return [
            f"{each.kind} {each.method} {each.path} {each.params} {each.headers} {each.body}"
            for each in self.venue.requests
        ]

    def on_order(self, message: Any) -> None:
        """Log what a message of the stream of orders tells."""
        if message.get("e") == "executionReport":
            self._say(f"order {message['C'] or message['c']} is {message['X']}")

    def on_market(self, message: Any) -> None:
        """Keep a message of the market."""
        self._market[:] = [message]

    def _say(self, line: str) -> None:
        _log.info(line)
        self._said.append(line)


def new(side: str, quantity: float, price: float | None, client_id: str) -> dict[str, Any]:
    """Return the parameters of a new order."""
    asked: dict[str, Any] = {"symbol": SYMBOL, "side": side.upper(), "type": "MARKET", "quantity": quantity}
    if price is not None:
        asked |= {"type": "LIMIT", "timeInForce": "GTC", "price": price}
    return asked | ({"newClientOrderId": client_id} if client_id else {})


def changed(order: Placed, quantity: float, price: float) -> dict[str, Any]:
    """Return the parameters of what takes an order's place: spot knows no amendments."""
    asked = new("buy", quantity, price, "")
    return asked | {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": order.id}


def placed(answer: Any) -> Placed:
    return Placed(answer["clientOrderId"], str(answer["orderId"]), answer)


def replaced(answer: Any) -> Placed:
    return placed(answer["newOrderResponse"])._replace(native=answer)


class SyncBot(Bot):
    """A bot of ``Client``, called back by ``ThreadedWebsocketManager``.

    It is a program without an event loop, and so has a thread of its own here: the manager's sockets take the loop of
    the thread that they are made in, which must be the one that the manager runs.
    """

    def __init__(self, venue: Any, keys: Mapping[str, str]) -> None:
        super().__init__(venue)
        from binance import Client, ThreadedWebsocketManager  # noqa: PLC0415 - docs are made without it

        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(1, "bot", initializer=lambda: asyncio.set_event_loop(self._loop))
        self._client = self._thread.submit(Client, **keys).result()
        self._manager = self._thread.submit(ThreadedWebsocketManager, **keys).result()

    async def _do(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method in the bot's thread, with the context of here."""
        call = functools.partial(contextvars.copy_context().run, method, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        return placed(await self._do(self._client.create_order, **new(side, quantity, price, client_id)))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        return replaced(await self._do(self._client.cancel_replace_order, **changed(order, quantity, price)))

    async def cancel(self, order: Placed) -> Any:
        return await self._do(self._client.cancel_order, symbol=SYMBOL, orderId=order.id)

    async def query(self) -> Any:
        return await self._do(self._client.get_account)

    async def look_up(self, order: Placed) -> Any:
        return await self._do(self._client.get_order, symbol=SYMBOL, orderId=order.id)

    async def follow_orders(self) -> None:
        await self._start()
        await self._do(self._manager.start_user_socket, self.on_order)
        await until(lambda: any("subscribe" in each.path for each in self.venue.requests))

    async def follow_market(self) -> None:
        await self._start()
        await self._do(self._manager.start_trade_socket, self.on_market, SYMBOL)
        await until(lambda: self._market)

    async def _start(self) -> None:
        if not self._manager.is_alive():
            await self._do(self._manager.start)

    async def close(self) -> None:
        self.venue.faults.clear()
        if self._manager.is_alive():
            for name in list(self._manager._socket_running):
                self._manager.stop_socket(name)
            deadline = time.monotonic() + _SECONDS
            while self._manager._socket_running and time.monotonic() < deadline:
                self.venue.deposit("USDT", "1")  # a listener looks whether it should end after each message
                await asyncio.sleep(0.02)
            # stop() ends the loop that its own closing needs, and waits 5 s for it: so close first.
            stopping = asyncio.run_coroutine_threadsafe(self._manager.stop_client(), self._loop)
            await cut(self.venue, asyncio.wrap_future(stopping), lambda: self._manager._client.ws_api)
            await self._do(self._manager.stop)
            await self._do(self._manager.join)
        await self._do(self._client.close_connection)
        self._thread.shutdown()
        self._loop.close()


async def cut(venue: Any, closing: asyncio.Future[None], socket: Callable[[], Any]) -> None:
    """Wait for the library to close; cut what it closes, since it only looks up when it reads something.

    Left alone it would sit out the rest of its time-out. It says that it closes before it is cut.
    """
    deadline = time.monotonic() + _SECONDS
    while not closing.done() and time.monotonic() < deadline:
        await asyncio.wait({closing}, timeout=0.01)
        if socket().ws_state.name == "EXITING":
            venue.faults.disconnect_websockets()
    await closing


async def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "the stream never opened"
        await asyncio.sleep(0.005)
