"""Which order the running code works for: across tasks, threads and executors, and never for another one."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading import decision, order, settings, strategy
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.semconv import attributes as names
from tests.orders.examples import TERMS
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable


def at_work() -> str:
    this = current_order()
    return this.client_id if this else ""


def test_nothing_is_at_work_outside_any_block() -> None:
    assert (current_order(), current_strategy()) == (None, "")


def test_the_block_is_given_the_order_it_works_for() -> None:
    with order(client_id="cl-1") as this:
        assert current_order() is this


def test_of_nested_orders_the_inner_one_is_at_work() -> None:
    with order(client_id="outer"):
        with order(client_id="inner"):
            assert at_work() == "inner"
        assert at_work() == "outer"


def test_nothing_survives_into_the_next_order(recorded: Recorded) -> None:
    with order(client_id="cl-1", venue="binance", symbol="BTC/USDT") as first:
        first.acknowledged(id="1001")
    with order(symbol="ETH/USDT"):
        decision("momentum")
    assert attributes(recorded.events()[-1]) == {
        names.TRADING_SYMBOL: "ETH/USDT",
        names.TRADING_DECISION_SIGNAL: "momentum",
    }


def test_nothing_survives_a_block_that_raised() -> None:
    with contextlib.suppress(ZeroDivisionError), order(client_id="cl-1"), strategy("grid"):
        _ = 1 / 0
    assert (current_order(), current_strategy()) == (None, "")


async def test_tasks_inherit_the_order_they_were_begun_for() -> None:
    async def hedge() -> str:
        await asyncio.sleep(0)
        return at_work()

    with order(client_id="cl-1"):
        task = asyncio.create_task(hedge())
    assert await task == "cl-1"


async def test_tasks_that_are_gathered_keep_apart() -> None:
    async def trade(client_id: str) -> tuple[str, str]:
        with order(client_id=client_id):
            before = at_work()
            await asyncio.sleep(0)
            return before, at_work()

    found = await asyncio.gather(*(trade(f"cl-{number}") for number in range(10)))
    assert found == [(f"cl-{number}", f"cl-{number}") for number in range(10)]
    assert at_work() == ""


@pytest.mark.usefixtures("threads_inherit")
def test_a_thread_works_for_the_order_it_was_begun_for() -> None:
    found: list[str] = []
    with order(client_id="cl-1"):
        thread = threading.Thread(target=lambda: found.append(at_work()))
        thread.start()
    thread.join()
    assert found == ["cl-1"]


@pytest.mark.usefixtures("threads_inherit")
def test_a_timer_works_for_the_order_it_was_set_for() -> None:
    found: list[str] = []
    with order(client_id="cl-1"):
        timer = threading.Timer(0, lambda: found.append(at_work()))
        timer.start()
    timer.join()
    assert found == ["cl-1"]


@pytest.mark.usefixtures("threads_inherit")
def test_a_pool_works_for_the_order_of_each_job_and_keeps_nothing_of_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        with order(client_id="cl-1"):
            first = pool.submit(at_work)
        with order(client_id="cl-2"):
            second = pool.submit(at_work)
        third = pool.submit(at_work)
    assert [first.result(), second.result(), third.result()] == ["cl-1", "cl-2", ""]


@pytest.mark.usefixtures("threads_inherit")
async def test_run_in_executor_works_for_the_order_it_was_called_for() -> None:
    loop = asyncio.get_running_loop()
    with order(client_id="cl-1"):
        found = await loop.run_in_executor(None, at_work)
    after = await loop.run_in_executor(None, at_work)
    assert (found, after) == ("cl-1", "")


async def test_to_thread_works_for_the_order_it_was_called_for() -> None:
    with order(client_id="cl-1"):
        assert await asyncio.to_thread(at_work) == "cl-1"


def test_a_thread_that_inherits_nothing_can_still_report(recorded: Recorded) -> None:
    with order(client_id="cl-1", **TERMS) as this:
        this.submitted()
        thread = threading.Thread(target=lambda: this.acknowledged(id="1001"))
        thread.start()
        thread.join()
    assert {attributes(event)[names.TRADING_ORDER_CLIENT_ID] for event in recorded.events()} == {"cl-1"}


def test_a_strategy_is_a_block() -> None:
    with strategy("grid-btc"):
        assert current_strategy() == "grid-btc"
        with strategy("hedge"):
            assert current_strategy() == "hedge"
        assert current_strategy() == "grid-btc"
    assert current_strategy() == ""


def test_a_strategy_decorates_a_function() -> None:
    @strategy("grid-btc")
    def on_tick(price: float) -> tuple[str, float]:
        """Trade."""
        return current_strategy(), price

    assert on_tick(price=1.5) == ("grid-btc", 1.5)
    assert on_tick.__doc__ == "Trade."
    assert current_strategy() == ""


async def test_a_strategy_decorates_a_coroutine_function() -> None:
    @strategy("grid-btc")
    async def on_tick() -> str:
        await asyncio.sleep(0)
        return current_strategy()

    assert asyncio.iscoroutinefunction(on_tick)
    assert list(await asyncio.gather(on_tick(), on_tick())) == ["grid-btc", "grid-btc"]
    assert current_strategy() == ""


async def test_one_strategy_may_be_at_work_in_many_tasks_at_once(caplog: pytest.LogCaptureFixture) -> None:
    grid = strategy("grid-btc")

    async def tick(seconds: float) -> str:
        with grid:
            await asyncio.sleep(seconds)
            return current_strategy()

    assert list(await asyncio.gather(tick(0.01), tick(0.03), tick(0.02))) == ["grid-btc"] * 3
    assert current_strategy() == ""
    assert caplog.records == []


def test_an_order_belongs_to_the_strategy_it_was_begun_in() -> None:
    with strategy("grid-btc"), order() as mine, order(strategy="hedge") as another:
        assert current_strategy() == "hedge"
    assert (mine.strategy, another.strategy) == ("grid-btc", "hedge")


def test_without_a_block_the_setting_names_the_strategy() -> None:
    settings.replace_current(settings.load({"OTEL_TRADING_STRATEGY": "grid-btc"})[0])
    with order() as this:
        assert this.strategy == "grid-btc"


@pytest.mark.parametrize("wrap", [functools.partial, lambda function: function], ids=["partial", "function"])
def test_what_a_decorated_function_raises_passes_unchanged(wrap: Callable[..., Any]) -> None:
    error = ValueError("no price")

    def on_tick() -> None:
        raise error

    with pytest.raises(ValueError, match="no price") as raised:
        strategy("grid-btc")(wrap(on_tick))()
    assert raised.value is error
    assert current_strategy() == ""
