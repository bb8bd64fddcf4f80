"""A venue per test, and the real ccxt classes pointed at it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import ccxt
import ccxt.async_support
import ccxt.pro
import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread, ccxt_urls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

Client = Any


@pytest.fixture
def venue() -> Iterator[VenueThread]:
    with VenueThread(seed=7) as running:
        yield running


@pytest.fixture(scope="module")
def shared_venue() -> Iterator[VenueThread]:
    """A venue for the tests of a module that only ask, or are refused."""
    with VenueThread(seed=7) as running:
        yield running


@pytest.fixture(scope="module")
def shared_client(shared_venue: VenueThread) -> Iterator[Client]:
    exchange = ccxt.binance(settings(shared_venue))
    exchange.load_markets()
    yield exchange
    exchange.session.close()


def settings(venue: VenueThread) -> dict[str, Any]:
    """Return a configuration for any of the ccxt classes; it does not linger when it is closed."""
    return {
        "apiKey": DEMO_KEY,
        "secret": DEMO_SECRET,
        "urls": ccxt_urls(venue.url),
        "enableRateLimit": False,
        "timeout": 5_000,
        "timeout_on_exit": 0,
    }


@pytest.fixture
def config(venue: VenueThread) -> dict[str, Any]:
    return settings(venue)


@pytest.fixture
def client(config: dict[str, Any]) -> Iterator[Client]:
    exchange = ccxt.binance(config)
    exchange.load_markets()
    yield exchange
    exchange.session.close()


@pytest.fixture
async def async_client(config: dict[str, Any]) -> AsyncIterator[Client]:
    exchange = ccxt.async_support.binance(config)
    await exchange.load_markets()
    yield exchange
    await exchange.close()


@pytest.fixture
async def pro(config: dict[str, Any]) -> AsyncIterator[Client]:
    exchange = ccxt.pro.binance(config)
    await exchange.load_markets()
    yield exchange
    await exchange.close()


@pytest.fixture
async def subscribed(pro: Client) -> Client:
    """``ccxt.pro`` with its user data stream subscribed, as its watch methods do before they wait."""
    await asyncio.wait_for(pro.authenticate(), 5)
    pro.set_balance_cache(pro.client(pro.urls["api"]["ws"]["ws-api"]["spot"]), "spot")
    return pro


@pytest.fixture
def stepping(venue: VenueThread) -> Callable[[Awaitable[Any]], Awaitable[Any]]:
    """Await something while the market moves: a step every 20 ms."""

    async def run(wanted: Awaitable[Any]) -> Any:
        task = asyncio.ensure_future(wanted)
        deadline = time.monotonic() + 5
        while not task.done() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
            venue.step()
        return await asyncio.wait_for(task, 1)

    return run


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait until something is true; fail after five seconds."""

    async def run(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            await asyncio.sleep(0.005)

    return run
