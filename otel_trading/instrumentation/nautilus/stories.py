"""From the order events of one kernel's message bus to the stories of its orders.

NautilusTrader tells each step of an order as an event, once, on ``events.order.<strategy>``. The events carry the time
of the kernel's clock (``ts_event``): the venue's or the machine's in live trading, the simulation's in a back-test. It
is told as TransactTime (60); the record's own time is always that of this machine, by which stores sort and keep.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.nautilus import errors, fields
from otel_trading.instrumentation.nautilus.known import KnownOrders
from otel_trading.instrumentation.nautilus.pending import AMEND, CANCEL, SUBMIT, Pending
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.spans import send
from otel_trading.orders import measures
from otel_trading.orders.context import use_context
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.terms import Failure
    from otel_trading.orders.order import Order
    from otel_trading.semconv.span_type import SpanType


class Stories:
    """The stories of one kernel's orders. ``simulated`` says that its clock is, and so is the venue."""

    def __init__(self, kernel: Any, *, simulated: bool) -> None:
        self.orders = KnownOrders(kernel, simulated=simulated)
        self._pending = Pending()
        self._simulated = simulated
        self._canceling: set[str] = set()
        self._amending: set[str] = set()  # those whose amendment is told, with its figures
        self._unconfirmed: set[str] = set()

    def take(self, event: Any) -> None:
        """Write an order event into its order's story."""
        name = type(event).__name__
        if name == "OrderInitialized":
            self.orders.initialized(event)
            return
        report = _REPORTS.get(name)
        order = None if report is None else self.orders.of(event)
        if report is not None and order is not None:
            report(self, event, fields.text(event.client_order_id), order)

    def close(self) -> None:
        """End what waits for an answer: the kernel has stopped."""
        self._pending.end_all()

    # What adapters tell, before the events that follow from it.

    def sending(self, key: str) -> Context | None:
        """Return the context of an order's submission, which leaves now; None where there is none to begin."""
        order = self.orders.get(key)
        if order is None or order.is_submitted or order.status in TERMINAL:
            return None
        return self._pending.begin(SUBMIT, key, order, self.orders.take_origin(key))

    def amending(self, key: str, quantity: float | None, price: float | None) -> Context | None:
        """Report that a request to change an order leaves; return its context."""
        order = self.orders.get(key)
        if order is None:
            return None
        context = self._pending.begin(AMEND, key, order)
        with use_context(context):
            self._tell_amendment(key, order, quantity, price)
        return context

    def canceling(self, key: str) -> Context | None:
        """Report that a request to cancel an order leaves, where that is not told yet; return its context."""
        order = self.orders.get(key)
        if order is None or order.status in TERMINAL:
            return None
        context = self._pending.begin(CANCEL, key, order)
        self._tell_cancel(key, order)
        return context

    def unanswered(self, kind: SpanType, key: str, failure: Failure, error_type: str) -> None:
        """Report that an adapter's request raised: NautilusTrader tells the bot nothing of it."""
        order = self.orders.get(key)
        if order is None or self._pending.span(kind, key) is None:
            return
        with self._within(order, key, kind):
            if kind is SUBMIT and order.status is Status.PENDING_NEW:
                self._unconfirmed.add(key)
                order.unconfirmed(failure.category, failure.reason, error_type)
            elif kind is AMEND:
                self._amending.discard(key)
                order.amend_rejected(failure.category, failure.reason, error_type)
            elif kind is CANCEL:
                self._canceling.discard(key)
                order.cancel_rejected(failure.category, failure.reason, error_type)
        self._pending.end(kind, key, failure, error_type)

    # How it is told.

    def _within(self, order: Order, key: str, *kinds: SpanType) -> AbstractContextManager[object]:
        """Stay in the request that is answered; else a report has a span of its own, which says when it came in.

        In a simulation nothing comes in from anywhere: the report stands in the order's own span.
        """
        context = self._pending.context(key, *kinds)
        if context is None and self._simulated and order.span_context is not None:
            context = at_work(order)
        return nullcontext() if context is None else use_context(context)

    def _tell_amendment(self, key: str, order: Order, quantity: float | None, price: float | None) -> None:
        if key not in self._amending:
            self._amending.add(key)
            order.amend_requested(quantity=quantity, price=price)

    def _tell_cancel(self, key: str, order: Order) -> None:
        if key not in self._canceling:
            self._canceling.add(key)
            with self._within(order, key, CANCEL):
                order.cancel_requested()

    def _over(self, key: str) -> None:
        self._canceling.discard(key)
        self._amending.discard(key)
        self._unconfirmed.discard(key)
        self._pending.end_all(key)

    # One report for each kind of event.

    def _submitted(self, event: Any, key: str, order: Order) -> None:  # noqa: ARG002 - as all reports
        if self.sending(key) is None:
            return
        with self._within(order, key, SUBMIT):
            span = self._pending.span(SUBMIT, key)
            if self._simulated or span is None:
                order.submitted()
            else:
                send(order, span)

    def _accepted(self, event: Any, key: str, order: Order) -> None:
        with self._within(order, key, SUBMIT):
            order.acknowledged(transact_time=event.ts_event)
        self._pending.end(SUBMIT, key)

    def _denied(self, event: Any, key: str, order: Order) -> None:
        self.sending(key)  # it never leaves, but its story needs a place
        failure = errors.failure(event.reason)
        with self._within(order, key, SUBMIT):
            measures.risk_check(errors.check_name(event.reason), passed=False)
            order.rejected(failure.category, failure.reason, "OrderDenied")
        self._pending.end(SUBMIT, key, failure, "OrderDenied")
        self.orders.denied(key)

    def _rejected(self, event: Any, key: str, order: Order) -> None:
        failure = errors.failure(event.reason)
        with self._within(order, key, SUBMIT):
            if failure.answered:
                order.rejected(failure.category, failure.reason, "OrderRejected")
            elif key not in self._unconfirmed:  # NautilusTrader gives up an order that it knows nothing of
                order.unconfirmed(failure.category, failure.reason, "OrderRejected")
        self._pending.end(SUBMIT, key, failure, "OrderRejected")
        self._over(key)

    def _canceled(self, event: Any, key: str, order: Order) -> None:
        asked = self.orders.native(event)
        if key not in self._canceling and any(
            type(each).__name__ == "OrderPendingCancel" for each in asked.events[-3:]
        ):
            self._pending.begin(CANCEL, key, order)  # Strategy.cancel_all_orders publishes no OrderPendingCancel
            self._tell_cancel(key, order)
        self._end(order.canceled, event, key, order)

    def _expired(self, event: Any, key: str, order: Order) -> None:
        self._end(order.expired, event, key, order)

    def _end(self, tell: Any, event: Any, key: str, order: Order) -> None:
        if key in self._amending:  # or the end would be taken for that of an order that was replaced
            with self._within(order, key, AMEND):
                order.amend_rejected(Category.UNKNOWN_ORDER, "the order was over before it was changed")
        with self._within(order, key, CANCEL, SUBMIT):
            tell(transact_time=event.ts_event)
        self._over(key)

    def _filled(self, event: Any, key: str, order: Order) -> None:
        with self._within(order, key, SUBMIT):
            order.report(executions=(fields.execution(event),), transact_time=event.ts_event)
            if order.quantity is None and fields.word(getattr(self.orders.native(event), "status", "")) == "FILLED":
                order.report(status=Status.FILLED, transact_time=event.ts_event)  # ordered in the quote currency
        self._pending.end(SUBMIT, key)
        if order.status in TERMINAL:
            self._over(key)

    def _update_requested(self, event: Any, key: str, order: Order) -> None:  # noqa: ARG002 - as all reports
        self._pending.begin(AMEND, key, order)  # what it asks for is told when it is known

    def _updated(self, event: Any, key: str, order: Order) -> None:
        quantity, price = fields.number(event.quantity), fields.number(event.price)
        order.stop_price = fields.number(event.trigger_price) or order.stop_price
        if order.quantity is None and quantity is not None:
            order.set_quantity(quantity)  # converted from the quote currency
        elif self._pending.span(AMEND, key) is not None or (quantity, price) != (order.quantity, order.price):
            with self._within(order, key, AMEND):
                if self._pending.span(AMEND, key) is not None:  # else the venue changed it by itself
                    self._tell_amendment(key, order, quantity, price)
                order.amended(quantity=quantity, price=price)
        # Else a trailing stop follows the market.
        self._amending.discard(key)
        self._pending.end(AMEND, key)

    def _update_rejected(self, event: Any, key: str, order: Order) -> None:
        failure = errors.failure(event.reason)
        with self._within(order, key, AMEND):
            self._tell_amendment(key, order, None, None)
            order.amend_rejected(failure.category, failure.reason, "OrderModifyRejected")
        self._amending.discard(key)
        self._pending.end(AMEND, key, failure, "OrderModifyRejected")

    def _cancel_requested(self, event: Any, key: str, order: Order) -> None:  # noqa: ARG002 - as all reports
        self.canceling(key)

    def _cancel_rejected(self, event: Any, key: str, order: Order) -> None:
        failure = errors.failure(event.reason)
        with self._within(order, key, CANCEL):
            order.cancel_rejected(failure.category, failure.reason, "OrderCancelRejected")
        self._canceling.discard(key)
        self._pending.end(CANCEL, key, failure, "OrderCancelRejected")


_REPORTS = {
    "OrderDenied": Stories._denied,  # noqa: SLF001 - a table of the class's own
    "OrderSubmitted": Stories._submitted,  # noqa: SLF001
    "OrderAccepted": Stories._accepted,  # noqa: SLF001
    "OrderRejected": Stories._rejected,  # noqa: SLF001
    "OrderCanceled": Stories._canceled,  # noqa: SLF001
    "OrderExpired": Stories._expired,  # noqa: SLF001
    "OrderFilled": Stories._filled,  # noqa: SLF001
    "OrderPendingUpdate": Stories._update_requested,  # noqa: SLF001
    "OrderUpdated": Stories._updated,  # noqa: SLF001
    "OrderModifyRejected": Stories._update_rejected,  # noqa: SLF001
    "OrderPendingCancel": Stories._cancel_requested,  # noqa: SLF001
    "OrderCancelRejected": Stories._cancel_rejected,  # noqa: SLF001
}
