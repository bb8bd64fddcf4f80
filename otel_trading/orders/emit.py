"""How anything of an order is recorded: its names, its bounded dimensions, its own trace."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber, get_logger
from opentelemetry.context import set_value
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind

from otel_trading.orders import context as order_context
from otel_trading.orders import instruments
from otel_trading.semconv import SCHEMA_URL, attributes, spans
from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from otel_trading.orders.order import Order

_tracer: tuple[trace.TracerProvider, trace.Tracer] | None = None


def tracer() -> trace.Tracer:
    """Return the tracer of this distribution."""
    global _tracer  # noqa: PLW0603 - one tracer a provider
    provider = trace.get_tracer_provider()
    found = _tracer
    if found is None or found[0] is not provider:
        # The SDK changes the process's warning filters each time it is asked for a tracer, whereupon the bot's own
        # warnings are shown again that should be shown once.
        found = _tracer = (provider, provider.get_tracer("otel_trading", __version__, schema_url=SCHEMA_URL))
    return found[1]


def event(name: str, body: str, given: dict[str, Any], severity: SeverityNumber = SeverityNumber.INFO) -> None:
    """Emit one event in the current context; attributes without a value are left out."""
    get_logger("otel_trading", __version__, schema_url=SCHEMA_URL).emit(
        timestamp=time.time_ns(),
        event_name=name,
        body=body,
        severity_number=severity,
        severity_text=severity.name,
        attributes=known(given),
    )


def known(found: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that have a value."""
    return {key: value for key, value in found.items() if value is not None and value != ""}


def identity(order: Order) -> dict[str, Any]:
    """Return what names an order on spans and logs; never on metrics."""
    found = {
        attributes.TRADING_ORDER_CLIENT_ID: order.client_id,
        attributes.TRADING_ORDER_ID: order.id,
        attributes.TRADING_STRATEGY_ID: order.strategy,
        attributes.TRADING_VENUE: order.venue,
        attributes.TRADING_SYMBOL: order.symbol,
        attributes.TRADING_SIMULATED: order.simulated,
    }
    return {key: value for key, value in found.items() if value}


def description(order: Order) -> dict[str, Any]:
    """Name an order and say what it asks for."""
    return identity(order) | {
        attributes.TRADING_INSTRUMENT_TYPE: order.instrument_type,
        attributes.TRADING_ORDER_SIDE: order.side,
        attributes.TRADING_ORDER_TYPE: order.type,
        attributes.TRADING_ORDER_TIME_IN_FORCE: order.time_in_force,
        attributes.TRADING_ORDER_QUANTITY: order.quantity,
        attributes.TRADING_ORDER_PRICE: order.price,
        attributes.TRADING_ORDER_STOP_PRICE: order.stop_price,
        attributes.TRADING_ORDER_ARRIVAL_PRICE: order.arrival_price,
        attributes.TRADING_INSTRUMENT_PRICE_PRECISION: order.price_precision,
        attributes.TRADING_INSTRUMENT_QUANTITY_PRECISION: order.quantity_precision,
    }


def dimensions(order: Order) -> dict[str, Any]:
    """Return the bounded attributes that metrics of this order carry."""
    found = {
        attributes.TRADING_VENUE: order.venue,
        attributes.TRADING_INSTRUMENT_TYPE: order.instrument_type,
        attributes.TRADING_ORDER_SIDE: order.side,
        attributes.TRADING_ORDER_TYPE: order.type,
        attributes.TRADING_STRATEGY_ID: order.strategy,
        attributes.TRADING_SYMBOL: instruments.bounded_symbol(order.symbol) if order.symbol else "",
        attributes.TRADING_SIMULATED: order.simulated,
    }
    return {key: value for key, value in found.items() if value}


def in_trace(order: Order) -> AbstractContextManager[object]:
    """Run a block in the order's own trace.

    Where the running code is in that trace already, it stays where it is. Else an ``order_update`` span is
    begun below the span that submitted the order, with a link to where the update came in.
    """
    current = trace.get_current_span().get_span_context()
    home = order.span_context
    if home is None or not current.is_valid or current.trace_id != home.trace_id:
        return _update_span(order)
    if order_context.current_order() is order:
        return nullcontext()
    return order_context.use_value(order_context.ORDER_KEY, order)


@contextmanager
def _update_span(order: Order) -> Iterator[None]:
    here = trace.get_current_span().get_span_context()
    context = set_value(order_context.ORDER_KEY, order)
    parent = NonRecordingSpan(order.span_context) if order.span_context else trace.INVALID_SPAN
    with tracer().start_as_current_span(
        spans.TRADING_ORDER_UPDATE.named({attributes.TRADING_VENUE: order.venue}),
        trace.set_span_in_context(parent, context),
        SpanKind.CONSUMER,
        identity(order),
        [Link(here)] if here.is_valid else [],
    ) as span:
        order.adopt_span(span.get_span_context())
        with order_context.use_value(order_context.ORDER_KEY, order):
            yield
