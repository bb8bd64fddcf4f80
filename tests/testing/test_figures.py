from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry import metrics as otel

import otel_trading
from otel_trading.semconv import metrics
from tests.testing.bots import send, trade

if TYPE_CHECKING:
    from otel_trading.testing import RecordedOrders


def test_a_counter_is_summed_over_the_attributes_that_fit(recorded_orders: RecordedOrders) -> None:
    trade("cl-1", venue="desk-1")
    trade("cl-2", venue="desk-2")
    assert recorded_orders.metric("trading.execution.quantity") == 1.0
    assert recorded_orders.metric("trading.execution.quantity", **{"trading.venue": "desk-2"}) == 0.5
    assert recorded_orders.metric("trading.execution.quantity", **{"trading.venue": "desk-3"}) == 0


def test_a_metric_may_be_given_by_its_constant(recorded_orders: RecordedOrders) -> None:
    send()
    assert recorded_orders.metric(metrics.TRADING_ORDER_SUBMISSIONS) == 0
    trade("cl-2")
    assert recorded_orders.metric(metrics.TRADING_ORDER_SUBMISSIONS) == 1


def test_a_histogram_is_how_many_values_it_took(recorded_orders: RecordedOrders) -> None:
    trade("cl-1")
    trade("cl-2")
    assert recorded_orders.metric("trading.order.ack.duration") == 2
    (point,) = recorded_orders.points("trading.order.ack.duration")
    assert point.sum > 0  # type: ignore[union-attr] # of a histogram


def test_a_gauge_is_what_it_stands_at_however_often_it_is_read(recorded_orders: RecordedOrders) -> None:
    otel_trading.pnl(realized=120.5, currency="USDT")
    otel_trading.pnl(realized=99.0, currency="USDT")
    assert [recorded_orders.metric("trading.pnl.realized") for _ in range(2)] == [99.0, 99.0]


def test_a_gauge_of_which_several_values_fit_is_refused(recorded_orders: RecordedOrders) -> None:
    otel_trading.pnl(realized=120.5, currency="USDT")
    otel_trading.pnl(realized=0.25, currency="BTC")
    with pytest.raises(LookupError, match="2 values of 'trading\\.pnl\\.realized' fit"):
        recorded_orders.metric("trading.pnl.realized")
    assert recorded_orders.metric("trading.pnl.realized", **{"trading.currency": "BTC"}) == 0.25


def test_a_gauge_that_was_never_set_has_no_value(recorded_orders: RecordedOrders) -> None:
    with pytest.raises(LookupError, match="0 values of 'trading\\.leverage' fit"):
        recorded_orders.metric("trading.leverage")


def test_a_misspelt_metric_is_refused_and_the_right_one_offered(recorded_orders: RecordedOrders) -> None:
    with pytest.raises(LookupError, match=r"no metric 'trading.execution.fill'.* is it trading.execution.fills"):
        recorded_orders.metric("trading.execution.fill")


def test_metrics_of_the_bots_own_are_recorded(recorded_orders: RecordedOrders) -> None:
    otel.get_meter("bot").create_counter("bot.ticks").add(3, {"feed": "a"})
    assert recorded_orders.metric("bot.ticks", feed="a") == 3


def test_after_clearing_counters_and_histograms_count_from_there(recorded_orders: RecordedOrders) -> None:
    trade("cl-1")
    recorded_orders.clear()
    assert recorded_orders.metric("trading.execution.fills") == 0
    trade("cl-2")
    assert recorded_orders.metric("trading.execution.fills") == 1
    assert recorded_orders.metric("trading.order.ack.duration") == 1


def test_after_clearing_a_gauge_stands_where_it_stood_and_open_orders_are_open(recorded_orders: RecordedOrders) -> None:
    order = send()
    order.acknowledged(id="1")
    otel_trading.position("BTC/USDT", 0.5)
    recorded_orders.clear()
    assert recorded_orders.metric("trading.position.quantity") == 0.5
    assert recorded_orders.metric("trading.order.active") == 1
    order.canceled()
    assert recorded_orders.metric("trading.order.active") == 0
