"""Rules about service levels: how fast the error budget burns, over a long window and a short one.

The long window says that it matters, the short one that it still goes on. The objectives are thresholds, too.
"""

from __future__ import annotations

from typing import Final

from alerts.names import BOT, ERROR, series
from alerts.promql import limit, share
from alerts.rule import Owner, Rule, Severity
from otel_trading.semconv import metrics

_SUBMISSIONS: Final = series(metrics.TRADING_ORDER_SUBMISSIONS)
_FAILED: Final = f'{_SUBMISSIONS}{{{ERROR}!=""}}'
_COUNT: Final = series(metrics.TRADING_ORDER_ACK_DURATION, "_count")
_IN_TIME: Final = f'{series(metrics.TRADING_ORDER_ACK_DURATION, "_bucket")}{{le="0.5"}}'
_LEAST: Final = 20


def order_failures(window: str) -> str:
    """Return the share of orders that did not get through."""
    return share(BOT, _FAILED, _SUBMISSIONS, window, least=_LEAST)


def late_acks(window: str) -> str:
    """Return the share of acknowledgements that took more than half a second."""
    return f"(1 - ({share(BOT, _IN_TIME, _COUNT, window, least=_LEAST)}))"


def burn(bad: str, objective: str) -> str:
    """Return how many times faster than the objective allows its budget is used up."""
    return f"({bad}) / on() group_left() (1 - {limit(objective)})"


def both(long: str, short: str) -> str:
    """Return the smaller of two burn rates: both windows have to agree."""
    return f"(({long}) <= ({short})) or (({short}) and ({long}))"


_STEPS: Final = (
    "See on the board which venue and which kind of error burns it.",
    "$ otel-trading orders --status rejected --since 1h --from stack",
    "$ otel-trading orders --status no_answer --since 1h --from stack",
    "The rules about refusals, slow acknowledgements and streams name the cause; begin with those that fire.",
)

RULES: Final = (
    Rule(
        uid="order-success-burn-fast",
        title="Orders fail fast enough to spend the month's budget in two days",
        expr=both(
            burn(order_failures("1h"), "objective_order_success"), burn(order_failures("5m"), "objective_order_success")
        ),
        threshold="burn_fast",
        labels=BOT,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="Orders of {bot} fail far more often than the objective allows.",
        means=(
            "Over an hour and over 5 minutes, of at least 20 orders each, so many failed that the budget of a month"
            " would be gone in about two days. The value is how many times too fast it burns."
        ),
        steps=_STEPS,
        board="levels",
        panel="Order success: burn rate",
    ),
    Rule(
        uid="order-success-burn-slow",
        title="Orders fail more often than the objective allows",
        expr=both(
            burn(order_failures("6h"), "objective_order_success"),
            burn(order_failures("30m"), "objective_order_success"),
        ),
        threshold="burn_slow",
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="Orders of {bot} fail more often than the objective allows, for hours.",
        means="The same over 6 hours and over 30 minutes: the budget of a month would be gone in five days.",
        steps=_STEPS,
        board="levels",
        panel="Order success: burn rate",
    ),
    Rule(
        uid="ack-latency-burn-fast",
        title="Late acknowledgements spend the month's budget in two days",
        expr=both(burn(late_acks("1h"), "objective_ack_latency"), burn(late_acks("5m"), "objective_ack_latency")),
        threshold="burn_fast",
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="Far more acknowledgements for {bot} are late than the objective allows.",
        means="Acknowledgements after more than half a second, over an hour and over 5 minutes, against the objective.",
        steps=_STEPS,
        board="levels",
        panel="Acknowledgement latency: burn rate",
    ),
    Rule(
        uid="ack-latency-burn-slow",
        title="More acknowledgements are late than the objective allows",
        expr=both(burn(late_acks("6h"), "objective_ack_latency"), burn(late_acks("30m"), "objective_ack_latency")),
        threshold="burn_slow",
        labels=BOT,
        severity=Severity.INFO,
        owner=Owner.DESK,
        pending="0s",
        summary="Acknowledgements for {bot} are late more often than the objective allows, for hours.",
        means="The same over 6 hours and over 30 minutes.",
        steps=_STEPS,
        board="levels",
        panel="Acknowledgement latency: burn rate",
    ),
)
