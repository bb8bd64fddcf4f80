"""What has happened to an order so far, and what a new report adds to it.

Pure: no clock, no context, no telemetry. The same execution may be reported by several feeds (the answer of
the order request, a stream of orders, a stream of trades, a poll); it is counted once.
"""

from __future__ import annotations

from typing import NamedTuple

from otel_trading.orders.lifecycle import TERMINAL, is_possible
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

_RELATIVE_TOLERANCE = 1e-9


class Execution(NamedTuple):
    """One execution: FIX ExecutionReport with ExecType F.

    ``quantity`` is LastQty (32), ``price`` LastPx (31), ``id`` ExecID (17), ``liquidity`` "maker", "taker" or
    empty; ``transact_time`` is TransactTime (60) in nanoseconds since the epoch.
    """

    quantity: float
    price: float | None = None
    id: str = ""
    liquidity: str = ""
    fee_amount: float | None = None
    fee_currency: str = ""
    transact_time: int | None = None
    inferred: bool = False


class Filled(NamedTuple):
    """An execution that is new, with the totals after it."""

    execution: Execution
    status: Status
    cumulative_quantity: float
    average_price: float | None


class FeeKnown(NamedTuple):
    """The fee of an execution that was recorded without one."""

    execution: Execution


class Moved(NamedTuple):
    """A change of status that is no execution."""

    status: Status
    previous: Status


class Impossible(NamedTuple):
    """A reported status that cannot follow the previous one; the previous one stays."""

    status: Status
    previous: Status


Change = Filled | FeeKnown | Moved | Impossible


class OrderState:
    """Status, filled quantity and average price of one order."""

    __slots__ = (
        "_base",
        "_executions",
        "_notional",
        "_priced",
        "_unexplained",
        "cumulative",
        "quantity",
        "status",
    )

    def __init__(self, quantity: float | None) -> None:
        self.quantity = quantity
        self.status = Status.PENDING_NEW
        self.cumulative = 0.0
        self._notional = 0.0
        self._priced = 0.0
        self._unexplained = 0.0  # inferred quantity that no execution with an id has accounted for yet
        self._executions: dict[str, bool] = {}  # id -> its fee is known
        self._base = (0.0, 0.0)  # quantity and notional filled before a replacement got a new venue id

    @property
    def average(self) -> float | None:
        """AvgPx (6) over the executions whose price is known."""
        return self._notional / self._priced if self._priced else None

    @property
    def leaves(self) -> float | None:
        """LeavesQty (151): what is still open; 0 once the order is over."""
        if self.quantity is None:
            return None
        return 0.0 if self.status in TERMINAL else max(self.quantity - self.cumulative, 0.0)

    def begin_at(self, status: Status, cumulative: float, average: float | None) -> None:
        """Take over an order that another process sent: what it did so far is not news."""
        self.status = status
        self.cumulative = cumulative
        if average is not None:
            self._notional, self._priced = average * cumulative, cumulative

    def begin_leg(self, quantity: float | None) -> None:
        """Go on under a new venue id (a replacement), whose quantities the venue counts from zero again."""
        self._base = (self.cumulative, self._notional)
        self._unexplained = 0.0
        if quantity is not None:
            self.quantity = self.cumulative + quantity

    def is_behind(self, cumulative: float) -> bool:
        """Tell whether a reported CumQty (14) is older than what is known."""
        return self._base[0] + cumulative < self.cumulative - self._tolerance(self.cumulative)

    def move(self, status: Status) -> list[Change]:
        """Take a reported status."""
        previous = self.status
        if status is previous:
            return []
        if not is_possible(previous, status):
            return [Impossible(status, previous)]
        self.status = status
        return [Moved(status, previous)]

    def execute(self, execution: Execution) -> list[Change]:
        """Take an execution: new, known already, or the explanation of a quantity inferred before."""
        if execution.id:
            if execution.id in self._executions:
                return self._fee(execution)
            self._executions[execution.id] = execution.fee_amount is not None
            explained = min(self._unexplained, execution.quantity)
            self._unexplained -= explained
            if explained >= execution.quantity - self._tolerance(execution.quantity):
                return [FeeKnown(execution)] if execution.fee_amount is not None else []
            execution = execution._replace(quantity=execution.quantity - explained)
        return self._fill(execution)

    def total(self, cumulative: float, average: float | None) -> list[Change]:
        """Take a reported CumQty (14): what it exceeds the known executions by was filled unseen."""
        base_quantity, base_notional = self._base
        quantity = base_quantity + cumulative - self.cumulative
        if quantity <= self._tolerance(base_quantity + cumulative):
            return []
        price = None
        if average is not None and self._priced >= self.cumulative - self._tolerance(self.cumulative):
            price = (average * cumulative - (self._notional - base_notional)) / quantity
        self._unexplained += quantity
        return self._fill(Execution(quantity, price, inferred=True))

    def _fee(self, execution: Execution) -> list[Change]:
        if execution.fee_amount is None or self._executions[execution.id]:
            return []
        self._executions[execution.id] = True
        return [FeeKnown(execution)]

    def _fill(self, execution: Execution) -> list[Change]:
        self.cumulative += execution.quantity
        if execution.price is not None:
            self._notional += execution.price * execution.quantity
            self._priced += execution.quantity
        complete = self.quantity is not None and self.cumulative >= self.quantity - self._tolerance(self.quantity)
        status = Status.FILLED if complete else Status.PARTIALLY_FILLED
        previous, refused = self.status, not is_possible(self.status, status)
        if not refused:
            self.status = status
        changes: list[Change] = [Filled(execution, self.status, self.cumulative, self.average)]
        if refused:
            changes.append(Impossible(status, previous))
        return changes

    @staticmethod
    def _tolerance(quantity: float) -> float:
        return abs(quantity) * _RELATIVE_TOLERANCE
