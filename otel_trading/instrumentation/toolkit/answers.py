"""From what a call asks for to orders, and from what the venue answers to their stories."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.orders import instruments, market, updates
from otel_trading.orders.blocks import type_name
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.order import Order
from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes
from otel_trading.semconv.attributes import TradingOrderStatusValues as OrderStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from otel_trading.instrumentation.toolkit.terms import Failure, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Outcome
    from otel_trading.orders.updates import OrderUpdate
    from otel_trading.semconv.instrument import Instrument


@contextmanager
def under_way(requests: Iterable[OrderRequest]) -> Iterator[None]:
    """Let reports about instruments wait whose orders get their ids from the answer to ``requests``."""
    places = {(request.venue, request.symbol) for request in requests}
    for place in places:
        updates.begin_request(*place)
    try:
        yield
    finally:
        for place in places:
            updates.end_request(*place)


def order_for(request: OrderRequest, *, adopt: bool = True) -> Order:
    """Return the order of the block that the call stands in, if the call is it; else a new one."""
    given = request._asdict()
    current = current_order() if adopt else None
    if current is not None and not current.is_submitted and current.symbol in ("", request.symbol):
        for name in ("venue", "symbol", "side", "type", "price", "stop_price", "time_in_force"):
            setattr(current, name, given[name] or getattr(current, name))
        for name in ("instrument_type", "price_precision", "quantity_precision"):
            setattr(current, name, given[name])
        if request.quantity is not None:
            current.set_quantity(request.quantity)
        current.know(client_id=request.client_id)
        order = current
    else:
        order = Order(strategy=current_strategy(), **given)
    quote = market.last_quote(order.venue, order.symbol, order.instrument_type)
    if quote is not None and order.arrival_price is None:
        order.arrival_price = quote.mid
    return order


def known(reference: OrderReference) -> Order | None:
    """Return the order of this process that ``reference`` means."""
    return registry.find_by(reference.id, reference.client_id, venue=reference.venue, symbol=reference.symbol)


def refused(order: Order, failure: Failure, outcome: Outcome) -> None:
    """Write into the order's story that its submission failed: surely refused, or nobody knows."""
    tell = order.rejected if failure.answered else order.unconfirmed
    tell(failure.category, failure.reason, error_name(outcome))


def accepted(order: Order, answer: OrderUpdate | None) -> None:
    """Write the answer to a submission into the order's story."""
    if answer is None:
        order.acknowledged()
        return
    order.symbol = answer.symbol or order.symbol  # by now the library has loaded its markets
    order.know(client_id=answer.client_id, id=answer.id)
    if answer.status is not OrderStatus.REJECTED:
        order.acknowledged(transact_time=answer.transact_time)
    updates.apply(order, answer, is_answer=True)


def amended(order: Order, request: OrderRequest, answer: OrderUpdate | None) -> None:
    """Write the answer to an amendment into the order's story."""
    if answer is not None and _is_refused(order, answer):
        order.amend_rejected(answer.category, answer.reason)
        return
    order.amended(
        quantity=request.quantity if answer is None or answer.quantity is None else answer.quantity,
        price=request.price if answer is None or answer.price is None else answer.price,
        client_id=answer.client_id if answer else "",
        id=answer.id if answer else "",
    )
    if answer is not None:
        updates.apply(order, answer, is_answer=True)


def canceled(order: Order, answer: OrderUpdate | None) -> None:
    """Write the answer to a request to cancel into the order's story."""
    if answer is None or answer.status is None:
        if order.status in TERMINAL:
            return
        # A bare acceptance says that the cancel is under way, not that it is done.
        answer = (answer or updates.OrderUpdate(order.venue))._replace(status=OrderStatus.PENDING_CANCEL)
    if _is_refused(order, answer):
        order.cancel_rejected(answer.category, answer.reason)
    else:
        updates.apply(order, answer, is_answer=True)


def _is_refused(order: Order, answer: OrderUpdate) -> bool:
    """Tell whether an answer refuses what was asked of ``order``, and not the order: that one, the venue has."""
    is_taken = order.status not in (OrderStatus.PENDING_NEW, OrderStatus.REJECTED)
    return answer.status is OrderStatus.REJECTED and (is_taken or not answer.id)


def matched(orders: Sequence[Order | None], answers: Sequence[OrderUpdate]) -> list[OrderUpdate | None]:
    """Return for each of ``orders`` what the answer to a batch says of it.

    Libraries sort the answers, and a refusal names no order: so by ids first, then by what was asked for, and only
    what is left over by its place, if there is one for each.
    """
    found: list[OrderUpdate | None] = [None] * len(orders)
    left = list(answers)
    for fits in (_is_named, _is_alike):
        for place, order in enumerate(orders):
            answer = next((each for each in left if order is not None and fits(order, each)), None)
            if found[place] is None and answer is not None:
                found[place] = answer
                left.remove(answer)
    if found.count(None) == len(left):
        rest = iter(left)
        found = [next(rest) if answer is None else answer for answer in found]
    return found


def _is_named(order: Order, answer: OrderUpdate) -> bool:
    return bool(order.ids & {answer.id, answer.client_id})


def _is_alike(order: Order, answer: OrderUpdate) -> bool:
    asked = (order.symbol, order.side, order.quantity, order.price)
    return asked == (answer.symbol, answer.side, answer.quantity, answer.price)


def error_name(outcome: Outcome) -> str:
    """Return the ``error.type`` of a call that failed; empty for one that did not."""
    return "" if outcome.error is None else type_name(outcome.error)


def count_unknown(definition: Instrument, venue: str, outcome: Outcome) -> None:
    """Count a request about an order that this process knows nothing of."""
    error = {ERROR_TYPE: error_name(outcome)} if outcome.error is not None else {}
    instruments.add(definition, 1, {attributes.TRADING_VENUE: venue} | error)
