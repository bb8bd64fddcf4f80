"""A block of an async generator that its consumer leaves by ``break`` ends for the consumer there and then."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace

from otel_trading import order, strategy
from otel_trading.orders import left
from otel_trading.orders.context import current_order, current_strategy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tests.recording import Recorded


def at_work() -> str:
    this = current_order()
    return this.client_id if this else ""


async def quotes(client_id: str = "cl-1") -> AsyncGenerator[str, None]:
    with order(client_id=client_id):
        while True:
            yield at_work()


async def closed() -> None:
    """Let the event loop close what was left."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_after_a_break_no_order_is_at_work(recorded: Recorded) -> None:
    async for client_id in quotes():
        assert client_id == at_work() == "cl-1"
        break

    assert at_work() == ""
    assert trace.get_current_span() is trace.INVALID_SPAN
    await closed()
    assert at_work() == ""
    assert [span.name for span in recorded.spans()] == ["order"]


async def test_after_a_break_no_strategy_is_at_work() -> None:
    async def ticks() -> AsyncGenerator[int, None]:
        with strategy("grid-btc"):
            yield 1

    async for _ in ticks():
        assert current_strategy() == "grid-btc"
        break

    assert current_strategy() == ""
    await closed()
    assert current_strategy() == ""


async def test_the_order_that_was_at_work_before_is_at_work_again() -> None:
    with order(client_id="outer"):
        async for _ in quotes():
            break
        assert at_work() == "outer"
        await closed()
        assert at_work() == "outer"
    assert at_work() == ""


async def test_a_task_of_the_block_goes_on_for_its_order() -> None:
    async def hedge() -> str:
        await closed()
        return at_work()

    tasks: list[asyncio.Task[str]] = []

    async def trade() -> AsyncGenerator[int, None]:
        with order(client_id="cl-1"):
            tasks.append(asyncio.create_task(hedge()))
            yield 1

    async for _ in trade():
        break
    assert at_work() == ""
    assert await tasks[0] == "cl-1"
    assert at_work() == ""


async def test_a_generator_that_is_dropped_within_another_block_leaves_that_alone() -> None:
    read: Any = quotes("cl-1")
    await read.__anext__()
    with order(client_id="cl-2"):
        del read
        assert at_work() == "cl-2"
        await closed()
        assert at_work() == "cl-2"
    assert at_work() == ""
    assert left._left == {}


async def test_several_generators_left_within_one_another_are_all_over() -> None:
    first: Any = quotes("cl-1")
    await first.__anext__()
    second: Any = quotes("cl-2")
    await second.__anext__()
    del first
    assert at_work() == "cl-2"
    del second
    assert at_work() == ""
    assert left._left == {}
    await closed()


async def test_a_generator_that_is_still_held_is_still_at_work() -> None:
    read = quotes()
    async for _ in read:
        break
    assert at_work() == "cl-1"
    await read.aclose()
    assert at_work() == ""


async def test_a_generator_that_the_collector_finds_is_over() -> None:
    held: Any = quotes()
    await held.__anext__()
    ring = [held]
    ring.append(ring)
    del held, ring

    gc.collect()

    assert at_work() == ""
    await closed()


async def test_a_block_that_a_helper_enters_is_followed_too() -> None:
    async def stacked() -> AsyncGenerator[int, None]:
        with contextlib.ExitStack() as stack:
            stack.enter_context(order(client_id="cl-1"))
            yield 1

    async for _ in stacked():
        assert at_work() == "cl-1"
        break
    assert at_work() == ""
    await closed()


async def test_the_body_of_an_async_context_manager_is_in_its_block() -> None:
    @contextlib.asynccontextmanager
    async def trading() -> AsyncIterator[None]:
        with order(client_id="cl-1"):
            yield

    async with trading():
        await asyncio.sleep(0)
        gc.collect()
        assert at_work() == "cl-1"
    assert at_work() == ""


@pytest.mark.parametrize("way", ["to its end", "closed"])
async def test_of_a_generator_that_ends_itself_nothing_is_kept(way: str) -> None:
    async def two() -> AsyncGenerator[int, None]:
        with order(client_id="cl-1"):
            yield 1
            yield 2

    async with contextlib.aclosing(two()) as read:
        async for _ in read:
            if way == "closed":
                break
    assert at_work() == ""
    assert (left._followed, left._left) == ({}, {})


async def test_what_is_left_in_another_context_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left, "_MOST_LEFT", 3)
    kept: list[Any] = []

    async def begin() -> None:
        kept.append(quotes())
        await kept[-1].__anext__()

    for _ in range(5):
        await asyncio.create_task(begin())
    kept.clear()
    assert len(left._left) == 3
    assert at_work() == ""
    await closed()
    left._left.clear()
