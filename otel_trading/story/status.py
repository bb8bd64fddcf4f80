"""The state an order is in after its events (FIX OrdStatus, tag 39)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TRADING_ORDER_STATUS
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.story.fields import text
from otel_trading.story.kinds import ORDER_EVENTS
from otel_trading.story.model import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otel_trading.story.model import Step

TERMINAL = frozenset({Status.FILLED.value, Status.CANCELED.value, Status.REJECTED.value, Status.EXPIRED.value})
"""States that an order does not leave."""

_IMPLIED: dict[StepKind, Status] = {
    StepKind.SUBMIT: Status.PENDING_NEW,
    StepKind.ACKNOWLEDGED: Status.NEW,
    StepKind.REJECTED: Status.REJECTED,
    StepKind.FILL: Status.PARTIALLY_FILLED,
    StepKind.CANCEL_REQUESTED: Status.PENDING_CANCEL,
    StepKind.CANCELED: Status.CANCELED,
    StepKind.AMEND_REQUESTED: Status.PENDING_REPLACE,
    StepKind.EXPIRED: Status.EXPIRED,
}
_LIFE = frozenset(ORDER_EVENTS.values()) - {StepKind.INVALID_TRANSITION}
_PROGRESS = {Status.PENDING_NEW.value: 0, Status.NEW.value: 1, Status.PARTIALLY_FILLED.value: 2}
_WAITING = frozenset({Status.PENDING_CANCEL.value, Status.PENDING_REPLACE.value})
_ANSWERS_REQUEST = frozenset({StepKind.AMENDED, StepKind.AMEND_REJECTED, StepKind.CANCEL_REJECTED})


def last_status(steps: Iterable[Step]) -> str:
    """Return the order's state after ``steps``, which stand in time order; empty where none is known."""
    return next((status for _, status in reversed(list(moves(steps)))), "")


def moves(steps: Iterable[Step]) -> Iterator[tuple[Step, str]]:
    """Yield each step that changed the order's state, with the state after it."""
    status = working = ""
    for step in steps:
        claimed = _claim(step, working)
        if not claimed or claimed == status or not _follows(status, claimed, step.kind):
            continue
        status = claimed
        if status in _PROGRESS:
            working = status
        yield step, status


def _claim(step: Step, working: str) -> str:
    if step.kind not in _LIFE:
        return ""
    recorded = text(step.attributes, TRADING_ORDER_STATUS)
    if recorded or step.kind not in _ANSWERS_REQUEST:
        implied = _IMPLIED.get(step.kind)
        return recorded or (implied.value if implied else "")
    return working


def _follows(status: str, claimed: str, kind: StepKind) -> bool:
    if status in TERMINAL:
        # A refused order may be sent again under its id; the last fill may be reported after a cancel.
        return claimed == Status.FILLED.value or (status == Status.REJECTED.value and kind is StepKind.SUBMIT)
    if kind is StepKind.ACKNOWLEDGED and status in _WAITING:
        return False
    # A stream may be faster than the answer to the request: an acknowledgement after a fill is no step back.
    return not (claimed in _PROGRESS and _PROGRESS.get(status, -1) > _PROGRESS[claimed])
