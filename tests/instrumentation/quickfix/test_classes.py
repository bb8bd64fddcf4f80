"""The bot's own classes: found whenever they were made, and given back as they were."""

from __future__ import annotations

import contextvars
import functools
import threading
from typing import TYPE_CHECKING, Any

import pytest
import quickfix as fix

from otel_trading.instrumentation.quickfix import QuickfixInstrumentor
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from tests.instrumentation.fix.shapes import FIX42_FILL, FIX44_TRADE, wire
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def instrumentor() -> Iterator[QuickfixInstrumentor]:
    """The instrumentor, at rest."""
    found = QuickfixInstrumentor()
    if found.is_instrumented_by_opentelemetry:
        found.uninstrument()
    yield found
    if found.is_instrumented_by_opentelemetry:
        found.uninstrument()


def application(*bases: type) -> Any:
    """Return a class of a bot's that defines what messages come to."""

    class Application(*(bases or (fix.Application,))):  # type: ignore[misc] # untyped upstream
        def fromApp(self, message: Any, session_id: Any) -> str:  # noqa: ARG002, N802 - the engine's name
            return "handled"

    return Application


def is_ours(function: Any) -> bool:
    return hasattr(function, "__wrapped__")


def test_a_class_that_was_there_before_is_watched_from_then_on(instrumentor: QuickfixInstrumentor) -> None:
    kind = application()
    made = kind()
    original = vars(kind)["fromApp"]
    instrumentor.instrument()
    assert is_ours(vars(kind)["fromApp"])
    assert made.fromApp(fix.Message(), fix.SessionID("FIX.4.4", "A", "B")) == "handled"
    instrumentor.uninstrument()
    assert vars(kind)["fromApp"] is original


def test_a_class_that_comes_later_is_watched_when_one_of_it_is_made(instrumentor: QuickfixInstrumentor) -> None:
    instrumentor.instrument()
    kind = application()
    original = vars(kind)["fromApp"]
    kind()
    assert is_ours(vars(kind)["fromApp"])
    kind()
    assert vars(kind)["fromApp"].__wrapped__ is original
    instrumentor.uninstrument()
    assert vars(kind)["fromApp"] is original


def test_base_classes_and_mix_ins_are_watched_where_they_define_a_callback(
    instrumentor: QuickfixInstrumentor,
) -> None:
    class Mixed:
        def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
            """Do nothing."""

    base = application()
    kind = application(Mixed, base)
    originals = (vars(Mixed)["toApp"], vars(base)["fromApp"], vars(kind)["fromApp"])
    instrumentor.instrument()
    kind()
    watched = (vars(Mixed)["toApp"], vars(base)["fromApp"], vars(kind)["fromApp"])
    assert [is_ours(function) for function in watched] == [True, True, True]
    instrumentor.uninstrument()
    assert (vars(Mixed)["toApp"], vars(base)["fromApp"], vars(kind)["fromApp"]) == originals


def test_what_is_quickfixs_own_or_no_plain_function_stays(instrumentor: QuickfixInstrumentor) -> None:
    kind = application()
    kind.onLogon = functools.partial(print, "logged on")
    before = {name: value for name, value in vars(fix.Application).items() if name != "__init__"}
    instrumentor.instrument()
    kind()
    assert isinstance(vars(kind)["onLogon"], functools.partial)
    assert {name: value for name, value in vars(fix.Application).items() if name != "__init__"} == before


def test_a_callback_keeps_its_name_its_words_and_its_parameters(instrumentor: QuickfixInstrumentor) -> None:
    class Bot(fix.Application):  # type: ignore[misc] # untyped upstream
        def fromApp(self, *anything: Any) -> int:  # noqa: N802 - the engine's name
            """Handle it."""
            return len(anything)

    instrumentor.instrument()
    made = Bot()
    assert (made.fromApp.__name__, made.fromApp.__doc__) == ("fromApp", "Handle it.")
    assert made.fromApp(fix.Message(), fix.SessionID("FIX.4.4", "A", "B")) == 2


def test_quickfix_itself_is_given_back_as_it_was(instrumentor: QuickfixInstrumentor) -> None:
    before = (vars(fix.Session)["sendToTarget"], vars(fix.Session)["send"], vars(fix.Application)["__init__"])
    instrumentor.instrument()
    assert vars(fix.Session)["sendToTarget"] is not before[0]
    assert isinstance(vars(fix.Session)["sendToTarget"], staticmethod)
    instrumentor.uninstrument()
    after = (vars(fix.Session)["sendToTarget"], vars(fix.Session)["send"], vars(fix.Application)["__init__"])
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, True, True]


def test_a_thread_that_a_callback_starts_may_handle_a_message_of_its_own(
    instrumentor: QuickfixInstrumentor, recorded: Recorded
) -> None:
    session_id = fix.SessionID("FIX.4.4", "DESK", "EXCH")

    class Router(fix.Application):  # type: ignore[misc] # untyped upstream
        def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
            other = fix.Message(wire(FIX42_FILL), False)
            here = contextvars.copy_context()  # as the instrumentation of threads does
            thread = threading.Thread(target=here.run, args=(backend.fromApp, other, session_id))
            thread.start()
            thread.join()
            backend.fromApp(message, session_id)  # this one is the same message

    instrumentor.instrument()
    backend = application()()
    Router().fromApp(fix.Message(wire(FIX44_TRADE), False), session_id)
    filled = [attributes(event)[a.TRADING_ORDER_CLIENT_ID] for event in recorded.events(events.TRADING_ORDER_FILLED)]
    assert filled == ["cl-1", "cl-2"]
