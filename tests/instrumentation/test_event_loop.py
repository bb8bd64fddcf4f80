"""How long event loops are held up: real loops, asyncio's and uvloop's, that are blocked, stopped and closed."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest
import uvloop  # type: ignore[import-untyped, unused-ignore] # it depends on the version whether it is typed

import otel_trading
from otel_trading.instrumentation import event_loop
from otel_trading.instrumentation.event_loop import EventLoopInstrumentor, Longest, Probe
from otel_trading.orders.context import current_order
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.recording import Recorded

DELAY = metrics.TRADING_BOT_EVENT_LOOP_DELAY
HELD_UP = 0.4
QUICK = 0.2
"""More than the delay of a loop that is free, even on a machine that is busy with other tests."""

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def instrumentor() -> Iterator[EventLoopInstrumentor]:
    """The instrumentor at work, from before any loop of the test was made."""
    found = EventLoopInstrumentor()
    found.instrument()
    yield found
    if found.is_instrumented_by_opentelemetry:
        found.uninstrument()


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest, instrumentor: EventLoopInstrumentor) -> Iterator[asyncio.AbstractEventLoop]:  # noqa: ARG001
    """A loop that nothing runs yet."""
    made = LOOPS[request.param]()
    yield made
    made.close()


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


def test_a_loop_ends_when_its_bot_does(loop: asyncio.AbstractEventLoop) -> None:
    began = time.monotonic()
    loop.run_until_complete(asyncio.sleep(0))
    assert time.monotonic() - began < event_loop.EVERY


@pytest.mark.parametrize("make", LOOPS.values(), ids=LOOPS)
def test_a_loop_that_nobody_holds_goes(
    make: Callable[[], asyncio.AbstractEventLoop], instrumentor: EventLoopInstrumentor, recorded: Recorded
) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry
    loop = make()
    loop.run_until_complete(asyncio.sleep(0.12))
    assert recorded.metric(DELAY)
    loop.close()
    gone = weakref.ref(loop)

    del loop
    gc.collect()

    assert gone() is None


def test_a_probe_carries_no_order_of_the_bot(
    instrumentor: EventLoopInstrumentor, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry
    seen: list[Any] = []
    call = Probe._call

    def watched(self: Probe) -> None:
        seen.append(current_order())
        call(self)

    monkeypatch.setattr(Probe, "_call", watched)
    with otel_trading.order(client_id="cl-1", symbol="BTC/USDT", side="buy"):
        asyncio.run(asyncio.sleep(0.25))

    assert len(seen) > 1
    assert set(seen) == {None}
    assert recorded.spans()


def test_an_interrupt_comes_through(loop: asyncio.AbstractEventLoop) -> None:
    async def bot() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(bot())


def test_a_fault_of_ours_leaves_the_loop_alone(
    instrumentor: EventLoopInstrumentor, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Longest, "keep", fails)
    asyncio.run(asyncio.sleep(0.15))
    monkeypatch.setattr(Probe, "resume", fails)
    asyncio.run(asyncio.sleep(0))

    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS, **{"error.type": "RuntimeError"}) >= 2


def test_uninstrumenting_puts_the_very_same_functions_back() -> None:
    before = vars(asyncio.BaseEventLoop)["run_forever"]
    assert "run_forever" not in vars(uvloop.Loop)
    instrumentor = EventLoopInstrumentor()

    for _ in range(2):
        instrumentor.instrument()
        assert vars(asyncio.BaseEventLoop)["run_forever"] is not before
        assert "run_forever" in vars(uvloop.Loop)
        instrumentor.uninstrument()

        assert vars(asyncio.BaseEventLoop)["run_forever"] is before
        assert "run_forever" not in vars(uvloop.Loop)


def test_what_another_tool_has_wrapped_stays_as_a_passage(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    before = vars(asyncio.BaseEventLoop)["run_forever"]
    monkeypatch.setattr(asyncio.BaseEventLoop, "run_forever", before)  # puts the original back after the test
    instrumentor = EventLoopInstrumentor()
    instrumentor.instrument()
    ours = asyncio.BaseEventLoop.run_forever
    theirs = functools.partialmethod(ours)
    asyncio.BaseEventLoop.run_forever = theirs  # type: ignore[assignment, method-assign] # another tool's
    instrumentor.uninstrument()

    asyncio.run(asyncio.sleep(0.12))

    assert DELAY.name not in recorded.metrics()


def test_a_probe_ends_with_the_instrumentor(loop: asyncio.AbstractEventLoop) -> None:
    async def bot() -> None:
        await asyncio.sleep(0.12)
        EventLoopInstrumentor().uninstrument()
        calls.clear()
        await asyncio.sleep(0.35)

    calls: list[None] = []
    call = Probe._call

    def counted(self: Probe) -> None:
        calls.append(None)
        call(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Probe, "_call", counted)
        loop.run_until_complete(bot())

    assert len(calls) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_hangs_in_no_loop_of_its_parent(instrumentor: EventLoopInstrumentor) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry

    async def bot() -> int:
        await asyncio.sleep(0.12)
        child = os.fork()
        if child == 0:
            os._exit(len(list(event_loop._probes.observe(None))))  # type: ignore[arg-type] # it takes no notice
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])  # noqa: ASYNC222 - a child that ends at once

    assert asyncio.run(bot()) == 0


SHORT = """
import asyncio
from otel_trading.instrumentation.event_loop import EventLoopInstrumentor
EventLoopInstrumentor().instrument()
asyncio.run(asyncio.sleep(0.15), debug=True)
loop = asyncio.new_event_loop()
loop.run_until_complete(asyncio.sleep(0.15))  # and never closed
"""


def test_a_bot_ends_as_without_it_and_says_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::ResourceWarning", "-c", SHORT],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


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
