"""Candles (klines) of every interval, made from the past and from what is traded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.decimals import ZERO, fixed

if TYPE_CHECKING:
    from otel_trading.demo.venue.prices import Past
    from otel_trading.demo.venue.symbols import Symbol

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_FIRST_MONDAY = 4 * _DAY
_MONTH = "1M"
_KEPT = 2_000

INTERVALS: dict[str, int] = {
    "1s": 1_000,
    "1m": _MINUTE,
    "3m": 3 * _MINUTE,
    "5m": 5 * _MINUTE,
    "15m": 15 * _MINUTE,
    "30m": 30 * _MINUTE,
    "1h": _HOUR,
    "2h": 2 * _HOUR,
    "4h": 4 * _HOUR,
    "6h": 6 * _HOUR,
    "8h": 8 * _HOUR,
    "12h": 12 * _HOUR,
    "1d": _DAY,
    "3d": 3 * _DAY,
    "1w": _WEEK,
    _MONTH: 31 * _DAY,
}
"""The venue's intervals and their width in milliseconds (a month's is its greatest)."""


def opening(interval: str, time_ms: int) -> int:
    """Return when the candle that holds ``time_ms`` opened (UTC; weeks open on Monday)."""
    if interval == _MONTH:
        day = datetime.fromtimestamp(time_ms / 1000, tz=timezone.utc)
        month = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return int(month.timestamp()) * 1000
    width = INTERVALS[interval]
    offset = _FIRST_MONDAY if interval == "1w" else 0
    return (time_ms - offset) // width * width + offset


def following(interval: str, open_ms: int) -> int:
    """Return when the candle after the one that opened at ``open_ms`` opens."""
    return opening(interval, open_ms + INTERVALS[interval])


@dataclass
class Candle:
    """Open, high, low, close and what was traded."""

    open_ms: int
    close_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    trades: int = 0
    taker_volume: Decimal = ZERO
    taker_quote_volume: Decimal = ZERO

    def add(self, price: Decimal, quantity: Decimal, *, taker_buys: bool) -> None:
        """Count one trade."""
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price
        self.volume += quantity
        self.quote_volume += price * quantity
        self.trades += 1
        if taker_buys:
            self.taker_volume += quantity
            self.taker_quote_volume += price * quantity

    def row(self) -> list[Any]:
        """Return the candle as a row of the endpoint ``klines``."""
        return [
            self.open_ms,
            fixed(self.open),
            fixed(self.high),
            fixed(self.low),
            fixed(self.close),
            fixed(self.volume),
            self.close_ms,
            fixed(self.quote_volume),
            self.trades,
            fixed(self.taker_volume),
            fixed(self.taker_quote_volume),
            "0",
        ]


class Candles:
    """The candles of one symbol and one interval."""

    def __init__(self, symbol: Symbol, interval: str, past: Past, opened_ms: int) -> None:
        self._symbol = symbol
        self._interval = interval
        self._past = past
        self._opened_ms = opened_ms
        self._live: OrderedDict[int, Candle] = OrderedDict()
        first = opening(interval, opened_ms)
        # The candle the venue opens in has begun before: its first part belongs to the past.
        self._live[first] = self._past_candle(first)
        self._first_live = first

    @property
    def current(self) -> Candle:
        """The newest candle."""
        return next(reversed(self._live.values()))

    def add(self, time_ms: int, price: Decimal, quantity: Decimal, *, taker_buys: bool) -> None:
        """Count one trade in the candle it belongs to."""
        open_ms = opening(self._interval, time_ms)
        candle = self._live.get(open_ms)
        if candle is None:
            last = self.current.close
            close_ms = following(self._interval, open_ms) - 1
            candle = Candle(open_ms, close_ms, last, last, last, last)
            self._live[open_ms] = candle
            if len(self._live) > _KEPT:
                self._live.popitem(last=False)
        candle.add(price, quantity, taker_buys=taker_buys)

    def between(self, start_ms: int | None, end_ms: int, limit: int) -> list[Candle]:
        """Return up to ``limit`` candles: the first from ``start_ms`` on, or else the last before ``end_ms``."""
        opens: list[int] = []
        if start_ms is None:
            open_ms = opening(self._interval, end_ms)
            while len(opens) < limit and open_ms >= 0:
                opens.append(open_ms)
                open_ms = opening(self._interval, open_ms - 1)
            opens.reverse()
        elif start_ms <= end_ms:
            open_ms = opening(self._interval, start_ms)
            if open_ms < start_ms:
                open_ms = following(self._interval, open_ms)
            while len(opens) < limit and open_ms <= end_ms:
                opens.append(open_ms)
                open_ms = following(self._interval, open_ms)
        return [self._at(open_ms) for open_ms in opens]

    def _at(self, open_ms: int) -> Candle:
        if open_ms < self._first_live:
            return self._past_candle(open_ms)
        candle = self._live.get(open_ms)
        if candle is not None:
            return candle
        # Nothing was traded in it: flat at the last close before it.
        before = [live.close for live in self._live.values() if live.open_ms < open_ms]
        last = before[-1] if before else self._symbol.start
        return Candle(open_ms, following(self._interval, open_ms) - 1, last, last, last, last)

    def _past_candle(self, open_ms: int) -> Candle:
        next_ms = following(self._interval, open_ms)
        end_ms = min(next_ms, self._opened_ms)
        noise = self._past.noise(open_ms)
        width = end_ms - open_ms
        points = [self._past.price(open_ms + width * n // 4) for n in range(5)]
        spread = noise.uniform(0.00005, 0.0004)
        first, last = self._tick(points[0]), self._tick(points[-1])
        candle = Candle(
            open_ms,
            next_ms - 1,
            first,
            max(self._tick(max(points) * (1 + spread)), first, last),
            min(self._tick(min(points) * (1 - spread)), first, last),
            last,
        )
        minutes = Decimal(width) / _MINUTE
        candle.volume = round(minutes * Decimal(noise.randrange(50_000, 400_000)) / last / self._symbol.step) * (
            self._symbol.step
        )
        candle.quote_volume = candle.volume * (candle.high + candle.low) / 2
        candle.trades = int(minutes * noise.randrange(200, 900))
        share = Decimal(noise.randrange(40, 60)) / 100
        candle.taker_volume = candle.volume * share
        candle.taker_quote_volume = candle.quote_volume * share
        return candle

    def _tick(self, price: float) -> Decimal:
        return round(Decimal(price) / self._symbol.tick) * self._symbol.tick
