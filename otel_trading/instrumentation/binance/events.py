"""The messages of Binance's streams: what they tell of orders, positions and the market.

Field names are those of "User Data Streams" and "Market Streams" in Binance's documentation, one letter each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.instrumentation.binance import errors
from otel_trading.instrumentation.binance.fields import (
    STATUSES,
    contract_type,
    nanoseconds,
    order_type,
)
from otel_trading.instrumentation.toolkit.terms import each
from otel_trading.instrumentation.toolkit.values import middle, number, text
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STREAMS = {
    "24hrMiniTicker": "ticker",
    "24hrTicker": "ticker",
    "aggTrade": "trades",
    "bookTicker": "bids_asks",
    "continuous_kline": "ohlcv",
    "depthUpdate": "order_book",
    "kline": "ohlcv",
    "markPriceUpdate": "mark_price",
    "trade": "trades",
}
_OF_CONTRACTS = frozenset({"bookTicker", "depthUpdate"})  # where they have a quote
_NONE = "NONE"
_NS = 1e9


class Datum(NamedTuple):
    """A piece of market data: of which symbol and stream, the middle of the best quotes, the venue's time in s.

    ``instrument_type`` is that of the quote: spot and futures have the same symbols.
    """

    symbol: str
    stream: str
    mid: float | None
    sent_at: float | None
    instrument_type: str = ""


class Position(NamedTuple):
    """A position: signed, in units of the instrument."""

    symbol: str
    quantity: float


def payloads(message: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the events in a message: bare, in a list (all tickers), of a combined stream, or of a subscription."""
    for item in each(message):
        inner = item.get("data") if "stream" in item else item.get("event")
        if isinstance(inner, (dict, list)):
            yield from each(inner)
        else:
            yield item


def order_updates(message: Any, venue: str) -> list[OrderUpdate]:
    """Return what a message tells of the bot's own orders."""
    found = []
    for event in payloads(message):
        kind = event.get("e")
        if kind == "executionReport":
            found.append(_report(event, venue, InstrumentType.SPOT.value))
        elif kind == "ORDER_TRADE_UPDATE":
            order = event.get("o") or {}
            found.append(_report(order, venue, contract_type(text(order.get("s"))), moment=event.get("T")))
        elif kind == "ALGO_UPDATE":
            found.append(_algo_report(event.get("o") or {}, venue, moment=event.get("T")))
    return found


def _report(told: Mapping[str, Any], venue: str, instrument: str, *, moment: Any = None) -> OrderUpdate:
    """Return the report of one thing that happened to an order; spot and futures have the same letters."""
    done, spent = number(told.get("z")), number(told.get("Z"))
    price, stop = number(told.get("p")), number(told.get("P") or told.get("sp"))
    reason = text(told.get("r"))
    return OrderUpdate(
        venue=venue,
        symbol=text(told.get("s")),
        id=text(told.get("i")),
        client_id=text(told.get("C") or told.get("c")),  # of a cancel, c is the cancel's own id
        status=STATUSES.get(text(told.get("X"))),
        quantity=number(told.get("q")),
        price=price or None,
        cumulative_quantity=done,
        average_price=number(told.get("ap")) or (spent / done if done and spent else None),
        executions=tuple(_executions(told)),
        transact_time=nanoseconds(told.get("T") or moment),
        side=text(told.get("S")).lower(),
        type=order_type(told.get("ot") or told.get("o"), stop_price=stop, price=price),
        instrument_type=instrument,
        reason="" if reason == _NONE else reason,
        category=errors.category(0, reason),
    )


def _executions(told: Mapping[str, Any]) -> Iterator[Execution]:
    quantity = number(told.get("l"))
    if told.get("x") == "TRADE" and quantity:
        yield Execution(
            quantity=quantity,
            price=number(told.get("L")),
            id=text(told.get("t")),
            liquidity="maker" if told.get("m") else "taker",
            fee_amount=number(told.get("n")),
            fee_currency=text(told.get("N")),
            transact_time=nanoseconds(told.get("T")),
        )


