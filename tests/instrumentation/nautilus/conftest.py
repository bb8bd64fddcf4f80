"""NautilusTrader instrumented; it has an environment of its own, where alone it is tested as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.nautilus import NautilusInstrumentor
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recording import Recorded


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let pass what NautilusTrader itself warns of: it is its own."""
    if item.path.is_relative_to(Path(__file__).parent):
        for kind in ("DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
            item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))


@pytest.fixture
def live(recorded: Recorded) -> Iterator[NautilusInstrumentor]:
    """The instrumentor as it is by default; nothing that it does may be an error of ours."""
    instrumentor = NautilusInstrumentor()
    instrumentor.instrument()
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []


@pytest.fixture
def with_backtests(recorded: Recorded) -> Iterator[NautilusInstrumentor]:
    """The same with back-tests told of."""
    instrumentor = NautilusInstrumentor()
    instrumentor.instrument(backtests=True)
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
