"""Placing, changing and canceling: calls that write to the socket and return, while the answer comes as messages.

``placeOrder`` also changes an order that is there, and asks what an order would cost (``whatIf``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ib import connections, errors
from otel_trading.instrumentation.ib.book import Book, Change, book_of, client_id_of, figures
from otel_trading.instrumentation.ib.fields import VENUE, order_id, request_of, session_id, symbol_of
from otel_trading.instrumentation.ib.observed import clock
from otel_trading.instrumentation.ib.queries import query
from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.layers import Watching, layer, tells_the_story
from otel_trading.instrumentation.toolkit.spans import client_span, mark, send
from otel_trading.instrumentation.toolkit.terms import Fields, OrderReference
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv import metrics, spans
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.instrumentation.toolkit.terms import Failure, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.order import Order


class IbFields(Fields):
    """How one of the two libraries names things; ``layer`` is its name."""

    def __init__(self, layer: str) -> None:
        self.layer = layer

    def venue(self, call: Call) -> str:  # noqa: ARG002 - both libraries have one venue
        """Return the broker."""
        return VENUE

    def symbol(self, call: Call) -> str:
        """Return the contract that a request is about."""
        several: tuple[Any, ...] = call.get("contracts", ())
        contract = call.get("contract") or (several[0] if len(several) == 1 else None)
        return "" if contract is None else symbol_of(contract)

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return what ``placeOrder`` asks for."""
        order = call.get("order")
        return [request_of(call.get("contract"), order, client_id_of(order))]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the order that the call is about; all that are open, where it names none."""
        wrapper, named = call.target.wrapper, call.get("order")
        if named is not None:
            return [_reference(_find(call), call.get("contract"), named)]
        trades = [trade for trade in wrapper.trades.values() if not trade.isDone()]
        found = [(_known(book_of(call.target), trade.order), trade) for trade in trades]
        return [_reference(order, trade.contract, trade.order) for order, trade in found if order is not None]

    def failure(self, error: BaseException) -> Failure:
        """Return what an exception means."""
        return errors.failure(error)

    def observe(self, call: Call, result: Any) -> None:
        """Take TWS's time, and that there is a connection; what else is asked for comes as messages."""
        if call.name == "reqCurrentTime":
            clock(call.began, result)
        elif call.name == "connect":
            connections.opened(call.target)


def place(fields: Fields, call: Call) -> Watching | None:
    """Watch ``placeOrder``: an order that is new, a change of one that is there, or a question."""
    named = call.get("order")
    if getattr(named, "whatIf", False):
        return query(fields, call)
    if _trade(call) is not None:
        return _amend(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_AMEND, fields, call)
    return _submit(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_SUBMIT, fields, call)


def _submit(fields: Fields, call: Call) -> Watching:
    order = answers.order_for(fields.requests(call)[0])
    with client_span(spans.TRADING_ORDER_SUBMIT, fields, call, order) as span:
        send(order, span)
        outcome = yield
        failure = mark(fields, span, outcome)
        if failure is not None:
            answers.refused(order, failure, outcome)
        else:
            _placed(book_of(call.target), outcome.result, order)


def _placed(book: Book, trade: Any, order: Order) -> None:
    """Take note of an order that has left; by now the library has given it its id of this session."""
    mine = (trade.order.clientId, trade.order.orderId)
    book.remember(*mine, order)
    book.unanswered.add(order)
    if not order.client_id:
        order.know(client_id=session_id(*mine))


def _amend(fields: Fields, call: Call) -> Watching:
    request, reference = fields.requests(call)[0], fields.references(call)[0]
    order, book = _find(call), book_of(call.target)
    with client_span(spans.TRADING_ORDER_AMEND, fields, call, order, reference) as span:
        before = () if order is None else (order.quantity, order.price, order.stop_price)
        if order is not None:
            order.amend_requested(quantity=request.quantity, price=request.price)
        outcome = yield
        failure = mark(fields, span, outcome)
        if order is None:
            answers.count_unknown(metrics.TRADING_ORDER_AMENDMENTS, request.venue, outcome)
        elif failure is not None:
            order.amend_rejected(failure.category, failure.reason, answers.error_name(outcome))
        else:
            book.changing[order] = Change(before, figures(request))


def cancel(fields: Fields, call: Call) -> Watching | None:
    """Watch ``cancelOrder``."""
    return _cancel(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_CANCEL, fields, call)


def _cancel(fields: Fields, call: Call) -> Watching:
    reference, order, book = fields.references(call)[0], _find(call), book_of(call.target)
    with client_span(spans.TRADING_ORDER_CANCEL, fields, call, order, reference) as span:
        if order is not None:
            order.cancel_requested()
        outcome = yield
        failure = mark(fields, span, outcome)
        if order is None:
            answers.count_unknown(metrics.TRADING_ORDER_CANCELLATIONS, reference.venue, outcome)
        elif failure is not None:
            order.cancel_rejected(failure.category, failure.reason, answers.error_name(outcome))
        else:
            book.canceling.add(order)
            answers.canceled(order, _never_sent(outcome.result))


def _never_sent(trade: Any) -> OrderUpdate | None:
    """Return the end of an order that was held back (``transmit`` off): the library calls it canceled at once."""
    done = trade is not None and trade.orderStatus.status == "Cancelled"
    return OrderUpdate(VENUE, status=Status.CANCELED) if done else None


def _trade(call: Call) -> Any:
    """Return the library's own ``Trade`` of the order that a call names; None where the order is new."""
    wrapper, named = call.target.wrapper, call.get("order")
    places = call.name == "placeOrder"
    if places and not named.orderId:
        return None
    client_id = wrapper.clientId if places else named.clientId
    return wrapper.trades.get(wrapper.orderKey(client_id, named.orderId, named.permId))


def _find(call: Call) -> Order | None:
    trade = _trade(call)
    return None if trade is None else _known(book_of(call.target), trade.order)


def _known(book: Book, order: Any) -> Order | None:
    return book.find(order.clientId, order.orderId, order.permId)


def _reference(order: Order | None, contract: Any, named: Any) -> OrderReference:
    if order is not None:
        return OrderReference(VENUE, order.symbol, order.id, order.client_id)
    symbol = "" if contract is None else symbol_of(contract)
    return OrderReference(VENUE, symbol, order_id(named.permId), text(named.orderRef))
