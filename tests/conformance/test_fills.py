"""Fills: how much at which price, each once, and in their order's own trace wherever they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.conformance.driver import Behaviour, LooksUp
from tests.recording import attributes

if TYPE_CHECKING:
    from tests.conformance.reading import Desk


@pytest.mark.asks(Behaviour.FILL)
async def test_a_fill_is_told_with_quantity_and_price_and_ends_the_order(desk: Desk) -> None:
    order = await desk.send_and_follow()
    await desk.execute(order, desk.driver.quantity)
    (fill,) = desk.fills()
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(desk.driver.quantity)
    assert fill[a.TRADING_EXECUTION_PRICE] == pytest.approx(desk.driver.price)
    assert (fill[a.TRADING_ORDER_STATUS], fill[a.TRADING_ORDER_LEAVES_QUANTITY]) == ("filled", 0.0)
    await desk.until(lambda: desk.total(metrics.TRADING_ORDER_ACTIVE) == 0)


@pytest.mark.asks(Behaviour.FILL)
async def test_what_was_traded_is_counted(desk: Desk) -> None:
    order = await desk.send_and_follow()
    await desk.execute(order, desk.driver.quantity)
    await desk.until(lambda: desk.recorded.total(metrics.TRADING_EXECUTION_QUANTITY) > 0)  # the last that is counted
    fills = desk.recorded.point(metrics.TRADING_EXECUTION_FILLS)
    quantity = desk.recorded.point(metrics.TRADING_EXECUTION_QUANTITY)
    assert fills.value == 1
    assert quantity.value == pytest.approx(desk.driver.quantity)
    assert fills.attributes[a.TRADING_SYMBOL] == desk.driver.symbol
    assert fills.attributes[a.TRADING_ORDER_SIDE] == "buy"


@pytest.mark.asks(Behaviour.PARTIAL_FILL)
async def test_a_partial_fill_leaves_the_order_at_work(desk: Desk) -> None:
    order = await desk.send_and_follow()
    half = desk.driver.quantity / 2
    await desk.execute(order, half)
    (fill,) = desk.fills()
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(half)
    assert fill[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == pytest.approx(half)
    assert fill[a.TRADING_ORDER_LEAVES_QUANTITY] == pytest.approx(half)
    assert fill[a.TRADING_ORDER_STATUS] == "partially_filled"
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 1


@pytest.mark.asks(Behaviour.PARTIAL_FILL, Behaviour.FILL)
async def test_two_halves_are_two_fills_of_one_order(desk: Desk) -> None:
    order = await desk.send_and_follow()
    half = desk.driver.quantity / 2
    await desk.execute(order, half)
    await desk.execute(order, half)
    assert [fill[a.TRADING_EXECUTION_QUANTITY] for fill in desk.fills()] == pytest.approx([half, half])
    assert [fill[a.TRADING_ORDER_STATUS] for fill in desk.fills()] == ["partially_filled", "filled"]
    assert desk.total(metrics.TRADING_EXECUTION_FILLS) == 2
    assert desk.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(desk.driver.quantity)
    assert [fill for fill in desk.fills() if fill[a.TRADING_ORDER_ID] != order.id] == []
    await desk.until(lambda: desk.total(metrics.TRADING_ORDER_ACTIVE) == 0)


@pytest.mark.asks(Behaviour.PARTIAL_FILL, Behaviour.CANCEL)
async def test_the_rest_of_a_partly_filled_order_is_canceled(desk: Desk) -> None:
    order = await desk.send_and_follow()
    await desk.execute(order, desk.driver.quantity / 2)
    await desk.bot.cancel(order)
    await desk.until(lambda: desk.events(events.TRADING_ORDER_CANCELED))
    assert desk.event(events.TRADING_ORDER_CANCELED)[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == pytest.approx(
        desk.driver.quantity / 2
    )
    assert desk.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.asks(Behaviour.LATE_FILL)
async def test_a_fill_that_a_stream_brings_later_stands_in_the_orders_own_trace(desk: Desk) -> None:
    await desk.follow()
    with trace.get_tracer("bot").start_as_current_span("decide"):
        order = await desk.send()
    with trace.get_tracer("bot").start_as_current_span("something else"):
        await desk.execute(order, desk.driver.quantity)
    submit = desk.submit_span()
    fill = desk.recorded.event(events.TRADING_ORDER_FILLED)
    (update,) = [span for span in desk.recorded.spans() if span.context.span_id == fill.span_id]
    assert fill.trace_id == submit.context.trace_id
    assert (update.name, update.kind) == (f"order_update {desk.driver.venue}", SpanKind.CONSUMER)
    assert update.parent is not None
    assert update.parent.span_id == submit.context.span_id
    assert attributes(update)[a.TRADING_ORDER_ID] == order.id


@pytest.mark.asks(Behaviour.ONCE)
async def test_an_order_is_one_story_however_many_calls_of_the_library_it_takes(desk: Desk) -> None:
    await desk.send()
    assert desk.names() == ["submitted", "acknowledged"]
    assert desk.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert desk.total(metrics.TRADING_ORDER_ACK_DURATION) == 1


@pytest.mark.asks(Behaviour.ONCE, Behaviour.PARTIAL_FILL, Behaviour.FILL)
async def test_a_fill_that_stream_and_query_both_tell_of_is_one_fill(desk: Desk) -> None:
    if not isinstance(desk.bot, LooksUp):
        pytest.skip("this library has one feed only")
    order = await desk.send_and_follow()
    await desk.execute(order, desk.driver.quantity / 2)
    await desk.bot.look_up(order)
    await desk.bot.look_up(order)
    await desk.execute(order, desk.driver.quantity / 2)
    await desk.bot.look_up(order)
    assert len(desk.fills()) == 2
    assert desk.total(metrics.TRADING_EXECUTION_FILLS) == 2
    assert desk.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(desk.driver.quantity)
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 0
