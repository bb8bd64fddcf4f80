"""The spans of requests to a venue."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind, Status, StatusCode

from otel_trading.orders import emit, instruments, market
from otel_trading.orders.blocks import type_name
from otel_trading.orders.context import ORDER_KEY, use_context
from otel_trading.semconv import attributes, metrics, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from otel_trading.instrumentation.toolkit.terms import Failure, Fields, OrderReference
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome
    from otel_trading.orders.order import Order
    from otel_trading.semconv.span_type import SpanType

KIND_KEY = otel.create_key("otel_trading.operation")
"""Context key of the :class:`Work` that is going on."""


HANDLED_KEY = otel.create_key("otel_trading.handled")
"""Context key of the id of the trace whose order the bot hears of in a handler."""


class Work(NamedTuple):
    """The instrumented call that is going on: its kind ("order", "query" or "stream"), and the library it is of."""

    kind: str
    layer: str


def work() -> Work | None:
    """Return the instrumented call that this code runs in; None where it runs in none."""
    return cast("Work | None", otel.get_value(KIND_KEY))


def is_inside(*kinds: str) -> bool:
    """Tell whether one instrumented method called another of these kinds: told once, at the outer one."""
    outer = work()
    return outer is not None and outer.kind in kinds


def send(order: Order, span: Span) -> None:
    """Make ``span`` the home of the order's story, where it has none, and report that the order leaves."""
    order.adopt_span(span.get_span_context())
    quote = market.last_quote(order.venue, order.symbol, order.instrument_type)
    if quote is not None:
        elapsed = time.monotonic() - quote.received
        instruments.record(metrics.TRADING_TICK_TO_TRADE_DURATION, elapsed, emit.dimensions(order))
    order.submitted()


class OrderSpan(NamedTuple):
    """The span of one order of a batch, and the context in which the order is the one at work."""

    order: Order
    span: Span
    context: Context

    def end(self) -> None:
        """End the span, with the ids that became known."""
        self.span.set_attributes(emit.identity(self.order))
        self.span.end()


def order_span(order: Order) -> OrderSpan:
    """Begin the span of one order of a batch, and report that the order leaves; the caller ends it."""
    name = spans.TRADING_ORDER_SUBMIT.named({attributes.TRADING_VENUE: order.venue})
    span = emit.tracer().start_span(name, kind=SpanKind.CLIENT, attributes=emit.known(emit.description(order)))
    home = OrderSpan(order, span, trace.set_span_in_context(span, otel.set_value(ORDER_KEY, order)))
    with use_context(home.context):
        send(order, span)
    return home


@contextmanager
def client_span(
    span_type: SpanType,
    fields: Fields,
    call: Call,
    order: Order | None = None,
    reference: OrderReference | None = None,
) -> Iterator[Span]:
    """Begin the span of a request, in the order's own trace where it is known, and make both current."""
    here = otel.set_value(KIND_KEY, Work(_kind(span_type), fields.layer))
    links: list[Link] = []
    home = order.span_context if order is not None else None
    current = trace.get_current_span().get_span_context()
    if home is not None and current.trace_id != home.trace_id:
        here = trace.set_span_in_context(NonRecordingSpan(home), here)
        links = [Link(current)] if current.is_valid else []
    elif home is None and order is not None and current.trace_id == otel.get_value(HANDLED_KEY):
        # Sent because another order was filled: were it of that one's trace, a grid would be one trace for ever.
        here = trace.set_span_in_context(trace.INVALID_SPAN, here)
        links = [Link(current)]
    if order is not None:
        here = otel.set_value(ORDER_KEY, order, here)
    told = emit.known(_span_attributes(span_type, fields, call, order, reference))
    span = emit.tracer().start_span(span_type.named(told), here, SpanKind.CLIENT, told, links)
    with use_context(trace.set_span_in_context(span, here)):
        try:
            yield span
        finally:
            if order is not None:
                span.set_attributes(emit.identity(order))
            span.end()


def _kind(span_type: SpanType) -> str:
    return "query" if span_type is spans.TRADING_QUERY else "order"


def _span_attributes(
    span_type: SpanType, fields: Fields, call: Call, order: Order | None, reference: OrderReference | None
) -> dict[str, Any]:
    found: dict[str, Any] = {attributes.TRADING_OPERATION: call.name}
    if order is not None and span_type is spans.TRADING_ORDER_CANCEL:
        found |= emit.identity(order) | {  # a cancel names its order, and asks for nothing
            attributes.TRADING_INSTRUMENT_TYPE: order.instrument_type,
            attributes.TRADING_ORDER_SIDE: order.side,
            attributes.TRADING_ORDER_TYPE: order.type,
        }
    elif order is not None:
        found |= emit.description(order)
    elif reference is not None:
        found |= {
            attributes.TRADING_VENUE: reference.venue,
            attributes.TRADING_SYMBOL: reference.symbol,
            attributes.TRADING_ORDER_ID: reference.id,
            attributes.TRADING_ORDER_CLIENT_ID: reference.client_id,
        }
    else:
        found[attributes.TRADING_VENUE] = fields.venue(call)
        found[attributes.TRADING_SYMBOL] = fields.symbol(call)
    return found


def mark(fields: Fields, span: Span, outcome: Outcome) -> Failure | None:
    """Put an error on the span; return what it means."""
    if outcome.error is None:
        return None
    failure = fields.failure(outcome.error)
    span.set_status(Status(StatusCode.ERROR, failure.reason or failure.category.value))
    span.set_attributes(
        {
            ERROR_TYPE: type_name(outcome.error),
            attributes.TRADING_ORDER_REJECTION_CATEGORY: failure.category.value,
        }
    )
    return failure
