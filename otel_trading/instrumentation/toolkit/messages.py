"""The operation of a method that is called with each message from a venue, and runs the bot's handler of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan

from otel_trading.instrumentation.toolkit.spans import HANDLED_KEY
from otel_trading.orders import updates
from otel_trading.orders.context import ORDER_KEY, use_context

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.order import Order


def message(fields: Fields, call: Call) -> Watching:
    """Watch a call that handles one message: what it tells is recorded before, and its order is then the one at work.

    So the bot's handler finds the story up to date, and what it logs and traces belongs to the order. A message about
    no order, or about several, is handled outside any: a connection may have been opened while an order was at work.
    """
    orders = {updates.take(update, new_orders=True) for update in fields.updates(call)} - {None}
    with use_context(at_work(orders.pop() if len(orders) == 1 else None)):
        yield


def at_work(order: Order | None) -> Context:
    """Return the context in which ``order`` is the one at work, and spans are of its trace; None for no order."""
    here = otel.set_value(ORDER_KEY, order)
    home = order.span_context if order is not None else None
    if home is not None:
        here = otel.set_value(HANDLED_KEY, home.trace_id, here)
        return trace.set_span_in_context(NonRecordingSpan(home), here)
    return here
