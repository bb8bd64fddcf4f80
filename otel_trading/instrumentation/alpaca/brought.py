"""What reports say of orders beyond their state: orders nobody asked for one by one, and what only an answer tells.

The legs of a bracket, and the orders that close positions, are orders of their own, with ids of their own: each gets
its story in the trace of the request that made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace

from otel_trading.orders import updates
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from otel_trading.orders.updates import OrderUpdate


def introduce(update: OrderUpdate) -> None:
    """Begin the story of an order that the answer to the current request brought, if it is not known yet."""
    if not update.id or updates.find(update) is not None:
        return
    parent = current_order()
    order = updates.order_of(update, parent.strategy if parent is not None else current_strategy())
    order.adopt_span(trace.get_current_span().get_span_context())
    order.acknowledged(transact_time=update.transact_time)
    updates.apply(order, update)


def complete(update: OrderUpdate) -> None:
    """Take what only the answer tells of the order at work: which side closes a position, and how much of it."""
    order = current_order()
    if order is None:
        return
    order.side = order.side or update.side
    order.instrument_type = update.instrument_type or order.instrument_type
    if order.quantity is None and update.quantity is not None:
        order.set_quantity(update.quantity)


def standing(update: OrderUpdate) -> OrderUpdate:
    """Return what a query or a stream tells of an order that Alpaca has and did not route yet.

    It is no step of an order that was acknowledged, and the acknowledgement of one whose answer was lost.
    """
    order = updates.find(update) if update.status is None else None
    if order is not None and order.status is Status.PENDING_NEW:
        return update._replace(status=Status.NEW)
    return update
