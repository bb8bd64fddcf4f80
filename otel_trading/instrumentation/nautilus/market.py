"""Market data as a kernel's message bus carries it: its age, its latency, and the mid prices that orders are sent at.

This runs once a tick, before the bot's own handler: names are looked up once an instrument.
"""

from __future__ import annotations

import time
from typing import Any

from otel_trading.instrumentation.nautilus import fields
from otel_trading.orders import market

_NS = 1e9
_SAMPLE_SECONDS = 0.05
"""How often a stream's latency is recorded at most: its histogram costs more than all the rest of a tick."""


class MarketData:
    """The market data of one kernel."""

    def __init__(self, kernel: Any) -> None:
        self._cache = kernel.cache
        self._places: dict[Any, fields.Place] = {}
        self._sampled: dict[tuple[Any, str], float] = {}  # -> time.monotonic

    def quote(self, tick: Any) -> None:
        """Take a QuoteTick."""
        self._received(tick.instrument_id, "quotes", tick, mid=fields.mid(tick))

    def trade(self, tick: Any) -> None:
        """Take a TradeTick."""
        self._received(tick.instrument_id, "trades", tick)

    def bar(self, bar: Any) -> None:
        """Take a Bar; one that NautilusTrader made itself, of ticks, was not received."""
        if bar.bar_type.is_externally_aggregated():
            self._received(bar.bar_type.instrument_id, "bars", bar)

    def book(self, changes: Any) -> None:
        """Take an OrderBookDeltas or OrderBookDepth10; the mid is that of the book before it."""
        book = self._cache.order_book(changes.instrument_id)
        self._received(changes.instrument_id, "order_book", changes, mid=None if book is None else book.midpoint())

    def _received(self, instrument_id: Any, stream: str, data: Any, *, mid: float | None = None) -> None:
        place = self._places.get(instrument_id)
        if place is None:
            place = self._places[instrument_id] = fields.place(instrument_id)
        market.received(place.venue, place.symbol, stream, mid=mid, sent_at=self._sent_at(instrument_id, stream, data))

    def _sent_at(self, instrument_id: Any, stream: str, data: Any) -> float | None:
        """Return the venue's time of ``data`` in seconds, where its latency is to be recorded."""
        if data.ts_event == data.ts_init:
            return None  # the adapter's own time, for data that comes without one: Binance's book ticker
        now = time.monotonic()
        if now - self._sampled.get((instrument_id, stream), 0.0) < _SAMPLE_SECONDS:
            return None
        self._sampled[instrument_id, stream] = now
        return float(data.ts_event) / _NS
