"""What pybit's calls and messages tell: orders, executions, quotes, positions, clocks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.bybit import errors, fields, reports, retries, words
from otel_trading.instrumentation.toolkit import clocks
from otel_trading.instrumentation.toolkit.terms import Fields, each
from otel_trading.instrumentation.toolkit.values import middle, number, text
from otel_trading.orders import market, measures, updates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from otel_trading.instrumentation.bybit.reports import Leg
    from otel_trading.instrumentation.toolkit.terms import Failure, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.updates import OrderUpdate

_NS_PER_S = 1e9


class BybitFields(Fields):
    """pybit's :class:`~otel_trading.instrumentation.toolkit.terms.Fields`."""

    layer = "pybit"

    def __init__(self) -> None:
        self._positions = _Positions()

    def venue(self, call: Call) -> str:  # noqa: ARG002 - pybit goes to one venue
        """Return the one venue of pybit."""
        return words.VENUE

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return the order, or the orders of a batch, that the call asks for."""
        return [fields.request(given) for given in fields.asked(call.arguments)]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the orders that the call names."""
        return fields.references(call.arguments)

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:
        """Return what the answer tells of each order."""
        return fields.answers(call.arguments, result)

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means, also in view of the attempts that pybit made before it."""
        return retries.in_view_of(errors.failure(error))

    def observe(self, call: Call, result: Any) -> None:
        """Take note of what the answer to a query tells."""
        read = _READERS.get(call.name)
        if call.name == "get_positions":
            self._positions.take(fields.items_of(result))
        elif read is not None:
            read(call, result)

    def updates(self, call: Call) -> Sequence[OrderUpdate]:
        """Return what a message of a private stream tells of orders; what it tells of positions is noted here."""
        message = call.get("message", {})
        topic, data = text(message.get("topic")), message.get("data")
        kind = topic.removeprefix("spread.").partition(".")[0]
        if kind == "order":
            return [reports.order_update(item) for item in each(data)]
        if kind == "execution":
            return _executions(each(data))
        if kind == "position":
            self._positions.take(each(data))
        return []


class _Positions:
    """Positions by symbol: in hedge mode a symbol has two, which are told of one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._legs: dict[str, dict[int, Leg]] = {}

    def take(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Record the net position of each symbol in ``items``, and its profit."""
        for leg in map(reports.leg, items):
            if leg is None:
                continue
            with self._lock:
                legs = self._legs.setdefault(leg.symbol, {})
                if (leg.side_index == 0) is not (0 in legs):
                    legs.clear()  # the mode was switched
                legs[leg.side_index] = leg
                found = list(legs.values())
            measures.position(leg.symbol, sum(each.size for each in found), venue=words.VENUE)
            measures.pnl(
                realized=_sum(each.realized for each in found),
                unrealized=_sum(each.unrealized for each in found),
                currency=leg.currency,
                venue=words.VENUE,
                symbol=leg.symbol,
            )


def _sum(parts: Iterable[float | None]) -> float | None:
    found = [part for part in parts if part is not None]
    return sum(found) if found else None


def _executions(items: Iterable[Mapping[str, Any]]) -> list[OrderUpdate]:
    return [update for update in map(reports.execution_update, items) if update is not None]


def _orders_of(_: Call, result: Any) -> None:
    for item in fields.items_of(result):
        updates.take(reports.order_update(item), new_orders=False)


def _executions_of(_: Call, result: Any) -> None:
    # Pages tell the newest first.
    for update in reversed(_executions(fields.items_of(result))):
        updates.take(update, new_orders=False)


def _tickers_of(call: Call, result: Any) -> None:
    for item in fields.items_of(result):
        _quoted(call, text(item.get("symbol")), mid_of_ticker(item))


def _book_of(call: Call, result: Any) -> None:
    found = fields.body_of(result).get("result") or {}
    _quoted(call, text(found.get("s")), mid_of_book(found))


def _quoted(call: Call, symbol: str, mid: float | None) -> None:
    if mid is not None:
        kind = words.instrument_type({"category": call.get("category"), "symbol": symbol})
        market.quoted(words.VENUE, symbol, mid, instrument_type=kind)


def _clock_of(call: Call, result: Any) -> None:
    theirs = number((fields.body_of(result).get("result") or {}).get("timeNano"))
    if theirs is not None:
        clocks.read(words.VENUE, theirs / _NS_PER_S, call.began)


def mid_of_ticker(item: Mapping[str, Any]) -> float | None:
    """Return the middle of best bid and ask of a ticker; those of spot's stream have none."""
    return middle(item.get("bid1Price"), item.get("ask1Price"))


def mid_of_book(book: Mapping[str, Any]) -> float | None:
    """Return the middle of best bid and ask of a book, whose levels pybit does not keep sorted."""
    bids = [float(level[0]) for level in book.get("b") or ()]
    asks = [float(level[0]) for level in book.get("a") or ()]
    return middle(max(bids, default=None), min(asks, default=None))


_READERS: Mapping[str, Callable[[Call, Any], None]] = {
    "get_open_orders": _orders_of,
    "get_order_history": _orders_of,
    "spread_get_open_orders": _orders_of,
    "spread_get_order_history": _orders_of,
    "get_executions": _executions_of,
    "get_tickers": _tickers_of,
    "get_orderbook": _book_of,
    "get_server_time": _clock_of,
}
