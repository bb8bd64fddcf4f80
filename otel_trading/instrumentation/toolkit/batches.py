"""The operations that are about several orders at once: one request, and a story for each order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.layers import layer, tells_the_story
from otel_trading.instrumentation.toolkit.spans import client_span, mark, order_span
from otel_trading.orders import updates
from otel_trading.orders.context import use_context
from otel_trading.semconv import metrics, spans
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_NOT_TOLD = "the venue's answer does not speak of it"


def submit_batch(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that submits several orders: each has a span, and so a story, of its own."""
    return _submit_batch(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_SUBMIT_BATCH, fields, call)


def _submit_batch(fields: Fields, call: Call) -> Watching:
    requests = fields.requests(call)
    orders = [answers.order_for(request, adopt=False) for request in requests]
    with answers.under_way(requests), client_span(spans.TRADING_ORDER_SUBMIT_BATCH, fields, call) as span:
        homes = [order_span(order) for order in orders]
        outcome = yield
        failure = mark(fields, span, outcome)
        found = fields.answers(call, outcome.result) if failure is None else ()
        for order, home, answer in zip(orders, homes, answers.matched(orders, found), strict=True):
            with use_context(home.context):
                mark(fields, home.span, outcome)
                if failure is not None:
                    answers.refused(order, failure, outcome)
                elif answer is None:
                    order.unconfirmed(Category.OTHER, _NOT_TOLD)
                else:
                    answers.accepted(order, answer)
            home.end()


def amend_batch(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that changes several orders."""
    return _amend_batch(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_AMEND, fields, call)


def _amend_batch(fields: Fields, call: Call) -> Watching:
    requests = fields.requests(call)
    orders = [answers.known(reference) for reference in fields.references(call)]
    venue = fields.venue(call)
    with answers.under_way(requests), client_span(spans.TRADING_ORDER_AMEND, fields, call) as span:
        for order, request in zip(orders, requests, strict=True):
            if order is not None:
                order.amend_requested(quantity=request.quantity, price=request.price)
        outcome = yield
        failure = mark(fields, span, outcome)
        found = fields.answers(call, outcome.result) if failure is None else ()
        for order, request, answer in zip(orders, requests, answers.matched(orders, found), strict=True):
            if order is None:
                answers.count_unknown(metrics.TRADING_ORDER_AMENDMENTS, venue, outcome)
            elif failure is not None:
                order.amend_rejected(failure.category, failure.reason, answers.error_name(outcome))
            else:
                answers.amended(order, request, answer)


def cancel_several(fields: Fields, call: Call) -> Watching | None:
    """Watch a call that cancels the orders it names, or all."""
    return _cancel_several(fields, call) if tells_the_story() else layer(spans.TRADING_ORDER_CANCEL_ALL, fields, call)


def _cancel_several(fields: Fields, call: Call) -> Watching:
    orders = [answers.known(reference) for reference in fields.references(call)]
    venue = fields.venue(call)
    with client_span(spans.TRADING_ORDER_CANCEL_ALL, fields, call) as span:
        for order in orders:
            if order is not None:
                order.cancel_requested()
        outcome = yield
        failure = mark(fields, span, outcome)
        found = fields.answers(call, outcome.result) if failure is None else ()
        for order, answer in zip(orders, answers.matched(orders, found), strict=True):
            if order is None:
                answers.count_unknown(metrics.TRADING_ORDER_CANCELLATIONS, venue, outcome)
            elif failure is not None:
                order.cancel_rejected(failure.category, failure.reason, answers.error_name(outcome))
            elif found and answer is None:
                order.cancel_rejected(Category.OTHER, _NOT_TOLD)
            else:
                answers.canceled(order, answer)
        if not orders:  # all of them, whichever those are
            answers.count_unknown(metrics.TRADING_ORDER_CANCELLATIONS, venue, outcome)
            for answer in found:
                order = updates.find(answer)
                if order is not None:
                    answers.canceled(order, answer)
