"""What the results of ccxt's queries and streams tell: orders, executions, quotes, positions, clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ccxt import errors, fields
from otel_trading.instrumentation.ccxt.hooks import STREAMS
from otel_trading.instrumentation.toolkit import clocks
from otel_trading.instrumentation.toolkit.terms import Fields, each
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders import market, measures, updates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from otel_trading.instrumentation.toolkit.terms import Failure, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.updates import OrderUpdate

_MS = 1000.0


class CcxtFields(Fields):
    """How ccxt names things."""

    layer = "ccxt"

    def venue(self, call: Call) -> str:
        """Return ccxt's id of the exchange."""
        return text(getattr(call.target, "id", ""))

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return the order, or the orders of a batch, that the call asks for."""
        batch = call.get("orders")
        if batch is None:
            return [fields.request(call.target, call.arguments)]
        return [fields.request(call.target, item) for item in batch]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the orders that the call names."""
        return fields.references(call)

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:
        """Return the orders that the result tells of."""
        return fields.order_updates(call.target, result)

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means, by ccxt's tree of exceptions."""
        return errors.failure(error)

    def observe(self, call: Call, result: Any) -> None:
        """Take note of what a result tells."""
        name = call.name.removesuffix("_ws")
        stream = STREAMS.get(name, "")
        if stream in _MARKET_STREAMS:
            _observe_market(call, result, stream)
        elif name in _READERS:
            _READERS[name](call, result)

    def stream_failed(self, call: Call, error: BaseException) -> None:
        """Count a book that went out of step as a gap."""
        if errors.is_sequence_error(error):
            stream = STREAMS.get(call.name, call.name)
            market.gap(self.venue(call), text(call.get("symbol")), stream)


_MARKET_STREAMS = frozenset({"bids_asks", "mark_price", "ohlcv", "order_book", "ticker", "trades"})


def _venue(call: Call) -> str:
    return text(getattr(call.target, "id", ""))


def _observe_market(call: Call, result: Any, stream: str) -> None:
    for symbol, item in _by_symbol(call, result):
        sent = number(item.get("timestamp"))
        market.received(
            _venue(call),
            symbol,
            stream,
            mid=fields.mid(item),
            sent_at=None if sent is None else sent / _MS,
        )


def _by_symbol(call: Call, result: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield the newest piece of market data of each symbol in a result of whatever shape."""
    symbol = text(call.get("symbol"))
    if isinstance(result, dict):
        if "symbol" in result or symbol:
            return [(text(result.get("symbol")) or symbol, result)]
        return [(name, item if isinstance(item, dict) else {}) for name, item in result.items()]
    newest = {text(item.get("symbol")) or symbol: item for item in each(result)}
    return list(newest.items()) or [(symbol, {})]


def _taker(read: Callable[[Any, Any], Sequence[OrderUpdate]], *, new_orders: bool) -> Callable[[Call, Any], None]:
    """Return what takes the reports that ``read`` finds in a result; only a stream's may be of ``new_orders``."""

    def take(call: Call, result: Any) -> None:
        for update in read(call.target, result):
            updates.take(update, new_orders=new_orders)

    return take


_orders_of_stream = _taker(fields.order_updates, new_orders=True)
_trades_of_stream = _taker(fields.trade_updates, new_orders=True)
_orders_of_query = _taker(fields.order_updates, new_orders=False)
_trades_of_query = _taker(fields.trade_updates, new_orders=False)


def _quotes(call: Call, result: Any) -> None:
    for symbol, item in _by_symbol(call, result):
        middle = fields.mid(item)
        if middle is not None:
            market.quoted(_venue(call), symbol, middle)


def _positions(call: Call, result: Any) -> None:
    for item in each(result):
        contracts = number(item.get("contracts"))
        if contracts is not None and item.get("symbol"):
            size = contracts * (number(item.get("contractSize")) or 1.0)
            sign = -1.0 if item.get("side") == "short" else 1.0
            measures.position(text(item["symbol"]), sign * abs(size), venue=_venue(call))


def _clock(call: Call, result: Any) -> None:
    theirs = number(result)
    if theirs is not None:
        clocks.read(_venue(call), theirs / _MS, call.began)


_READERS: dict[str, Callable[[Call, Any], None]] = {
    "watch_orders": _orders_of_stream,
    "watch_orders_for_symbols": _orders_of_stream,
    "watch_my_trades": _trades_of_stream,
    "watch_my_trades_for_symbols": _trades_of_stream,
    "watch_position": _positions,
    "watch_positions": _positions,
    "fetch_canceled_and_closed_orders": _orders_of_query,
    "fetch_canceled_orders": _orders_of_query,
    "fetch_closed_order": _orders_of_query,
    "fetch_closed_orders": _orders_of_query,
    "fetch_open_order": _orders_of_query,
    "fetch_open_orders": _orders_of_query,
    "fetch_order": _orders_of_query,
    "fetch_orders": _orders_of_query,
    "fetch_my_trades": _trades_of_query,
    "fetch_order_trades": _trades_of_query,
    "fetch_bids_asks": _quotes,
    "fetch_l2_order_book": _quotes,
    "fetch_order_book": _quotes,
    "fetch_order_books": _quotes,
    "fetch_ticker": _quotes,
    "fetch_tickers": _quotes,
    "fetch_position": _positions,
    "fetch_positions": _positions,
    "fetch_time": _clock,
}
