"""The operations of a trading library: submit, amend, cancel, query, watch. All behaviour is here, once.

A library gives its :class:`~otel_trading.instrumentation.toolkit.terms.Fields`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry import context as otel
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.instrumentation.toolkit.spans import KIND_KEY, client_span, is_inside, mark, order_span, send
from otel_trading.orders import instruments, market, updates
from otel_trading.orders.blocks import type_name
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.orders.order import Order
from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes, metrics, spans
from otel_trading.semconv.attributes import TradingOrderStatusValues as OrderStatus

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from opentelemetry.trace import Span

    from otel_trading.instrumentation.toolkit.terms import Fields, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome
    from otel_trading.orders.updates import OrderUpdate
    from otel_trading.semconv.instrument import Instrument

    Watching = Generator[None, Outcome, None]


def submit(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that submits one order."""
    return None if is_inside("order") else _submit(fields, call)


def _submit(fields: Fields, call: Call) -> Watching:
    request = fields.requests(call)[0]
    order = _order_for(request)
    updates.begin_request(request.venue, request.symbol)
    try:
        with client_span(spans.TRADING_ORDER_SUBMIT, "order", call, order) as span:
            send(order, span)
            outcome = yield
            _settle(fields, [order], outcome, call, span)
    finally:
        updates.end_request(request.venue, request.symbol)


