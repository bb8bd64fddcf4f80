"""The events of the market streams, in the shape of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.decimals import ZERO, fixed
from otel_trading.demo.venue.market_api import aggregate_row, rows

if TYPE_CHECKING:
    from otel_trading.demo.venue.book import DepthDiff
    from otel_trading.demo.venue.candles import Candle
    from otel_trading.demo.venue.market import Market, PublicTrade


def trade(market: Market, made: PublicTrade, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@trade``."""
    return {
        "e": "trade",
        "E": now_ms,
        "s": market.symbol.name,
        "t": made.id,
        "p": fixed(made.price),
        "q": fixed(made.quantity),
        "T": made.time_ms,
        "m": made.buyer_is_maker,
        "M": True,
    }


def aggregate_trade(market: Market, made: PublicTrade, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@aggTrade``."""
    return {"e": "aggTrade", "E": now_ms, "s": market.symbol.name, **aggregate_row(made)}


def depth_update(market: Market, diff: DepthDiff, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@depth``."""
    return {
        "e": "depthUpdate",
        "E": now_ms,
        "s": market.symbol.name,
        "U": diff.first_id,
        "u": diff.last_id,
        "b": rows(diff.bids),
        "a": rows(diff.asks),
    }


def partial_depth(market: Market, levels: int) -> dict[str, Any]:
    """Return the message of ``<symbol>@depth<levels>``."""
    book = market.book
    return {"lastUpdateId": book.last_id, "bids": rows(book.bids(levels)), "asks": rows(book.asks(levels))}


def book_ticker(market: Market) -> dict[str, Any]:
    """Return the message of ``<symbol>@bookTicker``, which has no event type."""
    bid, ask = market.book.best_bid, market.book.best_ask
    return {
        "u": market.book.last_id,
        "s": market.symbol.name,
        "b": fixed(bid.price),
        "B": fixed(bid.quantity),
        "a": fixed(ask.price),
        "A": fixed(ask.quantity),
    }


def mini_ticker(market: Market, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@miniTicker``."""
    day = market.day(now_ms)
    return {
        "e": "24hrMiniTicker",
        "E": now_ms,
        "s": market.symbol.name,
        "c": fixed(day.last.price),
        "o": fixed(day.open),
        "h": fixed(day.high),
        "l": fixed(day.low),
        "v": fixed(day.volume),
        "q": fixed(day.quote_volume),
    }


def ticker(market: Market, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@ticker``."""
    day, bid, ask = market.day(now_ms), market.book.best_bid, market.book.best_ask
    return {
        "e": "24hrTicker",
        "E": now_ms,
        "s": market.symbol.name,
        "p": f"{day.change:.8f}",
        "P": f"{day.change_percent:.3f}",
        "w": fixed(day.average),
        "x": fixed(day.open),
        "c": fixed(day.last.price),
        "Q": fixed(day.last.quantity),
        "b": fixed(bid.price),
        "B": fixed(bid.quantity),
        "a": fixed(ask.price),
        "A": fixed(ask.quantity),
        "o": fixed(day.open),
        "h": fixed(day.high),
        "l": fixed(day.low),
        "v": fixed(day.volume),
        "q": fixed(day.quote_volume),
        "O": day.open_ms,
        "C": day.close_ms,
        "F": day.first_id,
        "L": day.last.id,
        "n": day.trades,
    }


def kline(market: Market, interval: str, candle: Candle, now_ms: int) -> dict[str, Any]:
    """Return the event of ``<symbol>@kline_<interval>``."""
    return {
        "e": "kline",
        "E": now_ms,
        "s": market.symbol.name,
        "k": {
            "t": candle.open_ms,
            "T": candle.close_ms,
            "s": market.symbol.name,
            "i": interval,
            "f": -1,
            "L": market.last.id,
            "o": fixed(candle.open),
            "c": fixed(candle.close),
            "h": fixed(candle.high),
            "l": fixed(candle.low),
            "v": fixed(candle.volume),
            "n": candle.trades,
            "x": now_ms > candle.close_ms,
            "q": fixed(candle.quote_volume),
            "V": fixed(candle.taker_volume),
            "Q": fixed(candle.taker_quote_volume),
            "B": fixed(ZERO),
        },
    }
