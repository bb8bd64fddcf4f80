"""Each test of the suite runs once for every way of trading with every library that is installed here.

``@pytest.mark.asks(Behaviour.…)`` says what a test asks of an instrumentor: it is not run for a variant whose driver
lists that as missing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import metrics
from otel_trading.settings import load
from otel_trading.telemetry import logs
from tests.conformance.found import Case, cases
from tests.conformance.reading import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Bot
    from tests.recording import Recorded

_SECONDS = 20.0


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "asks(*behaviours): what a test of the conformance suite asks of a library")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for every variant of every library that can be asked for what it is about."""
    if "case" in metafunc.fixturenames:
        asked = [behaviour for mark in metafunc.definition.iter_markers("asks") for behaviour in mark.args]
        assert asked, f"{metafunc.definition.name} does not say what it asks"
        metafunc.parametrize("case", [case for case in cases() if case.has(*asked)], ids=str)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let pass what the libraries themselves warn of: it is theirs."""
    if "case" in getattr(item, "fixturenames", ()):
        for kind in ("DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
            item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))


@pytest.fixture(scope="module")
def at_work() -> Iterator[list[BaseInstrumentor]]:
    """The instrumentors that tests of a module have put to work; they stay, since some take long to put in place."""
    found: list[BaseInstrumentor] = []
    yield found
    _end(found)


@pytest.fixture
def instrumented(case: Case, at_work: list[BaseInstrumentor], recorded: Recorded) -> None:  # noqa: ARG001 - comes first
    """The library's instrumentor at work."""
    instrumentor = case.driver.instrumentor()
    if not instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.instrument()
        at_work.append(instrumentor)


@pytest.fixture
def bare(at_work: list[BaseInstrumentor]) -> None:
    """No instrumentor at work."""
    _end(at_work)


def _end(instrumentors: list[BaseInstrumentor]) -> None:
    for instrumentor in instrumentors:
        if instrumentor.is_instrumented_by_opentelemetry:
            instrumentor.uninstrument()
    instrumentors.clear()


@pytest.fixture
async def bot(case: Case, instrumented: None) -> AsyncIterator[Bot]:  # noqa: ARG001 - at work when the bot starts
    """The library's bot, trading at a venue of its own."""
    async with case.driver.open(case.variant) as found:
        yield found


@pytest.fixture
def desk(case: Case, bot: Bot, recorded: Recorded) -> Iterator[Desk]:
    """The bot, and what was recorded of it since it was opened; nothing that it does may be an error of ours."""
    recorded.clear()
    yield Desk(case, bot, recorded)
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


@pytest.fixture
def captured(recorded: Recorded, caplog: pytest.LogCaptureFixture) -> Iterator[None]:  # noqa: ARG001 - records them
    """The bot's logging captured, as the configurator does it."""
    caplog.set_level(logging.INFO)
    logs.install(load({})[0])
    yield
    logs.uninstall()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait until something is true; fail when it takes too long."""

    async def run(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            await asyncio.sleep(0.01)

    return run
