"""The same bot with either library, as their users write it: on the event loop, or with the calls that wait."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import logging
import queue
import threading
import time
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from tests.conformance.driver import Placed
from tests.venues.ib.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

T = TypeVar("T")

CLIENT_ID = 7
SYNC, ASYNC = "sync", "async"
SECONDS = 20.0
_PAUSE = 0.002
_log = logging.getLogger("bot.ib")


def placed(trade: Any) -> Placed:
    """Return an order as telemetry names it."""
    order = trade.order
    return Placed(order.orderRef or f"{order.clientId}:{order.orderId}", str(order.permId or ""), trade)


class Bot:
    """A bot on the event loop, and what both kinds share."""

    def __init__(self, library: Any, gateway: Gateway) -> None:
        self.library = library
        self.gateway = gateway
        self.ib = library.IB()
        self.contract = library.Stock("AAPL", "SMART", "USD")
        self.closing = False
        self._said: list[str] = []
        self._follows = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect."""
        self.ib.disconnectedEvent += self._on_disconnected
        await self._connect()
        await self.ib.qualifyContractsAsync(self.contract)

    async def close(self) -> None:
        """Disconnect."""
        self.closing = True
        await asyncio.gather(*self._tasks, return_exceptions=True)  # a connection half made can't be closed
        self.ib.disconnect()
        await self.until(self._is_closed)

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        """Place an order and wait until TWS says something of it."""
        trade = self.ib.placeOrder(self.contract, self.order(side, quantity, price, client_id))
        await self.until(lambda: trade.orderStatus.status != "PendingSubmit" or not self.ib.isConnected())
        return placed(trade)

    def order(self, side: str, quantity: float, price: float | None, client_id: str = "") -> Any:
        """Return what ``placeOrder`` takes."""
        if price is None:
            return self.library.MarketOrder(side.upper(), quantity, orderRef=client_id)
        return self.library.LimitOrder(side.upper(), quantity, price, orderRef=client_id)

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        """Change an order: the same object, placed again; wait until TWS has changed it."""
        native = order.native.order
        native.totalQuantity, native.lmtPrice = quantity, price
        trade = self.ib.placeOrder(self.contract, native)
        await self.until(lambda: trade.log[-1].message != "Modify")
        return placed(trade)

    async def cancel(self, order: Placed) -> None:
        """Cancel an order and wait until it is."""
        trade = self.ib.cancelOrder(order.native.order)
        await self.until(trade.isDone)

    async def query(self) -> Any:
        """Ask for the time."""
        return await self.ib.reqCurrentTimeAsync()

    async def look_up(self, order: Placed) -> Any:  # noqa: ARG002 - TWS tells all executions of the day
        """Ask what was executed."""
        return await self.ib.reqExecutionsAsync()

    async def follow_orders(self) -> None:
        """Log what becomes of the orders."""
        if not self._follows:
            self._follows = True
            self.ib.execDetailsEvent += self._on_fill
            self.ib.orderStatusEvent += self._on_status

    async def follow_market(self) -> None:
        """Subscribe to the contract's ticks."""
        ticker = self.ib.reqMktData(self.contract)
        await self.until(lambda: ticker.bid > 0)

    def said(self) -> Sequence[str]:
        """Return what the handlers logged."""
        return list(self._said)

    def execute(self, order: Placed, quantity: float) -> None:
        """Have the gateway execute a part of an order."""
        native = order.native.order
        self.gateway.execute(native.clientId, native.orderId, quantity)

    def refuse_next(self) -> None:
        """Have the gateway refuse the next order for want of money."""
        self.gateway.desk.refuse()

    def ignore_next(self) -> None:
        """Have the gateway break off the connection at the next order."""
        self.gateway.break_next()

    def drop_streams(self) -> None:
        """Have the gateway break off the connection."""
        self.gateway.drop()

    def silence_streams(self) -> None:
        """Have the gateway send no more ticks."""
        self.gateway.silence()

    def seen(self) -> Sequence[str]:
        """Return what the gateway received."""
        return list(self.gateway.seen)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            await asyncio.sleep(_PAUSE)

    async def _connect(self) -> None:
        await self.ib.connectAsync("127.0.0.1", self.gateway.port, clientId=CLIENT_ID)

    def _is_closed(self) -> bool:
        """Tell whether the library has heard that its socket is closed, which takes it a turn of the loop."""
        return self.ib.client.conn.transport is None

    def _on_disconnected(self) -> None:
        if not self.closing:
            self._tasks.add(asyncio.ensure_future(self._connect()))

    def _on_fill(self, trade: Any, fill: Any) -> None:
        self._say(f"bought {fill.execution.shares} of {trade.order.orderId} at {fill.execution.price}")

    def _on_status(self, trade: Any) -> None:
        self._say(f"order {trade.order.orderId} is {trade.orderStatus.status}, {trade.orderStatus.remaining} left")

    def _say(self, line: str) -> None:
        _log.info(line)
        self._said.append(line)


