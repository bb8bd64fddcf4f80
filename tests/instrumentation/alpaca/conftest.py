"""The instrumentor at work, a venue, and a trading client there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.alpaca import AlpacaInstrumentor
from otel_trading.semconv import metrics
from tests.instrumentation.alpaca import bots
from tests.venues.alpaca import AlpacaVenue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alpaca.trading.client import TradingClient

    from tests.recording import Recorded


@pytest.fixture(scope="module")
def instrumented() -> Iterator[AlpacaInstrumentor]:
    """The instrumentor at work for a module's tests."""
    instrumentor = AlpacaInstrumentor()
    instrumentor.instrument()
    yield instrumentor
    instrumentor.uninstrument()


@pytest.fixture
def venue(instrumented: AlpacaInstrumentor, recorded: Recorded) -> Iterator[AlpacaVenue]:  # noqa: ARG001 - at work
    """A venue; nothing that happens there may be an error of ours, or a step that no order takes."""
    with AlpacaVenue() as found:
        yield found
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


@pytest.fixture
def client(venue: AlpacaVenue) -> Iterator[TradingClient]:
    """A trading client."""
    found = bots.client(venue)
    yield found
    found._session.close()


@pytest.fixture
def raw(venue: AlpacaVenue) -> Iterator[TradingClient]:
    """A trading client that gives raw data."""
    found = bots.client(venue, raw_data=True)
    yield found
    found._session.close()
