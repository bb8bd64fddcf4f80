"""A live node of NautilusTrader at the simulated venue, with its real Binance adapter."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from nautilus_trader.adapters.binance.config import BinanceDataClientConfig, BinanceExecClientConfig
from nautilus_trader.adapters.binance.factories import BinanceLiveDataClientFactory, BinanceLiveExecClientFactory
from nautilus_trader.adapters.sandbox.config import SandboxExecutionClientConfig
from nautilus_trader.adapters.sandbox.factory import SandboxLiveExecClientFactory
from nautilus_trader.common import Environment
from nautilus_trader.config import InstrumentProviderConfig, LiveExecEngineConfig, LoggingConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET
from tests.venues.nautilus.strategy import INSTRUMENT_ID, Puppet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.venues.nautilus.venue import NautilusVenue

_SECONDS = 20.0
_WITHOUT_DELAY: dict[str, Any] = {
    name: 0.01
    for name in ("reconciliation_startup_delay_secs",)  # not in every version
    if name in LiveExecEngineConfig.__struct_fields__
}
_guards: list[Any] = []
"""What keeps NautilusTrader's logging alive, which can be begun only once in a process."""


class LiveNode:
    """A node that runs, and the strategy that trades on it."""

    def __init__(self, node: Any, strategy: Puppet) -> None:
        self.node = node
        self.strategy = strategy

    async def submit(self, order: Any) -> None:
        """Send an order, and wait until the venue has answered."""
        self.strategy.submit_order(order)
        await until(lambda: not (order.is_inflight or order.status_string() == "INITIALIZED"))

    async def cancel(self, order: Any) -> None:
        """Cancel an order, and wait until the venue has answered."""
        self.strategy.cancel_order(order)
        await until(lambda: not order.is_inflight)

    async def query_account(self) -> Any:
        """Ask the venue for the balances, and wait for them."""
        account = self.node.cache.account_for_venue(INSTRUMENT_ID.venue)
        before = account.event_count
        self.strategy.query_account(account.id)
        await until(lambda: account.event_count > before)
        return account.balances_total()

    async def follow_market(self) -> None:
        """Follow the market's trades, and wait for the first."""
        self.strategy.subscribe_trade_ticks(INSTRUMENT_ID)
        await until(lambda: self.strategy.ticks)


@asynccontextmanager
async def running(venue: NautilusVenue, *, sandbox: bool = False, **engine: Any) -> AsyncIterator[LiveNode]:
    """Run a node on this event loop, until the end of the block. ``engine`` configures its execution engine.

    In a ``sandbox`` the market is the venue's, and orders are executed by NautilusTrader itself.
    """
    node = TradingNode(config=_config(venue, engine, sandbox=sandbox), loop=asyncio.get_running_loop())
    _guards.append(node.kernel.get_log_guard())
    node.add_data_client_factory("BINANCE", BinanceLiveDataClientFactory)
    factory = SandboxLiveExecClientFactory if sandbox else BinanceLiveExecClientFactory
    node.add_exec_client_factory("BINANCE", factory)
    strategy = Puppet()
    node.trader.add_strategy(strategy)
    node.build()
    runs = asyncio.create_task(node.run_async())
    try:
        await until(lambda: node.trader.is_running)
        yield LiveNode(node, strategy)
    finally:
        await node.stop_async()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(runs, 5)
        node.kernel.dispose()
        # The node takes the signals of the process, and does not give them back.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGABRT):
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _config(venue: NautilusVenue, engine: dict[str, Any], *, sandbox: bool) -> Any:
    ways: dict[str, Any] = {
        "api_key": DEMO_KEY,
        "api_secret": DEMO_SECRET,
        "base_url_http": venue.url,
        "base_url_ws": venue.ws_url,
        "instrument_provider": InstrumentProviderConfig(load_ids=frozenset([INSTRUMENT_ID])),
    }
    executes = SandboxExecutionClientConfig(
        venue="BINANCE", account_type="CASH", starting_balances=["1000000 USDT", "10 BTC"]
    )
    return TradingNodeConfig(
        environment=Environment.SANDBOX if sandbox else Environment.LIVE,
        trader_id="TESTER-001",
        logging=LoggingConfig(log_level="OFF"),
        exec_engine=LiveExecEngineConfig(**_WITHOUT_DELAY | engine),
        data_clients={"BINANCE": BinanceDataClientConfig(**ways)},
        exec_clients={"BINANCE": executes if sandbox else BinanceExecClientConfig(**ways)},
        timeout_connection=10,
        timeout_disconnection=2,
        timeout_post_stop=0.01,
    )


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.005)
