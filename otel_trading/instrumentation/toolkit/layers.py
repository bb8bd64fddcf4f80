"""One library that calls another: each has the spans of its requests, and the outer one tells the order's story."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.spans import client_span, is_inside, mark, work
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders.context import current_order
from otel_trading.semconv import spans

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.semconv.span_type import SpanType

Watching = Generator[None, Outcome, None]
"""What watches one call: it runs up to its ``yield`` before the call, and is sent the outcome after it."""


def tells_the_story() -> bool:
    """Tell whether a call about orders is the outermost one, which reports events and counts."""
    return not is_inside("order")


def layer(span_type: SpanType, fields: Fields, call: Call) -> Watching | None:
    """Watch an inner call: a span if it is another library's, nothing where a library calls itself."""
    outer = work()
    return None if outer is None or outer.layer == fields.layer else _layer(span_type, fields, call)


def _layer(span_type: SpanType, fields: Fields, call: Call) -> Watching:
    order = None if span_type is spans.TRADING_QUERY else current_order()
    with client_span(span_type, fields, call, order) as span:
        outcome = yield
        mark(fields, span, outcome)
