"""Bots of alpaca-py at a venue on loopback: its client, and its streams in threads of their own."""

from __future__ import annotations

import threading
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # alpaca-py uses an old part of websockets
    from alpaca.data.live import CryptoDataStream, StockDataStream
    from alpaca.trading.client import TradingClient
    from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest
    from alpaca.trading.stream import TradingStream

from tests.venues.alpaca import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry._logs import LogRecord

    from tests.recording import Recorded
    from tests.venues.alpaca import AlpacaVenue

RESTS = 180.0
"""A price at which a buy of AAPL rests."""

_SECONDS = 10.0


def client(venue: AlpacaVenue, **changes: Any) -> TradingClient:
    """Return a trading client that waits no time before it sends a request again."""
    found = TradingClient(*SECRET, url_override=venue.url, **changes)
    found._retry_wait = 0
    return found


def limit(**changes: Any) -> LimitOrderRequest:
    """Return a request for an order that rests."""
    asked = {"symbol": "AAPL", "qty": 10, "side": "buy", "time_in_force": "day", "limit_price": RESTS}
    return LimitOrderRequest(**asked | changes)


def market(**changes: Any) -> MarketOrderRequest:
    """Return a request for an order that is executed at once."""
    return MarketOrderRequest(**{"symbol": "AAPL", "side": "buy", "time_in_force": "day"} | changes)


@contextmanager
def following(
    venue: AlpacaVenue, handler: Callable[[Any], object] = lambda _: None, **changes: Any
) -> Iterator[TradingStream]:
    """Run the stream of the account's orders, until the block ends."""

    async def handle(update: Any) -> None:
        handler(update)

    stream = TradingStream(*SECRET, url_override=venue.trading_stream, **changes)
    stream.subscribe_trade_updates(handle)
    with running(stream, venue):
        until(lambda: venue.listening)
        yield stream


@contextmanager
def stocks(venue: AlpacaVenue, channel: str = "quotes", **changes: Any) -> Iterator[list[Any]]:
    """Run a stream of a stock's market data; give the messages that the bot's handler was called with."""
    stream = StockDataStream(*SECRET, url_override=venue.data_stream(), **changes)
    with _market(stream, venue, channel, "AAPL") as received:
        yield received


@contextmanager
def coins(venue: AlpacaVenue, channel: str = "quotes", **changes: Any) -> Iterator[list[Any]]:
    """The same of a pair of crypto currencies."""
    stream = CryptoDataStream(*SECRET, url_override=venue.data_stream("v1beta3/crypto/us"), **changes)
    with _market(stream, venue, channel, "BTC/USD") as received:
        yield received


@contextmanager
def _market(stream: Any, venue: AlpacaVenue, channel: str, symbol: str) -> Iterator[list[Any]]:
    received: list[Any] = []

    async def handle(message: Any) -> None:
        received.append(message)

    getattr(stream, f"subscribe_{channel}")(handle, symbol)
    with running(stream, venue):
        until(lambda: received)
        yield received


@contextmanager
def running(stream: Any, venue: AlpacaVenue) -> Iterator[None]:
    """Run a stream in a thread until the block ends."""
    stream._reconnect_min_backoff = 0.01
    thread = threading.Thread(target=stream.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stream.stop()
        venue.drop_streams()  # a stream looks whether it was stopped when it has received something, or after 5 s
        thread.join(_SECONDS)
        assert not thread.is_alive(), "the stream did not stop"


def until(holds: Callable[[], object]) -> None:
    """Wait until something is true; fail after ten seconds."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.002)


def order_events(recorded: Recorded) -> list[LogRecord]:
    """Return the events that are about an order."""
    return [event for event in recorded.events() if (event.event_name or "").startswith("trading.order.")]


def names(recorded: Recorded) -> list[str]:
    """Return the names of the events about orders, without ``trading.order.``."""
    return [(event.event_name or "").removeprefix("trading.order.") for event in order_events(recorded)]
