"""Either library with its instrumentor at work, a bot on it, and the gateway that it is connected to."""

from __future__ import annotations

import asyncio
import importlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.ib import IbAsyncInstrumentor, IbInsyncInstrumentor
from otel_trading.semconv import metrics
from tests.venues.ib.bots import ASYNC, bot_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

INSTRUMENTORS = {"ib_async": IbAsyncInstrumentor, "ib_insync": IbInsyncInstrumentor}


@pytest.fixture(params=INSTRUMENTORS)
def package(request: pytest.FixtureRequest) -> str:
    """The name of one of the two libraries."""
    return str(request.param)


@pytest.fixture
def lib(package: str) -> Any:
    """The library."""
    return importlib.import_module(package)


@pytest.fixture
def instrumented(package: str, recorded: Recorded) -> Iterator[None]:  # noqa: ARG001 - records before anything happens
    """The library's instrumentor at work."""
    instrumentor = INSTRUMENTORS[package]()
    instrumentor.instrument()
    yield
    instrumentor.uninstrument()


@pytest.fixture
async def bot(package: str, instrumented: None, recorded: Recorded) -> AsyncIterator[Bot]:  # noqa: ARG001 - at work
    """A bot that is connected, with nothing recorded yet; nothing that it does may be an error of ours."""
    async with bot_of(package, ASYNC) as found:
        recorded.clear()
        yield found
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


@pytest.fixture
def gateway(bot: Bot) -> Gateway:
    """The gateway that the bot is connected to."""
    return bot.gateway


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something is true; fail when it takes too long."""

    async def run(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            await asyncio.sleep(0.002)

    return run
