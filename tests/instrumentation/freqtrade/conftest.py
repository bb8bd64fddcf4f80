"""Both instrumentors at work, as a distribution has them, and freqtrade's exchange object at a venue of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.demo.venue import VenueThread
from otel_trading.instrumentation.ccxt import CcxtInstrumentor
from otel_trading.instrumentation.freqtrade import FreqtradeInstrumentor
from otel_trading.semconv import metrics
from tests.conformance.drivers.freqtrade import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recording import Recorded


@pytest.fixture(scope="module")
def instrumented() -> Iterator[None]:
    """Freqtrade and ccxt instrumented for a module's tests."""
    instrumentors = (CcxtInstrumentor(), FreqtradeInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument()
    yield
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


@pytest.fixture
def venue() -> Iterator[VenueThread]:
    """A venue."""
    with VenueThread(seed=7) as running:
        yield running


@pytest.fixture
def live(instrumented: None, venue: VenueThread, recorded: Recorded) -> Iterator[Any]:  # noqa: ARG001 - at work
    """An exchange object that trades at the venue; nothing is recorded yet."""
    yield from _made(venue, recorded, dry_run=False)


@pytest.fixture
def dry(instrumented: None, venue: VenueThread, recorded: Recorded) -> Iterator[Any]:  # noqa: ARG001 - at work
    """An exchange object in dry-run; nothing is recorded yet."""
    yield from _made(venue, recorded, dry_run=True)


def _made(venue: VenueThread, recorded: Recorded, *, dry_run: bool) -> Iterator[Any]:
    with exchange(venue.url, dry_run=dry_run) as made:
        recorded.clear()
        yield made
    asyncio.set_event_loop(None)  # the one that it made is closed
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []
