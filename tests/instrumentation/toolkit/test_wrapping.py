"""A watched function does what it did: whatever an operation does, the call's own result or error stands."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import context as otel

from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome, watched
from otel_trading.orders.context import use_context
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tests.recording import Recorded

    Operation = Callable[[Call], Generator[None, Outcome, None] | None]

KEY = otel.create_key("test")


class Venue:
    """A library: a plain method, a coroutine method, and a plain method that returns an awaitable."""

    synchronous = False

    def plain(self, symbol: str, amount: int = 1, *, fail: BaseException | None = None) -> str:
        """Trade."""
        if fail is not None:
            raise fail
        return f"{symbol} {amount}"

    async def coroutine(self, symbol: str, amount: int = 1, *, fail: BaseException | None = None) -> str:
        """Trade."""
        await asyncio.sleep(0)
        return self.plain(symbol, amount, fail=fail)

    def awaitable(self, symbol: str, amount: int = 1, *, fail: BaseException | None = None) -> Any:
        """Trade."""
        return self.coroutine(symbol, amount, fail=fail)


class SyncVenue(Venue):
    """A library whose calls block."""

    synchronous = True


class Watcher:
    """An operation that keeps what it is told, and fails where it is asked to."""

    def __init__(self, *, before: Exception | None = None, after: Exception | None = None) -> None:
        self.calls: list[Call] = []
        self.outcomes: list[Outcome] = []
        self._before, self._after = before, after

    def __call__(self, call: Call) -> Generator[None, Outcome, None]:
        if self._before is not None:
            raise self._before
        self.calls.append(call)
        with use_context(otel.set_value(KEY, call.name)):
            outcome = yield
            self.outcomes.append(outcome)
        if self._after is not None:
            raise self._after


async def run(operation: Operation, method: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of the library with ``operation`` watching."""
    target = SyncVenue() if method == "plain" else Venue()
    function = watched(vars(Venue)[method], operation, active(), awaited=is_async)
    result = function(target, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


def active() -> Patches:
    """Return patches that are at work."""
    patches = Patches()
    patches.active = True
    return patches


def is_async(venue: Venue) -> bool:
    """Tell whether the plain methods of a library return awaitables."""
    return not venue.synchronous


METHODS = pytest.mark.parametrize("method", ["plain", "coroutine", "awaitable"])


@METHODS
async def test_an_operation_sees_the_arguments_by_name_and_the_result(method: str) -> None:
    watcher = Watcher()
    assert await run(watcher, method, "BTC/USDT", amount=2) == "BTC/USDT 2"
    (call,) = watcher.calls
    assert (call.name, dict(call.arguments)) == (method, {"symbol": "BTC/USDT", "amount": 2})
    assert watcher.outcomes == [Outcome("BTC/USDT 2")]


@METHODS
@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()])
async def test_an_operation_sees_the_very_error_that_the_caller_gets(method: str, error: BaseException) -> None:
    watcher = Watcher()
    with pytest.raises(type(error)) as raised:
        await run(watcher, method, "BTC/USDT", fail=error)
    assert raised.value is error
    assert watcher.outcomes == [Outcome(error=error)]


@METHODS
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_operation_that_fails_changes_nothing_and_is_counted(
    method: str, when: str, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        operation = Watcher(**{when: RuntimeError("ours")})
        assert await run(operation, method, "BTC/USDT") == "BTC/USDT 1"
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS, **{"error.type": "RuntimeError"}) == 2
    assert [record.name for record in caplog.records] == ["otel_trading"], "logged once"


@METHODS
async def test_an_operation_that_fails_on_an_error_does_not_hide_it(method: str, recorded: Recorded) -> None:
    error = ValueError("theirs")
    with pytest.raises(ValueError, match="theirs") as raised:
        await run(Watcher(after=RuntimeError("ours")), method, "BTC/USDT", fail=error)
    assert raised.value is error
    assert (error.__context__, error.__cause__) == (None, None)
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS) == 1


@METHODS
async def test_an_operation_may_decline_a_call(method: str) -> None:
    assert await run(lambda _: None, method, "BTC/USDT") == "BTC/USDT 1"


@METHODS
async def test_an_operation_may_end_before_the_call(method: str) -> None:
    def ended(_: Call) -> Generator[None, Outcome, None]:
        yield from ()

    assert await run(ended, method, "BTC/USDT") == "BTC/USDT 1"


