"""What is told of an order: which event, which metrics, for each thing that can happen to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry._logs import SeverityNumber
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.orders import emit, instruments
from otel_trading.orders.state import Explained, Filled, Impossible, Moved
from otel_trading.semconv import attributes, events, metrics
from otel_trading.semconv.attributes import TradingExecutionSlippageDirectionValues as Direction
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.orders.order import Order
    from otel_trading.orders.state import Change, Execution
    from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

REJECTED = events.TRADING_ORDER_REJECTED
UNCONFIRMED = events.TRADING_ORDER_UNCONFIRMED
CANCEL_REQUESTED = events.TRADING_ORDER_CANCEL_REQUESTED
CANCEL_REJECTED = events.TRADING_ORDER_CANCEL_REJECTED
AMEND_REQUESTED = events.TRADING_ORDER_AMEND_REQUESTED
AMEND_REJECTED = events.TRADING_ORDER_AMEND_REJECTED

_COUNTERS = {
    REJECTED: metrics.TRADING_ORDER_SUBMISSIONS,
    UNCONFIRMED: metrics.TRADING_ORDER_SUBMISSIONS,
    CANCEL_REJECTED: metrics.TRADING_ORDER_CANCELLATIONS,
    AMEND_REJECTED: metrics.TRADING_ORDER_AMENDMENTS,
}
_MOVES = {
    Status.CANCELED: events.TRADING_ORDER_CANCELED,
    Status.EXPIRED: events.TRADING_ORDER_EXPIRED,
}


def submitted(order: Order) -> None:
    """Record that the order is about to leave."""
    parts = [
        order.side,
        f"{order.quantity:.12g}" if order.quantity is not None else "",
        order.symbol,
        order.type,
    ]
    price = f"at {order.price:.12g}" if order.price is not None else ""
    with emit.in_trace(order):
        emit.event(
            events.TRADING_ORDER_SUBMITTED,
            " ".join(filter(None, ["submit", *parts, price])),
            emit.description(order),
        )


def acknowledged(order: Order, latency: float | None, transact_time: int | None, *, count: bool) -> None:
    """Record the venue's acknowledgement, and ``count`` the submission as a success."""
    with emit.in_trace(order):
        emit.event(
            events.TRADING_ORDER_ACKNOWLEDGED,
            f"acknowledged {order.id}".rstrip(),
            emit.identity(order)
            | {
                attributes.TRADING_ORDER_STATUS: Status.NEW.value,
                attributes.TRADING_ORDER_TRANSACT_TIME: transact_time,
            },
        )
        base = emit.dimensions(order)
        if count:
            instruments.add(metrics.TRADING_ORDER_SUBMISSIONS, 1, base)
        if latency is not None:
            instruments.record(metrics.TRADING_ORDER_ACK_DURATION, latency, base)
        instruments.add(metrics.TRADING_ORDER_ACTIVE, 1, base)


def ended(order: Order) -> None:
    """Count the order as no longer working."""
    instruments.add(metrics.TRADING_ORDER_ACTIVE, -1, emit.dimensions(order))


def requested(order: Order, name: str, *, quantity: float | None = None, price: float | None = None) -> None:
    """Record that a request about the order is about to leave."""
    words = {CANCEL_REQUESTED: "cancel", AMEND_REQUESTED: "amend"}
    with emit.in_trace(order):
        emit.event(
            name,
            f"{words[name]} requested",
            emit.identity(order) | {attributes.TRADING_ORDER_QUANTITY: quantity, attributes.TRADING_ORDER_PRICE: price},
        )


def refused(order: Order, name: str, category: Category, reason: str, error_type: str, *, count: bool = True) -> None:
    """Record that a request was refused or got no answer, and ``count`` the request as a failure."""
    with emit.in_trace(order):
        emit.event(
            name,
            f"{name.removeprefix('trading.order.').replace('_', ' ')}: {reason or category.value}",
            emit.identity(order)
            | {
                attributes.TRADING_ORDER_REJECTION_CATEGORY: category.value,
                attributes.TRADING_ORDER_REJECTION_REASON: reason,
                ERROR_TYPE: error_type,
                attributes.TRADING_ORDER_STATUS: order.status.value,
            },
            SeverityNumber.ERROR if name in (REJECTED, UNCONFIRMED) else SeverityNumber.WARN,
        )
        base = emit.dimensions(order)
        if count:
            instruments.add(_COUNTERS[name], 1, base | {ERROR_TYPE: error_type or category.value})
        if name in (REJECTED, UNCONFIRMED):
            because = {attributes.TRADING_ORDER_REJECTION_CATEGORY: category.value}
            instruments.add(metrics.TRADING_ORDER_REJECTIONS, 1, base | because)


def amended(order: Order) -> None:
    """Record that the venue changed the order."""
    with emit.in_trace(order):
        emit.event(
            events.TRADING_ORDER_AMENDED,
            "amended",
            emit.identity(order)
            | {
                attributes.TRADING_ORDER_QUANTITY: order.quantity,
                attributes.TRADING_ORDER_PRICE: order.price,
                attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID: order.original_client_id,
            },
        )
        instruments.add(metrics.TRADING_ORDER_AMENDMENTS, 1, emit.dimensions(order))


def changes(order: Order, found: Sequence[Change], transact_time: int | None, *, asked_to_cancel: bool) -> None:
    """Record what a report added to the order's story."""
    with emit.in_trace(order):
        for change in found:
            if isinstance(change, Filled):
                _filled(order, change)
            elif isinstance(change, Explained):
                _explained(order, change)
            elif isinstance(change, Moved):
                _moved(order, change, transact_time)
                if change.status is Status.CANCELED and asked_to_cancel:
                    instruments.add(metrics.TRADING_ORDER_CANCELLATIONS, 1, emit.dimensions(order))
            else:
                _impossible(order, change)


