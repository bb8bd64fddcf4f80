"""An instrumentor that is at work for as long as a test, and records no error of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recording import Recorded

T = TypeVar("T", bound=LibraryInstrumentor)


@contextmanager
def at_work(instrumentor: T, recorded: Recorded, **settings: bool) -> Iterator[T]:
    """Instrument, and put back at the end what a test has not put back; nothing that a bot does may be our error."""
    instrumentor.instrument(**settings)
    yield instrumentor
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
