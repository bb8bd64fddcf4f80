"""A call's arguments by name, for functions of every signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.toolkit.hooks import after
from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.wrapping import never, watched
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from tests.recording import Recorded


def arguments_of(original: Any, *given: Any, bound: bool) -> dict[str, Any]:
    """Return what an operation is told of a call, which is made besides."""
    seen: list[dict[str, Any]] = []
    operation = after(lambda call, _: seen.append(dict(call.arguments)))
    watched(original, lambda call: operation(Fields(), call), active(), bound=bound)(*given)
    return seen[0]


def active() -> Patches:
    """Return patches that are at work."""
    patches = Patches()
    patches.active = True
    return patches


def called(original: Any, *given: Any, bound: bool = True, awaited: Any = never, **named: Any) -> Any:
    """Return what a watched callable returns."""
    operation = after(lambda *_: None)
    function = watched(original, lambda call: operation(Fields(), call), active(), bound=bound, awaited=awaited)
    return function(*given, **named)


def test_what_a_method_takes_as_a_whole_is_there_without_the_object() -> None:
    def method(*anything: Any) -> None:
        """Take all of it."""

    assert arguments_of(method, "self", 1, 2, bound=True) == {"anything": (1, 2)}


def test_what_follows_named_parameters_is_there_too() -> None:
    def method(self: Any, first: int, *rest: int) -> None:
        """Take all of it."""

    assert arguments_of(method, "self", 1, 2, 3, bound=True) == {"first": 1, "rest": (2, 3)}


def test_a_function_written_in_c_that_tells_no_signature_is_watched_and_called() -> None:
    assert arguments_of(max, 1, 2, bound=False) == {"args": (1, 2)}


def test_an_argument_may_be_called_self(recorded: Recorded) -> None:
    def method(this: object, **params: int) -> tuple[object, dict[str, int]]:
        return this, params

    seen = called(method, "exchange", self=1, call=2, args=3)
    assert seen == ("exchange", {"self": 1, "call": 2, "args": 3})
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []


def test_the_object_itself_may_be_given_by_keyword(recorded: Recorded) -> None:
    def method(self: str, symbol: str) -> str:
        return self + symbol

    assert called(method, self="binance ", symbol="BTC/USDT") == "binance BTC/USDT"
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []


class Odd:
    """A callable that makes it hard to look at it."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *given: int) -> int:
        return sum(given)

    @property
    def __signature__(self) -> Any:
        raise self.error


class Unhashable(Odd):
    """One that cannot be the key of anything."""

    __hash__ = None  # type: ignore[assignment] # that is the point

    def __eq__(self, other: object) -> bool:
        return self is other


@pytest.mark.parametrize("kind", [Odd, Unhashable])
@pytest.mark.parametrize("error", [ValueError("no signature"), TypeError("none"), RuntimeError("out of order")])
@pytest.mark.parametrize("bound", [True, False])
def test_a_callable_that_cannot_be_looked_at_is_called_all_the_same(
    kind: type[Odd], error: Exception, bound: bool, recorded: Recorded
) -> None:
    given = (1, 2)
    assert called(kind(error), *given, bound=bound) == 3
    assert len(recorded.metric(metrics.TRADING_TELEMETRY_ERRORS)) == isinstance(error, RuntimeError)


async def test_a_coroutine_function_that_cannot_be_looked_at_is_called_all_the_same(recorded: Recorded) -> None:
    async def method(this: str) -> str:
        return this

    method.__signature__ = "nonsense"  # type: ignore[attr-defined] # which inspect takes for one
    assert await called(method, "binance") == "binance"
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS) <= 1


def test_what_cannot_be_told_of_a_library_is_taken_for_what_does_not_wait(recorded: Recorded) -> None:
    def awaited(_: Any) -> bool:
        message = "out of order"
        raise RuntimeError(message)

    assert called(lambda this: this, "binance", awaited=awaited) == "binance"
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS) == 1


async def test_a_coroutine_function_that_is_called_on_no_object_is_watched_while_it_is_awaited() -> None:
    async def function(symbol: str) -> str:
        return symbol

    seen: list[Any] = []
    operation = after(lambda call, outcome: seen.append((call.target, call.arguments, outcome.result)))
    for original in (function, staticmethod(function)):
        found = watched(original, lambda call: operation(Fields(), call), active(), bound=False)
        waiting = getattr(found, "__func__", found)("BTC/USDT")
        assert await waiting == "BTC/USDT"
    assert seen == [(None, {"symbol": "BTC/USDT"}, "BTC/USDT")] * 2