def _execution(execution: Execution) -> dict[str, Any]:
    return {
        attributes.TRADING_EXECUTION_ID: execution.id,
        attributes.TRADING_EXECUTION_QUANTITY: execution.quantity,
        attributes.TRADING_EXECUTION_PRICE: execution.price,
        attributes.TRADING_EXECUTION_LIQUIDITY: execution.liquidity,
        attributes.TRADING_EXECUTION_FEE_AMOUNT: execution.fee_amount,
        attributes.TRADING_EXECUTION_FEE_CURRENCY: execution.fee_currency,
        attributes.TRADING_EXECUTION_INFERRED: True if execution.inferred else None,
        attributes.TRADING_ORDER_TRANSACT_TIME: execution.transact_time,
    }


def _filled(order: Order, change: Filled) -> None:
    execution = change.execution
    price = f" @ {execution.price:.12g}" if execution.price is not None else ""
    emit.event(
        events.TRADING_ORDER_FILLED,
        f"filled {execution.quantity:.12g}{price}",
        emit.identity(order)
        | _execution(execution)
        | {
            attributes.TRADING_ORDER_SIDE: order.side,
            attributes.TRADING_ORDER_STATUS: change.status.value,
            attributes.TRADING_ORDER_CUMULATIVE_QUANTITY: change.cumulative_quantity,
            attributes.TRADING_ORDER_LEAVES_QUANTITY: order.leaves_quantity,
            attributes.TRADING_ORDER_AVERAGE_PRICE: change.average_price,
        },
    )
    base = emit.dimensions(order)
    liquidity = {attributes.TRADING_EXECUTION_LIQUIDITY: execution.liquidity} if execution.liquidity else {}
    instruments.add(metrics.TRADING_ORDER_UPDATES, 1, base | {attributes.TRADING_ORDER_STATUS: change.status.value})
    instruments.add(metrics.TRADING_EXECUTION_FILLS, 1, base | liquidity)
    instruments.add(metrics.TRADING_EXECUTION_QUANTITY, execution.quantity, base)
    if execution.price is not None:
        _slippage(order, execution.price, base)
    _count_notional(order, change.notional)
    _count_fee(order, execution)


def _slippage(order: Order, price: float, base: dict[str, str]) -> None:
    if not (order.arrival_price and order.side):
        return
    sign = 1 if order.side == attributes.TradingOrderSideValues.BUY.value else -1
    slippage = sign * (price - order.arrival_price) / order.arrival_price
    direction = Direction.ADVERSE if slippage > 0 else Direction.FAVORABLE
    instruments.record(
        metrics.TRADING_EXECUTION_SLIPPAGE,
        abs(slippage),
        base | {attributes.TRADING_EXECUTION_SLIPPAGE_DIRECTION: direction.value},
    )


def _explained(order: Order, change: Explained) -> None:
    execution = change.execution
    if execution.fee_amount is not None:
        emit.event(
            events.TRADING_ORDER_FEE,
            f"fee {execution.fee_amount:.12g} {execution.fee_currency}".rstrip(),
            emit.identity(order) | _execution(execution._replace(price=None)),
        )
    _count_notional(order, change.notional)
    _count_fee(order, execution)


def _count_notional(order: Order, amount: float) -> None:
    quote = order.symbol.partition("/")[2].partition(":")[0]
    if quote and amount > 0:
        currency = {attributes.TRADING_CURRENCY: quote}
        instruments.add(metrics.TRADING_EXECUTION_NOTIONAL, amount, emit.dimensions(order) | currency)


def _count_fee(order: Order, execution: Execution) -> None:
    if execution.fee_amount is not None and execution.fee_amount > 0:
        currency = {attributes.TRADING_CURRENCY: execution.fee_currency} if execution.fee_currency else {}
        instruments.add(metrics.TRADING_EXECUTION_FEES, execution.fee_amount, emit.dimensions(order) | currency)


def _moved(order: Order, change: Moved, transact_time: int | None) -> None:
    emit.event(
        _MOVES.get(change.status, events.TRADING_ORDER_UPDATED),
        change.status.value.replace("_", " "),
        emit.identity(order)
        | {
            attributes.TRADING_ORDER_STATUS: change.status.value,
            attributes.TRADING_ORDER_PREVIOUS_STATUS: change.previous.value,
            attributes.TRADING_ORDER_CUMULATIVE_QUANTITY: order.cumulative_quantity,
            attributes.TRADING_ORDER_TRANSACT_TIME: transact_time,
        },
    )
    base = emit.dimensions(order)
    instruments.add(metrics.TRADING_ORDER_UPDATES, 1, base | {attributes.TRADING_ORDER_STATUS: change.status.value})


def _impossible(order: Order, change: Impossible) -> None:
    told = {
        attributes.TRADING_ORDER_STATUS: change.status.value,
        attributes.TRADING_ORDER_PREVIOUS_STATUS: change.previous.value,
    }
    emit.event(
        events.TRADING_ORDER_INVALID_TRANSITION,
        f"reported {change.status.value} after {change.previous.value}",
        emit.identity(order) | told,
        SeverityNumber.ERROR,
    )
    instruments.add(metrics.TRADING_ORDER_INVALID_TRANSITIONS, 1, emit.dimensions(order) | told)
