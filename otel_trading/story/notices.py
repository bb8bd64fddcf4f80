"""What the reader of a story must know: what is missing in it, what is odd, what may still be open."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from otel_trading.semconv import attributes as names
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.story.fields import grouped, number, plain, text
from otel_trading.story.model import Notice, StepKind
from otel_trading.story.status import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.story.model import Numbers, Order, Step

NO_ANSWER = "no_answer"
UNCONFIRMED = "unconfirmed"
CANCEL_UNANSWERED = "cancel_unanswered"
AMEND_UNANSWERED = "amend_unanswered"
NO_SUBMISSION = "no_submission"
IMPOSSIBLE_TRANSITION = "impossible_transition"
FILL_MISSING = "fill_missing"
OVERFILLED = "overfilled"
DIED = "died"

OUTCOME_UNKNOWN = frozenset({NO_ANSWER, UNCONFIRMED})
"""Notices after which nobody knows whether the order stands at the venue."""

_ANSWERS = frozenset(
    {
        StepKind.ACKNOWLEDGED,
        StepKind.REJECTED,
        StepKind.FILL,
        StepKind.CANCELED,
        StepKind.CANCEL_REJECTED,
        StepKind.AMENDED,
        StepKind.AMEND_REJECTED,
        StepKind.EXPIRED,
        StepKind.UPDATED,
    }
)
_AFTER_CANCEL = frozenset({StepKind.CANCELED, StepKind.CANCEL_REJECTED, StepKind.EXPIRED, StepKind.REJECTED})
_AFTER_AMEND = frozenset({StepKind.AMENDED, StepKind.AMEND_REJECTED})
_TOLERANCE = Decimal("1e-9")


def notices_of(order: Order, steps: Sequence[Step], numbers: Numbers) -> tuple[Notice, ...]:
    """Return the notices, the gravest first."""
    found = [
        _unknown_outcome(steps),
        _unanswered(order, steps, StepKind.CANCEL_REQUESTED, _AFTER_CANCEL),
        _unanswered(order, steps, StepKind.AMEND_REQUESTED, _AFTER_AMEND),
        *_impossible(steps),
        _overfilled(order, numbers),
        _missing_fill(order, steps, numbers),
        _no_submission(numbers),
    ]
    return tuple(notice for notice in found if notice is not None)


def _unknown_outcome(steps: Sequence[Step]) -> Notice | None:
    sent = [index for index, step in enumerate(steps) if step.kind is StepKind.SUBMIT]
    if not sent:
        return None
    submitted, after = steps[sent[-1]], steps[sent[-1] + 1 :]
    answers = [step for step in after if step.kind in _ANSWERS]
    if answers:
        return _sent_twice(answers) if len(sent) > 1 else None
    advice = "Ask the venue before sending it again."
    if any(step.kind is StepKind.UNCONFIRMED for step in after):
        return Notice(
            UNCONFIRMED,
            "unconfirmed: the request failed without the venue's answer, so the order may stand at the venue."
            f" {advice}",
        )
    if submitted.duration_ns is not None and not submitted.error:
        return Notice(
            NO_ANSWER,
            f"no answer recorded: the call returned, but what the venue said was not understood or not kept. {advice}",
        )
    return Notice(
        NO_ANSWER,
        "no answer recorded: the order was about to leave, and nothing came after it. The process may have"
        f" died, or the request may still be open. {advice}",
    )


def _sent_twice(answers: Sequence[Step]) -> Notice | None:
    """Explain a refusal as duplicate: it is the earlier submission that counts."""
    categories = {text(step.attributes, names.TRADING_ORDER_REJECTION_CATEGORY) for step in answers}
    others = [step for step in answers if step.kind is not StepKind.REJECTED]
    if others or Category.DUPLICATE_ORDER.value not in categories:
        return None
    return Notice(
        UNCONFIRMED,
        "unconfirmed: sent again and refused as a duplicate, so the earlier submission may stand at the"
        " venue. Ask it what became of it.",
    )


def _unanswered(order: Order, steps: Sequence[Step], kind: StepKind, answers: frozenset[StepKind]) -> Notice | None:
    asked = [index for index, step in enumerate(steps) if step.kind is kind]
    if not asked or any(step.kind in answers for step in steps[asked[-1] :]) or order.status in TERMINAL:
        return None
    if kind is StepKind.CANCEL_REQUESTED:
        return Notice(
            CANCEL_UNANSWERED,
            "cancel requested, but no answer to it recorded: the order may still be working.",
        )
    return Notice(
        AMEND_UNANSWERED,
        "amendment requested, but no answer to it recorded: quantity and price may be the old or the new.",
    )


def _impossible(steps: Sequence[Step]) -> list[Notice]:
    return [
        Notice(
            IMPOSSIBLE_TRANSITION,
            f"impossible transition: reported {_words(step, names.TRADING_ORDER_STATUS)}"
            f" after {_words(step, names.TRADING_ORDER_PREVIOUS_STATUS)}.",
        )
        for step in steps
        if step.kind is StepKind.INVALID_TRANSITION
    ]


def _words(step: Step, key: str) -> str:
    return text(step.attributes, key).replace("_", " ")


def _overfilled(order: Order, numbers: Numbers) -> Notice | None:
    if not order.quantity or not numbers.filled:
        return None
    quantity, filled = Decimal(order.quantity), Decimal(numbers.filled)
    if filled <= quantity * (1 + _TOLERANCE):
        return None
    return Notice(OVERFILLED, f"overfilled: {grouped(numbers.filled)} of {grouped(order.quantity)}.")


def _missing_fill(order: Order, steps: Sequence[Step], numbers: Numbers) -> Notice | None:
    """Compare what the venue says is filled with the executions that were recorded."""
    recorded = sum(
        (
            number(step.attributes, names.TRADING_EXECUTION_QUANTITY) or Decimal(0)
            for step in steps
            if step.kind is StepKind.FILL and not step.repeated
        ),
        Decimal(0),
    )
    said = [number(step.attributes, names.TRADING_ORDER_CUMULATIVE_QUANTITY) for step in steps]
    total = max([Decimal(numbers.filled or 0), *(value for value in said if value is not None)])
    if total - recorded <= total * _TOLERANCE:
        return None
    places = order.quantity_places
    return Notice(
        FILL_MISSING,
        f"fills missing: the venue reports {grouped(plain(total, places))} filled,"
        f" the fills recorded here come to {grouped(plain(recorded, places))}.",
    )


def _no_submission(numbers: Numbers) -> Notice | None:
    if numbers.submitted_ns is not None:
        return None
    return Notice(
        NO_SUBMISSION,
        "no submission recorded: another process sent the order, or the record of it is no longer kept.",
    )