@METHODS
async def test_the_context_of_an_operation_holds_during_the_call_and_no_longer(method: str) -> None:
    seen: list[object] = []

    def look(self: Venue, symbol: str) -> Any:  # noqa: ARG001 - has a method's arguments
        seen.append(otel.get_value(KEY))
        return symbol

    async def look_later(self: Venue, symbol: str) -> Any:
        await asyncio.sleep(0)
        return look(self, symbol)

    def look_awaitably(self: Venue, symbol: str) -> Any:
        return look_later(self, symbol)

    original = {"plain": look, "coroutine": look_later, "awaitable": look_awaitably}[method]
    function = watched(original, Watcher(), active(), awaited=is_async)
    result = function(SyncVenue() if method == "plain" else Venue(), "BTC/USDT")
    assert otel.get_value(KEY) is None
    assert (await result if inspect.isawaitable(result) else result) == "BTC/USDT"
    assert len(seen) == 1
    assert seen[0] is not None
    assert otel.get_value(KEY) is None


async def test_two_calls_at_once_do_not_see_each_others_context() -> None:
    seen: list[tuple[object, str]] = []

    async def first(self: Venue, symbol: str) -> None:  # noqa: ARG001 - has a method's arguments
        await asyncio.sleep(0.001)
        seen.append((otel.get_value(KEY), symbol))

    def by_symbol(call: Call) -> Generator[None, Outcome, None]:
        with use_context(otel.set_value(KEY, call.arguments["symbol"])):
            yield

    function = watched(first, by_symbol, active())
    await asyncio.gather(*(function(Venue(), str(number)) for number in range(20)))
    assert sorted(seen) == sorted((str(number), str(number)) for number in range(20))


@METHODS
async def test_a_watched_function_looks_like_its_original(method: str) -> None:
    original = vars(Venue)[method]
    function: Any = watched(original, Watcher(), active())
    assert inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(original)
    assert inspect.signature(function) == inspect.signature(original)
    assert (function.__name__, function.__qualname__, function.__doc__) == (
        original.__name__,
        original.__qualname__,
        original.__doc__,
    )
    assert function.__wrapped__ is original


@METHODS
async def test_wrong_arguments_raise_as_ever_and_begin_nothing(method: str) -> None:
    watcher = Watcher()
    with pytest.raises(TypeError, match="symbol"):
        await run(watcher, method)
    assert len(watcher.calls) == len(watcher.outcomes), "what began has ended"
    assert otel.get_value(KEY) is None


@METHODS
async def test_calls_pass_straight_through_once_the_patches_are_no_longer_active(method: str) -> None:
    watcher, patches = Watcher(), Patches()
    function = watched(vars(Venue)[method], watcher, patches)
    result = function(Venue(), "BTC/USDT")
    assert (await result if inspect.isawaitable(result) else result) == "BTC/USDT 1"
    assert watcher.calls == []


async def test_a_plain_function_of_an_async_library_that_returns_no_awaitable_is_left_alone() -> None:
    watcher = Watcher()
    function = watched(vars(Venue)["plain"], watcher, active(), awaited=is_async)
    assert function(Venue(), "BTC/USDT") == "BTC/USDT 1"
    assert watcher.calls == []


async def test_a_call_that_is_cancelled_while_it_waits_is_told_to_the_operation() -> None:
    async def forever(self: Venue) -> None:  # noqa: ARG001 - has a method's arguments
        await asyncio.Event().wait()

    watcher = Watcher()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(watched(forever, watcher, active())(Venue()), 0.01)
    assert [type(outcome.error) for outcome in watcher.outcomes] == [asyncio.CancelledError]
    assert otel.get_value(KEY) is None


def test_a_call_that_nobody_finishes_is_ended_quietly_wherever_it_is_collected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def forever(self: Venue) -> None:  # noqa: ARG001 - has a method's arguments
        await asyncio.Event().wait()

    watcher = Watcher()
    loop = asyncio.new_event_loop()
    task = loop.create_task(watched(forever, watcher, active())(Venue()))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined] # asyncio's own complaint is not the matter here
    with caplog.at_level(logging.DEBUG, "opentelemetry"):
        del task
        gc.collect()
    assert [type(outcome.error) for outcome in watcher.outcomes] == [GeneratorExit]
    assert caplog.records == []
    assert otel.get_value(KEY) is None
