"""An order in a few words: what it asks for, the state it is in, what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.story.fields import grouped
from otel_trading.story.notices import OUTCOME_UNKNOWN
from otel_trading.story.status import TERMINAL
from otel_trading.story.times import duration

if TYPE_CHECKING:
    from otel_trading.story.model import Numbers, Order, Story

_STYLES = {
    Status.FILLED.value: "good",
    Status.REJECTED.value: "bad",
    Status.CANCELED.value: "warn",
    Status.EXPIRED.value: "warn",
}


def asked(order: Order) -> str:
    """Say what the order asks for: ``buy 0.500 BTC/USDT limit 60,000.00 GTC``."""
    return " ".join(
        filter(
            None,
            (
                order.side,
                grouped(order.quantity),
                order.symbol,
                order.type.replace("_", " "),
                grouped(order.price),
                f"stop {grouped(order.stop_price)}" if order.stop_price else "",
                order.time_in_force.upper(),
            ),
        )
    )


def is_outcome_unknown(story: Story) -> bool:
    """Tell whether nobody knows if the order stands at the venue."""
    return any(notice.code in OUTCOME_UNKNOWN for notice in story.notices)


def state(story: Story, *, with_time: bool = True) -> tuple[str, str]:
    """Return the order's state in words, and the style to show it in."""
    status, after = story.order.status, story.numbers.final_after_ns
    if is_outcome_unknown(story):
        return story.notices[0].code.replace("_", " ").upper(), "alarm"
    words = status.replace("_", " ").upper()
    if with_time and after is not None:
        words += f" {'in' if status == Status.FILLED.value else 'after'} {duration(after)}"
    return words, _STYLES.get(status, "" if status in TERMINAL or not status else "working")


def traded(order: Order, numbers: Numbers) -> str:
    """Say what was filled, at which average: ``0.200 @ 59,999.50``."""
    if not numbers.filled:
        return ""
    price = f" @ {grouped(numbers.average_price)}" if numbers.average_price else ""
    part = f" of {grouped(order.quantity)}" if order.quantity not in ("", numbers.filled) else ""
    return f"{grouped(numbers.filled)}{part}{price}"


def results(story: Story) -> list[list[str]]:
    """Return what the story comes to, in lines of items; nothing that is not known."""
    order, numbers = story.order, story.numbers
    fees = ", ".join(f"{grouped(amount)} {currency}".rstrip() for currency, amount in numbers.fees.items())
    slippage = f"{float(numbers.slippage_bp):+.1f} bp" if numbers.slippage_bp else ""
    http = f" (HTTP {duration(numbers.http_ns)})" if numbers.http_ns is not None else ""
    acknowledged = numbers.acknowledged_after_ns
    money = [
        f"filled {grouped(numbers.filled)} of {grouped(order.quantity)}" if _is_partial(story) else "",
        f"average {grouped(numbers.average_price)}" if numbers.average_price else "",
        f"slippage {slippage} against arrival mid {grouped(order.arrival_price)}" if slippage else "",
        f"fees {fees}" if fees else "",
    ]
    first_fill = numbers.first_fill_after_ns
    times = [
        "" if acknowledged is None else f"acknowledged in {duration(acknowledged)}{http}",
        "" if first_fill in (None, numbers.final_after_ns) else f"first fill after {duration(first_fill or 0)}",
    ]
    lines = [[item for item in line if item] for line in (money, times)]
    return [line for line in lines if line]


def counts(story: Story) -> str:
    """Say how much of each kind was recorded."""
    numbers = story.numbers
    return ", ".join(
        (
            _count(numbers.fills, "fill"),
            _count(numbers.spans, "span"),
            _count(numbers.logs, "log"),
            _count(numbers.errors, "error"),
        )
    )


def _is_partial(story: Story) -> bool:
    order, numbers = story.order, story.numbers
    return bool(numbers.filled and order.quantity and numbers.filled != order.quantity)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
