"""What the answers to python-binance's calls tell: orders, executions, quotes, positions, the venue's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from otel_trading.instrumentation.binance import errors, events, fields
from otel_trading.instrumentation.toolkit import clocks
from otel_trading.instrumentation.toolkit.terms import Fields, OrderReference, each
from otel_trading.instrumentation.toolkit.values import middle, number, text
from otel_trading.orders import market, measures, updates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from otel_trading.instrumentation.toolkit.terms import Failure, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.updates import OrderUpdate

_VENUE, _AMERICAN = "binance", "binanceus"
_NS = 1e9


def venue_of(target: Any) -> str:
    """Return the venue of a client or of a socket: ``binanceus`` is a venue of its own."""
    top_level = getattr(target, "tld", None) or getattr(target, "_tld", None)
    if top_level is None:
        top_level = getattr(getattr(target, "_client", None), "tld", None)
    host = urlsplit(text(getattr(target, "_url", ""))).hostname or ""
    return _AMERICAN if top_level == "us" or host.endswith(".binance.us") else _VENUE


class BinanceFields(Fields):
    """How python-binance names things: all arguments by keyword, all answers as Binance's JSON."""

    layer = "python-binance"

    def venue(self, call: Call) -> str:
        """Return ``binance`` or ``binanceus``."""
        return venue_of(call.target)

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return the order that the call asks for, the orders of a batch, or the two of an OCO list."""
        venue = self.venue(call)
        batch = call.get("batchOrders") or call.get("orders")
        if isinstance(batch, (list, tuple)):
            return [fields.request(call.name, item, venue) for item in each(batch)]
        if "oco" in call.name:
            return fields.pair(call.name, call.arguments, venue)
        return [fields.request(call.name, call.arguments, venue)]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the orders that the call names; none where it means all, or a list of orders by the list's id."""
        venue, symbol = self.venue(call), text(call.get("symbol"))
        ids = call.get("orderidlist") or call.get("orderIdList") or call.get("orderIds")
        client_ids = (
            call.get("origclientorderidlist") or call.get("origClientOrderIdList") or call.get("clientOrderIds")
        )
        if isinstance(ids, (list, tuple)):
            return [OrderReference(venue, symbol, id=text(item)) for item in ids]
        if isinstance(client_ids, (list, tuple)):
            return [OrderReference(venue, symbol, client_id=text(item)) for item in client_ids]
        found = fields.reference(call.arguments, venue, replacing="replace" in call.name)
        return [found] if found.id or found.client_id else []

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:
        """Return the orders that the answer tells of."""
        return fields.order_updates(result, self.venue(call), call.name)

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means, by Binance's codes."""
        return errors.failure(error)

    def observe(self, call: Call, result: Any) -> None:
        """Take note of what the answer to a query tells."""
        read = _READERS.get(call.name)
        if read is not None:
            read(call, result)


FIELDS = BinanceFields()


def _orders(call: Call, result: Any) -> None:
    for update in fields.order_updates(result, venue_of(call.target), call.name):
        updates.take(update, new_orders=False)


def _trades(call: Call, result: Any) -> None:
    for update in fields.trade_updates(result, venue_of(call.target), call.name):
        updates.take(update, new_orders=False)


def _quotes(call: Call, result: Any) -> None:
    for item in each(result):
        symbol = text(item.get("symbol")) or text(call.get("symbol"))
        mid = _mid(item)
        if symbol and mid is not None:
            kind = fields.instrument_type(call.name, symbol)
            market.quoted(venue_of(call.target), symbol, mid, instrument_type=kind)


def _mid(item: Mapping[str, Any]) -> float | None:
    bids, asks = item.get("bids"), item.get("asks")
    if isinstance(bids, list) and isinstance(asks, list):
        return middle(bids[0][0], asks[0][0]) if bids and asks else None
    return middle(item.get("bidPrice"), item.get("askPrice"))


def _positions(call: Call, result: Any) -> None:
    held = ((text(item.get("symbol")), number(item.get("positionAmt", item.get("quantity")))) for item in each(result))
    for symbol, quantity in events.summed(held):
        measures.position(symbol, quantity, venue=venue_of(call.target))


def _clock(call: Call, result: Any) -> None:
    theirs = next((fields.nanoseconds(item.get("serverTime")) for item in each(result)), None)
    if theirs is not None:
        clocks.read(venue_of(call.target), theirs / _NS, call.began)


_READERS: dict[str, Callable[[Call, Any], None]] = {
    **dict.fromkeys(
        (
            "futures_coin_get_all_orders",
            "futures_coin_get_open_order",
            "futures_coin_get_open_orders",
            "futures_coin_get_order",
            "futures_get_algo_order",
            "futures_get_all_algo_orders",
            "futures_get_all_orders",
            "futures_get_open_algo_orders",
            "futures_get_open_orders",
            "futures_get_order",
            "get_all_margin_orders",
            "get_all_orders",
            "get_margin_order",
            "get_open_margin_orders",
            "get_open_orders",
            "get_order",
            "options_query_order",
            "options_query_order_history",
            "papi_get_cm_all_orders",
            "papi_get_cm_open_orders",
            "papi_get_cm_order",
            "papi_get_margin_open_orders",
            "papi_get_margin_order",
            "papi_get_um_all_orders",
            "papi_get_um_open_orders",
            "papi_get_um_order",
            "ws_futures_get_order",
            "ws_get_all_orders",
            "ws_get_open_orders",
            "ws_get_order",
        ),
        _orders,
    ),
    **dict.fromkeys(
        (
            "futures_account_trades",
            "futures_coin_account_trades",
            "get_margin_trades",
            "get_my_trades",
            "options_user_trades",
            "papi_get_cm_user_trades",
            "papi_get_margin_my_trades",
            "papi_get_um_user_trades",
            "ws_get_my_trades",
        ),
        _trades,
    ),
    **dict.fromkeys(
        (
            "futures_coin_order_book",
            "futures_coin_orderbook_ticker",
            "futures_order_book",
            "futures_orderbook_ticker",
            "get_order_book",
            "get_orderbook_ticker",
            "get_orderbook_tickers",
            "get_ticker",
            "options_order_book",
            "ws_futures_get_order_book",
            "ws_futures_get_order_book_ticker",
            "ws_get_order_book",
            "ws_get_orderbook_ticker",
            "ws_get_ticker",
        ),
        _quotes,
    ),
    **dict.fromkeys(
        (
            "futures_coin_position_information",
            "futures_position_information",
            "options_positions",
            "papi_get_cm_position_risk",
            "papi_get_um_position_risk",
            "ws_futures_account_position",
            "ws_futures_v2_account_position",
        ),
        _positions,
    ),
    **dict.fromkeys(
        ("futures_coin_time", "futures_time", "get_server_time", "options_time", "ws_get_time"),
        _clock,
    ),
}
