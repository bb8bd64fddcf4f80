"""The life of an order in the terms of FIX OrdStatus (tag 39), and which step may follow which."""

from __future__ import annotations

from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

TERMINAL = frozenset({Status.FILLED, Status.CANCELED, Status.REJECTED, Status.EXPIRED})
"""States that an order does not leave."""

_WORKING = frozenset(
    {
        Status.PARTIALLY_FILLED,
        Status.FILLED,
        Status.CANCELED,
        Status.EXPIRED,
        Status.PENDING_CANCEL,
        Status.PENDING_REPLACE,
        Status.REPLACED,
        Status.SUSPENDED,
    }
)

# FIX 4.4 volume 4, appendix D: the state matrices for order, replace and cancel, with two allowances.
# A venue may refuse late (NEW -> REJECTED), and an order whose cancel or amend was refused goes on working.
_NEXT: dict[Status, frozenset[Status]] = {
    Status.PENDING_NEW: _WORKING | {Status.NEW, Status.REJECTED},
    Status.NEW: _WORKING | {Status.REJECTED},
    Status.PARTIALLY_FILLED: _WORKING,
    Status.PENDING_CANCEL: _WORKING | {Status.NEW, Status.REJECTED},
    Status.PENDING_REPLACE: _WORKING | {Status.NEW, Status.REJECTED},
    Status.REPLACED: _WORKING | {Status.NEW},
    Status.SUSPENDED: _WORKING | {Status.NEW, Status.REJECTED},
}


def is_possible(previous: Status, status: Status) -> bool:
    """Tell whether an order in ``previous`` may next be reported in ``status``.

    The same state again is always possible: venues repeat themselves.
    """
    return previous is status or status in _NEXT.get(previous, frozenset())
