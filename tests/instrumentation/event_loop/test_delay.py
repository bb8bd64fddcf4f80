"""How long event loops are held up: real loops, asyncio's and uvloop's, that are blocked and stopped."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation import event_loop
from otel_trading.instrumentation.event_loop import EventLoopInstrumentor, Longest
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from tests.recording import Recorded

DELAY = metrics.TRADING_BOT_EVENT_LOOP_DELAY
HELD_UP = 0.4
QUICK = 0.2
"""More than the delay of a loop that is free, even on a machine that is busy with other tests."""


def delay(recorded: Recorded) -> float:
    found: float = recorded.point(DELAY).value
    return found


def test_a_loop_that_is_blocked_was_held_up_for_as_long(loop: asyncio.AbstractEventLoop, recorded: Recorded) -> None:
    async def bot() -> None:
        await asyncio.sleep(0.15)
        time.sleep(HELD_UP)  # noqa: ASYNC251 - the very mistake that it is for
        await asyncio.sleep(0.15)

    loop.run_until_complete(bot())

    # A block begins somewhere between two probes: what was not due yet is not late.
    assert HELD_UP - event_loop.EVERY <= delay(recorded) < HELD_UP + QUICK


def test_a_loop_that_is_free_is_not_held_up(loop: asyncio.AbstractEventLoop, recorded: Recorded) -> None:
    loop.run_until_complete(asyncio.sleep(0.35))

    assert 0 <= delay(recorded) < QUICK


def test_a_loop_that_hangs_is_seen_while_it_does(loop: asyncio.AbstractEventLoop, recorded: Recorded) -> None:
    let_go = threading.Event()

    async def bot() -> None:
        await asyncio.sleep(0.15)
        let_go.wait(10)

    thread = threading.Thread(target=loop.run_until_complete, args=(bot(),))
    thread.start()
    try:
        time.sleep(0.15 + HELD_UP)
        first = delay(recorded)
        time.sleep(QUICK)
        second = delay(recorded)
    finally:
        let_go.set()
        thread.join()
    assert first >= HELD_UP - event_loop.EVERY - QUICK
    assert second >= first + QUICK / 2


def test_a_loop_that_was_stopped_was_not_held_up(loop: asyncio.AbstractEventLoop, recorded: Recorded) -> None:
    for _ in range(2):
        loop.run_until_complete(asyncio.sleep(0.12))
        time.sleep(HELD_UP)
        assert delay(recorded) < QUICK


def test_of_several_loops_the_one_that_hangs_counts(instrumentor: EventLoopInstrumentor, recorded: Recorded) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry
    let_go, ready = threading.Event(), threading.Event()

    async def hangs() -> None:
        await asyncio.sleep(0.12)
        ready.set()
        let_go.wait(10)

    async def free() -> None:
        while not let_go.is_set():  # noqa: ASYNC110 - an event of threads
            await asyncio.sleep(0.01)

    threads = [threading.Thread(target=asyncio.run, args=(each(),)) for each in (hangs, free)]
    for thread in threads:
        thread.start()
    try:
        ready.wait(5)
        time.sleep(HELD_UP)
        assert delay(recorded) >= HELD_UP - event_loop.EVERY - 0.05
    finally:
        let_go.set()
        for thread in threads:
            thread.join()


def test_a_loop_that_runs_when_the_instrumentor_is_put_to_work_is_seen(recorded: Recorded) -> None:
    async def bot() -> None:
        instrumentor = EventLoopInstrumentor()
        instrumentor.instrument()
        await asyncio.sleep(0.15)
        instrumentor_sees.append(bool(recorded.metric(DELAY)))
        instrumentor.uninstrument()

    instrumentor_sees: list[bool] = []
    asyncio.run(bot())

    assert instrumentor_sees == [True]


def test_a_bot_without_a_loop_has_no_such_metric(instrumentor: EventLoopInstrumentor, recorded: Recorded) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry
    assert DELAY.name not in recorded.metrics()


@pytest.mark.parametrize(
    ("interval", "seconds"), [("15000", 16), ("", 61), ("a while", 61), ("100", 2), ("86400000", 601)]
)
def test_a_reading_looks_back_to_the_one_before(interval: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", interval)
    assert event_loop._window() == seconds


def test_a_delay_is_forgotten_after_its_window() -> None:
    longest = Longest(10)
    for now, delay in ((0, 0.3), (1, 0.5), (2, 0.1), (9, 0.2)):
        longest.keep(now, delay)

    assert [longest.at(now) for now in (9, 11, 11.5, 12.5, 19, 19.5)] == [[0.5], [0.5], [0.2], [0.2], [0.2], []]


def test_a_delay_outlives_its_loop(instrumentor: EventLoopInstrumentor, recorded: Recorded) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry

    async def bot() -> None:
        await asyncio.sleep(0.15)
        time.sleep(HELD_UP)  # noqa: ASYNC251 - the very mistake that it is for
        await asyncio.sleep(0)  # what was due is called before it ends

    asyncio.run(bot())
    gc.collect()

    assert delay(recorded) >= HELD_UP - event_loop.EVERY
