"""Reports about orders as they come from libraries: each finds its order, however early or late it comes.

A venue's stream is often faster than its answer: a report may name an order whose id nobody knows yet. While a
request for that instrument is under way, such a report waits for its answer.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.orders.context import current_strategy
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.order import Order
from otel_trading.orders.registry import registry
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from otel_trading.orders.state import Execution

_MOST_WAITING = 10_000


class OrderUpdate(NamedTuple):
    """What a library says of an order's present state, or of executions of it.

    Quantities and prices in the instrument's units; ``transact_time`` in nanoseconds since the epoch; ``reason`` is
    the venue's words where it refused the order, ``category`` what they mean.
    """

    venue: str
    symbol: str = ""
    id: str = ""
    client_id: str = ""
    status: Status | None = None
    quantity: float | None = None
    price: float | None = None
    cumulative_quantity: float | None = None
    average_price: float | None = None
    executions: tuple[Execution, ...] = ()
    transact_time: int | None = None
    side: str = ""
    type: str = ""
    instrument_type: str = ""
    reason: str = ""
    category: Category = Category.OTHER


_lock = threading.Lock()
_under_way: Counter[tuple[str, str]] = Counter()
_waiting: deque[OrderUpdate] = deque(maxlen=_MOST_WAITING)


def find(update: OrderUpdate) -> Order | None:
    """Return the order that ``update`` is about; its venue id tells more than its client id."""
    return registry.find_by(update.id, update.client_id, venue=update.venue, symbol=update.symbol)


def take(update: OrderUpdate, *, new_orders: bool) -> Order | None:
    """Record what is new in ``update``; return its order, or None where there is none or none yet.

    An order that this process did not send (the bot was restarted, somebody traded by hand) gets a story of its
    own, joined by its ids, if ``new_orders``: reports of a stream are news, while a query may list all of history.
    """
    order = find(update)
    if order is None:
        if not new_orders:
            return None
        with _lock:
            if _under_way[update.venue, update.symbol]:
                _waiting.append(update)
                return None
            order = find(update) or _adopted(update)  # an answer, or another feed, may have been faster
    apply(order, update, is_answer=not new_orders)
    return order


def apply(order: Order, update: OrderUpdate, *, is_answer: bool = False) -> None:
    """Record what is new in ``update`` of ``order``; a stream may have been faster than what ``is_answer``."""
    if is_answer and order.status in TERMINAL and update.status not in TERMINAL:
        update = update._replace(status=None)
    if update.id and update.id in order.superseded:
        order.report(executions=update.executions, earlier_leg=True)
        return
    order.know(client_id="" if order.client_id else update.client_id, id="" if order.id else update.id)
    status = update.status
    if status is Status.NEW and (order.cumulative_quantity or update.cumulative_quantity or update.executions):
        status = None  # open, but partly filled; how far is told by the quantities
    if status is Status.REJECTED:
        order.rejected(update.category, update.reason)
        return
    order.report(
        status=status,
        executions=update.executions,
        cumulative_quantity=update.cumulative_quantity,
        average_price=update.average_price,
        transact_time=update.transact_time,
    )


def begin_request(venue: str, symbol: str) -> None:
    """Note that a request is under way whose answer may bring ids that reports already name."""
    with _lock:
        _under_way[venue, symbol] += 1


def end_request(venue: str, symbol: str) -> None:
    """Note that the answer came; the reports that waited are taken now."""
    with _lock:
        _under_way[venue, symbol] -= 1
        waited = [item for item in _waiting if (item.venue, item.symbol) == (venue, symbol)]
        for item in waited:
            _waiting.remove(item)
    for item in waited:
        take(item, new_orders=True)


def order_of(update: OrderUpdate, strategy: str) -> Order:
    """Return a new order as far as ``update`` tells of it."""
    return Order(
        venue=update.venue,
        symbol=update.symbol,
        side=update.side,
        type=update.type,
        quantity=update.quantity,
        price=update.price,
        instrument_type=update.instrument_type,
        client_id=update.client_id,
        id=update.id,
        strategy=strategy,
    )


def _adopted(update: OrderUpdate) -> Order:
    order = order_of(update, current_strategy())
    executed = sum(execution.quantity for execution in update.executions)
    before = max((update.cumulative_quantity or 0.0) - executed, 0.0)
    order.begin_at(Status.PARTIALLY_FILLED if before else Status.NEW, before, update.average_price)
    return order


def reset() -> None:
    """Forget the requests under way and the reports that wait for them."""
    with _lock:
        _under_way.clear()
        _waiting.clear()
