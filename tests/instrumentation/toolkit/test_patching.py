"""Attributes are replaced once, and the very same objects come back."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.patching import Patches

if TYPE_CHECKING:
    from collections.abc import Callable


def fresh() -> tuple[type, type]:
    """Return a class with a method and a subclass without."""

    def method(self: object) -> str:  # noqa: ARG001 - has a method's arguments
        return "original"

    base = type("Base", (), {"method": method})
    return base, type("Derived", (base,), {})


def wrapping(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return another function that does the same."""

    @functools.wraps(original)
    def wrapper(*args: Any) -> Any:
        return original(*args)

    return wrapper


def test_an_attribute_is_replaced_and_put_back() -> None:
    base, _ = fresh()
    original, patches = vars(base)["method"], Patches()
    patches.replace(base, "method", wrapping)
    assert vars(base)["method"].__wrapped__ is original
    patches.restore()
    assert vars(base)["method"] is original


def test_a_second_replacement_of_the_same_attribute_changes_nothing() -> None:
    base, _ = fresh()
    patches = Patches()
    patches.replace(base, "method", wrapping)
    replacement = vars(base)["method"]
    patches.replace(base, "method", wrapping)
    assert vars(base)["method"] is replacement


def test_what_somebody_else_replaced_since_is_left_to_them() -> None:
    base, _ = fresh()
    patches = Patches()
    patches.replace(base, "method", wrapping)
    theirs = wrapping(vars(base)["method"])
    base.method = theirs  # type: ignore[attr-defined] # another library's patch
    patches.restore([base])
    assert vars(base)["method"] is theirs


def test_copies_made_before_are_replaced_and_copies_made_since_are_put_back() -> None:
    base, derived = fresh()
    original, patches = vars(base)["method"], Patches()
    derived.before = original  # type: ignore[attr-defined] # as ccxt makes its aliases
    patches.replace(base, "method", wrapping)
    patches.replace_copies([base, derived])
    derived.since = vars(base)["method"]  # type: ignore[attr-defined] # as ccxt makes its aliases
    assert vars(derived)["before"] is vars(base)["method"]
    patches.restore([base, derived])
    assert vars(derived)["before"] is original
    assert vars(derived)["since"] is original


def test_replacing_again_after_restoring_works() -> None:
    base, _ = fresh()
    original, patches = vars(base)["method"], Patches()
    for _ in range(2):
        patches.replace(base, "method", wrapping)
        assert vars(base)["method"].__wrapped__ is original
        patches.restore()
    assert vars(base)["method"] is original