def submit_batch(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that submits several orders: each has a span, and so a story, of its own."""
    return None if is_inside("order") else _submit_batch(fields, call)


def _submit_batch(fields: Fields, call: Call) -> Watching:
    requests = fields.requests(call)
    orders = [_order_for(request, adopt=False) for request in requests]
    places = {(request.venue, request.symbol) for request in requests}
    for place in places:
        updates.begin_request(*place)
    try:
        with client_span(spans.TRADING_ORDER_SUBMIT_BATCH, "order", call, None) as span:
            order_spans = [order_span(order) for order in orders]
            outcome = yield
            for each in order_spans:
                mark(fields, each, outcome)
                each.end()
            _settle(fields, orders, outcome, call, span)
    finally:
        for place in places:
            updates.end_request(*place)


def amend(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that changes an order."""
    return None if is_inside("order") else _amend(fields, call)


def _amend(fields: Fields, call: Call) -> Watching:
    request, reference = fields.requests(call)[0], fields.references(call)[0]
    order = _known(reference)
    updates.begin_request(request.venue, request.symbol)
    try:
        with client_span(spans.TRADING_ORDER_AMEND, "order", call, order, reference) as span:
            if order is not None:
                order.amend_requested(quantity=request.quantity, price=request.price)
            outcome = yield
            failure = mark(fields, span, outcome)
            if order is None:
                _count_unknown(metrics.TRADING_ORDER_AMENDMENTS, request.venue, outcome)
            elif failure is not None:
                order.amend_rejected(failure.category, failure.reason, type_name(outcome.error or Exception()))
            else:
                _amended(order, request, fields.answers(call, outcome.result))
    finally:
        updates.end_request(request.venue, request.symbol)


def _amended(order: Order, request: OrderRequest, answers: Sequence[OrderUpdate]) -> None:
    answer = answers[0] if answers else None
    order.amended(
        quantity=request.quantity if answer is None or answer.quantity is None else answer.quantity,
        price=request.price if answer is None or answer.price is None else answer.price,
        client_id=answer.client_id if answer else "",
        id=answer.id if answer else "",
    )
    if answer is not None:
        updates.apply(order, answer)


def cancel(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that cancels one order."""
    return None if is_inside("order") else _cancel(fields, call)


def _cancel(fields: Fields, call: Call) -> Watching:
    reference = fields.references(call)[0]
    order = _known(reference)
    with client_span(spans.TRADING_ORDER_CANCEL, "order", call, order, reference) as span:
        if order is not None:
            order.cancel_requested()
        outcome = yield
        failure = mark(fields, span, outcome)
        if order is None:
            _count_unknown(metrics.TRADING_ORDER_CANCELLATIONS, reference.venue, outcome)
        elif failure is not None:
            order.cancel_rejected(failure.category, failure.reason, type_name(outcome.error or Exception()))
        else:
            answers = fields.answers(call, outcome.result)
            answer = answers[0] if answers else updates.OrderUpdate(reference.venue)
            # A bare acceptance says that the cancel is under way, not that it is done.
            updates.apply(order, answer if answer.status else answer._replace(status=OrderStatus.PENDING_CANCEL))


def cancel_several(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that cancels the orders it names, or all."""
    return None if is_inside("order") else _cancel_several(fields, call)


def _cancel_several(fields: Fields, call: Call) -> Watching:
    known = [order for order in map(_known, fields.references(call)) if order is not None]
    venue = fields.venue(call)
    with client_span(spans.TRADING_ORDER_CANCEL_ALL, "order", call, None) as span:
        for order in known:
            order.cancel_requested()
        outcome = yield
        failure = mark(fields, span, outcome)
        if not known:
            _count_unknown(metrics.TRADING_ORDER_CANCELLATIONS, venue, outcome)
        if failure is None:
            for answer in fields.answers(call, outcome.result):
                updates.take(answer, new_orders=False)
            return
        for order in known:
            order.cancel_rejected(failure.category, failure.reason, type_name(outcome.error or Exception()))


def query(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that asks the venue for something."""
    return None if is_inside("query", "stream") else _query(fields, call)


def _query(fields: Fields, call: Call) -> Watching:
    venue = fields.venue(call)
    began = time.perf_counter()
    with client_span(spans.TRADING_QUERY, "query", call, None) as span:
        outcome = yield
        seconds = time.perf_counter() - began
        failure = mark(fields, span, outcome)
        error = {ERROR_TYPE: type_name(outcome.error)} if outcome.error is not None else {}
        instruments.record(
            metrics.TRADING_REQUEST_DURATION,
            seconds,
            {attributes.TRADING_VENUE: venue, attributes.TRADING_OPERATION: call.name} | error,
        )
        if failure is None:
            fields.observe(call, outcome.result)


def watch(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that waits for the next message of a stream; no span, since it lasts as long as the silence."""
    return None if is_inside("stream") else _watch(fields, call)


def _watch(fields: Fields, call: Call) -> Watching:
    token = otel.attach(otel.set_value(KIND_KEY, "stream"))
    try:
        outcome = yield
    finally:
        otel.detach(token)
    if outcome.error is None:
        fields.observe(call, outcome.result)
    else:
        fields.stream_failed(call, outcome.error)


def _order_for(request: OrderRequest, *, adopt: bool = True) -> Order:
    """Return the order of the block that the call stands in, if the call is it; else a new one."""
    given = request._asdict()
    current = current_order() if adopt else None
    if current is not None and not current.is_submitted and current.symbol in ("", request.symbol):
        for name in ("venue", "symbol", "side", "type", "price", "stop_price", "time_in_force"):
            setattr(current, name, given[name] or getattr(current, name))
        for name in ("instrument_type", "price_precision", "quantity_precision"):
            setattr(current, name, given[name])
        if request.quantity is not None:
            current.set_quantity(request.quantity)
        current.know(client_id=request.client_id)
        order = current
    else:
        order = Order(strategy=current_strategy(), **given)
    quote = market.last_quote(order.venue, order.symbol)
    if quote is not None and order.arrival_price is None:
        order.arrival_price = quote.mid
    return order


def _settle(fields: Fields, orders: Sequence[Order], outcome: Outcome, call: Call, span: Span) -> None:
    """Write the answer to a submission into the stories of its orders."""
    failure = mark(fields, span, outcome)
    if failure is not None and outcome.error is not None:
        for order in orders:
            tell = order.rejected if failure.answered else order.unconfirmed
            tell(failure.category, failure.reason, type_name(outcome.error))
        return
    for order, answer in zip(orders, fields.answers(call, outcome.result), strict=False):
        order.know(client_id=answer.client_id, id=answer.id)
        if answer.status is OrderStatus.REJECTED:
            order.rejected()
            continue
        order.acknowledged(transact_time=answer.transact_time)
        updates.apply(order, answer)


def _known(reference: OrderReference) -> Order | None:
    for name in (reference.id, reference.client_id):
        order = registry.find(name, venue=reference.venue, symbol=reference.symbol) if name else None
        if order is not None:
            return order
    return None


def _count_unknown(definition: Instrument, venue: str, outcome: Outcome) -> None:
    error = {ERROR_TYPE: type_name(outcome.error)} if outcome.error is not None else {}
    instruments.add(definition, 1, {attributes.TRADING_VENUE: venue} | error)