def _algo_report(told: Mapping[str, Any], venue: str, *, moment: Any) -> OrderUpdate:
    """Return the report of a conditional order, which becomes an order of its own when it is triggered."""
    symbol, stop, price = text(told.get("s")), number(told.get("tp")), number(told.get("p"))
    reason = text(told.get("rm"))
    return OrderUpdate(
        venue=venue,
        symbol=symbol,
        id=text(told.get("aid")),
        client_id=text(told.get("caid")),
        status=STATUSES.get(text(told.get("X"))),
        quantity=number(told.get("q")),
        price=price or None,
        transact_time=nanoseconds(moment),
        side=text(told.get("S")).lower(),
        type=order_type(told.get("o"), stop_price=stop, price=price),
        instrument_type=contract_type(symbol),
        reason=reason,
        category=errors.category(0, reason),
    )


def market_data(message: Any, path: str = "") -> Iterator[Datum]:
    """Yield the market data in a message that came from ``path`` (``btcusdt@depth10``).

    A partial book and a spot quote do not say what they are of; the name of their stream does.
    """
    for item in each(message):
        name = text(item.get("stream")) or path
        for event in payloads(item):
            found = _datum(event, name)
            if found is not None:
                yield found


def _datum(event: Mapping[str, Any], name: str) -> Datum | None:
    stream = _STREAMS.get(text(event.get("e"))) or _untitled(event)
    symbol = text(event.get("s") or event.get("ps")) or name.partition("@")[0].upper()
    if not stream or not symbol:
        return None
    sent, mid = nanoseconds(event.get("E")), _mid(event, name)
    kind = "" if mid is None else _quoted_type(event, symbol)
    return Datum(symbol, stream, mid, None if sent is None else sent / _NS, kind)


def _quoted_type(event: Mapping[str, Any], symbol: str) -> str:
    """Return what a quote is of: those of futures have a type of event, those of spot none but in its tickers."""
    if symbol.endswith(("-C", "-P")):
        return InstrumentType.OPTION.value
    return contract_type(symbol) if event.get("e") in _OF_CONTRACTS else InstrumentType.SPOT.value


def _untitled(event: Mapping[str, Any]) -> str:
    """Return the stream of an event that has no type: a quote of spot, or a partial book."""
    if "lastUpdateId" in event and "bids" in event:
        return "order_book"
    return "bids_asks" if "u" in event and "b" in event and "a" in event and "e" not in event else ""


def _mid(event: Mapping[str, Any], name: str) -> float | None:
    bids, asks = event.get("b", event.get("bids")), event.get("a", event.get("asks"))
    if isinstance(bids, list) and isinstance(asks, list):
        return middle(bids[0][0], asks[0][0]) if bids and asks and _is_whole(event, name) else None
    return middle(bids, asks) if event.get("e") not in ("trade", "aggTrade") else None


def _is_whole(event: Mapping[str, Any], name: str) -> bool:
    """Tell whether a book begins with the best quotes: of a partial book, while a change may be anywhere in it."""
    levels = name.partition("@depth")[2].partition("@")[0]
    return "lastUpdateId" in event or levels.isdigit()


def positions(message: Any) -> Iterator[Position]:
    """Yield the positions that an ``ACCOUNT_UPDATE`` tells; the long and the short side of one symbol as their sum."""
    for event in payloads(message):
        if event.get("e") == "ACCOUNT_UPDATE":
            yield from summed(
                (text(item.get("s")), number(item.get("pa"))) for item in each((event.get("a") or {}).get("P") or [])
            )


def summed(found: Iterator[tuple[str, float | None]]) -> Iterator[Position]:
    """Yield one position for each symbol."""
    totals: dict[str, float] = {}
    for symbol, quantity in found:
        if symbol and quantity is not None:
            totals[symbol] = totals.get(symbol, 0.0) + quantity
    for symbol, total in totals.items():
        yield Position(symbol, total)
