"""A library's instrumentor is a table of hooks, put in place when the bot imports the library."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation import versions
from otel_trading.instrumentation.toolkit.hooks import Hook, after, before, on
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.instrumentation.toolkit.terms import Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

SOURCE = """
class Base:
    def inherited(self, symbol): return f"inherited {symbol}"

class Client(Base):
    def plain(self, symbol): return symbol
    async def coroutine(self, symbol): return symbol
    @staticmethod
    def static(symbol, *rest): return symbol
    @classmethod
    def of_class(cls, symbol): return symbol
    def fails(self): raise LookupError("theirs")

def function(symbol): return symbol
"""
NAMES = ("plain", "coroutine", "static", "of_class", "inherited")


class Seen:
    """What the operations saw."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.outcomes: list[Outcome] = []

    def begin(self, call: Call) -> None:
        """Keep a call before it is made."""
        self.calls.append(call)

    def end(self, _: Call, outcome: Outcome) -> None:
        """Keep how a call ended."""
        self.outcomes.append(outcome)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A library that can be imported."""
    (tmp_path / "made_up_library.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield
    sys.modules.pop("made_up_library", None)


@pytest.fixture
def seen() -> Seen:
    """What the operations saw."""
    return Seen()


@pytest.fixture
def instrumentor(source: None, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> Iterator[LibraryInstrumentor]:  # noqa: ARG001
    """The instrumentor of that library, at work; its version was tried."""
    monkeypatch.setattr(versions, "TRIED", versions.TRIED)

    class Instrumentor(LibraryInstrumentor):
        library = "made-up-library"
        hooks = (
            *on("made_up_library:Client", Fields(), dict.fromkeys((*NAMES, "gone"), before(seen.begin))),
            Hook("made_up_library:Client.fails", after(seen.end), Fields()),
            Hook("made_up_library:function", before(seen.begin), Fields()),
        )

    made = Instrumentor()
    made.instrument(skip_dep_check=True)
    yield made
    if made.is_instrumented_by_opentelemetry:
        made.uninstrument()


def imported() -> Any:
    """Import the library, as a bot would."""
    return importlib.import_module("made_up_library")


def everything(module: ModuleType) -> dict[str, Any]:
    """Return whatever the library defines."""
    kinds = (module.Base, module.Client)
    found = {f"{kind.__name__}.{name}": value for kind in kinds for name, value in vars(kind).items() if name[0] != "_"}
    return found | {"function": module.function}


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_method_is_watched_and_does_what_it_did(
    name: str, instrumentor: LibraryInstrumentor, seen: Seen
) -> None:
    assert instrumentor.is_instrumented_by_opentelemetry
    result = getattr(imported().Client(), name)("BTC/USD")
    if name == "coroutine":
        result = asyncio.run(result)
    assert result == ("inherited BTC/USD" if name == "inherited" else "BTC/USD")
    (call,) = seen.calls
    assert (call.name, call.get("symbol")) == (name, "BTC/USD")


@pytest.mark.usefixtures("instrumentor")
def test_a_function_of_the_module_is_watched(seen: Seen) -> None:
    assert imported().function("BTC/USD") == "BTC/USD"
    assert seen.calls[0].get("symbol") == "BTC/USD"


@pytest.mark.usefixtures("instrumentor")
def test_further_positional_arguments_are_seen_as_a_tuple(seen: Seen) -> None:
    imported().Client.static("BTC/USD", 1, 2)
    assert dict(seen.calls[0].arguments) == {"symbol": "BTC/USD", "rest": (1, 2)}


@pytest.mark.usefixtures("instrumentor")
def test_how_a_call_ended_is_told(seen: Seen) -> None:
    with pytest.raises(LookupError, match="theirs") as raised:
        imported().Client().fails()
    assert [outcome.error for outcome in seen.outcomes] == [raised.value]


def test_every_function_is_put_back_as_it_was(instrumentor: LibraryInstrumentor, source: None, seen: Seen) -> None:  # noqa: ARG001
    instrumentor.uninstrument()
    module = imported()
    originals = everything(module)
    instrumentor.instrument(skip_dep_check=True)
    assert everything(module) != originals
    instrumentor.uninstrument()
    after_all = everything(module)
    assert all(after_all[name] is original for name, original in originals.items())
    module.Client().plain("BTC/USD")
    assert seen.calls == []


def test_a_library_that_is_imported_already_is_instrumented_at_once(
    instrumentor: LibraryInstrumentor, seen: Seen
) -> None:
    instrumentor.uninstrument()
    client = imported().Client()
    instrumentor.instrument(skip_dep_check=True)
    client.plain("BTC/USD")
    assert len(seen.calls) == 1


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have another version of the library installed."""

    def install(number: str) -> None:
        monkeypatch.setattr("otel_trading.instrumentation.toolkit.library.installed", lambda _: number)
        tried = {"made-up-library": versions.Tried("1.2", "2")}
        monkeypatch.setattr("otel_trading.instrumentation.toolkit.library.TRIED", tried)

    return install


@pytest.mark.usefixtures("instrumentor")
@pytest.mark.parametrize("number", ["1.1", "2.0", "not a version"])
def test_a_version_that_was_not_tried_is_instrumented_with_one_warning(
    number: str, version: Callable[[str], None], seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    version(number)
    imported().Client().plain("BTC/USD")
    assert len(seen.calls) == 1
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert warning.getMessage() == (
        f"made-up-library {number} was not tried with otel-trading (tried: 1.2 and later, before 2): "
        "look at one order with `otel-trading order ID`"
    )


@pytest.mark.usefixtures("instrumentor")
def test_a_version_that_was_tried_is_not_worth_a_word(
    version: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    version("1.9.3")
    imported()
    assert caplog.records == []
