"""One order: its identity, and the reports by which its story is written."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from opentelemetry import trace

from otel_trading.orders import tell
from otel_trading.orders.contain import contains
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.registry import registry
from otel_trading.orders.state import Execution, OrderState
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.trace import SpanContext

    from otel_trading.orders.state import Change


class Order:
    """An order and its story so far.

    Each method reports one thing that happened: it records the event in the order's own trace, wherever it is
    called from, and feeds the metrics. All of them may be called from any thread, repeat themselves without
    harm (an execution with an id counts once), and never raise.

    Arguments are those of FIX: ``quantity`` is OrderQty (38), ``price`` Price (44), ``stop_price`` StopPx (99),
    ``time_in_force`` TimeInForce (59), ``client_id`` ClOrdID (11), ``id`` OrderID (37). ``arrival_price`` is the
    mid price when the order was decided, which slippage is measured against. The precisions are numbers of
    decimals.
    """

    __slots__ = (
        "_acknowledged",
        "_active",
        "_amending",
        "_canceling",
        "_counted",
        "_lock",
        "_state",
        "_submitted_at",
        "_withheld",
        "arrival_price",
        "client_id",
        "id",
        "ids",
        "instrument_type",
        "original_client_id",
        "price",
        "price_precision",
        "quantity_precision",
        "side",
        "span_context",
        "stop_price",
        "strategy",
        "superseded",
        "symbol",
        "time_in_force",
        "type",
        "venue",
    )

    def __init__(
        self,
        *,
        venue: str = "",
        symbol: str = "",
        side: str = "",
        type: str = "",  # noqa: A002 - FIX and every trading library call it so
        quantity: float | None = None,
        price: float | None = None,
        stop_price: float | None = None,
        time_in_force: str = "",
        instrument_type: str = "",
        client_id: str = "",
        id: str = "",  # noqa: A002 - FIX and every trading library call it so
        strategy: str = "",
        arrival_price: float | None = None,
        price_precision: int | None = None,
        quantity_precision: int | None = None,
    ) -> None:
        self.venue = venue
        self.symbol = symbol
        self.side = side
        self.type = type
        self.price = as_float(price)
        self.stop_price = as_float(stop_price)
        self.time_in_force = time_in_force
        self.instrument_type = instrument_type
        self.client_id = ""
        self.original_client_id = ""
        self.id = ""
        self.ids: frozenset[str] = frozenset()
        self.strategy = strategy
        self.arrival_price = as_float(arrival_price)
        self.price_precision = price_precision
        self.quantity_precision = quantity_precision
        self.span_context: SpanContext | None = None
        self._state = OrderState(as_float(quantity))
        self._lock = threading.Lock()
        self._submitted_at: float | None = None
        self._acknowledged = False
        self._active = False
        self._counted = False
        self._canceling = False
        self._amending = False
        self._withheld: Status | None = None
        self.superseded: frozenset[str] = frozenset()
        self.know(client_id=client_id, id=id)

    @property
    def quantity(self) -> float | None:
        """OrderQty (38)."""
        return self._state.quantity

    @property
    def status(self) -> Status:
        """The last status reported, in the terms of FIX OrdStatus (39)."""
        return self._state.status

    @property
    def cumulative_quantity(self) -> float:
        """CumQty (14): what was filled so far."""
        return self._state.cumulative

    @property
    def leaves_quantity(self) -> float | None:
        """LeavesQty (151): what is still open; None where the quantity is unknown."""
        return self._state.leaves

    @property
    def average_price(self) -> float | None:
        """AvgPx (6) over the executions whose price is known."""
        return self._state.average

    @property
    def is_submitted(self) -> bool:
        """Whether the order was reported as sent."""
        return self._submitted_at is not None

    def know(self, *, client_id: str = "", id: str = "") -> None:  # noqa: A002 - see __init__
        """Take ids that became known; a changed one adds to the ids by which the order is found."""
        if client_id and client_id != self.client_id:
            if self.client_id:
                self.original_client_id = self.client_id
            self.client_id = client_id
        if id:
            self.id = id
        known = frozenset(name for name in (client_id, id) if name)
        if not known <= self.ids:
            self.ids |= known
            registry.remember(self, *known)

    @contains
    def submitted(self) -> None:
        """Report that the order is about to leave for the venue."""
        self._submitted_at = time.perf_counter()
        if self.span_context is None:
            self.adopt_span(trace.get_current_span().get_span_context())
        tell.submitted(self)

    @contains
    def acknowledged(
        self,
        *,
        id: str = "",  # noqa: A002 - see __init__
        client_id: str = "",
        transact_time: int | None = None,
    ) -> None:
        """Report the venue's acknowledgement, with the ids it gave; the first report of it counts."""
        self.know(client_id=client_id, id=id)
        latency = None if self._submitted_at is None else time.perf_counter() - self._submitted_at
        with self._lock:
            if self._acknowledged:
                return
            self._acknowledged = self._active = True
            changes = self._state.move(Status.NEW) if self.status is Status.PENDING_NEW else []
        tell.acknowledged(self, latency, transact_time, count=self._count_submission())
        self._tell([change for change in changes if not tell.is_plain_move(change)])

    @contains
    def filled(
        self,
        *,
        quantity: float,
        price: float | None = None,
        execution_id: str = "",
        liquidity: str = "",
        fee: float | None = None,
        fee_currency: str = "",
        transact_time: int | None = None,
    ) -> None:
        """Report one execution: LastQty (32), LastPx (31), ExecID (17), "maker" or "taker", and its fee."""
        execution = Execution(
            float(quantity),
            as_float(price),
            execution_id,
            liquidity,
            as_float(fee),
            fee_currency,
            transact_time,
        )
        self.report(executions=(execution,))

    @contains
    def report(
        self,
        *,
        status: Status | None = None,
        executions: Sequence[Execution] = (),
        cumulative_quantity: float | None = None,
        average_price: float | None = None,
        transact_time: int | None = None,
    ) -> None:
        """Take what a venue or library says of the order's present state; only what is new is recorded."""
        with self._lock:
            changes: list[Change] = []
            for execution in executions:
                changes += self._state.execute(execution)
            stale = cumulative_quantity is not None and self._state.is_behind(cumulative_quantity)
            if cumulative_quantity is not None:
                changes += self._state.total(cumulative_quantity, average_price)
            if status is Status.CANCELED and self._amending:
                self._withheld = status  # a replacement cancels the old order; the answer tells which it is
            elif status is not None and not (stale and status not in TERMINAL):
                changes += self._state.move(status)
        self._tell(changes, transact_time)

    @contains
    def canceled(self, *, transact_time: int | None = None) -> None:
        """Report that what was open of the order is canceled."""
        self.report(status=Status.CANCELED, transact_time=transact_time)

    @contains
    def expired(self, *, transact_time: int | None = None) -> None:
        """Report that the order's time in force ended."""
        self.report(status=Status.EXPIRED, transact_time=transact_time)

    @contains
    def rejected(self, category: Category = Category.OTHER, reason: str = "", error_type: str = "") -> None:
        """Report that the order was refused: ``reason`` in the venue's words (Text, 58)."""
        with self._lock:
            changes = self._state.move(Status.REJECTED)
        self._count_submission()
        tell.refused(self, tell.REJECTED, category, reason, error_type)
        self._tell([change for change in changes if not tell.is_plain_move(change)])

    @contains
    def unconfirmed(self, category: Category = Category.TIMEOUT, reason: str = "", error_type: str = "") -> None:
        """Report that the request got no answer: nobody knows whether the order stands at the venue.

        It stays pending; a later report (a stream, a poll) tells what became of it.
        """
        self._count_submission()
        tell.refused(self, tell.UNCONFIRMED, category, reason, error_type)

    @contains
    def cancel_requested(self) -> None:
        """Report that a request to cancel the order is about to leave."""
        self._canceling = True
        tell.requested(self, tell.CANCEL_REQUESTED)

    @contains
    def cancel_rejected(self, category: Category = Category.OTHER, reason: str = "", error_type: str = "") -> None:
        """Report that the request to cancel was refused or failed; the order itself stays as it was."""
        self._canceling = False
        tell.refused(self, tell.CANCEL_REJECTED, category, reason, error_type)

    @contains
    def amend_requested(self, *, quantity: float | None = None, price: float | None = None) -> None:
        """Report that a request to change the order is about to leave, with what it asks for."""
        self._amending = True
        tell.requested(self, tell.AMEND_REQUESTED, quantity=as_float(quantity), price=as_float(price))

    @contains
    def amended(
        self,
        *,
        quantity: float | None = None,
        price: float | None = None,
        client_id: str = "",
        id: str = "",  # noqa: A002 - see __init__
    ) -> None:
        """Report that the venue changed the order; new ids join the old ones in the same story.

        Under a new venue id the order is a replacement: ``quantity`` counts from there, and the end of the old
        id is not the end of the order.
        """
        replaced = bool(id and self.id and id != self.id)
        if replaced:
            self.superseded |= {self.id}
        self.know(client_id=client_id, id=id)
        with self._lock:
            self._amending, self._withheld = False, None
            if replaced:
                self._state.begin_leg(as_float(quantity))
            elif quantity is not None:
                self._state.quantity = float(quantity)
            if price is not None:
                self.price = float(price)
        tell.amended(self)

    @contains
    def amend_rejected(self, category: Category = Category.OTHER, reason: str = "", error_type: str = "") -> None:
        """Report that the request to change was refused or failed; the order itself stays as it was."""
        with self._lock:
            self._amending, withheld, self._withheld = False, self._withheld, None
        tell.refused(self, tell.AMEND_REJECTED, category, reason, error_type)
        if withheld is not None:
            self.report(status=withheld)

    def set_quantity(self, quantity: float) -> None:
        """Take the quantity that the order is really sent with."""
        with self._lock:
            self._state.quantity = float(quantity)

    def adopt_span(self, span_context: SpanContext) -> None:
        """Make ``span_context`` the place of the order's story, where it has none yet."""
        if self.span_context is None and span_context.is_valid:
            self.span_context = span_context

    def begin_at(self, status: Status, cumulative: float, average: float | None) -> None:
        """Take over an order that this process did not send: what it did before is not recorded again."""
        with self._lock:
            self._state.begin_at(status, cumulative, average)

    def _count_submission(self) -> bool:
        with self._lock:
            first, self._counted = not self._counted, True
        return first

    def _tell(self, changes: Sequence[Change], transact_time: int | None = None) -> None:
        if not changes:
            return
        tell.changes(self, changes, transact_time, asked_to_cancel=self._canceling)
        if self._active and self.status in TERMINAL:
            with self._lock:
                ended, self._active = self._active, False
            if ended:
                tell.ended(self)


def as_float(number: float | None) -> float | None:
    """Return ``number`` as the float that its attribute is, also where an int or a Decimal was given."""
    return None if number is None else float(number)
