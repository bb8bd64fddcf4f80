"""Reports that come early, late, twice, or somewhere else than where the order was sent."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import SYMBOL, Bot, execute, kinds, names, order_events, story, told, waiting
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

    Eventually = Callable[[Callable[[], bool]], Awaitable[None]]

LIMIT_BUY = (SYMBOL, "limit", "buy", 0.1, 59_000)


async def forever(watch: Callable[..., Any]) -> None:
    """Watch as a bot's task does."""
    while True:
        await watch(SYMBOL)


@pytest.fixture
async def watching(pro: Any) -> AsyncIterator[Callable[..., Any]]:
    """Start tasks that watch a bot's own streams, and wait until the venue knows."""
    pro.handle_balance = lambda *_: None  # what the account has is not the matter here
    tasks: list[asyncio.Task[None]] = []

    async def start(*streams: str) -> None:
        tasks.extend(asyncio.create_task(forever(getattr(pro, name))) for name in streams)
        for name in streams:
            await waiting(pro, {"watch_orders": "orders", "watch_my_trades": "myTrades"}[name])

    yield start
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_fill_that_another_task_receives_later_stands_in_the_orders_trace(
    pro: Any, venue: VenueThread, recorded: Recorded, watching: Callable[..., Any], eventually: Eventually
) -> None:
    await watching("watch_orders")
    order = await pro.create_order(*LIMIT_BUY)
    submit = recorded.span("submit_order binance")
    execute(venue, order["id"], "0.1")
    await eventually(lambda: "filled" in names(recorded))
    fill, update = recorded.event(events.TRADING_ORDER_FILLED), recorded.span("order_update binance")
    assert fill.trace_id == submit.context.trace_id
    assert fill.span_id == update.context.span_id
    assert update.kind is SpanKind.CONSUMER
    assert update.parent is not None
    assert update.parent.span_id == submit.context.span_id
    assert attributes(update)[a.TRADING_ORDER_ID] == order["id"]


def test_a_fill_that_another_thread_finds_stands_in_the_orders_trace(
    sync: Any, venue: VenueThread, recorded: Recorded
) -> None:
    order = sync.create_order(*LIMIT_BUY)
    execute(venue, order["id"], "0.1")
    with trace.get_tracer("bot").start_as_current_span("polling") as polling:
        thread = threading.Thread(target=sync.fetch_my_trades, args=(SYMBOL,))
        thread.start()
        thread.join()
        sync.fetch_order(order["id"], SYMBOL)
    fill = recorded.event(events.TRADING_ORDER_FILLED)
    submit, update = recorded.span("submit_order binance"), recorded.spans("order_update binance")[0]
    assert fill.trace_id == submit.context.trace_id != polling.get_span_context().trace_id
    assert update.links[0].context.span_id == recorded.span("fetch_my_trades binance").context.span_id


