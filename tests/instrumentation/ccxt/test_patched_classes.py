"""Every exchange class of ccxt is instrumented once, and restored to the very same functions."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import ccxt
import ccxt.async_support
import ccxt.pro
import pytest

from otel_trading.instrumentation.ccxt import CcxtInstrumentor
from otel_trading.instrumentation.ccxt.classes import BASE, HOOKED
from otel_trading.instrumentation.ccxt.hooks import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = (ccxt, ccxt.async_support, ccxt.pro)


class Attribute(NamedTuple):
    """What a class itself has under a name."""

    owner: type
    name: str
    value: Any


def classes() -> list[type]:
    """Return every exchange class, and every class that one derives from, each once."""
    found: dict[type, None] = {}
    for module in MODULES:
        for name in module.exchanges:
            found.update(dict.fromkeys(getattr(module, name).__mro__[:-1]))
    return list(found)


def everything() -> list[Attribute]:
    """Return every function of every class."""
    return [
        Attribute(kind, name, value)
        for kind in classes()
        for name, value in vars(kind).items()
        if inspect.isfunction(value)
    ]


@pytest.fixture(scope="module", autouse=True)
def objects() -> list[Any]:
    """An object of every exchange class: its class is watched from then on, or at once where it is there before."""
    return [getattr(module, name)() for module in MODULES for name in module.exchanges]


def layers(function: Any) -> int:
    """Return how often a function was wrapped."""
    count = 0
    while hasattr(function, "__wrapped__"):
        function, count = function.__wrapped__, count + 1
    return count


@pytest.fixture
def instrumentor() -> Iterator[CcxtInstrumentor]:
    """The instrumentor, which is not at work before and after the test."""
    found = CcxtInstrumentor()
    yield found
    if found.is_instrumented_by_opentelemetry:
        found.uninstrument()


def test_every_hooked_method_of_every_class_is_wrapped_exactly_once(instrumentor: CcxtInstrumentor) -> None:
    instrumentor.instrument()
    wrapped = [each for each in everything() if each.name in HOOKED]
    assert {layers(each.value) for each in wrapped} == {1}
    assert len({each.name for each in wrapped} & OPERATIONS.keys()) > 70
    assert len({each.owner for each in wrapped if each.name == "create_order"}) > 180


def test_nothing_else_is_touched(instrumentor: CcxtInstrumentor) -> None:
    ccxt.binance()  # from now on ccxt knows the camelCase of each name
    snakes = {camel: snake for snake, camel in ccxt.Exchange._camelcase_cache.items()}
    before = everything()
    instrumentor.instrument()
    changed = {now.name for then, now in zip(before, everything(), strict=True) if then.value is not now.value}
    assert {snakes.get(name, name) for name in changed} <= HOOKED | {"__init__"}


def test_a_second_instrument_call_wraps_nothing_twice(instrumentor: CcxtInstrumentor) -> None:
    instrumentor.instrument()
    first = everything()
    instrumentor.instrument()
    instrumentor._imported(sys.modules[BASE])  # as the import hook would, were ccxt imported again
    assert all(a.value is b.value for a, b in zip(first, everything(), strict=True))


def test_uninstrumenting_puts_back_the_very_same_functions(instrumentor: CcxtInstrumentor) -> None:
    for module in MODULES:
        module.binance()  # its aliases are made now
    before = everything()
    instrumentor.instrument()
    instrumentor.uninstrument()
    after = everything()
    assert [(each.owner, each.name) for each in before] == [(each.owner, each.name) for each in after]
    assert all(a.value is b.value for a, b in zip(before, after, strict=True))


def test_instrumenting_again_after_uninstrumenting_works(instrumentor: CcxtInstrumentor) -> None:
    for _ in range(2):
        instrumentor.instrument()
        assert layers(ccxt.binance.create_order) == 1
        instrumentor.uninstrument()
        assert layers(ccxt.binance.create_order) == 0


def test_coroutine_functions_and_signatures_stay_what_they_were(instrumentor: CcxtInstrumentor) -> None:
    places = [(module.binance, name) for module in MODULES for name in HOOKED if hasattr(module.binance, name)]
    before = [_shape(getattr(kind, name)) for kind, name in places]
    instrumentor.instrument()
    assert [_shape(getattr(kind, name)) for kind, name in places] == before


def _shape(function: Any) -> tuple[Any, ...]:
    return (
        inspect.iscoroutinefunction(function),
        inspect.signature(function),
        function.__name__,
        function.__qualname__,
        function.__module__,
        function.__doc__,
    )


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_camel_case_names_go_the_same_way_whenever_the_object_was_made(
    when: str, instrumentor: CcxtInstrumentor
) -> None:
    before = [module.kraken() for module in MODULES]
    instrumentor.instrument()
    exchanges = before if when == "before" else [module.kraken() for module in MODULES]
    pairs = [("create_order", "createOrder"), ("fetch_ohlcv", "fetchOHLCV"), ("cancel_order", "cancelOrder")]
    assert {_of_pair(exchange, *pair) for exchange in exchanges for pair in pairs} == {1}
    instrumentor.uninstrument()
    assert {_of_pair(exchange, *pair) for exchange in exchanges for pair in pairs} == {0}


def _of_pair(exchange: Any, snake: str, camel: str) -> int:
    """Return how often a method was wrapped, which must be the same one under both names."""
    assert getattr(exchange, camel).__func__ is getattr(exchange, snake).__func__
    return layers(getattr(exchange, camel).__func__)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_subclass_of_the_bot_is_covered_and_restored(when: str, instrumentor: CcxtInstrumentor) -> None:
    plain = ccxt.bybit.create_order
    if when == "after":
        instrumentor.instrument()
    kind = type("MyBybit", (ccxt.bybit,), {"place": ccxt.bybit.create_order})
    exchange: Any = kind()
    instrumentor.instrument()
    for name in ("create_order", "createOrder", "place"):
        assert layers(getattr(exchange, name).__func__) == 1
    instrumentor.uninstrument()
    for name in ("create_order", "createOrder", "place"):
        assert getattr(exchange, name).__func__ is plain


IMPORT_ORDERS = {
    "instrumentor first": "CcxtInstrumentor().instrument()\nimport ccxt, ccxt.async_support, ccxt.pro",
    "in between": "import ccxt\nCcxtInstrumentor().instrument()\nimport ccxt.async_support, ccxt.pro",
    "after a break": (
        "CcxtInstrumentor().instrument()\nCcxtInstrumentor().uninstrument()\nimport ccxt, ccxt.pro\n"
        "assert not hasattr(ccxt.binance().create_order, '__wrapped__')\nCcxtInstrumentor().instrument()"
    ),
}


@pytest.mark.parametrize("order", IMPORT_ORDERS.values(), ids=IMPORT_ORDERS)
def test_it_does_not_matter_whether_ccxt_or_the_instrumentor_comes_first(order: str) -> None:
    script = f"""
import sys
from otel_trading.instrumentation.ccxt import CcxtInstrumentor
assert "ccxt" not in sys.modules, "importing ccxt is left to the bot"
{order}
for module in (ccxt, sys.modules["ccxt.async_support"], sys.modules["ccxt.pro"]):
    assert not hasattr(module.kraken.create_order, "__wrapped__"), "nobody trades there"
    function = module.binance().create_order
    assert not hasattr(function.__wrapped__, "__wrapped__"), module
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
