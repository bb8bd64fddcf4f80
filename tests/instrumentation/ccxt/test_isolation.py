"""Many orders at once: what is recorded of one never names another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace

import otel_trading
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.instrumentation.ccxt.bots import SYMBOL, Bot, order_events
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.recording import Recorded

logger = logging.getLogger("bot")


@pytest.fixture
def captured(recorded: Recorded) -> Iterator[None]:
    """The bot's own log lines, recorded in the context that they are written in."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            recorded.loggers.get_logger(record.name).emit(body=record.getMessage())

    handler = Handler()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield
    logger.removeHandler(handler)


def assert_apart(recorded: Recorded, expected: dict[str, str], steps: list[str]) -> None:
    """Check that each order (client id -> venue id) has its own trace, its own ids and exactly its own steps."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    owner: dict[int, str] = {}
    for event in order_events(recorded):
        told = attributes(event)
        client_id = told[a.TRADING_ORDER_CLIENT_ID]
        assert told.get(a.TRADING_ORDER_ID, expected[client_id]) == expected[client_id]
        assert owner.setdefault(event.trace_id or 0, client_id) == client_id
        seen[client_id][(event.event_name or "").removeprefix("trading.order.")] += 1
    assert seen == {client_id: Counter(steps) for client_id in expected}
    for span in recorded.spans():
        told = attributes(span)
        if a.TRADING_ORDER_CLIENT_ID in told:
            assert owner[span.context.trace_id] == told[a.TRADING_ORDER_CLIENT_ID]
    lines = recorded.logs()
    assert len(lines) == 2 * len(expected)
    for line in lines:
        assert attributes(line)[a.TRADING_ORDER_CLIENT_ID] == str(line.body).split()[-1]


async def one_order(bot: Bot, client_id: str) -> str:
    """Trade as a bot does that logs what it does."""
    with otel_trading.order(symbol=SYMBOL, client_id=client_id):
        logger.info("sending %s", client_id)
        order = await bot("create_order", SYMBOL, "limit", "buy", 0.001, 59_000, {"clientOrderId": client_id})
        await bot("cancel_order", order["id"], SYMBOL)
        logger.info("done with %s", client_id)
    return str(order["id"])


STEPS = ["submitted", "acknowledged", "cancel_requested", "canceled"]


@pytest.mark.usefixtures("captured", "http")
@pytest.mark.parametrize("kind", ["async", "ws"])
async def test_two_hundred_orders_in_one_event_loop_stay_apart(
    kind: str, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    bot = make_bot(kind, timeout=30_000)
    ids = [f"loop-{number}" for number in range(200)]
    found = await asyncio.gather(*(one_order(bot, name) for name in ids))
    assert_apart(recorded, dict(zip(ids, found, strict=True)), STEPS)
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 200
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.usefixtures("captured", "http")
async def test_fifty_threads_with_a_few_orders_each_stay_apart(
    make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    expected: dict[str, str] = {}
    shared = make_bot("sync", timeout=30_000)
    failures: list[BaseException] = []

    def trade(thread: int) -> None:
        try:
            for number in range(3):
                client_id = f"thread-{thread}-{number}"
                expected[client_id] = asyncio.run(one_order(shared, client_id))
        except BaseException as error:  # noqa: BLE001 - told by the test, not by the thread
            failures.append(error)

    threads = [threading.Thread(target=trade, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert failures == []
    assert_apart(recorded, expected, STEPS)


async def test_two_bots_on_one_venue_in_one_loop_do_not_mix(make_bot: Callable[..., Bot], recorded: Recorded) -> None:
    first, second = make_bot("async"), make_bot("pro")

    async def run(bot: Bot, strategy: str) -> None:
        with otel_trading.strategy(strategy):
            for _ in range(10):
                await bot("create_order", SYMBOL, "market", "buy", 0.001)

    await asyncio.gather(run(first, "grid"), run(second, "trend"))
    by_strategy = Counter(attributes(event)[a.TRADING_STRATEGY_ID] for event in order_events(recorded))
    assert by_strategy == {"grid": 30, "trend": 30}
    assert {span.parent for span in recorded.spans("submit_order binance")} == {None}


async def test_an_order_leaves_nothing_in_the_context_of_whoever_sent_it(bot: Bot, recorded: Recorded) -> None:
    with trace.get_tracer("bot").start_as_current_span("work") as work:
        order: Any = await bot("create_order", SYMBOL, "market", "buy", 0.001)
        assert order["id"]
        assert trace.get_current_span() is work
    assert recorded.span("submit_order binance").context.trace_id == work.get_span_context().trace_id