def test_a_fill_long_after_is_found_however_many_orders_came_between(
    sync: Any, venue: VenueThread, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = sync.create_order(*LIMIT_BUY)
    now = registry_time(monkeypatch)
    now[0] += 60 * 86_400  # two months: what is still at work is not forgotten by age
    for _ in range(3):
        sync.create_order(SYMBOL, "market", "buy", 0.001)
    execute(venue, order["id"], "0.1")
    sync.fetch_order(order["id"], SYMBOL)
    submit = recorded.spans("submit_order binance")[0]
    assert recorded.events(events.TRADING_ORDER_FILLED)[-1].trace_id == submit.context.trace_id


def registry_time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the registry a clock that is moved by hand."""
    import otel_trading.orders.registry as module  # noqa: PLC0415 - the module that `registry` hides

    now = [0.0]

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return now[0]

    monkeypatch.setattr(module, "time", Clock)
    return now


async def test_a_report_that_is_faster_than_the_answer_joins_the_same_story(
    pro: Any, venue: VenueThread, recorded: Recorded, watching: Callable[..., Any], eventually: Eventually
) -> None:
    await watching("watch_orders")
    venue.faults.fill_pattern([0.4, 0.6])
    venue.faults.hold_ack(0.2, path="/api/v3/order")
    call = asyncio.create_task(pro.create_order(*LIMIT_BUY))
    await eventually(lambda: bool(pro.orders) and pro.orders[-1]["status"] == "closed")
    assert names(recorded) == ["submitted"]
    order = await call
    (found,) = told(recorded)
    assert (found.order.venue_ids, kinds(found)) == ((order["id"],), ["submit", "acknowledged", "fill", "fill"])
    assert len({event.trace_id for event in order_events(recorded)}) == 1
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(0.1)


async def test_a_report_by_client_id_is_taken_before_the_answer(
    pro: Any, venue: VenueThread, recorded: Recorded, watching: Callable[..., Any], eventually: Eventually
) -> None:
    await watching("watch_orders")
    venue.faults.hold_ack(0.3, path="/api/v3/order")
    venue.faults.fill_pattern([1.0])
    call = asyncio.create_task(pro.create_order(*LIMIT_BUY, {"clientOrderId": "early-1"}))
    await eventually(lambda: "filled" in names(recorded))
    assert not call.done()
    await call
    assert kinds(story(recorded)) == ["submit", "acknowledged", "fill"]


async def test_three_feeds_at_once_count_each_execution_once(
    pro: Any, venue: VenueThread, recorded: Recorded, watching: Callable[..., Any], eventually: Eventually
) -> None:
    await watching("watch_orders", "watch_my_trades")
    order = await pro.create_order(*LIMIT_BUY)
    for quantity in ("0.03", "0.02", "0.05"):
        execute(venue, order["id"], quantity)
        await asyncio.gather(pro.fetch_order(order["id"], SYMBOL), pro.fetch_my_trades(SYMBOL))
    await eventually(lambda: (len(pro.orders or []), len(pro.myTrades or [])) == (1, 3))
    await asyncio.sleep(0.01)  # what the streams told is taken by the tasks that watch
    fills = [attributes(event) for event in recorded.events(events.TRADING_ORDER_FILLED)]
    assert [fill[a.TRADING_EXECUTION_QUANTITY] for fill in fills] == pytest.approx([0.03, 0.02, 0.05])
    assert [fill[a.TRADING_ORDER_CUMULATIVE_QUANTITY] for fill in fills] == pytest.approx([0.03, 0.05, 0.1])
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 3
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(0.1)
    assert recorded.total(metrics.TRADING_EXECUTION_FEES) == pytest.approx(0.0001)
    assert recorded.total(metrics.TRADING_EXECUTION_NOTIONAL) == pytest.approx(5_900)
    assert recorded.events(events.TRADING_ORDER_INVALID_TRANSITION) == []
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0
    found = story(recorded)
    assert found.numbers.fills == 3
    assert float(found.numbers.filled) == pytest.approx(0.1)


async def test_an_edit_seen_by_stream_and_answer_is_told_once(
    pro: Any, recorded: Recorded, watching: Callable[..., Any]
) -> None:
    await watching("watch_orders")
    order = await pro.create_order(*LIMIT_BUY)
    edited = await pro.edit_order(order["id"], SYMBOL, "limit", "buy", 0.2, 58_000)
    await asyncio.sleep(0.05)
    assert kinds(story(recorded)) == ["submit", "acknowledged", "amend_requested", "amended"]
    await pro.cancel_order(edited["id"], SYMBOL)
    await asyncio.sleep(0.05)
    assert names(recorded)[-2:] == ["cancel_requested", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_an_order_of_another_process_has_a_story_of_its_own(
    pro: Any, venue: VenueThread, recorded: Recorded, watching: Callable[..., Any], eventually: Eventually
) -> None:
    await watching("watch_orders")
    order = await pro.create_order(*LIMIT_BUY, {"clientOrderId": "by-hand"})
    await asyncio.sleep(0.02)
    recorded.clear()
    registry.clear()  # as in a bot that was restarted
    execute(venue, order["id"], "0.1")
    await eventually(lambda: "filled" in names(recorded))
    found = story(recorded)
    assert (found.order.client_ids, found.order.venue_ids) == (("by-hand",), (order["id"],))


async def test_a_query_that_lists_all_of_history_begins_no_stories(bot: Bot, recorded: Recorded) -> None:
    await bot("create_order", SYMBOL, "market", "buy", 0.001)
    recorded.clear()
    registry.clear()
    await bot("fetch_orders", SYMBOL)
    await bot("fetch_my_trades", SYMBOL)
    assert names(recorded) == []
    assert len(registry) == 0


async def test_a_watch_that_is_cancelled_leaves_the_tasks_context_as_it_was(pro: Any, recorded: Recorded) -> None:
    pro.handle_balance = lambda *_: None
    with trace.get_tracer("bot").start_as_current_span("work") as work:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(pro.watch_orders(SYMBOL), 0.1)
        assert trace.get_current_span() is work
    recorded.clear()
    await pro.fetch_ticker(SYMBOL)
    assert len(recorded.spans("fetch_ticker binance")) == 1


async def test_a_watch_cancelled_in_its_own_task_lets_that_task_go_on(pro: Any, recorded: Recorded) -> None:
    pro.handle_balance = lambda *_: None

    async def body() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await pro.watch_orders(SYMBOL)
        await pro.create_order(*LIMIT_BUY)

    task = asyncio.create_task(body())
    await waiting(pro, "orders")
    task.cancel()
    await task
    assert names(recorded) == ["submitted", "acknowledged"]
    assert recorded.span("submit_order binance").parent is None
