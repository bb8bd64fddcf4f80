"""The messages about orders, as ``Wrapper`` is called with them: each is recorded, then handled, its order at work.

The library emits its events while it handles a message, so a handler of ``trade.fillEvent`` or ``ib.errorEvent``
finds the story up to date, and what it logs belongs to the order. No listener is added to any event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ib import connections, errors, fields, observed, refusals
from otel_trading.instrumentation.ib.book import book_of, client_id_of, figures
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders import updates
from otel_trading.orders.context import use_context
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.instrumentation.ib.book import Book
    from otel_trading.instrumentation.toolkit.hooks import Operation
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.order import Order


def heard(tell: Callable[[Call], Order | None]) -> Operation:
    """Return the operation of a message: ``tell`` records it, and returns the order that it is about."""

    def operation(_: Fields, call: Call) -> Watching:
        with use_context(at_work(tell(call))):
            yield

    return operation


def order_status(call: Call) -> Order | None:
    """Take orderStatus: how far an order got."""
    wrapper, word = call.target, text(call.get("status"))
    client_id, number, perm_id = call.get("clientId", 0), call.get("orderId", 0), call.get("permId", 0)
    book = book_of(wrapper.ib)
    order = book.find(client_id, number, perm_id)
    update = OrderUpdate(
        fields.VENUE,
        id=fields.order_id(perm_id),
        status=fields.STATUSES.get(word),
        cumulative_quantity=fields.number(call.get("filled")) or None,
        average_price=fields.number(call.get("avgFillPrice")) or None,
    )
    if order is None:
        trade = wrapper.trades.get(wrapper.orderKey(client_id, number, perm_id))
        is_news = update.status is not None and trade is not None
        return _foreign(book, trade.contract, trade.order, update) if is_news else None
    if word == "Inactive":
        refusals.inactive(book, order, text(call.get("whyHeld")))
    else:
        _report(book, order, update)
    return order


def open_order(call: Call) -> Order | None:
    """Take openOrder: what an order asks for now, which answers a request to change it."""
    wrapper, contract, told = call.target, call.get("contract"), call.get("order")
    if told.whatIf:
        return None
    book = book_of(wrapper.ib)
    order = book.find(told.clientId, told.orderId, told.permId)
    status = fields.STATUSES.get(text(call.get("orderState").status))
    update = OrderUpdate(fields.VENUE, id=fields.order_id(told.permId), status=status)
    if order is not None:
        _changed(book, order, contract, told)
        if status is Status.NEW:
            _report(book, order, update)
    return order  # of one that is not known orderStatus tells, which comes next, and says how far it got before


def execution(call: Call) -> Order | None:
    """Take execDetails: an execution, of now or as an answer to reqExecutions."""
    wrapper, contract, told = call.target, call.get("contract"), call.get("execution")
    book = book_of(wrapper.ib)
    order, trade = book.find(told.clientId, told.orderId, told.permId), _trade(wrapper, told)
    if _is_leg(trade, contract):
        return order
    is_live = call.get("reqId") not in wrapper._futures  # noqa: SLF001 - as the library itself tells it
    identity = book.execution_id(told.execId)
    if order is not None and not is_live and _is_past(order, told):
        return order
    book.recorded(identity)
    update = OrderUpdate(
        fields.VENUE,
        id=fields.order_id(told.permId),
        executions=() if identity != told.execId else (fields.execution_of(told, identity),),
        cumulative_quantity=fields.number(told.cumQty) or None,
        average_price=fields.number(told.avgPrice) or None,
        side=fields.side_of(told.side),
    )
    if order is None:
        asked = told if trade is None else trade.order
        return _foreign(book, contract, asked, update) if is_live else None
    book.end(order)
    updates.apply(order, update)
    return order


def commission(call: Call) -> Order | None:
    """Take commissionReport: the fee of an execution that came before it."""
    wrapper, report = call.target, call.get("commissionReport")
    fill = wrapper.fills.get(report.execId)
    if fill is None:
        return None
    told, book = fill.execution, book_of(wrapper.ib)
    order = book.find(told.clientId, told.orderId, told.permId)
    identity, is_leg = book.execution_id(report.execId), _is_leg(_trade(wrapper, told), fill.contract)
    if order is not None and fields.number(report.commission) is not None and (is_leg or book.has_recorded(identity)):
        found = fields.execution_of(told, identity, report)
        # The combination was executed once, and the legs cost each their own.
        order.report(executions=(found._replace(quantity=0.0) if is_leg else found,))
    return order


def error(call: Call) -> Order | None:
    """Take error: a refusal, a warning, or the state of a connection; all come this way."""
    wrapper, request, code = call.target, call.get("reqId", -1), call.get("errorCode", 0)
    said = _without_accounts(wrapper, text(call.get("errorString")))
    book = book_of(wrapper.ib)
    connections.told(wrapper.ib, code, said)
    observed.depth_lost(wrapper, request, code)
    asked = book.asked.get(request)
    if asked is not None:
        if not errors.is_warning(code):
            asked.refused(code, said)
        return None
    order = book.find(wrapper.clientId, request) if request > 0 else None
    if order is not None:
        refusals.refused(book, order, code, said)
    return order


def _changed(book: Book, order: Order, contract: Any, told: Any) -> None:
    """Record that a change was made, if what the order asks for is what was wanted, or at least not what it was."""
    request, change = fields.request_of(contract, told), book.changing.get(order)
    now = figures(request)
    if change is not None and (now == change.wanted or now != change.before):
        del book.changing[order]
        order.stop_price = request.stop_price
        order.amended(quantity=request.quantity, price=request.price)


def _report(book: Book, order: Order, update: OrderUpdate) -> None:
    """Record a reported status, unless it can't be news.

    TWS repeats itself, calls a refused order canceled, and goes on calling one submitted that it was asked to cancel.
    """
    status = update.status
    if status is not None:
        book.end(order)
    if order.status in TERMINAL:
        status = status if status is Status.FILLED else None
    elif status is Status.NEW and order in book.canceling:
        order.acknowledged()
        status = None
    if update.status in TERMINAL:
        refusals.overtaken(book, order)
    if update.status is Status.CANCELED:
        book.canceling.discard(order)  # of a filled one, an error tells that it can't be canceled
    updates.apply(order, update._replace(status=status))


def _foreign(book: Book, contract: Any, told: Any, update: OrderUpdate) -> Order | None:
    """Take the first report of an order that this process did not send; ``told`` is what is known that it asks for."""
    asked = fields.request_of(contract, told)
    described = update._replace(
        symbol=asked.symbol,
        side=asked.side or update.side,
        type=asked.type,
        quantity=asked.quantity,
        price=asked.price,
        instrument_type=asked.instrument_type,
    )
    order = updates.take(described, new_orders=True) if update.id else None
    if order is not None:
        order.know(client_id=client_id_of(told))
        book.remember(told.clientId, told.orderId, order)
    return order


def _is_past(order: Order, told: Any) -> bool:
    """Tell whether an execution was done before this process knew of the order, whose story begins after it."""
    return not order.is_submitted and (fields.number(told.cumQty) or 0.0) <= order.cumulative_quantity


def _trade(wrapper: Any, told: Any) -> Any:
    by_key = wrapper.trades.get(wrapper.orderKey(told.clientId, told.orderId, told.permId))
    return wrapper.permId2Trade.get(told.permId) or by_key


def _is_leg(trade: Any, contract: Any) -> bool:
    """Tell whether an execution is of one leg of a combination, which has an execution of its own."""
    return trade is not None and trade.contract.secType == fields.BAG and contract.secType != fields.BAG


def _without_accounts(wrapper: Any, said: str) -> str:
    """Return TWS's words without the codes of the user's accounts, which belong nowhere but under their own name."""
    for account in wrapper.accounts:
        said = said.replace(account, "(account)")
    return said
