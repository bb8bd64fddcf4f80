"""A bot on ccxt.pro: two strategies with their own books, orders of every kind, streams that it opens again when lost.

``VENUE_URL`` is the simulated venue's, ``NIGHT_SECONDS`` how long it trades.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import random
import secrets
import time
from typing import TYPE_CHECKING, Any

import ccxt

import otel_trading
from examples.ccxt_bot import connect
from tests.stack.harness.night.ledger import TICK, Ledger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger("trader")

STRATEGIES = {"momentum": ("BTC/USDT", 0.02, 0.7), "pairs-eth": ("ETH/USDT", 0.4, -2.6)}
"""Each strategy's symbol, its usual quantity, and what it wins in a night, in limits of its daily loss."""

_SECONDS = float(os.environ["NIGHT_SECONDS"])
_REST = 0.25
_TOO_MUCH = 5_000
_BLOCKED = 0.02
_MARKET_ORDER_EVERY, _GREEDY_EVERY, _ODD_EVERY = 5, 9, 13


class Trader:
    """Sends orders of one strategy."""

    def __init__(self, exchange: Any, name: str, chance: random.Random) -> None:
        self._exchange, self._name, self._chance = exchange, name, chance
        self._symbol, self._quantity, luck = STRATEGIES[name]
        self._run = secrets.token_hex(2)
        with otel_trading.strategy(name):
            self._ledger = Ledger(chance, self._symbol, exchange.id, luck / _SECONDS)

    async def trade(self) -> None:
        """Send one order after the other."""
        for number in itertools.count(1):
            if not self._ledger.stopped:
                with otel_trading.strategy(self._name):
                    await careful(self._order, number)
            await asyncio.sleep(_REST * self._chance.uniform(0.5, 1.5))

    async def keep_books(self) -> None:
        """Tell each second where the strategy stands."""
        while True:
            with otel_trading.strategy(self._name):
                self._ledger.tick()
            await asyncio.sleep(TICK)

    async def _order(self, number: int) -> None:
        book = self._exchange.orderbooks.get(self._symbol)
        if not book or not book["bids"] or not book["asks"]:
            log.warning("%s: no book to look at", self._symbol)
            return
        bid, ask = book["bids"][0][0], book["asks"][0][0]
        side = self._chance.choice(("buy", "sell"))
        kind = "market" if number % _MARKET_ORDER_EVERY == 0 else "limit"
        quantity = self._quantity * (_TOO_MUCH if number % _GREEDY_EVERY == 0 else 1)
        price = bid if side == "buy" else ask
        if number % _ODD_EVERY == 0:
            price = price * 1.0000001234  # a bug: not a multiple of the tick
        name = f"{self._name}-{self._run}-{number:04d}"
        with otel_trading.order(
            venue=self._exchange.id,
            symbol=self._symbol,
            side=side,
            type=kind,
            quantity=quantity,
            price=None if kind == "market" else price,
            instrument_type="spot",
            client_id=name,
        ):
            strength = self._chance.gauss(0, 1)
            otel_trading.decision(self._name, strength, arrival_price=(bid + ask) / 2)
            otel_trading.risk_check("max_notional", passed=True, value=quantity * price, limit=1e6)
            log.info("%s: signal %.2f, %s %s at %s", name, strength, side, quantity, price)
            given = (self._symbol, kind, side, quantity, None if kind == "market" else price, {"clientOrderId": name})
            order = await self._exchange.create_order(*given)
        if kind == "limit":
            await asyncio.sleep(_REST)
            await self._look_after(order, side, price, number)

    async def _look_after(self, order: dict[str, Any], side: str, price: float, number: int) -> None:
        found = await self._exchange.fetch_order(order["id"], self._symbol)
        if found["status"] != "open":
            return
        if number % 2:
            price *= 1.0001 if side == "buy" else 0.9999
            price = float(self._exchange.price_to_precision(self._symbol, price))
            wanted = (self._symbol, "limit", side, found["remaining"], price)
            found = await self._exchange.edit_order(order["id"], *wanted)
            await asyncio.sleep(_REST)
        await self._exchange.cancel_order(found["id"], self._symbol)  # too late at times: then it is refused


async def careful(work: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
    """Log what ccxt raises, and go on."""
    try:
        await work(*arguments)
    except ccxt.InsufficientFunds as error:
        log.error("%s", error)  # noqa: TRY400 - no stack: nothing is wrong with the code
    except ccxt.BaseError:
        log.exception("an order failed")
        await asyncio.sleep(_REST)


async def next_message(watch: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
    """Wait for the next message of a stream; one that was lost is opened again by the next call."""
    try:
        await watch(*arguments)
    except ccxt.BaseError as error:
        log.warning("stream lost: %s", error)
        await asyncio.sleep(_REST)


async def follow(watch: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
    """Read a stream."""
    while True:
        await next_message(watch, *arguments)


async def look_at_clock(exchange: Any) -> None:
    """Ask for the venue's time, and for the balance."""
    while True:
        await careful(exchange.fetch_time)
        await careful(exchange.fetch_balance)
        await asyncio.sleep(2)


async def report_to_desk() -> None:
    """Fail as nobody expected."""
    await asyncio.sleep(min(_SECONDS / 3, 30))
    raise LookupError("the desk has no such account")


async def main() -> None:
    """Trade until the time is over."""
    chance = random.Random(7)  # noqa: S311 - no secret
    exchange = connect()
    exchange.timeout = 1_000
    try:
        await exchange.load_markets()
        symbols = [symbol for symbol, *_ in STRATEGIES.values()]
        for symbol in symbols:
            await exchange.watch_order_book(symbol)
        traders = [Trader(exchange, name, chance) for name in STRATEGIES]
        work = [
            *(asyncio.create_task(follow(exchange.watch_order_book, symbol)) for symbol in symbols),
            *(asyncio.create_task(follow(exchange.watch_trades, symbol)) for symbol in symbols),
            asyncio.create_task(follow(exchange.watch_orders)),
            asyncio.create_task(look_at_clock(exchange)),
            *(asyncio.create_task(each.trade()) for each in traders),
            *(asyncio.create_task(each.keep_books()) for each in traders),
        ]
        lost: set[asyncio.Task[None]] = {asyncio.create_task(report_to_desk())}
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            await asyncio.sleep(0.2)
            for task in work:
                if task.done():
                    task.result()  # none of them ends by itself: raises what ended it
            # The loop tells of the exception of a task that nobody holds any more.
            lost = {task for task in lost if not task.done()}
            if chance.random() < _BLOCKED:
                time.sleep(0.15)  # noqa: ASYNC251 - a bot that blocks its event loop is what is shown
        for task in work:
            task.cancel()
    finally:
        await exchange.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)-7s %(name)s: %(message)s")
    asyncio.run(main())
