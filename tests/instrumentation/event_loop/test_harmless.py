"""Loops that are watched end, go and fail as without it, and are put back as they were."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import subprocess
import sys
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
    from collections.abc import Callable

    from tests.recording import Recorded

DELAY = metrics.TRADING_BOT_EVENT_LOOP_DELAY
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


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
