"""The instrumentor at work, and bots of python-binance at venues of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.binance import BinanceInstrumentor
from otel_trading.instrumentation.versions import installed
from tests.conformance.drivers.binance import DRIVER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.recording import Recorded


@pytest.fixture(scope="session")
def instrumentor() -> BinanceInstrumentor:
    """The instrumentor; skips where its library is not installed."""
    if not installed("python-binance"):
        pytest.skip("python-binance is not installed here")
    return BinanceInstrumentor()


@pytest.fixture
def instrumented(instrumentor: BinanceInstrumentor, recorded: Recorded) -> Iterator[None]:  # noqa: ARG001 - comes first
    """The instrumentor at work."""
    instrumentor.instrument()
    yield
    instrumentor.uninstrument()


@pytest.fixture
async def bot(request: pytest.FixtureRequest, instrumented: None, recorded: Recorded) -> AsyncIterator[Any]:  # noqa: ARG001
    """The conformance suite's bot of the variant that the test is parametrised with."""
    async with DRIVER.open(request.param) as found:
        recorded.clear()
        yield found
