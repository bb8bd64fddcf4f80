"""An instrumentor of event loops at work, and loops of asyncio and of uvloop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import uvloop  # type: ignore[import-untyped, unused-ignore] # it depends on the version whether it is typed

from otel_trading.instrumentation.event_loop import EventLoopInstrumentor

if TYPE_CHECKING:
    from collections.abc import Iterator


LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def instrumentor() -> Iterator[EventLoopInstrumentor]:
    """The instrumentor at work, from before any loop of the test was made."""
    found = EventLoopInstrumentor()
    found.instrument()
    yield found
    if found.is_instrumented_by_opentelemetry:
        found.uninstrument()


@pytest.fixture(params=LOOPS)
def loop(request: pytest.FixtureRequest, instrumentor: EventLoopInstrumentor) -> Iterator[asyncio.AbstractEventLoop]:  # noqa: ARG001
    """A loop that nothing runs yet."""
    made = LOOPS[request.param]()
    yield made
    made.close()
