"""The instrumentor at work, a venue for each module, and a bot that trades there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.quickfix import QuickfixInstrumentor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.instrumentation.quickfix.bots import Bot, Pair
    from tests.recording import Recorded
    from tests.venues.fix.acceptor import Acceptor


@pytest.fixture(scope="module")
def instrumented() -> Iterator[QuickfixInstrumentor]:
    """The instrumentor at work for a module's tests."""
    instrumentor = QuickfixInstrumentor()
    instrumentor.instrument()
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


@pytest.fixture(scope="module")
def pair(instrumented: QuickfixInstrumentor) -> Iterator[Pair]:  # noqa: ARG001 - at work before the bot is made
    """A bot and its venue for a module's tests."""
    from tests.instrumentation.quickfix.bots import Pair  # noqa: PLC0415 - it needs QuickFIX

    found = Pair()
    found.start()
    yield found
    found.stop()


@pytest.fixture
def venue(pair: Pair) -> Acceptor:
    """The venue, with nothing seen yet."""
    pair.venue.requests.clear()
    return pair.venue


@pytest.fixture
def bot(pair: Pair, recorded: Recorded) -> Iterator[Bot]:
    """The bot, logged on, with nothing received yet, and nothing recorded."""
    assert pair.bot.logged_on.wait(10)
    pair.bot.received.clear()
    recorded.clear()
    yield pair.bot
    pair.bot.on_message = pair.bot.on_sending = lambda _: None


@pytest.fixture
def names(recorded: Recorded) -> Callable[[], list[str]]:
    """Return what was told of orders so far."""

    def found() -> list[str]:
        every = [event.event_name or "" for event in recorded.events()]
        return [name.removeprefix("trading.order.") for name in every if name.startswith("trading.order.")]

    return found
