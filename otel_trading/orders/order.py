"""One order: the reports by which its story is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry import trace

from otel_trading.orders import tell
from otel_trading.orders.contain import contains
from otel_trading.orders.known import KnownOrder
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.state import Execution, Moved
from otel_trading.orders.values import as_float, as_member, as_text
from otel_trading.semconv.attributes import TradingExecutionLiquidityValues as Liquidity
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.orders.state import Change


class Order(KnownOrder):
    """An order and its story so far.

    Each method reports one thing that happened: it records the event in the order's own trace, wherever it is
    called from, and feeds the metrics. All of them may be called from any thread, repeat themselves without
    harm (an execution with an id counts once), and never raise.

    Arguments are those of FIX: ``quantity`` is OrderQty (38), ``price`` Price (44), ``stop_price`` StopPx (99),
    ``time_in_force`` TimeInForce (59), ``client_id`` ClOrdID (11), ``id`` OrderID (37). ``arrival_price`` is the
    mid price when the order was decided, which slippage is measured against. The precisions are numbers of
    decimals. A number that is none (None, NaN, a word) is left out, and a word that is unknown is ``other``.
    """

    __slots__ = ()

    @contains
    def submitted(self) -> None:
        """Report that the order is about to leave for the venue."""
        self._progress.submitted_at = time.perf_counter()
        self.adopt_span(trace.get_current_span().get_span_context())
        tell.submitted(self)

    @contains
    def acknowledged(
        self,
        *,
        id: str = "",  # noqa: A002 - FIX and every trading library call it so
        client_id: str = "",
        transact_time: int | None = None,
    ) -> None:
        """Report the venue's acknowledgement, with the ids it gave; the first report of it counts."""
        self.know(client_id=client_id, id=id)
        began = self._progress.submitted_at
        latency = None if began is None else time.perf_counter() - began
        with self._lock:
            if self._progress.acknowledged:
                return
            self._progress.acknowledged = self._progress.active = True
            if self.status is Status.PENDING_NEW:
                self._state.move(Status.NEW)
        tell.acknowledged(self, latency, transact_time, count=self._count_submission())
        self._count_end()

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
        known = as_float(quantity)
        if known is not None:
            maker_or_taker = as_member(Liquidity, liquidity)
            self.report(
                executions=(
                    Execution(
                        known,
                        as_float(price),
                        as_text(execution_id),
                        maker_or_taker.value if maker_or_taker else "",
                        as_float(fee),
                        as_text(fee_currency),
                        transact_time,
                    ),
                )
            )

    @contains
    def report(
        self,
        *,
        status: Status | str | None = None,
        executions: Sequence[Execution] = (),
        cumulative_quantity: float | None = None,
        average_price: float | None = None,
        transact_time: int | None = None,
        earlier_leg: bool = False,
    ) -> None:
        """Take what a venue or library says of the order's present state; only what is new is recorded.

        Whatever shows that the venue has the order acknowledges it. ``earlier_leg`` is said of executions that
        were done under the id that a replacement took over.
        """
        status = as_member(Status, status)
        if status is Status.REJECTED:
            self.rejected()
            return
        is_known_to_venue = executions or cumulative_quantity or status not in (None, Status.PENDING_NEW)
        if self.is_submitted and not self._progress.acknowledged and is_known_to_venue:
            self.acknowledged(transact_time=transact_time)
        with self._lock:
            changes: list[Change] = []
            for execution in executions:
                changes += self._state.execute(execution, earlier_leg=earlier_leg)
            stale = cumulative_quantity is not None and self._state.is_behind(cumulative_quantity)
            if cumulative_quantity is not None:
                changes += self._state.total(cumulative_quantity, average_price)
            if status is Status.CANCELED and self._progress.amending:
                self._progress.withheld = status  # a replacement cancels the old order; the answer tells which it is
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
    def rejected(self, category: Category | str = Category.OTHER, reason: str = "", error_type: str = "") -> None:
        """Report that the order was refused: ``reason`` in the venue's words (Text, 58); the first report counts."""
        with self._lock:
            changes = self._state.move(Status.REJECTED)
        if any(isinstance(change, Moved) for change in changes):
            self._refused(tell.REJECTED, category, reason, error_type, count=self._count_submission())
            self._count_end()
        else:
            self._tell(changes)

    @contains
    def unconfirmed(self, category: Category | str = Category.TIMEOUT, reason: str = "", error_type: str = "") -> None:
        """Report that the request got no answer: nobody knows whether the order stands at the venue.

        It stays pending; a later report (a stream, a poll) tells what became of it.
        """
        self._refused(tell.UNCONFIRMED, category, reason, error_type, count=self._count_submission())

    @contains
    def cancel_requested(self) -> None:
        """Report that a request to cancel the order is about to leave."""
        self._progress.canceling = True
        tell.requested(self, tell.CANCEL_REQUESTED)

    @contains
    def cancel_rejected(
        self, category: Category | str = Category.OTHER, reason: str = "", error_type: str = ""
    ) -> None:
        """Report that the request to cancel was refused or failed; the order itself stays as it was."""
        self._progress.canceling = False
        self._refused(tell.CANCEL_REJECTED, category, reason, error_type)

    @contains
    def amend_requested(self, *, quantity: float | None = None, price: float | None = None) -> None:
        """Report that a request to change the order is about to leave, with what it asks for."""
        self._progress.amending = True
        tell.requested(self, tell.AMEND_REQUESTED, quantity=as_float(quantity), price=as_float(price))

    @contains
    def amended(
        self,
        *,
        quantity: float | None = None,
        price: float | None = None,
        client_id: str = "",
        id: str = "",  # noqa: A002 - FIX and every trading library call it so
    ) -> None:
        """Report that the venue changed the order; new ids join the old ones in the same story.

        Under a new venue id the order is a replacement: ``quantity`` counts from there, and the end of the old
        id is not the end of the order.
        """
        before = (self.client_id, self.id)
        self.know(client_id=client_id, id=id)
        replaced = bool(before[1]) and self.id != before[1]
        amount, limit = as_float(quantity), as_float(price)
        with self._lock:
            withheld = self._end_amendment()
            if replaced:
                self.superseded |= {before[1]}
                self._state.begin_leg(amount)
            elif amount is not None:
                self._state.quantity = amount
            if limit is not None:
                self.price = limit
        tell.amended(self)
        if withheld is not None and (self.client_id, self.id) == before:
            self.report(status=withheld)  # nothing took the order's place, so it was canceled indeed

    @contains
    def amend_rejected(self, category: Category | str = Category.OTHER, reason: str = "", error_type: str = "") -> None:
        """Report that the request to change was refused or failed; the order itself stays as it was."""
        with self._lock:
            withheld = self._end_amendment()
        self._refused(tell.AMEND_REJECTED, category, reason, error_type)
        if withheld is not None:
            self.report(status=withheld)

    def _end_amendment(self) -> Status | None:
        withheld, self._progress.withheld = self._progress.withheld, None
        self._progress.amending = False
        return withheld

    def _refused(
        self, name: str, category: Category | str, reason: str, error_type: str, *, count: bool = True
    ) -> None:
        known = as_member(Category, category) or Category.OTHER
        tell.refused(self, name, known, as_text(reason), as_text(error_type), count=count)

    def _count_submission(self) -> bool:
        with self._lock:
            first, self._progress.counted = not self._progress.counted, True
        return first

    def _count_end(self) -> None:
        """Count the order as no longer open, once, if it is over."""
        with self._lock:
            ended = self._progress.active and self.status in TERMINAL
            if ended:
                self._progress.active = False
        if ended:
            tell.ended(self)

    def _tell(self, changes: Sequence[Change], transact_time: int | None = None) -> None:
        if changes:
            tell.changes(self, changes, transact_time, asked_to_cancel=self._progress.canceling)
            self._count_end()
