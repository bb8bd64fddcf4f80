"""A call's arguments by name, for functions of every signature."""

from __future__ import annotations

from typing import Any

from otel_trading.instrumentation.toolkit.hooks import after
from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.wrapping import watched


def arguments_of(original: Any, *given: Any, bound: bool) -> dict[str, Any]:
    """Return what an operation is told of a call, which is made besides."""
    seen: list[dict[str, Any]] = []
    patches = Patches()
    patches.active = True
    operation = after(lambda call, _: seen.append(dict(call.arguments)))
    watched(original, lambda call: operation(Fields(), call), patches, bound=bound)(*given)
    return seen[0]


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
