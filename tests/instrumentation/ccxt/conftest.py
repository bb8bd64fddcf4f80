"""The instrumentor at work, a venue for each module, and bots that trade there."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor

from otel_trading.demo.venue import Account, Balance, Limits, VenueThread
from otel_trading.demo.venue.accounts import DEMO_BALANCES
from otel_trading.instrumentation.ccxt import CcxtInstrumentor
from tests.instrumentation.ccxt.bots import KINDS, PRO, SYNC, Bot, cancel_all, exchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.recording import Recorded


@pytest.fixture(scope="session")
def markets() -> Any:
    """An exchange with its markets loaded, which the others take over: loading is not what is tested."""
    with VenueThread(seed=7) as venue:
        source = exchange(SYNC, venue.url)
        source.load_markets()
        source.session.close()
        return source


@pytest.fixture(scope="module")
def instrumented() -> Iterator[CcxtInstrumentor]:
    """The instrumentor at work for a module's tests."""
    instrumentor = CcxtInstrumentor()
    instrumentor.instrument()
    yield instrumentor
    instrumentor.uninstrument()


@pytest.fixture(scope="module")
def shared_venue() -> Iterator[VenueThread]:
    """A venue for a module's tests, which never tires of requests."""
    account = Account(balances={asset: Balance(10 * amount) for asset, amount in DEMO_BALANCES.items()})
    account.balances["USDT"] = Balance(DEMO_BALANCES["USDT"])
    limits = Limits(weight_1m=1_000_000, orders_10s=100_000)
    with VenueThread(seed=7, accounts=[account], limits=limits) as venue:
        yield venue


@pytest.fixture
def venue(shared_venue: VenueThread) -> Iterator[VenueThread]:
    """The venue, with nothing wrong with it, nothing seen yet and no order open."""
    shared_venue.clear_requests()
    yield shared_venue
    shared_venue.faults.clear()
    cancel_all(shared_venue)


@pytest.fixture
def http(recorded: Recorded) -> Iterator[None]:  # noqa: ARG001 - its providers are the ones to be used
    """The stock instrumentations of the HTTP clients that ccxt uses."""
    instrumentors = (RequestsInstrumentor(), AioHttpClientInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument()
    yield
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


@pytest.fixture
async def make_bot(
    venue: VenueThread,
    markets: Any,
    instrumented: CcxtInstrumentor,  # noqa: ARG001 - has to be at work
    recorded: Recorded,  # noqa: ARG001 - records until the bot has ended
) -> AsyncIterator[Callable[..., Bot]]:
    """Return a function that makes a bot of a kind; its sockets are closed after the test."""
    made: list[Bot] = []

    def make(kind: str, **changes: Any) -> Bot:
        bot = Bot(kind, exchange(kind, changes.pop("url", venue.url), **changes))
        bot.exchange.set_markets_from_exchange(markets)
        made.append(bot)
        return bot

    yield make
    for bot in made:
        await bot.close()


@pytest.fixture(params=KINDS)
def bot(request: pytest.FixtureRequest, make_bot: Callable[..., Bot]) -> Bot:
    """A bot on each of ccxt's ways to trade."""
    return make_bot(request.param)


@pytest.fixture
def sync(make_bot: Callable[..., Bot]) -> Any:
    """An exchange object of ccxt."""
    return make_bot(SYNC).exchange


@pytest.fixture
def pro(make_bot: Callable[..., Bot]) -> Any:
    """An exchange object of ccxt.pro."""
    return make_bot(PRO).exchange


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait until something is true; fail after five seconds."""

    async def run(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < deadline, "it never became true"
            await asyncio.sleep(0.005)

    return run
