"""A live node with its Binance adapter: what back-tests cannot show, and the conformance suite does not ask."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from nautilus_trader.model.enums import TradingState
from opentelemetry.trace import StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from otel_trading.settings import load
from otel_trading.telemetry import logs
from otel_trading.testing.fresh import forget
from tests.recording import attributes
from tests.venues.nautilus.node import LiveNode, running, until
from tests.venues.nautilus.strategy import INSTRUMENT_ID
from tests.venues.nautilus.venue import NautilusVenue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from otel_trading.instrumentation.nautilus import NautilusInstrumentor
    from tests.recording import Recorded

pytestmark = pytest.mark.usefixtures("live")


@pytest.fixture
async def venue() -> AsyncIterator[NautilusVenue]:
    async with NautilusVenue(seed=7, tick_ms=50) as found:
        yield found


@pytest.fixture
async def node(live: NautilusInstrumentor, venue: NautilusVenue) -> AsyncIterator[LiveNode]:  # noqa: ARG001 - at work
    async with running(venue) as found:
        yield found


async def _closed(order: Any) -> None:
    await until(lambda: order.is_closed)


def names(recorded: Recorded) -> list[str]:
    found = [event.event_name or "" for event in recorded.events()]
    return [name.removeprefix("trading.order.") for name in found if name.startswith("trading.order.")]


async def test_an_order_without_an_answer_is_unconfirmed_though_the_bot_is_told_nothing(
    node: LiveNode, venue: NautilusVenue, recorded: Recorded
) -> None:
    venue.ignore_next()
    order = node.strategy.limit("buy", 0.1, 50_000, "lost")
    node.strategy.submit_order(order)
    await until(lambda: "unconfirmed" in names(recorded))
    assert order.status_string() == "SUBMITTED"
    assert names(recorded) == ["submitted", "unconfirmed"]
    told = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"
    assert told[a.TRADING_ORDER_STATUS] == "pending_new"
    assert "signature" not in told[a.TRADING_ORDER_REJECTION_REASON]
    assert recorded.span("submit_order binance").status.status_code is StatusCode.ERROR


async def test_an_order_that_nautilus_gives_up_as_unknown_stays_unconfirmed(
    live: NautilusInstrumentor,  # noqa: ARG001 - at work
    venue: NautilusVenue,
    recorded: Recorded,
) -> None:
    impatient: dict[str, Any] = {
        "inflight_check_interval_ms": 20,
        "inflight_check_threshold_ms": 20,
        "inflight_check_retries": 1,
    }
    async with running(venue, **impatient) as node:
        venue.ignore_next()
        order = node.strategy.limit("buy", 0.1, 50_000, "gone")
        node.strategy.submit_order(order)
        await until(lambda: order.is_closed)
        await until(lambda: any("OrderRejected" in line for line in node.strategy.said))
    assert [name for name in names(recorded) if name != "submitted"] == ["unconfirmed"]
    assert recorded.total(metrics.TRADING_ORDER_REJECTIONS) == 1


async def test_a_cancel_without_an_answer_leaves_the_order_at_work(
    node: LiveNode, venue: NautilusVenue, recorded: Recorded
) -> None:
    order = node.strategy.limit("buy", 0.1, 50_000, "open")
    await node.submit(order)
    venue.ignore_next()
    node.strategy.cancel_order(order)
    await until(lambda: "cancel_rejected" in names(recorded))
    told = attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"
    assert recorded.span("cancel_order binance").status.status_code is StatusCode.ERROR
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


async def test_cancelling_all_is_told_of_each_order_before_the_venue_answers(
    node: LiveNode, recorded: Recorded
) -> None:
    orders = [node.strategy.limit("buy", 0.1, price, f"all-{price}") for price in (50_000, 49_000)]
    for order in orders:
        await node.submit(order)
    node.strategy.cancel_all_orders(INSTRUMENT_ID)
    await until(lambda: all(order.is_closed for order in orders) and len(recorded.spans("cancel_order binance")) == 2)
    told = names(recorded)[4:]
    assert sorted(told) == ["cancel_requested", "cancel_requested", "canceled", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 2


async def test_position_and_profit_are_told_as_they_change(node: LiveNode, recorded: Recorded) -> None:
    for side in ("buy", "buy", "sell"):
        order = node.strategy.limit(side, 0.1, None, "")
        await node.submit(order)
        await _closed(order)
    whose = {a.TRADING_STRATEGY_ID: "Puppet-000", a.TRADING_VENUE: "binance", a.TRADING_SYMBOL: "BTCUSDT"}
    (position,) = node.node.cache.positions()
    await until(lambda: float(position.quantity) == pytest.approx(0.1))
    await until(lambda: recorded.point(metrics.TRADING_POSITION_QUANTITY, **whose).value == pytest.approx(0.1))
    realized = recorded.point(metrics.TRADING_PNL_REALIZED, **whose)
    assert realized.value == pytest.approx(float(position.realized_pnl))
    assert realized.attributes[a.TRADING_CURRENCY] == "USDT"


async def test_a_halted_risk_engine_is_a_kill_switch(node: LiveNode, recorded: Recorded) -> None:
    risk = node.node.kernel.risk_engine
    risk.set_trading_state(TradingState.HALTED)
    node.strategy.submit_order(node.strategy.limit("buy", 0.1, 50_000, "halted"))
    await until(lambda: "rejected" in names(recorded))
    risk.set_trading_state(TradingState.ACTIVE)
    changes = [attributes(event) for event in recorded.events(events.TRADING_KILL_SWITCH_CHANGED)]
    assert [change[a.TRADING_KILL_SWITCH_ACTIVE] for change in changes] == [True, False]
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "risk_limit"
    assert names(recorded) == ["rejected"], "it never left"


async def test_what_was_before_a_node_began_is_not_told_again_and_what_comes_after_is(
    live: NautilusInstrumentor, venue: NautilusVenue, recorded: Recorded
) -> None:
    async with running(venue) as first:
        order = first.strategy.limit("buy", 0.1, 50_000, "old")
        await first.submit(order)
        venue.execute("O-old", 0.04)
        await until(lambda: order.filled_qty > 0)
    live.uninstrument()
    forget()  # the process has ended, and there is another
    recorded.clear()
    live.instrument()
    before = recorded.total(metrics.TRADING_EXECUTION_FILLS)
    async with running(venue) as second:
        assert names(recorded) == []
        venue.execute("O-old", 0.06)
        await until(lambda: second.strategy.known("O-old").is_closed)
        await until(lambda: "filled" in names(recorded))
    assert names(recorded) == ["filled"]
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(0.06)
    assert fill[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == pytest.approx(0.1)
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) - before == 1


async def test_a_sandbox_s_orders_are_told_as_those_of_a_live_node(
    live: NautilusInstrumentor,  # noqa: ARG001 - at work
    venue: NautilusVenue,
    recorded: Recorded,
) -> None:
    async with running(venue, sandbox=True) as node:
        node.strategy.subscribe_quote_ticks(INSTRUMENT_ID)
        await until(lambda: node.strategy.ticks)
        order = node.strategy.limit("buy", 0.1, None, "paper")
        await node.submit(order)
        await _closed(order)
    assert names(recorded)[:3] == ["submitted", "acknowledged", "filled"]
    assert {event.trace_id for event in recorded.events(events.TRADING_ORDER_FILLED)} == {
        recorded.span("submit_order binance").context.trace_id
    }


async def test_what_the_bot_logs_of_a_tick_names_its_strategy(
    node: LiveNode, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    logs.install(load({})[0])
    node.strategy.wanted.append(lambda: logging.getLogger("bot").info("a tick"))
    node.strategy.subscribe_quote_ticks(INSTRUMENT_ID)
    try:
        await until(lambda: not node.strategy.wanted)
    finally:
        logs.uninstall()
    (line,) = [record for record in recorded.logs() if record.body == "a tick"]
    assert attributes(line)[a.TRADING_STRATEGY_ID] == "Puppet-000"


async def test_quotes_are_what_an_order_is_measured_against(node: LiveNode, recorded: Recorded) -> None:
    node.strategy.subscribe_quote_ticks(INSTRUMENT_ID)
    await until(lambda: node.strategy.ticks)
    await node.submit(node.strategy.limit("buy", 0.1, 50_000, "measured"))
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] == pytest.approx(60_000, rel=0.01)
    assert recorded.total(metrics.TRADING_TICK_TO_TRADE_DURATION) == 1


async def test_uninstrumenting_leaves_a_running_node_as_it_would_be_without_us(
    node: LiveNode, live: NautilusInstrumentor
) -> None:
    def topics() -> list[str]:
        return sorted(each.topic for each in node.node.kernel.msgbus.subscriptions())

    def ours(each: Any) -> bool:
        return "otel_trading" in getattr(each.handler, "__module__", "")

    assert [each.topic for each in node.node.kernel.msgbus.subscriptions() if ours(each)] != []
    live.uninstrument()
    assert [each.topic for each in node.node.kernel.msgbus.subscriptions() if ours(each)] == []
    assert "events.order.*" in topics(), "the engines' own are still there"
