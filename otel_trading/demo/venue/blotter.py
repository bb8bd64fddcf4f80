"""Every order the venue has accepted, and how to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.demo.venue.chance import generator

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.market import Market
    from otel_trading.demo.venue.orders import Order
    from otel_trading.demo.venue.symbols import Symbol


class Blotter:
    """Orders by symbol, oldest first. Ids are sequential per symbol, as the venue's are."""

    def __init__(self, symbols: list[Symbol], seed: int) -> None:
        draw = generator(seed, "ids")
        self._last_id = {symbol.name: draw.randrange(20_000_000, 90_000_000) for symbol in symbols}
        self._orders: dict[str, dict[int, Order]] = {symbol.name: {} for symbol in symbols}

    def next_id(self, symbol: Symbol) -> int:
        """Return the id of a new order."""
        self._last_id[symbol.name] += 1
        return self._last_id[symbol.name]

    def add(self, order: Order) -> None:
        """Keep an accepted order."""
        self._orders[order.symbol.name][order.id] = order

    def find(self, account: Account, symbol: Symbol, order_id: int | None, client_id: str) -> Order | None:
        """Return the order with this id, or else the newest with this client id, if it is the account's."""
        orders = self._orders[symbol.name]
        if order_id is not None:
            order = orders.get(order_id)
            ours = order is not None and order.account is account
            return order if ours and client_id in ("", order.ticket.client_id if order else "") else None
        for order in reversed(orders.values()):
            if order.account is account and order.ticket.client_id == client_id:
                return order
        return None

    def of(self, account: Account, symbol: Symbol | None = None) -> list[Order]:
        """Return the account's orders of one symbol or of all."""
        names = [symbol.name] if symbol else list(self._orders)
        return [order for name in names for order in self._orders[name].values() if order.account is account]

    def open(self, account: Account, symbol: Symbol | None = None) -> list[Order]:
        """Return the account's orders that can still be filled."""
        return [order for order in self.of(account, symbol) if order.is_open]

    def resting(self, market: Market) -> list[Order]:
        """Return everybody's open orders that the market may fill, oldest first."""
        orders = self._orders[market.symbol.name].values()
        return [order for order in orders if order.is_open and not order.scripted]
