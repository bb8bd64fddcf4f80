"""What the answers to queries tell: orders, positions, the account, the clock, quotes."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.alpaca import fields
from otel_trading.instrumentation.alpaca.brought import standing
from otel_trading.instrumentation.alpaca.fields import VENUE, get
from otel_trading.instrumentation.alpaca.times import seconds
from otel_trading.instrumentation.toolkit import clocks
from otel_trading.instrumentation.toolkit.values import middle, number, text
from otel_trading.orders import market, measures, updates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from otel_trading.instrumentation.toolkit.wrapping import Call

_USD = "USD"

_held: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()
"""The symbols that a client's last answer about all positions had."""


def _orders(_: Call, result: Any) -> None:
    for item in _each(result):
        for order in fields.with_legs(item):
            updates.take(standing(fields.order_update(order)), new_orders=False)


def _each(result: Any) -> Iterable[Any]:
    return result if isinstance(result, list) else [result]


def _positions(call: Call, result: Any) -> None:
    now = {_position(item) for item in result}
    # What was closed is no longer in the list: its last quantity would stand for ever.
    for gone in _held.get(call.target, set()) - now:
        measures.position(gone, 0.0, venue=VENUE)
        measures.pnl(unrealized=0.0, currency=_USD, venue=VENUE, symbol=gone)
    _held[call.target] = now


def _open_position(call: Call, result: Any) -> None:
    _held.setdefault(call.target, set()).add(_position(result))


def _position(item: Any) -> str:
    name = fields.symbol(get(item, "symbol"))
    quantity = number(get(item, "qty"))
    if quantity is not None:
        sign = -1.0 if text(get(item, "side")) == "short" else 1.0
        measures.position(name, sign * abs(quantity), venue=VENUE)
    # An account in another currency has the same figures in dollars beside.
    dollars = get(item, "usd") or item
    measures.pnl(unrealized=number(get(dollars, "unrealized_pl")), currency=_USD, venue=VENUE, symbol=name)
    return name


def _account(_: Call, result: Any) -> None:
    long, short = number(get(result, "long_market_value")), number(get(result, "short_market_value"))
    if long is None or short is None:
        return
    gross, equity = long + abs(short), number(get(result, "equity"))
    measures.exposure(
        gross=gross,
        net=long - abs(short),
        leverage=gross / equity if equity and equity > 0 else None,
        currency=text(get(result, "currency")) or _USD,
        venue=VENUE,
    )


def _clock(call: Call, result: Any) -> None:
    theirs = seconds(get(result, "timestamp"))
    if theirs is not None:
        clocks.read(VENUE, theirs, call.began)


def _latest_quotes(_: Call, result: Any) -> None:
    for name, item in result.items():
        _quoted(name, item)


def _snapshots(_: Call, result: Any) -> None:
    for name, item in result.items():
        _quoted(name, get(item, "latest_quote") or get(item, "latestQuote"))


def _quoted(name: str, quote: Any) -> None:
    bid, ask = (get(quote, "bp"), get(quote, "ap")) if isinstance(quote, dict) else _prices(quote)
    mid = middle(bid, ask)
    if mid is not None:
        market.quoted(VENUE, fields.symbol(name), mid)


def _prices(quote: Any) -> tuple[Any, Any]:
    return get(quote, "bid_price"), get(quote, "ask_price")


def _order_books(_: Call, result: Any) -> None:
    for name, item in result.items():
        bids, asks = get(item, "bids") or get(item, "b"), get(item, "asks") or get(item, "a")
        mid = middle(_best(bids), _best(asks))
        if mid is not None:
            market.quoted(VENUE, fields.symbol(name), mid)


def _best(levels: Any) -> Any:
    return (get(levels[0], "price") or get(levels[0], "p")) if levels else None


# The broker client's answers about positions are of many accounts: no gauge is of them all.
READERS: dict[str, Callable[[Call, Any], None]] = {
    "get_account": _account,
    "get_all_positions": _positions,
    "get_clock": _clock,
    "get_crypto_latest_orderbook": _order_books,
    "get_crypto_latest_quote": _latest_quotes,
    "get_crypto_snapshot": _snapshots,
    "get_open_position": _open_position,
    "get_option_chain": _snapshots,
    "get_option_latest_quote": _latest_quotes,
    "get_option_snapshot": _snapshots,
    "get_order_by_client_id": _orders,
    "get_order_by_id": _orders,
    "get_order_for_account_by_client_id": _orders,
    "get_order_for_account_by_id": _orders,
    "get_orders": _orders,
    "get_orders_for_account": _orders,
    "get_stock_latest_quote": _latest_quotes,
    "get_stock_snapshot": _snapshots,
}
"""What takes note of an answer, by the name of the query."""
