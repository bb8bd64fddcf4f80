"""A back-test that a test drives tick by tick: the real engine, fed one quote at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from tests.venues.nautilus.strategy import INSTRUMENT_ID, Puppet

if TYPE_CHECKING:
    from collections.abc import Callable

BEGAN = 1_600_000_000_000_000_000
"""When the simulated time begins, in nanoseconds since the epoch: in September 2020."""

_SECOND = 1_000_000_000
_BID, _ASK, _SIZE = 60_000.0, 60_001.0, 5.0


class Backtest:
    """An engine with one instrument, whose best bid is 60,000 and best ask 60,001, and the strategy that trades."""

    def __init__(self, money: float = 1_000_000.0, oms_type: Any = OmsType.NETTING, strategy: Any = None) -> None:
        self._instrument = TestInstrumentProvider.btcusdt_binance()
        assert self._instrument.id == INSTRUMENT_ID
        self.engine = BacktestEngine(
            BacktestEngineConfig(trader_id="TESTER-001", logging=LoggingConfig(bypass_logging=True))
        )
        funds = [Money(money, USDT), Money(10, BTC)]
        self.engine.add_venue(Venue("BINANCE"), oms_type, AccountType.CASH, funds)
        self.engine.add_instrument(self._instrument)
        self.strategy = strategy or Puppet()
        self.engine.add_strategy(self.strategy)
        self._now = BEGAN
        self.tick()
        self.strategy.subscribe_quote_ticks(INSTRUMENT_ID)

    def tick(self, bid: float = _BID, ask: float = _ASK, size: float = _SIZE) -> None:
        """Let a second pass, and a quote come in; the strategy does then what is wanted of it."""
        self._now += _SECOND
        made = self._instrument
        prices = (made.make_price(bid), made.make_price(ask), made.make_qty(_SIZE), made.make_qty(size))
        self.engine.add_data([QuoteTick(INSTRUMENT_ID, *prices, self._now, self._now)])
        self.engine.run(streaming=True)
        self.engine.clear_data()

    def do(self, action: Callable[[], None]) -> None:
        """Have the strategy do something with the next tick, and hear of what becomes of it with the one after."""
        self.strategy.wanted.append(action)
        self.tick()
        self.tick()

    def submit(self, order: Any) -> Any:
        """Have the strategy send an order, and return it."""
        self.do(lambda: self.strategy.submit_order(order))
        return order

    def execute(self, order: Any, quantity: float) -> None:
        """Let somebody sell ``quantity`` at the price of a buy order that rests."""
        self.tick(bid=float(order.price) - 1, ask=float(order.price), size=quantity)
        self.tick()

    def end(self) -> None:
        """End the back-test."""
        self.engine.end()
        self.engine.dispose()
