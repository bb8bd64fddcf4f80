"""What reports add to the metrics of a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint

from otel_trading import order, settings
from otel_trading.orders.state import Execution
from otel_trading.semconv import attributes as names
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import BASE, TERMS, sent, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading import Order
    from tests.recording import Recorded

FAILED = "error.type"


def test_an_acknowledged_order_is_one_submission_and_one_active_order(recorded: Recorded) -> None:
    working()
    for metric in (metrics.TRADING_ORDER_SUBMISSIONS, metrics.TRADING_ORDER_ACTIVE):
        point = recorded.point(metric)
        assert (point.value, dict(point.attributes)) == (1, BASE)


def test_a_submission_counts_once_however_often_it_is_acknowledged(recorded: Recorded) -> None:
    this = working()
    this.acknowledged()
    this.report(status=Status.NEW)
    this.report(executions=(Execution(0.1, 60_000.0, "e1"),))
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACK_DURATION) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


def test_no_order_id_is_on_any_metric(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.5, price=60_000.0, execution_id="e1", fee=0.1, fee_currency="BTC")
    points = [point for name in recorded.metrics() for point in recorded.metric(name)]
    values = {value for point in points for value in point.attributes.values()}
    assert values.isdisjoint({"cl-1", "1001", "e1"})


def test_the_acknowledgement_is_timed_with_the_orders_trace_as_exemplar(recorded: Recorded) -> None:
    this = working()
    point = recorded.point(metrics.TRADING_ORDER_ACK_DURATION)
    assert isinstance(point, HistogramDataPoint)
    assert 0 < point.sum < 5
    assert this.span_context is not None
    assert [exemplar.trace_id for exemplar in point.exemplars] == [this.span_context.trace_id]


def test_an_unconfirmed_submission_that_is_acknowledged_later_stays_one(recorded: Recorded) -> None:
    this = sent()
    this.unconfirmed("timeout", error_type="TimeoutError")
    this.acknowledged(id="1001")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS, **{FAILED: "TimeoutError"}) == 1
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


def test_an_unconfirmed_submission_that_was_refused_stays_one(recorded: Recorded) -> None:
    this = sent()
    this.unconfirmed("timeout")
    this.rejected("insufficient_funds")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1


def test_an_acknowledged_order_that_is_refused_late_is_no_second_submission(recorded: Recorded) -> None:
    this = working()
    this.rejected("risk_limit")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_rejections_count_by_category(recorded: Recorded) -> None:
    sent("a").rejected("insufficient_funds")
    sent("b").rejected("insufficient_funds")
    sent("c").unconfirmed()
    key = names.TRADING_ORDER_REJECTION_CATEGORY
    found = {point.attributes[key]: point.value for point in recorded.metric(metrics.TRADING_ORDER_REJECTIONS)}
    assert found == {"insufficient_funds": 2, "timeout": 1}


def test_a_refusal_without_an_exception_is_told_by_its_category(recorded: Recorded) -> None:
    sent().rejected("insufficient_funds")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS, **{FAILED: "insufficient_funds"}) == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda this: this.filled(quantity=0.5, price=60_000.0),
        lambda this: this.canceled(),
        lambda this: this.expired(),
        lambda this: this.rejected(),
    ],
    ids=["filled", "canceled", "expired", "rejected"],
)
def test_an_order_that_is_over_is_not_active(recorded: Recorded, end: Callable[[Order], None]) -> None:
    this = working()
    end(this)
    end(this)
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_an_order_that_was_over_before_its_acknowledgement_is_not_active(recorded: Recorded) -> None:
    this = sent()
    this.filled(quantity=0.5, price=60_000.0)
    this.acknowledged(id="1001")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_an_order_of_which_nobody_said_that_it_was_sent_may_be_over_when_acknowledged(recorded: Recorded) -> None:
    with order(**TERMS) as this:
        this.filled(quantity=0.5, price=60_000.0)
        this.acknowledged(id="1001")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_updates_count_by_status(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=60_000.0)
    this.filled(quantity=0.1, price=60_000.0)
    this.canceled()
    key = names.TRADING_ORDER_STATUS
    found = {point.attributes[key]: point.value for point in recorded.metric(metrics.TRADING_ORDER_UPDATES)}
    assert found == {"partially_filled": 2, "canceled": 1}


def test_fills_count_by_liquidity(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.1, price=60_000.0, liquidity="maker")
    this.filled(quantity=0.1, price=60_000.0, liquidity="TAKER")
    this.filled(quantity=0.1, price=60_000.0)
    key = names.TRADING_EXECUTION_LIQUIDITY
    found = {point.attributes.get(key): point.value for point in recorded.metric(metrics.TRADING_EXECUTION_FILLS)}
    assert found == {"maker": 1, "taker": 1, None: 1}


@pytest.mark.parametrize(("symbol", "currency"), [("BTC/USDT", "USDT"), ("ETH/USD:ETH", "USD")])
def test_the_notional_is_in_the_quote_currency(recorded: Recorded, symbol: str, currency: str) -> None:
    working(symbol=symbol).filled(quantity=0.2, price=60_000.0)
    point = recorded.point(metrics.TRADING_EXECUTION_NOTIONAL, **{names.TRADING_CURRENCY: currency})
    assert point.value == pytest.approx(12_000.0)
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 0.2


def test_no_notional_is_told_where_the_symbol_names_no_currency(recorded: Recorded) -> None:
    working(symbol="AAPL").filled(quantity=10, price=200.0)
    assert recorded.metric(metrics.TRADING_EXECUTION_NOTIONAL) == []


def test_fees_add_up_by_currency(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.1, price=60_000.0, fee=0.0001, fee_currency="BTC")
    this.filled(quantity=0.1, price=60_000.0, fee=6.0, fee_currency="USDT")
    this.filled(quantity=0.1, price=60_000.0, fee=6.0, fee_currency="USDT")
    key = names.TRADING_CURRENCY
    found = {point.attributes[key]: point.value for point in recorded.metric(metrics.TRADING_EXECUTION_FEES)}
    assert found == {"BTC": 0.0001, "USDT": 12.0}


def test_a_rebate_is_not_subtracted_since_a_counter_only_rises(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.1, price=60_000.0, fee=-0.5, fee_currency="USDT")
    assert recorded.metric(metrics.TRADING_EXECUTION_FEES) == []


@pytest.mark.parametrize(
    ("side", "price", "direction"),
    [("buy", 101.0, "adverse"), ("buy", 99.0, "favorable"), ("SELL", 101.0, "favorable"), ("SELL", 99.0, "adverse")],
)
def test_slippage_is_adverse_where_the_bot_pays_more_or_gets_less(
    recorded: Recorded, side: str, price: float, direction: str
) -> None:
    working(side=side, arrival_price=100.0).filled(quantity=0.1, price=price)
    point = recorded.point(metrics.TRADING_EXECUTION_SLIPPAGE)
    assert point.sum == pytest.approx(0.01)
    assert point.attributes[names.TRADING_EXECUTION_SLIPPAGE_DIRECTION] == direction


@pytest.mark.parametrize("unknown", [{"side": ""}, {"arrival_price": None}])
def test_without_a_side_or_an_arrival_price_there_is_no_slippage(recorded: Recorded, unknown: dict[str, Any]) -> None:
    working(**{"arrival_price": 100.0, **unknown}).filled(quantity=0.1, price=101.0)
    assert recorded.metric(metrics.TRADING_EXECUTION_SLIPPAGE) == []


def test_a_cancellation_counts_when_it_is_answered(recorded: Recorded) -> None:
    this = working()
    this.cancel_requested()
    assert recorded.metric(metrics.TRADING_ORDER_CANCELLATIONS) == []
    this.cancel_rejected("unknown_order", error_type="OrderNotFound")
    this.cancel_requested()
    this.canceled()
    found = {p.attributes.get(FAILED): p.value for p in recorded.metric(metrics.TRADING_ORDER_CANCELLATIONS)}
    assert found == {"OrderNotFound": 1, None: 1}


def test_an_order_that_the_venue_cancels_by_itself_is_no_cancellation_of_the_bots(recorded: Recorded) -> None:
    working().canceled()
    assert recorded.metric(metrics.TRADING_ORDER_CANCELLATIONS) == []


def test_amendments_count_with_their_failures(recorded: Recorded) -> None:
    this = working()
    this.amended(price=59_000.0)
    this.amend_rejected("not_supported")
    found = {p.attributes.get(FAILED): p.value for p in recorded.metric(metrics.TRADING_ORDER_AMENDMENTS)}
    assert found == {None: 1, "not_supported": 1}


def test_an_impossible_transition_counts_with_both_ends(recorded: Recorded) -> None:
    this = working()
    this.expired()
    this.report(status=Status.NEW)
    point = recorded.point(metrics.TRADING_ORDER_INVALID_TRANSITIONS)
    assert point.attributes[names.TRADING_ORDER_STATUS] == "new"
    assert point.attributes[names.TRADING_ORDER_PREVIOUS_STATUS] == "expired"


def test_symbols_beyond_the_cap_are_counted_together(recorded: Recorded) -> None:
    settings.replace_current(settings.load({"OTEL_TRADING_MAX_SYMBOLS": "2"})[0])
    for symbol in ("A/USDT", "B/USDT", "C/USDT", "D/USDT", "A/USDT"):
        working(symbol, symbol=symbol)
    found = {p.attributes[names.TRADING_SYMBOL]: p.value for p in recorded.metric(metrics.TRADING_ORDER_SUBMISSIONS)}
    assert found == {"A/USDT": 2, "B/USDT": 1, "_other": 2}
