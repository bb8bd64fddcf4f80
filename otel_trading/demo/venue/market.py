"""One symbol's public side: price, book, trades, candles and the day's statistics."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.demo.venue.book import Book
from otel_trading.demo.venue.candles import INTERVALS, Candle, Candles
from otel_trading.demo.venue.chance import generator
from otel_trading.demo.venue.decimals import ZERO, floor_to
from otel_trading.demo.venue.prices import DAY_MS, Past, PriceWalk

if TYPE_CHECKING:
    from otel_trading.demo.venue.symbols import Symbol

_TRADES_KEPT = 1_000
_TRADES_BEFORE = 50
_MOST_TRADES_A_STEP = 3


class PublicTrade(NamedTuple):
    """A trade on the tape. ``time_ms`` is milliseconds since the epoch."""

    id: int
    price: Decimal
    quantity: Decimal
    time_ms: int
    buyer_is_maker: bool


class DayStatistics(NamedTuple):
    """The last 24 hours, as ``ticker/24hr`` tells them."""

    open: Decimal
    high: Decimal
    low: Decimal
    last: PublicTrade
    volume: Decimal
    quote_volume: Decimal
    open_ms: int
    close_ms: int
    first_id: int
    trades: int

    @property
    def change(self) -> Decimal:
        """The last price less the price of 24 hours ago."""
        return self.last.price - self.open

    @property
    def change_percent(self) -> Decimal:
        """The change in percent of the price of 24 hours ago."""
        return self.change / self.open * 100

    @property
    def average(self) -> Decimal:
        """The volume-weighted average price."""
        return self.quote_volume / self.volume if self.volume else self.last.price


class Market:
    """Everything about one symbol that does not depend on who asks."""

    def __init__(self, symbol: Symbol, seed: int, opened_ms: int, speed: float = 1.0) -> None:
        self.symbol = symbol
        self.walk = PriceWalk(symbol, seed, speed)
        self.book = Book(symbol, seed)
        self.book.follow(self.walk.mid)
        self.book.flush()
        self._random = generator(seed, symbol.name, "tape")
        past = Past(symbol, seed, opened_ms)
        self.candles = {interval: Candles(symbol, interval, past, opened_ms) for interval in INTERVALS}
        hours = self.candles["1h"].between(opened_ms - DAY_MS, opened_ms, 24)
        self._opened_ms = opened_ms
        self._day = _merged(hours)
        self._next_trade_id = 3_000_000_000 + self._random.randrange(10**8)
        self._first_trade_id = self._next_trade_id - self._day.trades
        self.trades: deque[PublicTrade] = deque(maxlen=_TRADES_KEPT)
        self._fresh: deque[PublicTrade] = deque(maxlen=_TRADES_KEPT)
        for ago in range(_TRADES_BEFORE, 0, -1):
            self.trades.append(self._drawn(opened_ms - ago * 150))

    @property
    def mid(self) -> Decimal:
        """The middle of the book."""
        return self.walk.mid

    @property
    def last(self) -> PublicTrade:
        """The newest trade."""
        return self.trades[-1]

    def step(self, now_ms: int) -> None:
        """Move the price by one step and let others trade."""
        self.book.follow(self.walk.step())
        for _ in range(self._random.randint(1, _MOST_TRADES_A_STEP)):
            self._count(self._drawn(now_ms))

    def place(self, price: Decimal, now_ms: int) -> None:
        """Put the mid price at ``price``, and let others trade there."""
        self.book.follow(self.walk.place(price))
        self._count(self._drawn(now_ms))

    def fresh(self) -> list[PublicTrade]:
        """Return the trades since the last call."""
        trades = list(self._fresh)
        self._fresh.clear()
        return trades

    def record(self, price: Decimal, quantity: Decimal, now_ms: int, *, buyer_is_maker: bool) -> PublicTrade:
        """Put a client's execution on the tape and return it."""
        self._next_trade_id += 1
        return self._count(PublicTrade(self._next_trade_id, price, quantity, now_ms, buyer_is_maker))

    def day(self, now_ms: int) -> DayStatistics:
        """Return the statistics of the 24 hours before the venue opened and of all since."""
        day = self._day
        return DayStatistics(
            open=day.open,
            high=day.high,
            low=day.low,
            last=self.last,
            volume=day.volume,
            quote_volume=day.quote_volume,
            open_ms=now_ms - DAY_MS,
            close_ms=now_ms,
            first_id=self._first_trade_id,
            trades=day.trades,
        )

    def _drawn(self, time_ms: int) -> PublicTrade:
        seller_takes = self._random.choice((True, False))
        price = (self.book.best_bid if seller_takes else self.book.best_ask).price
        worth = Decimal(self._random.randrange(20, 20_000))
        quantity = max(floor_to(worth / price, self.symbol.step), self.symbol.step)
        self._next_trade_id += 1
        return PublicTrade(self._next_trade_id, price, quantity, time_ms, seller_takes)

    def _count(self, trade: PublicTrade) -> PublicTrade:
        self.trades.append(trade)
        self._fresh.append(trade)
        taker_buys = not trade.buyer_is_maker
        for candles in self.candles.values():
            candles.add(trade.time_ms, trade.price, trade.quantity, taker_buys=taker_buys)
        self._day.add(trade.price, trade.quantity, taker_buys=taker_buys)
        return trade


def _merged(candles: list[Candle]) -> Candle:
    first, last = candles[0], candles[-1]
    return Candle(
        first.open_ms,
        last.close_ms,
        first.open,
        max(candle.high for candle in candles),
        min(candle.low for candle in candles),
        last.close,
        sum((candle.volume for candle in candles), ZERO),
        sum((candle.quote_volume for candle in candles), ZERO),
        sum(candle.trades for candle in candles),
    )
