"""What has happened to an order so far, and what a new report adds to it.

Pure: no clock, no context, no telemetry. The same execution may be reported by several feeds (the answer of
the order request, a stream of orders, a stream of trades, a poll); it is counted once.
"""

from __future__ import annotations

from typing import NamedTuple

from otel_trading.orders.inferred import RELATIVE_TOLERANCE, Inferred
from otel_trading.orders.lifecycle import TERMINAL, is_possible
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status


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
    """An execution that is new, with the totals after it; ``notional`` is the value that it adds."""

    execution: Execution
    status: Status
    cumulative_quantity: float
    average_price: float | None
    notional: float


class Explained(NamedTuple):
    """What became known of an execution after its quantity was recorded: its fee, its value, or both."""

    execution: Execution
    notional: float


class Moved(NamedTuple):
    """A change of status that is no execution."""

    status: Status
    previous: Status


class Impossible(NamedTuple):
    """A reported status that cannot follow the previous one; the previous one stays."""

    status: Status
    previous: Status


Change = Filled | Explained | Moved | Impossible


class OrderState:
    """Status, filled quantity and average price of one order.

    ``quantity`` is OrderQty (38), ``cumulative`` CumQty (14): what was filled for certain, which never falls.
    """

    __slots__ = (
        "_base",
        "_earlier",
        "_executions",
        "_inferred",
        "_notional",
        "_priced",
        "_told",
        "cumulative",
        "quantity",
        "status",
    )

    def __init__(self, quantity: float | None) -> None:
        self.quantity = quantity
        self.status = Status.PENDING_NEW
        self.cumulative = 0.0
        self._notional = 0.0
        self._priced = 0.0  # the part of the cumulative quantity whose value is in the notional
        self._told = 0.0  # the part of the notional that changes have told of
        self._executions: dict[str, bool] = {}  # id -> its fee is known
        self._inferred = Inferred()
        self._earlier = Inferred()  # the same of the legs before a replacement
        self._base = (0.0, 0.0)  # quantity and notional filled before a replacement got a new venue id

    @property
    def average(self) -> float | None:
        """AvgPx (6) over the executions whose price is known."""
        return _clean(self._notional / self._priced) if self._priced > _tolerance(self.cumulative) else None

    @property
    def leaves(self) -> float | None:
        """LeavesQty (151): what is still open; 0 once the order is over."""
        if self.quantity is None:
            return None
        return 0.0 if self.status in TERMINAL else _clean(max(self.quantity - self.cumulative, 0.0))

    def begin_at(self, status: Status, cumulative: float, average: float | None) -> None:
        """Take over an order that another process sent: what it did so far is not news."""
        self.status = status
        self.cumulative = cumulative
        if average is not None:
            self._notional = self._told = average * cumulative
            self._priced = cumulative

    def begin_leg(self, quantity: float | None) -> None:
        """Go on under a new venue id (a replacement), whose quantities the venue counts from zero again."""
        self._base = (self.cumulative, self._notional)
        self._earlier.absorb(self._inferred)
        if quantity is not None:
            self.quantity = self.cumulative + quantity

    def is_behind(self, cumulative: float) -> bool:
        """Tell whether a reported CumQty (14) is older than what is known."""
        return self._base[0] + cumulative < self.cumulative - _tolerance(self.cumulative)

    def move(self, status: Status) -> list[Change]:
        """Take a reported status."""
        previous = self.status
        if status is previous:
            return []
        if not is_possible(previous, status):
            return [Impossible(status, previous)]
        self.status = status
        return [Moved(status, previous)]

    def execute(self, execution: Execution, *, earlier_leg: bool = False) -> list[Change]:
        """Take an execution: new, known already, or the explanation of a quantity inferred before.

        One of an ``earlier_leg`` was done under the id that a replacement took over.
        """
        if execution.id in self._executions:
            return self._fee(execution)
        # Without an id nobody can tell whether it is the one behind an inferred quantity: it counts by itself.
        inferred = Inferred()
        if execution.id:
            self._executions[execution.id] = execution.fee_amount is not None
            inferred = self._earlier if earlier_leg else self._inferred
        explained, notional, priced = inferred.explain(execution.quantity, execution.price)
        added = _clean(execution.quantity - explained)
        self._notional += notional
        self._priced += priced
        if earlier_leg:
            self._base = (self._base[0] + added, self._base[1] + notional)
            self.quantity = None if self.quantity is None else self.quantity + added
        if added <= _tolerance(execution.quantity):
            untold = self._untold()
            return [Explained(execution, untold)] if untold or execution.fee_amount is not None else []
        return self._fill(execution._replace(quantity=added))

    def total(self, cumulative: float, average: float | None) -> list[Change]:
        """Take a reported CumQty (14): what it exceeds the known executions by was filled unseen."""
        base_quantity, base_notional = self._base
        total = base_quantity + cumulative
        quantity = _clean(total - self.cumulative)
        if quantity <= _tolerance(total):
            return []
        price, notional, priced = None, 0.0, 0.0
        if average is not None:
            notional = base_notional + average * cumulative - self._notional
            priced = total - self._priced
            if self._priced >= self.cumulative - _tolerance(self.cumulative):
                price = _clean(notional / quantity)
        self._inferred.add(quantity, notional, priced)
        self._notional += notional
        self._priced += priced
        return self._fill(Execution(quantity, price, inferred=True))

    def _fee(self, execution: Execution) -> list[Change]:
        if execution.fee_amount is None or self._executions[execution.id]:
            return []
        self._executions[execution.id] = True
        return [Explained(execution, 0.0)]

    def _fill(self, execution: Execution) -> list[Change]:
        self.cumulative = _clean(self.cumulative + execution.quantity)
        complete = self.quantity is not None and self.cumulative >= self.quantity - _tolerance(self.quantity)
        status = Status.FILLED if complete else Status.PARTIALLY_FILLED
        previous, refused = self.status, not is_possible(self.status, status)
        if not refused:
            self.status = status
        changes: list[Change] = [Filled(execution, self.status, self.cumulative, self.average, self._untold())]
        if refused:
            changes.append(Impossible(status, previous))
        return changes

    def _untold(self) -> float:
        """Return what the notional grew by since it was last told; a guess too high is made up for later."""
        untold = max(self._notional - self._told, 0.0)
        self._told += untold
        return untold


def _clean(number: float) -> float:
    """Return ``number`` without the noise of its last bits: 0.1 and 0.2 are 0.3, not 0.30000000000000004."""
    return float(f"{number:.15g}")


def _tolerance(quantity: float) -> float:
    return abs(quantity) * RELATIVE_TOLERANCE
