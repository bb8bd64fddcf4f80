"""The operations of a trading library: submit, amend, cancel, query, watch. All behaviour is here, once.

A library gives its :class:`~otel_trading.instrumentation.toolkit.terms.Fields`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry import context as otel
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.layers import Watching, layer, tells_the_story
from otel_trading.instrumentation.toolkit.spans import KIND_KEY, Work, client_span, is_inside, mark, send
from otel_trading.orders import instruments
from otel_trading.orders.context import use_context
from otel_trading.semconv import attributes, metrics, spans

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call


def submit(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that submits one order."""
    return _submit(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_SUBMIT, fields, call)


def _submit(fields: Fields, call: Call) -> Watching:
    request = fields.requests(call)[0]
    order = answers.order_for(request)
    with (
        answers.under_way([request]),
        client_span(spans.TRADING_ORDER_SUBMIT, fields, call, order) as span,
    ):
        send(order, span)
        outcome = yield
        failure = mark(fields, span, outcome)
        if failure is not None:
            answers.refused(order, failure, outcome)
        else:
            answers.accepted(order, next(iter(fields.answers(call, outcome.result)), None))


def amend(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that changes an order."""
    return _amend(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_AMEND, fields, call)


def _amend(fields: Fields, call: Call) -> Watching:
    request, reference = fields.requests(call)[0], fields.references(call)[0]
    order = answers.known(reference)
    with (
        answers.under_way([request]),
        client_span(spans.TRADING_ORDER_AMEND, fields, call, order, reference) as span,
    ):
        if order is not None:
            order.amend_requested(quantity=request.quantity, price=request.price)
        outcome = yield
        failure = mark(fields, span, outcome)
        if order is None:
            answers.count_unknown(metrics.TRADING_ORDER_AMENDMENTS, request.venue, outcome)
        elif failure is not None:
            order.amend_rejected(failure.category, failure.reason, answers.error_name(outcome))
        else:
            answers.amended(order, request, next(iter(fields.answers(call, outcome.result)), None))
            if order.original_client_id:
                span.set_attribute(attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID, order.original_client_id)


def cancel(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that cancels one order."""
    return _cancel(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_CANCEL, fields, call)


def _cancel(fields: Fields, call: Call) -> Watching:
    reference = fields.references(call)[0]
    order = answers.known(reference)
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
            answers.canceled(order, next(iter(fields.answers(call, outcome.result)), None))


def query(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that asks the venue for something."""
    return layer(spans.TRADING_QUERY, fields, call) if is_inside("query") else _query(fields, call)


def _query(fields: Fields, call: Call) -> Watching:
    venue = fields.venue(call)
    began = time.perf_counter()
    with client_span(spans.TRADING_QUERY, fields, call) as span:
        outcome = yield
        seconds = time.perf_counter() - began
        failure = mark(fields, span, outcome)
        error = {ERROR_TYPE: answers.error_name(outcome)} if failure is not None else {}
        instruments.record(
            metrics.TRADING_REQUEST_DURATION,
            seconds,
            {attributes.TRADING_VENUE: venue, attributes.TRADING_OPERATION: call.name} | error,
        )
        if failure is None:
            fields.observe(call, outcome.result)


def watch(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that waits for the next message of a stream; no span, since it lasts as long as the silence.

    What it asks the venue for meanwhile (its markets, a snapshot of the book) is a query like any other.
    """
    return None if is_inside("stream") else _watch(fields, call)


def _watch(fields: Fields, call: Call) -> Watching:
    with use_context(otel.set_value(KIND_KEY, Work("stream", fields.layer))):
        outcome = yield
    if outcome.error is None:
        fields.observe(call, outcome.result)
    else:
        fields.stream_failed(call, outcome.error)
