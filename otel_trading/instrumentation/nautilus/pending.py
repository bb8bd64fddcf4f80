"""The requests about orders that wait for their answer: a span for each, from its leaving to its answer.

NautilusTrader asks and answers by messages: the call that sends an order returns at once, and the answer is an event.
So a request's span ends with that event, and not with a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind, Status, StatusCode

from otel_trading.orders import emit
from otel_trading.orders.context import ORDER_KEY, current_order
from otel_trading.semconv import attributes, spans

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from otel_trading.instrumentation.toolkit.terms import Failure
    from otel_trading.orders.order import Order
    from otel_trading.semconv.span_type import SpanType

SUBMIT, AMEND, CANCEL = spans.TRADING_ORDER_SUBMIT, spans.TRADING_ORDER_AMEND, spans.TRADING_ORDER_CANCEL

_OPERATIONS = {SUBMIT: "submit_order", AMEND: "modify_order", CANCEL: "cancel_order"}  # as Strategy names them


class _Request(NamedTuple):
    """The span of a request, the order it is about, and the context in which that is the one at work."""

    order: Order
    span: Span
    context: Context


class Pending:
    """The requests of one kernel that have no answer yet, by kind and client order id."""

    def __init__(self) -> None:
        self._open: dict[tuple[SpanType, str], _Request] = {}

    def begin(self, kind: SpanType, key: str, order: Order, origin: Context | None = None) -> Context:
        """Begin a request, where it has not begun; return its context. ``origin`` is where the bot asked for it."""
        found = self._open.get((kind, key))
        if found is None:
            found = self._open[kind, key] = _begun(kind, order, otel.get_current() if origin is None else origin)
        return found.context

    def context(self, key: str, *kinds: SpanType) -> Context | None:
        """Return the context of the first of ``kinds`` that waits for its answer."""
        return next((self._open[kind, key].context for kind in kinds if (kind, key) in self._open), None)

    def span(self, kind: SpanType, key: str) -> Span | None:
        """Return the span of a request that waits for its answer."""
        found = self._open.get((kind, key))
        return None if found is None else found.span

    def end(self, kind: SpanType, key: str, failure: Failure | None = None, error_type: str = "") -> None:
        """End a request with its answer; a ``failure`` is an error on the span."""
        request = self._open.pop((kind, key), None)
        if request is None:
            return
        if failure is not None:
            request.span.set_status(Status(StatusCode.ERROR, failure.reason or failure.category.value))
            request.span.set_attributes(
                {ERROR_TYPE: error_type, attributes.TRADING_ORDER_REJECTION_CATEGORY: failure.category.value}
            )
        request.span.set_attributes(emit.identity(request.order))
        request.span.end()

    def end_all(self, key: str = "") -> None:
        """End every request about one order, or about any: nobody answers them any more."""
        for kind, name in [each for each in self._open if key in ("", each[1])]:
            self.end(kind, name)


def _begun(kind: SpanType, order: Order, origin: Context) -> _Request:
    here = trace.get_current_span(origin).get_span_context()
    home, at_work = order.span_context, current_order(origin)
    links = []
    if home is not None and here.trace_id != home.trace_id:
        origin = trace.set_span_in_context(NonRecordingSpan(home), origin)
        links = [Link(here)] if here.is_valid else []
    elif home is None and at_work is not None and at_work is not order:
        # Sent in answer to another order's fill: a trace of its own, else the trace of a grid would never end.
        origin = trace.set_span_in_context(trace.INVALID_SPAN, origin)
        links = [Link(here)] if here.is_valid else []
    told = emit.known(emit.identity(order) if kind is CANCEL else emit.description(order))
    told[attributes.TRADING_OPERATION] = _OPERATIONS[kind]
    span = emit.tracer().start_span(kind.named(told), origin, SpanKind.CLIENT, told, links)
    order.adopt_span(span.get_span_context())
    return _Request(order, span, trace.set_span_in_context(span, otel.set_value(ORDER_KEY, order, origin)))
