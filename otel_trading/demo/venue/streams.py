"""Market streams: who listens to what, and what they are told after each step of the market."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue import stream_payloads
from otel_trading.demo.venue.book import DepthDiff, Piece
from otel_trading.demo.venue.candles import INTERVALS

if TYPE_CHECKING:
    from otel_trading.demo.venue.exchange import Exchange
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.market import Market

_STREAM = re.compile(
    r"[a-z0-9]{1,20}@(trade|aggTrade|bookTicker|ticker|miniTicker|depth(5|10|20)?(@100ms|@1000ms)?|kline_(?P<interval>\w+))"
)
_ALL_MARKETS = ("!miniTicker@arr", "!ticker@arr")
_PARTIAL = (5, 10, 20)
_SLOW_MS = 1_000

Send = Callable[[str, Any], None]
"""Takes a stream's name and an event."""


def is_stream(name: str) -> bool:
    """Return whether the venue has a stream of this name."""
    if name in _ALL_MARKETS:
        return True
    found = _STREAM.fullmatch(name)
    return found is not None and found["interval"] in (None, *INTERVALS)


class MarketStreams:
    """Publishes each market's changes.

    The steps are the beat: fast streams (trades, book, ``@100ms``) are told at every step, slow ones (``@depth``,
    tickers, klines) once in as many steps as make up a second of ``step_ms`` each.
    """

    def __init__(self, exchange: Exchange, faults: Faults, step_ms: int) -> None:
        self._exchange = exchange
        self._faults = faults
        self._every = max(1, _SLOW_MS // step_ms)
        self._steps: dict[str, int] = {}
        self._slow_depth: dict[str, _Sum] = {}
        self._listeners: dict[str, set[Send]] = {}

    def subscribe(self, name: str, send: Send) -> None:
        """Let ``send`` have the events of a stream."""
        self._listeners.setdefault(name, set()).add(send)

    def unsubscribe(self, name: str, send: Send) -> None:
        """Let ``send`` have them no more."""
        listeners = self._listeners.get(name, set())
        listeners.discard(send)
        if not listeners:
            self._listeners.pop(name, None)

    def publish(self, market: Market) -> None:
        """Tell the listeners what has changed in a market since the last call."""
        symbol = market.symbol.name
        self._steps[symbol] = self._steps.get(symbol, 0) + 1
        slow = self._steps[symbol] % self._every == 0
        # Drained whether anybody listens or not: the ids have to line up with later snapshots.
        events = list(self._changes(market, slow=slow))
        if not self._faults.silent("market"):
            for name, event in events:
                for send in tuple(self._listeners.get(name, ())):
                    send(name, event)

    def _changes(self, market: Market, *, slow: bool) -> Iterator[tuple[str, Any]]:
        now_ms = self._exchange.clock.now_ms()
        prefix = market.symbol.name.lower()
        for made in market.fresh():
            yield from self._wanted(f"{prefix}@trade", partial(stream_payloads.trade, market, made, now_ms))
            yield from self._wanted(
                f"{prefix}@aggTrade", partial(stream_payloads.aggregate_trade, market, made, now_ms)
            )
        yield from self._wanted(f"{prefix}@bookTicker", lambda: stream_payloads.book_ticker(market))
        yield from self._depth(market, prefix, now_ms, slow=slow)
        if slow:
            yield from self._statistics(market, prefix, now_ms)

    def _depth(self, market: Market, prefix: str, now_ms: int, *, slow: bool) -> Iterator[tuple[str, Any]]:
        diff = market.book.flush()
        if diff is not None:
            self._slow_depth.setdefault(prefix, _Sum()).add(diff)
            if not self._faults.loses_depth(market.symbol.name):
                yield from self._wanted(
                    f"{prefix}@depth@100ms", lambda: stream_payloads.depth_update(market, diff, now_ms)
                )
        if slow and prefix in self._slow_depth:
            summed = self._slow_depth.pop(prefix).diff()
            for name in (f"{prefix}@depth", f"{prefix}@depth@1000ms"):
                yield from self._wanted(name, lambda: stream_payloads.depth_update(market, summed, now_ms))
        for levels in _PARTIAL:
            names = [f"{prefix}@depth{levels}@100ms"]
            if slow:
                names += [f"{prefix}@depth{levels}", f"{prefix}@depth{levels}@1000ms"]
            for name in names:
                yield from self._wanted(name, partial(stream_payloads.partial_depth, market, levels))

    def _statistics(self, market: Market, prefix: str, now_ms: int) -> Iterator[tuple[str, Any]]:
        yield from self._wanted(f"{prefix}@ticker", lambda: stream_payloads.ticker(market, now_ms))
        yield from self._wanted(f"{prefix}@miniTicker", lambda: stream_payloads.mini_ticker(market, now_ms))
        yield from self._wanted("!ticker@arr", lambda: [stream_payloads.ticker(market, now_ms)])
        yield from self._wanted("!miniTicker@arr", lambda: [stream_payloads.mini_ticker(market, now_ms)])
        for interval, candles in market.candles.items():
            yield from self._wanted(
                f"{prefix}@kline_{interval}",
                partial(stream_payloads.kline, market, interval, candles.current, now_ms),
            )

    def _wanted(self, name: str, make: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
        """Make an event only where somebody listens."""
        if name in self._listeners:
            yield name, make()


class _Sum:
    """Several depth diffs as one."""

    def __init__(self) -> None:
        self._first_id = 0
        self._last_id = 0
        self._bids: dict[Any, Piece] = {}
        self._asks: dict[Any, Piece] = {}

    def add(self, diff: DepthDiff) -> None:
        self._first_id = self._first_id or diff.first_id
        self._last_id = diff.last_id
        self._bids.update((piece.price, piece) for piece in diff.bids)
        self._asks.update((piece.price, piece) for piece in diff.asks)

    def diff(self) -> DepthDiff:
        return DepthDiff(self._first_id, self._last_id, list(self._bids.values()), list(self._asks.values()))
