"""The same bot on each of ccxt's ways to trade, so that one test holds for all of them."""

from __future__ import annotations

import asyncio
import inspect
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import ccxt
import ccxt.async_support
import ccxt.pro

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, ccxt_urls
from otel_trading.demo.venue.book import Piece
from otel_trading.story.assemble import stories
from otel_trading.telemetry import plain

if TYPE_CHECKING:
    from opentelemetry._logs import LogRecord

    from otel_trading.demo.venue import Venue, VenueThread
    from otel_trading.story.model import Story
    from tests.recording import Recorded

SYMBOL = "BTC/USDT"
SYNC, ASYNC, PRO, WS = "sync", "async", "pro", "ws"
KINDS = (SYNC, ASYNC, PRO, WS)
"""``ws`` is pro with orders over its websocket (``create_order_ws`` and so on) instead of REST."""

_MODULES: dict[str, Any] = {SYNC: ccxt, ASYNC: ccxt.async_support, PRO: ccxt.pro, WS: ccxt.pro}
_OVER_WS = frozenset({"create_order", "cancel_order", "edit_order", "cancel_all_orders", "fetch_order"})


class Bot:
    """``await bot("create_order", …)`` calls that method of ccxt, whichever way it trades."""

    def __init__(self, kind: str, exchange: Any) -> None:
        self.kind = kind
        self.exchange = exchange

    def name(self, method: str) -> str:
        """Return what ``method`` is called in this way of trading."""
        return f"{method}_ws" if self.kind == WS and method in _OVER_WS else method

    async def __call__(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call ``method``, and await it where it has to be awaited."""
        result = getattr(self.exchange, self.name(method))(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    async def close(self) -> None:
        """Release the sockets."""
        closing = self.exchange.close()
        if inspect.isawaitable(closing):
            await closing
        if self.kind == SYNC:
            self.exchange.session.close()


def config(url: str, **changes: Any) -> dict[str, Any]:
    """Return what a bot tells ccxt to trade at the venue at ``url``."""
    return {
        "apiKey": DEMO_KEY,
        "secret": DEMO_SECRET,
        "urls": ccxt_urls(url),
        "enableRateLimit": False,
        "timeout": 5_000,
        "timeout_on_exit": 0,
        **changes,
    }


def exchange(kind: str, url: str, **changes: Any) -> Any:
    """Return a new exchange object of a kind for the venue at ``url``."""
    return _MODULES[kind].binance(config(url, **changes))


def execute(venue: VenueThread, order_id: str, quantity: str) -> None:
    """Have the venue execute ``quantity`` of a resting order now, as maker at the order's price."""

    def run(running: Venue) -> None:
        blotter, engine = running.exchange.blotter, running.exchange.engine
        order = next(each for each in blotter.of(running.account) if str(each.id) == order_id)
        market = running.exchange.market(order.symbol.name)
        engine._settlement.fill(order, Piece(order.ticket.price, Decimal(quantity)), market, maker=True)

    venue.call(run)


def cancel_all(venue: VenueThread) -> None:
    """Cancel what is open at the venue."""

    def run(running: Venue) -> None:
        for order in running.exchange.blotter.open(running.account):
            running.exchange.engine.cancel(order, "end of test")

    venue.call(run)


async def waiting(pro: Any, stream: str) -> None:
    """Return once the bot waits for the next message of a stream (``orders``, ``myTrades``); five seconds at most."""
    deadline = time.monotonic() + 5
    while not any(name.startswith(stream) for client in pro.clients.values() for name in client.futures):
        assert time.monotonic() < deadline, f"nobody waits for {stream}"
        await asyncio.sleep(0.005)


class Kept(NamedTuple):
    """A record with the resource that wrote it, as a story takes it."""

    record: Any
    resource: dict[str, Any]


def told(recorded: Recorded) -> list[Story]:
    """Return the stories of all orders of which anything was recorded."""
    spans = [Kept(plain.span_record(span), {"service.name": "bot"}) for span in recorded.spans()]
    logs = [Kept(plain.log_record(item), {"service.name": "bot"}) for item in recorded._logs.get_finished_logs()]
    return stories(spans, logs)


def story(recorded: Recorded) -> Story:
    """Return the one story that was recorded."""
    (found,) = told(recorded)
    return found


def kinds(found: Story) -> list[str]:
    """Return what happened in a story, without the bare spans and requests."""
    return [step.kind.value for step in found.steps if step.kind.value not in ("span", "request")]


def order_events(recorded: Recorded) -> list[LogRecord]:
    """Return the events that are about an order."""
    return [event for event in recorded.events() if (event.event_name or "").startswith("trading.order.")]


def names(recorded: Recorded) -> list[str]:
    """Return the names of the events about orders, without ``trading.order.``."""
    return [(event.event_name or "").removeprefix("trading.order.") for event in order_events(recorded)]
