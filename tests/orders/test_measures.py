"""What no library call shows: each function of the public API, and what it records."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from opentelemetry._logs import SeverityNumber

from otel_trading import decision, exposure, kill_switch, market_data, order, pnl, position, risk_check, strategy
from otel_trading.orders import market
from otel_trading.semconv import attributes as names
from otel_trading.semconv import events, metrics
from tests.recording import attributes

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument
    from tests.recording import Recorded

GRID = {names.TRADING_STRATEGY_ID: "grid-btc"}


def test_a_decision_stands_in_the_story_of_its_order(recorded: Recorded) -> None:
    with order(client_id="cl-1", strategy="grid-btc"):
        decision("momentum", 0.82, arrival_price=60_001.5)
    event = recorded.event(events.TRADING_DECISION)
    assert event.body == "decision momentum 0.82"
    assert event.span_id == recorded.span("order").context.span_id
    assert attributes(event) == GRID | {
        names.TRADING_ORDER_CLIENT_ID: "cl-1",
        names.TRADING_DECISION_SIGNAL: "momentum",
        names.TRADING_DECISION_VALUE: 0.82,
        names.TRADING_ORDER_ARRIVAL_PRICE: 60_001.5,
    }


def test_a_decision_outside_any_order_carries_the_strategy(recorded: Recorded) -> None:
    with strategy("grid-btc"):
        decision("momentum")
    assert attributes(recorded.event()) == GRID | {names.TRADING_DECISION_SIGNAL: "momentum"}


def test_the_price_of_the_decision_is_what_slippage_is_measured_against(recorded: Recorded) -> None:
    with order(side="buy", symbol="BTC/USDT") as this:
        decision("momentum", arrival_price=100.0)
        this.filled(quantity=1.0, price=101.0)
    assert recorded.point(metrics.TRADING_EXECUTION_SLIPPAGE).sum == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("passed", "result", "severity"),
    [(True, "passed", SeverityNumber.INFO), (False, "breached", SeverityNumber.ERROR)],
)
def test_a_risk_check_is_an_event_and_a_count(
    recorded: Recorded, passed: bool, result: str, severity: SeverityNumber
) -> None:
    with strategy("grid-btc"):
        risk_check("max_notional", passed=passed, value=30_000, limit=50_000)
    event = recorded.event(events.TRADING_RISK_CHECK)
    assert event.body == f"risk check max_notional 30000 of 50000 {result}"
    assert event.severity_number is severity
    told = GRID | {names.TRADING_RISK_CHECK_NAME: "max_notional", names.TRADING_RISK_CHECK_RESULT: result}
    assert attributes(event) == told | {
        names.TRADING_RISK_CHECK_VALUE: 30_000.0,
        names.TRADING_RISK_CHECK_LIMIT: 50_000.0,
    }
    assert dict(recorded.point(metrics.TRADING_RISK_CHECKS).attributes) == told


def test_a_breach_is_on_the_span_too_whatever_passes_after_it(recorded: Recorded) -> None:
    with order(symbol="BTC/USDT"):
        risk_check("max_notional", passed=False)
        risk_check("message_rate", passed=True)
    assert attributes(recorded.span())[names.TRADING_RISK_CHECK_RESULT] == "breached"


def test_a_check_that_passed_is_not_on_the_span(recorded: Recorded) -> None:
    with order(symbol="BTC/USDT"):
        risk_check("max_notional", passed=True)
    assert names.TRADING_RISK_CHECK_RESULT not in attributes(recorded.span())


def test_a_kill_switch_is_on_the_span_that_it_was_thrown_in(recorded: Recorded) -> None:
    with order(symbol="BTC/USDT"):
        kill_switch(active=True)
    assert attributes(recorded.span())[names.TRADING_KILL_SWITCH_ACTIVE] is True


def test_profit_and_loss_are_gauges_in_their_currency(recorded: Recorded) -> None:
    with strategy("grid-btc"):
        pnl(realized=120, unrealized=-4.5, currency="USDT", venue="binance", drawdown_utilization=0.3)
    of = GRID | {names.TRADING_CURRENCY: "USDT", names.TRADING_VENUE: "binance"}
    assert recorded.point(metrics.TRADING_PNL_REALIZED, **of).value == 120.0
    assert recorded.point(metrics.TRADING_PNL_UNREALIZED, **of).value == -4.5
    drawdown = recorded.point(metrics.TRADING_DRAWDOWN_UTILIZATION)
    assert (drawdown.value, dict(drawdown.attributes)) == (0.3, GRID)


def test_what_is_not_given_is_not_recorded(recorded: Recorded) -> None:
    pnl(realized=1.0, currency="USDT")
    assert set(recorded.metrics()) == {metrics.TRADING_PNL_REALIZED.name}


def test_a_gauge_tells_the_last_value(recorded: Recorded) -> None:
    position("BTC/USDT", 0.5, venue="binance")
    position("BTC/USDT", -0.25, venue="binance")
    point = recorded.point(metrics.TRADING_POSITION_QUANTITY)
    assert point.value == -0.25
    assert dict(point.attributes) == {names.TRADING_SYMBOL: "BTC/USDT", names.TRADING_VENUE: "binance"}


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (metrics.TRADING_EXPOSURE_GROSS, 10_000.0),
        (metrics.TRADING_EXPOSURE_NET, -2_000.0),
        (metrics.TRADING_LEVERAGE, 1.5),
        (metrics.TRADING_VAR, 300.0),
    ],
)
def test_exposure_is_a_gauge_for_each_figure(recorded: Recorded, definition: Instrument, value: float) -> None:
    with strategy("grid-btc"):
        exposure(gross=10_000, net=-2_000, currency="USDT", leverage=1.5, var=300, venue="binance")
    assert recorded.point(definition, **GRID).value == value


def test_the_age_of_market_data_grows_until_more_comes(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    market_data("BTC/USDT", venue="binance", stream="ticker")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3)
    assert recorded.point(metrics.TRADING_MARKET_DATA_AGE).value == pytest.approx(3, abs=0.1)
    market_data("BTC/USDT", venue="binance", stream="ticker")
    assert recorded.point(metrics.TRADING_MARKET_DATA_AGE).value == 0


def test_each_stream_of_market_data_has_an_age_of_its_own(recorded: Recorded) -> None:
    market_data("BTC/USDT", venue="binance", stream="ticker")
    market_data("ETH/USDT", venue="binance", stream="ticker")
    market_data("ETH/USDT", venue="binance", stream="trades")
    assert len(recorded.metric(metrics.TRADING_MARKET_DATA_AGE)) == 3


def test_the_latency_of_market_data_is_from_the_venues_time_to_its_receipt(recorded: Recorded) -> None:
    market_data("BTC/USDT", venue="binance", stream="ticker", sent_at=time.time() - 0.25)
    assert recorded.point(metrics.TRADING_MARKET_DATA_LATENCY).sum == pytest.approx(0.25, abs=0.1)


def test_a_clock_that_is_behind_makes_no_negative_latency(recorded: Recorded) -> None:
    market_data("BTC/USDT", sent_at=time.time() + 60)
    assert recorded.point(metrics.TRADING_MARKET_DATA_LATENCY).sum == 0


def test_a_quote_is_remembered_as_the_price_of_arrival() -> None:
    market_data("BTC/USDT", venue="binance", bid=100, ask=101)
    quote = market.last_quote("binance", "BTC/USDT")
    assert quote is not None
    assert quote.mid == 100.5


def test_a_quote_that_is_too_old_is_no_price_of_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    market_data("BTC/USDT", venue="binance", bid=100, ask=101)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 6)
    assert market.last_quote("binance", "BTC/USDT") is None


def test_a_gap_in_market_data_is_an_event_and_a_count(recorded: Recorded) -> None:
    market.gap("binance", "BTC/USDT", "order_book")
    of = {
        names.TRADING_VENUE: "binance",
        names.TRADING_SYMBOL: "BTC/USDT",
        names.TRADING_STREAM_NAME: "order_book",
    }
    assert attributes(recorded.event(events.TRADING_MARKET_DATA_GAP)) == of
    assert recorded.total(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS, **of) == 1


def test_the_kill_switch_is_a_state_a_count_and_an_event(recorded: Recorded) -> None:
    kill_switch(active=True, reason="daily loss")
    event = recorded.event(events.TRADING_KILL_SWITCH_CHANGED)
    assert event.body == "kill switch active: daily loss"
    assert event.severity_number is SeverityNumber.ERROR
    assert attributes(event) == {
        names.TRADING_KILL_SWITCH_ACTIVE: True,
        names.TRADING_KILL_SWITCH_REASON: "daily loss",
    }
    assert recorded.point(metrics.TRADING_KILL_SWITCH_STATE).value == 1
    assert recorded.total(metrics.TRADING_KILL_SWITCH_ACTIVATIONS) == 1


def test_a_kill_switch_that_is_released_counts_no_activation(recorded: Recorded) -> None:
    kill_switch(active=True)
    kill_switch(active=False)
    assert recorded.events()[-1].severity_number is SeverityNumber.WARN
    assert attributes(recorded.events()[-1])[names.TRADING_KILL_SWITCH_ACTIVE] is False
    assert recorded.point(metrics.TRADING_KILL_SWITCH_STATE).value == 0
    assert recorded.total(metrics.TRADING_KILL_SWITCH_ACTIVATIONS) == 1
