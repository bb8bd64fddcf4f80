"""Back-tests: told where that is wanted, with the simulation's times, and never as if they were live."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import pytest
from nautilus_trader.model.enums import OmsType, OrderSide
from nautilus_trader.model.objects import Quantity
from opentelemetry.trace import StatusCode

from otel_trading.instrumentation.nautilus import kernels
from otel_trading.orders.blocks import order as order_block
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from otel_trading.settings import load
from otel_trading.telemetry import logs
from tests.recording import attributes
from tests.venues.nautilus.backtest import BEGAN, Backtest
from tests.venues.nautilus.strategy import INSTRUMENT_ID, Puppet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry._logs import LogRecord

    from otel_trading.instrumentation.nautilus import NautilusInstrumentor
    from tests.recording import Recorded


@pytest.fixture
def backtest(with_backtests: NautilusInstrumentor) -> Iterator[Backtest]:  # noqa: ARG001 - at work before
    """A back-test that is told of."""
    running = Backtest()
    yield running
    running.end()


def order_events(recorded: Recorded, client_id: str = "") -> list[LogRecord]:
    return [
        event
        for event in recorded.events()
        if (event.event_name or "").startswith("trading.order.")
        and client_id in attributes(event)[a.TRADING_ORDER_CLIENT_ID]
    ]


def names(recorded: Recorded, client_id: str = "") -> list[str]:
    return [(event.event_name or "").removeprefix("trading.order.") for event in order_events(recorded, client_id)]


@pytest.mark.usefixtures("live")
def test_by_default_nothing_is_told_of_a_back_test(recorded: Recorded) -> None:
    silent = Backtest()
    silent.submit(silent.strategy.limit("buy", 0.1, None, "silent"))
    silent.end()
    assert silent.strategy.said != []
    assert (recorded.spans(), recorded.events()) == ([], [])
    assert recorded.metrics() == {}


def test_each_step_of_an_order_is_told_once(backtest: Backtest, recorded: Recorded) -> None:
    backtest.submit(backtest.strategy.limit("buy", 0.1, None, "once"))
    assert names(recorded) == ["submitted", "acknowledged", "filled"]
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1


def test_what_happened_has_the_simulation_s_time_and_the_record_this_machine_s(
    backtest: Backtest, recorded: Recorded
) -> None:
    backtest.submit(backtest.strategy.limit("buy", 0.1, None, "when"))
    fill = recorded.event(events.TRADING_ORDER_FILLED)
    assert attributes(fill)[a.TRADING_ORDER_TRANSACT_TIME] == BEGAN + 2_000_000_000
    assert time.time_ns() - (fill.timestamp or 0) < 60_000_000_000


def test_an_order_is_measured_against_the_quote_that_it_was_sent_at(backtest: Backtest, recorded: Recorded) -> None:
    backtest.submit(backtest.strategy.limit("buy", 0.1, None, "slip"))
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] == 60_000.5
    slippage = recorded.point(metrics.TRADING_EXECUTION_SLIPPAGE)
    assert slippage.sum == pytest.approx(0.5 / 60_000.5)


def test_an_order_that_the_risk_engine_denies_never_left(backtest: Backtest, recorded: Recorded) -> None:
    backtest.submit(backtest.strategy.limit("buy", 100, 50_000, "dear"))
    assert names(recorded) == ["rejected"]
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    check = recorded.event(events.TRADING_RISK_CHECK)
    assert attributes(check)[a.TRADING_RISK_CHECK_NAME] == "notional_exceeds_free_balance"
    span = recorded.span("submit_order binance")
    assert span.status.status_code is StatusCode.ERROR
    assert check.trace_id == rejected_trace(recorded) == span.context.trace_id


def rejected_trace(recorded: Recorded) -> int | None:
    return recorded.event(events.TRADING_ORDER_REJECTED).trace_id


def test_an_order_that_the_exchange_refuses_has_left(backtest: Backtest, recorded: Recorded) -> None:
    strategy = backtest.strategy
    instrument = strategy.cache.instrument(INSTRUMENT_ID)
    order = strategy.order_factory.limit(
        INSTRUMENT_ID, OrderSide.BUY, instrument.make_qty(0.1), instrument.make_price(70_000), post_only=True
    )
    backtest.submit(order)
    assert names(recorded) == ["submitted", "rejected"]
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"
    assert recorded.span("submit_order binance").status.status_code is StatusCode.ERROR


def test_cancelling_all_is_told_of_each_order(backtest: Backtest, recorded: Recorded) -> None:
    backtest.submit(backtest.strategy.limit("buy", 0.1, 50_000, "one"))
    backtest.submit(backtest.strategy.limit("buy", 0.1, 49_000, "two"))
    backtest.do(lambda: backtest.strategy.cancel_all_orders(INSTRUMENT_ID))
    for client_id in ("one", "two"):
        assert names(recorded, client_id) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 2


def test_an_amendment_that_is_denied_leaves_the_order_as_it_was(backtest: Backtest, recorded: Recorded) -> None:
    order = backtest.submit(backtest.strategy.limit("buy", 0.1, 50_000, "small"))
    backtest.do(lambda: backtest.strategy.change(order, 100_000, 50_000))
    backtest.execute(order, 0.1)
    assert names(recorded) == ["submitted", "acknowledged", "amend_requested", "amend_rejected", "filled"]
    rejected = attributes(recorded.event(events.TRADING_ORDER_AMEND_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"
    assert recorded.span("amend_order binance").status.status_code is StatusCode.ERROR


def test_a_cancel_that_is_asked_for_twice_is_told_once(backtest: Backtest, recorded: Recorded) -> None:
    order = backtest.submit(backtest.strategy.limit("buy", 0.1, 50_000, "twice"))

    def cancel() -> None:
        backtest.strategy.cancel_order(order)
        backtest.strategy.cancel_order(order)

    backtest.do(cancel)
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    assert len(recorded.spans("cancel_order binance")) == 1


def test_an_order_denied_for_its_client_id_leaves_the_one_that_has_it_alone(
    backtest: Backtest, recorded: Recorded
) -> None:
    strategy = backtest.strategy
    order = backtest.submit(strategy.limit("buy", 0.1, 50_000, "same"))
    strategy.forget("same")
    backtest.submit(strategy.limit("buy", 0.1, 49_000, "same"))
    backtest.execute(order, 0.1)
    assert names(recorded) == ["submitted", "acknowledged", "rejected", "filled"]
    rejected, fill = recorded.event(events.TRADING_ORDER_REJECTED), recorded.event(events.TRADING_ORDER_FILLED)
    assert attributes(rejected)[a.TRADING_ORDER_REJECTION_CATEGORY] == "duplicate_order"
    assert fill.trace_id == recorded.event(events.TRADING_ORDER_ACKNOWLEDGED).trace_id != rejected.trace_id


def test_an_order_in_the_quote_currency_is_filled_when_nautilus_says_so(backtest: Backtest, recorded: Recorded) -> None:
    strategy = backtest.strategy
    order = strategy.order_factory.market(
        INSTRUMENT_ID, OrderSide.BUY, Quantity.from_str("6000.10"), quote_quantity=True
    )
    backtest.submit(order)
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(0.1)
    assert names(recorded)[:3] == ["submitted", "acknowledged", "filled"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_two_runs_that_count_their_orders_alike_are_two_stories(
    with_backtests: NautilusInstrumentor,  # noqa: ARG001 - at work
    recorded: Recorded,
) -> None:
    for _ in range(2):
        running = Backtest()
        running.submit(running.strategy.limit("buy", 0.1, 50_000, ""))
        running.end()
    first, second = recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)
    assert attributes(first)[a.TRADING_ORDER_CLIENT_ID] == attributes(second)[a.TRADING_ORDER_CLIENT_ID]
    assert first.trace_id != second.trace_id


class Chain(Puppet):
    """Answers each fill with an order, as a grid does."""

    def on_order_filled(self, event: Any) -> None:  # noqa: ARG002 - as NautilusTrader calls it
        if len(self.cache.orders()) < 3:
            self.submit_order(self.limit("buy", 0.1, None, ""))


def test_an_order_sent_because_of_a_fill_has_a_trace_of_its_own_that_links_to_it(
    with_backtests: NautilusInstrumentor,  # noqa: ARG001 - at work
    recorded: Recorded,
) -> None:
    running = Backtest(strategy=Chain())
    running.submit(running.strategy.limit("buy", 0.1, None, ""))
    running.end()
    first, second, third = recorded.spans("submit_order binance")
    assert len({span.context.trace_id for span in (first, second, third)}) == 3
    assert [link.context.trace_id for link in second.links] == [first.context.trace_id]
    assert [link.context.trace_id for link in third.links] == [second.context.trace_id]


def test_an_order_of_a_block_is_the_block_s(backtest: Backtest, recorded: Recorded) -> None:
    strategy = backtest.strategy

    def decide() -> None:
        with order_block(symbol="BTCUSDT", side="buy", arrival_price=60_100.0):
            strategy.submit_order(strategy.limit("buy", 0.1, None, "decided"))

    backtest.do(decide)
    block, submit = recorded.span("order"), recorded.span("submit_order binance")
    assert submit.parent is not None
    assert submit.parent.span_id == block.context.span_id
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] == 60_100.0


def test_what_the_bot_logs_of_an_event_carries_the_ids_of_its_order_and_its_strategy(
    backtest: Backtest, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    logs.install(load({})[0])
    try:
        backtest.submit(backtest.strategy.limit("buy", 0.1, None, "said"))
    finally:
        logs.uninstall()
    (line,) = [record for record in recorded.logs() if record.body == "OrderFilled of O-said"]
    told = attributes(line)
    assert (told[a.TRADING_ORDER_CLIENT_ID], told[a.TRADING_STRATEGY_ID]) == ("O-said", "Puppet-000")
    assert line.trace_id == recorded.span("submit_order binance").context.trace_id


def test_nobody_s_positions_are_on_no_gauge(backtest: Backtest, recorded: Recorded) -> None:
    backtest.submit(backtest.strategy.limit("buy", 0.1, None, "paper"))
    assert recorded.metric(metrics.TRADING_POSITION_QUANTITY) == []
    assert recorded.metric(metrics.TRADING_PNL_REALIZED) == []


class Clumsy(Puppet):
    """Raises where it should handle a fill."""

    def on_order_filled(self, event: Any) -> None:
        raise ZeroDivisionError(f"cannot handle {event.client_order_id}")


def test_what_the_bot_raises_passes_and_the_next_order_is_told_all_the_same(
    with_backtests: NautilusInstrumentor,  # noqa: ARG001 - at work
    recorded: Recorded,
) -> None:
    running = Backtest(strategy=Clumsy())
    with pytest.raises(ZeroDivisionError, match="cannot handle O-first"):
        running.submit(running.strategy.limit("buy", 0.1, None, "first"))
    assert names(recorded) == ["submitted", "acknowledged", "filled"]
    running.engine.dispose()


def test_uninstrumenting_takes_what_was_subscribed_off_the_bus(
    backtest: Backtest, with_backtests: NautilusInstrumentor, recorded: Recorded
) -> None:
    bus = backtest.engine.kernel.msgbus
    before = len(bus.subscriptions())
    with_backtests.uninstrument()
    backtest.submit(backtest.strategy.limit("buy", 0.1, None, "after"))
    assert len(bus.subscriptions()) == before - 1
    assert (recorded.spans(), recorded.events()) == ([], [])


def test_a_kernel_that_is_disposed_of_is_listened_to_no_more(
    with_backtests: NautilusInstrumentor,  # noqa: ARG001 - at work
) -> None:
    running = Backtest()
    bus = running.engine.kernel.msgbus
    assert kernels.of(bus) is not None
    running.end()
    assert kernels.of(bus) is None


def test_positions_beside_each_other_do_not_disturb_their_orders(
    with_backtests: NautilusInstrumentor,  # noqa: ARG001 - at work
    recorded: Recorded,
) -> None:
    running = Backtest(oms_type=OmsType.HEDGING)
    for client_id in ("left", "right"):
        running.submit(running.strategy.limit("buy", 0.1, None, client_id))
    running.end()
    assert [attributes(event)[a.TRADING_ORDER_CLIENT_ID] for event in recorded.events(events.TRADING_ORDER_FILLED)] == [
        "O-left",
        "O-right",
    ]
