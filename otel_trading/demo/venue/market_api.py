"""Market data operations: what anybody may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.candles import INTERVALS
from otel_trading.demo.venue.decimals import fixed
from otel_trading.demo.venue.errors import VenueError, bad_symbol
from otel_trading.demo.venue.operations import Call, Operation, Security

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue.book import Piece
    from otel_trading.demo.venue.exchange import Exchange
    from otel_trading.demo.venue.limits import Limits
    from otel_trading.demo.venue.market import Market, PublicTrade
    from otel_trading.demo.venue.params import Params

_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1_000, 50))
_DEEPEST_WEIGHT = 250


class MarketApi:
    """Answers from the markets of one exchange."""

    def __init__(self, exchange: Exchange, limits: Limits) -> None:
        self._exchange = exchange
        self._limits = limits

    def operations(self) -> dict[str, Operation]:
        """Return the operations by their names in the websocket API."""
        return {
            "ping": Operation(lambda _call: {}),
            "time": Operation(lambda _call: {"serverTime": self._exchange.clock.now_ms()}),
            "exchangeInfo": Operation(self._exchange_info, 20),
            "depth": Operation(self._depth, _depth_weight),
            "trades.recent": Operation(self._trades, 25),
            "trades.historical": Operation(self._trades, 25),
            "trades.historical.keyed": Operation(self._trades, 25, Security.KEY),
            "trades.aggregate": Operation(self._aggregate_trades, 4),
            "klines": Operation(self._klines, 2),
            "avgPrice": Operation(self._average, 2),
            "ticker.24hr": Operation(self._each(day_row), lambda params: _many(params, 2, 80)),
            "ticker": Operation(self._each(day_row), 4),
            "ticker.price": Operation(self._each(_price_row), lambda params: _many(params, 2, 4)),
            "ticker.book": Operation(self._each(_book_row), lambda params: _many(params, 2, 4)),
        }

    def _market(self, call: Call) -> Market:
        return self._exchange.market(call.params.text("symbol"))

    def _exchange_info(self, call: Call) -> dict[str, Any]:
        if "symbol" in call.params:
            markets = [self._market(call)]
        elif "symbols" in call.params:
            markets = [self._exchange.market(name) for name in call.params.names("symbols")]
        else:
            markets = list(self._exchange.markets.values())
        return {
            "timezone": "UTC",
            "serverTime": self._exchange.clock.now_ms(),
            "rateLimits": self._limits.told(),
            "exchangeFilters": [],
            "symbols": [market.symbol.told() for market in markets],
        }

    def _depth(self, call: Call) -> dict[str, Any]:
        book = self._market(call).book
        limit = call.params.limit(100, 5_000)
        return {"lastUpdateId": book.last_id, "bids": rows(book.bids(limit)), "asks": rows(book.asks(limit))}

    def _trades(self, call: Call) -> list[dict[str, Any]]:
        trades = list(self._market(call).trades)
        limit = call.params.limit(500, 1_000)
        first = call.params.optional_integer("fromId")
        if first is None:
            return [_trade_row(trade) for trade in trades[-limit:]]
        return [_trade_row(trade) for trade in trades if trade.id >= first][:limit]

    def _aggregate_trades(self, call: Call) -> list[dict[str, Any]]:
        params = call.params
        limit = params.limit(500, 1_000)
        first = params.optional_integer("fromId") or 0
        start = params.optional_integer("startTime")
        end = params.optional_integer("endTime")
        found = [
            aggregate_row(trade)
            for trade in self._market(call).trades
            if trade.id >= first and (start is None or trade.time_ms >= start) and (end is None or trade.time_ms <= end)
        ]
        return found[-limit:] if start is None and not first else found[:limit]

    def _klines(self, call: Call) -> list[list[Any]]:
        params = call.params
        market = self._market(call)
        interval = params.text("interval")
        if interval not in INTERVALS:
            raise VenueError(-1120, "Invalid interval.")
        start = params.optional_integer("startTime")
        now_ms = self._exchange.clock.now_ms()
        end = params.optional_integer("endTime")
        candles = market.candles[interval].between(
            start, now_ms if end is None else min(end, now_ms), params.limit(500, 1_000)
        )
        return [candle.row() for candle in candles]

    def _average(self, call: Call) -> dict[str, Any]:
        market = self._market(call)
        candle = market.candles["5m"].current
        average = candle.quote_volume / candle.volume if candle.volume else market.mid
        return {"mins": 5, "price": fixed(average), "closeTime": market.last.time_ms}

    def _each(self, row: Callable[[Market, int], dict[str, Any]]) -> Callable[[Call], Any]:
        """Return a handler that answers for ``symbol``, for ``symbols``, or for all."""

        def answer(call: Call) -> Any:
            now_ms = self._exchange.clock.now_ms()
            if "symbol" in call.params:
                return row(self._market(call), now_ms)
            if "symbols" in call.params:
                names = call.params.names("symbols")
                if not names:
                    raise bad_symbol()
                return [row(self._exchange.market(name), now_ms) for name in names]
            return [row(market, now_ms) for market in self._exchange.markets.values()]

        return answer


def rows(pieces: list[Piece]) -> list[list[str]]:
    """Return price levels as the protocol has them: pairs of strings."""
    return [[fixed(piece.price), fixed(piece.quantity)] for piece in pieces]


def aggregate_row(trade: PublicTrade) -> dict[str, Any]:
    """Return a trade as ``aggTrades`` tells it; here every trade is an aggregate of its own."""
    return {
        "a": trade.id,
        "p": fixed(trade.price),
        "q": fixed(trade.quantity),
        "f": trade.id,
        "l": trade.id,
        "T": trade.time_ms,
        "m": trade.buyer_is_maker,
        "M": True,
    }


def day_row(market: Market, now_ms: int) -> dict[str, Any]:
    """Return the statistics of 24 hours as ``ticker/24hr`` tells them."""
    day, book = market.day(now_ms), market.book
    bid, ask = book.best_bid, book.best_ask
    return {
        "symbol": market.symbol.name,
        "priceChange": f"{day.change:.8f}",
        "priceChangePercent": f"{day.change_percent:.3f}",
        "weightedAvgPrice": fixed(day.average),
        "prevClosePrice": fixed(day.open),
        "lastPrice": fixed(day.last.price),
        "lastQty": fixed(day.last.quantity),
        "bidPrice": fixed(bid.price),
        "bidQty": fixed(bid.quantity),
        "askPrice": fixed(ask.price),
        "askQty": fixed(ask.quantity),
        "openPrice": fixed(day.open),
        "highPrice": fixed(day.high),
        "lowPrice": fixed(day.low),
        "volume": fixed(day.volume),
        "quoteVolume": fixed(day.quote_volume),
        "openTime": day.open_ms,
        "closeTime": day.close_ms,
        "firstId": day.first_id,
        "lastId": day.last.id,
        "count": day.trades,
    }


def _trade_row(trade: PublicTrade) -> dict[str, Any]:
    return {
        "id": trade.id,
        "price": fixed(trade.price),
        "qty": fixed(trade.quantity),
        "quoteQty": fixed(trade.price * trade.quantity),
        "time": trade.time_ms,
        "isBuyerMaker": trade.buyer_is_maker,
        "isBestMatch": True,
    }


def _price_row(market: Market, _now_ms: int) -> dict[str, Any]:
    return {"symbol": market.symbol.name, "price": fixed(market.last.price)}


def _book_row(market: Market, _now_ms: int) -> dict[str, Any]:
    bid, ask = market.book.best_bid, market.book.best_ask
    return {
        "symbol": market.symbol.name,
        "bidPrice": fixed(bid.price),
        "bidQty": fixed(bid.quantity),
        "askPrice": fixed(ask.price),
        "askQty": fixed(ask.quantity),
    }


def _depth_weight(params: Params) -> int:
    limit = params.optional_integer("limit") or 100
    return next((weight for most, weight in _DEPTH_WEIGHTS if limit <= most), _DEEPEST_WEIGHT)


def _many(params: Params, one: int, every: int) -> int:
    return one if "symbol" in params else every
