"""The exchange without its server: symbols, markets, accounts and the engine, driven step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.blotter import Blotter
from otel_trading.demo.venue.chance import generator
from otel_trading.demo.venue.engine import Engine
from otel_trading.demo.venue.errors import bad_symbol
from otel_trading.demo.venue.market import Market
from otel_trading.demo.venue.plans import Plans
from otel_trading.demo.venue.reports import account_position, balance_update
from otel_trading.demo.venue.schedule import Schedule
from otel_trading.demo.venue.settlement import Settlement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.symbols import Symbol

_CLIENT_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_CLIENT_ID_LENGTH = 22


class Exchange:
    """Deterministic: the same seed, clock and commands give the same prices, ids and fills.

    ``tell`` receives the events of the user data stream, ``moved`` each market after it has changed.
    """

    def __init__(
        self,
        symbols: Iterable[Symbol],
        accounts: Iterable[Account],
        clock: Clock,
        *,
        seed: int,
        speed: float = 1.0,
    ) -> None:
        self.clock = clock
        self.opened_ms = clock.now_ms()
        self.plans = Plans()
        self.schedule = Schedule()
        self.markets = {symbol.name: Market(symbol, seed, self.opened_ms, speed) for symbol in symbols}
        self.accounts = {account.key: account for account in accounts}
        self.blotter = Blotter([market.symbol for market in self.markets.values()], seed)
        self.tell: Callable[[Account, dict[str, Any]], None] = _nobody
        self.moved: Callable[[Market], None] = _nowhere
        settlement = Settlement(clock, self._tell)
        self.engine = Engine(
            self.markets,
            self.blotter,
            settlement,
            clock=clock,
            schedule=self.schedule,
            plans=self.plans,
            seed=seed,
            speed=speed,
        )
        self._random = generator(seed, "client ids")

    def _tell(self, account: Account, event: dict[str, Any]) -> None:
        self.tell(account, event)

    def market(self, name: str) -> Market:
        """Return the market of a symbol; raise -1121 for one that is not traded."""
        try:
            return self.markets[name]
        except KeyError:
            raise bad_symbol() from None

    def step(self) -> None:
        """Run what is due, move every market by one step, and let the orders meet it."""
        self.run_due()
        now_ms = self.clock.now_ms()
        for market in self.markets.values():
            market.step(now_ms)
            self.engine.react(market)
            self.moved(market)

    def run_due(self) -> None:
        """Run what is due, without moving the markets."""
        self.schedule.run(self.clock.now_ms())

    def place_price(self, name: str, price: Decimal) -> None:
        """Put a market's mid price at ``price`` and let the orders meet it; raise -1121 for no such symbol."""
        market = self.market(name)
        market.place(price, self.clock.now_ms())
        self.engine.react(market)
        self.moved(market)

    def deposit(self, account: Account, asset: str, amount: Decimal) -> None:
        """Change a balance from outside: a deposit, or a withdrawal where ``amount`` is negative."""
        now_ms = self.clock.now_ms()
        account.receive(asset, amount)
        account.updated_ms = now_ms
        self.tell(account, balance_update(asset, amount, now_ms))
        self.tell(account, account_position(account, (asset,), now_ms))

    def mint_client_id(self) -> str:
        """Return a client id such as the venue makes where the client sends none."""
        return "".join(self._random.choices(_CLIENT_ID_LETTERS, k=_CLIENT_ID_LENGTH))


def _nobody(_account: Account, _event: dict[str, Any]) -> None:
    """Tell nobody: no server has been attached."""


def _nowhere(_market: Market) -> None:
    """Publish nowhere: no server has been attached."""
