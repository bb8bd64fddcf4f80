"""A bot without any supported library: the public API alone gives the whole story of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

import otel_trading
from otel_trading.story.assemble import stories
from otel_trading.story.model import StepKind, Story
from otel_trading.telemetry import plain

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord
    from tests.recording import Recorded


class Kept(NamedTuple):
    """A record as a store gives it back."""

    record: SpanRecord | LogRecord
    resource: Attributes


class FakeVenue:
    """A venue with a protocol that no library knows; its reports come back through ``on_report``."""

    def __init__(self) -> None:
        self.reports: list[dict[str, float | str]] = []

    def send(self) -> str:
        self.reports = [
            {"trade": "t-1", "amount": 0.2, "price": 59_999.5, "fee": 0.0002, "coin": "BTC", "role": "maker"},
            {"trade": "t-2", "amount": 0.3, "price": 60_000.0, "fee": 12.6, "coin": "USDT", "role": "taker"},
        ]
        return "28173645"


def run_bot(venue: FakeVenue) -> None:
    """Trade once, as a strategy of one's own on a venue of one's own would."""
    with otel_trading.strategy("grid-btc"):
        otel_trading.market_data("BTC/USDT", venue="otc-desk", bid=60_001.0, ask=60_002.0)
        with otel_trading.order(
            venue="otc-desk",
            symbol="BTC/USDT",
            side="BUY",
            type="LIMIT",
            quantity=0.5,
            price=60_000,
            time_in_force="GTC",
            client_id="cl-7f3a-0001",
        ) as order:
            otel_trading.decision("momentum", 0.82, arrival_price=60_001.5)
            otel_trading.risk_check("max_notional", passed=True, value=30_000, limit=50_000)
            order.submitted()
            order.acknowledged(id=venue.send())


def on_report(report: dict[str, float | str]) -> None:
    """Take a report of the venue's feed, which knows nothing but its own id of the order."""
    order = otel_trading.find_order("28173645", venue="otc-desk")
    assert order is not None
    order.filled(
        quantity=float(report["amount"]),
        price=float(report["price"]),
        execution_id=str(report["trade"]),
        liquidity=str(report["role"]),
        fee=float(report["fee"]),
        fee_currency=str(report["coin"]),
    )


@pytest.fixture
def story(recorded: Recorded) -> Story:
    venue = FakeVenue()
    run_bot(venue)
    for report in venue.reports:
        on_report(report)
    bot: Attributes = {"service.name": "bot"}
    spans = [Kept(plain.span_record(span), bot) for span in recorded.spans()]
    logs = [Kept(plain.log_record(item), bot) for item in recorded.log_data()]
    (found,) = stories(spans, logs)  # type: ignore[arg-type] # each holds records of one kind
    return found


def test_the_story_has_every_step_in_its_order(story: Story) -> None:
    steps = [step.kind for step in story.steps if step.kind is not StepKind.SPAN]
    assert steps == [
        StepKind.DECISION,
        StepKind.RISK_CHECK,
        StepKind.SUBMIT,
        StepKind.ACKNOWLEDGED,
        StepKind.FILL,
        StepKind.FILL,
    ]


def test_the_story_says_what_the_order_was(story: Story) -> None:
    order = story.order
    assert order.client_ids == ("cl-7f3a-0001",)
    assert order.venue_ids == ("28173645",)
    assert len(order.trace_ids) == 1
    assert (order.venue, order.symbol, order.side, order.type) == ("otc-desk", "BTC/USDT", "buy", "limit")
    assert (order.time_in_force, order.strategy, order.service) == ("gtc", "grid-btc", "bot")
    assert (float(order.quantity), float(order.price)) == (0.5, 60_000.0)
    assert order.status == "filled"


def test_the_story_adds_up(story: Story) -> None:
    numbers = story.numbers
    assert (numbers.fills, numbers.errors) == (2, 0)
    assert float(numbers.filled) == 0.5
    assert float(numbers.average_price) == pytest.approx(59_999.8)
    assert float(numbers.slippage_bp) == pytest.approx(-0.28, abs=0.01)
    assert {currency: float(amount) for currency, amount in numbers.fees.items()} == {"BTC": 0.0002, "USDT": 12.6}
    assert numbers.acknowledged_after_ns is not None
    assert numbers.final_after_ns is not None


def test_nothing_in_the_story_is_odd(story: Story) -> None:
    assert story.notices == ()
