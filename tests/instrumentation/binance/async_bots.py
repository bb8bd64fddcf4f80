"""Bots of python-binance's ``AsyncClient`` that take each message themselves: REST, websocket API, futures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.instrumentation.binance.bots import SYMBOL, Bot, changed, cut, new, placed, replaced, until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.conformance.driver import Placed


class AsyncBot(Bot):
    """A bot of ``AsyncClient`` that takes each message of a ``BinanceSocketManager``'s sockets itself."""

    def __init__(self, venue: Any, client: Any) -> None:
        from binance import BinanceSocketManager  # noqa: PLC0415 - docs are made without it

        super().__init__(venue)
        self.client = client
        self.sockets = BinanceSocketManager(client)
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        return placed(await self.client.create_order(**new(side, quantity, price, client_id)))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        return replaced(await self.client.cancel_replace_order(**changed(order, quantity, price)))

    async def cancel(self, order: Placed) -> Any:
        return await self.client.cancel_order(symbol=SYMBOL, orderId=order.id)

    async def query(self) -> Any:
        return await self.client.get_account()

    async def look_up(self, order: Placed) -> Any:
        return await self.client.get_order(symbol=SYMBOL, orderId=order.id)

    async def follow_orders(self) -> None:
        await self._follow(self.sockets.user_socket(), self.on_order)

    async def follow_market(self) -> None:
        await self._follow(self.sockets.trade_socket(SYMBOL), self.on_market)
        await until(lambda: self._market)

    async def _follow(self, socket: Any, handle: Callable[[Any], None]) -> None:
        opened = asyncio.Event()

        async def run() -> None:
            async with socket:
                opened.set()
                while not self._closing:
                    handle(await socket.recv())

        task = asyncio.create_task(run())
        self._tasks.append(task)
        await asyncio.wait({asyncio.ensure_future(opened.wait()), task}, return_when=asyncio.FIRST_COMPLETED)

    def _cancel(self) -> None:
        self._closing = True  # wait_for of Python 3.11 may swallow a cancellation when a message comes with it
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        self.venue.faults.clear()
        self._cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await cut(self.venue, asyncio.create_task(self.client.close_connection()), lambda: self.client.ws_api)


class WebsocketBot(AsyncBot):
    """The same with its requests over the websocket API."""

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        return placed(await self.client.ws_create_order(**new(side, quantity, price, client_id)))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        return replaced(await self.client.ws_cancel_and_replace_order(**changed(order, quantity, price)))

    async def cancel(self, order: Placed) -> Any:
        return await self.client.ws_cancel_order(symbol=SYMBOL, orderId=order.id)

    async def query(self) -> Any:
        return await self.client.ws_get_account()

    async def look_up(self, order: Placed) -> Any:
        return await self.client.ws_get_order(symbol=SYMBOL, orderId=order.id)


class FuturesBot(AsyncBot):
    """A bot that trades a perpetual contract."""

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        return placed(await self.client.futures_create_order(**new(side, quantity, price, client_id)))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        asked = {"symbol": SYMBOL, "orderId": order.id, "side": "BUY", "quantity": quantity, "price": price}
        return placed(await self.client.futures_modify_order(**asked))

    async def cancel(self, order: Placed) -> Any:
        return await self.client.futures_cancel_order(symbol=SYMBOL, orderId=order.id)

    async def query(self) -> Any:
        return await self.client.futures_account_balance()

    async def look_up(self, order: Placed) -> Any:
        await self.client.futures_account_trades(symbol=SYMBOL)
        return await self.client.futures_get_order(symbol=SYMBOL, orderId=order.id)

    async def follow_orders(self) -> None:
        await self._follow(self.sockets.futures_user_socket(), self.on_order)

    async def follow_market(self) -> None:
        streams = [f"{SYMBOL.lower()}@aggTrade", f"{SYMBOL.lower()}@bookTicker"]
        await self._follow(self.sockets.futures_multiplex_socket(streams), self.on_market)
        await until(lambda: self._market)

    def on_order(self, message: Any) -> None:
        if message.get("e") == "ORDER_TRADE_UPDATE":
            self._say(f"order {message['o']['c']} is {message['o']['X']}")

    def execute(self, order: Placed, quantity: float) -> None:
        self.venue.execute(order.id, quantity)

    def refuse_next(self) -> None:
        self.venue.refuse_next()

    def ignore_next(self) -> None:
        self.venue.drop_next()

    def drop_streams(self) -> None:
        self.venue.drop_streams()

    def silence_streams(self) -> None:
        self.venue.silence()

    def seen(self) -> Sequence[str]:
        return list(self.venue.seen)

    async def close(self) -> None:
        self._cancel()
        while self._tasks and (await asyncio.wait(self._tasks, timeout=0.05))[1]:
            self.venue.drop_streams()  # as in cut
        await self.client.close_connection()