class WaitingBot(Bot):
    """A bot with the calls that wait, in a thread of its own, which runs the event loop in between (``ib.sleep``)."""

    def __init__(self, library: Any, gateway: Gateway) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], None], Future[None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="bot", daemon=True)
        self._opened = False
        super().__init__(library, gateway)

    async def open(self) -> None:
        self._thread.start()
        await self._do(self._reconnect)
        await self._do(lambda: self.ib.qualifyContracts(self.contract))

    async def close(self) -> None:
        self.closing = True
        await self._do(self.ib.disconnect)
        await self._do(lambda: self._wait(self._is_closed))
        self._jobs.put(None)
        self._thread.join()

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        def place() -> Placed:
            trade = self.ib.placeOrder(self.contract, self.order(side, quantity, price, client_id))
            self._wait(lambda: trade.orderStatus.status != "PendingSubmit")
            return placed(trade)

        return await self._do(place)

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        native = order.native.order
        native.totalQuantity, native.lmtPrice = quantity, price

        def change() -> Placed:
            trade = self.ib.placeOrder(self.contract, native)
            self._wait(lambda: trade.log[-1].message != "Modify")
            return placed(trade)

        return await self._do(change)

    async def cancel(self, order: Placed) -> None:
        await self._do(lambda: self._wait(self.ib.cancelOrder(order.native.order).isDone))

    async def query(self) -> Any:
        return await self._do(self.ib.reqCurrentTime)

    async def look_up(self, order: Placed) -> Any:  # noqa: ARG002 - TWS tells all executions of the day
        return await self._do(self.ib.reqExecutions)

    async def follow_market(self) -> None:
        def follow() -> None:
            ticker = self.ib.reqMktData(self.contract)
            self._wait(lambda: ticker.bid > 0)

        await self._do(follow)

    async def _do(self, work: Callable[[], T]) -> T:
        """Have the bot's thread do ``work``, in the context of the code that asks for it."""
        done: Future[T] = Future()
        here = contextvars.copy_context()

        def run() -> None:
            try:
                done.set_result(here.run(work))
            except BaseException as error:  # noqa: BLE001 - it belongs to the code that asked
                done.set_exception(error)

        self._jobs.put((run, done))  # type: ignore[arg-type] # whatever the result is, it is in the future
        return await asyncio.wrap_future(done)

    def _wait(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            self.ib.sleep(_PAUSE)

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        while (job := self._next()) is not None:
            job()
        loop.close()

    def _next(self) -> Callable[[], None] | None:
        """Return the next job, None at the end; until there is one, handle what TWS sends."""
        while self._jobs.empty():
            self._idle()
        found = self._jobs.get_nowait()
        return None if found is None else found[0]

    def _idle(self) -> None:
        # A call that waits raises that the connection is gone, unless it was about to return.
        with suppress(ConnectionError):
            self.ib.sleep(_PAUSE)
        if self._opened and not self.closing and not self.ib.isConnected():
            self._reconnect()

    def _reconnect(self) -> None:
        self.ib.connect("127.0.0.1", self.gateway.port, clientId=CLIENT_ID)
        self._opened = True


@asynccontextmanager
async def bot_of(package: str, variant: str) -> AsyncIterator[Bot]:
    """Open a gateway, and a bot that is connected to it."""
    library = importlib.import_module(package)
    with Gateway() as gateway:
        bot = (WaitingBot if variant == SYNC else Bot)(library, gateway)
        await bot.open()
        try:
            yield bot
        finally:
            await bot.close()
