"""A strategy as users write one: it trades when it is told to, and logs what becomes of its orders."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

INSTRUMENT_ID = InstrumentId.from_str("BTCUSDT.BINANCE")

_log = logging.getLogger("bot.nautilus")


class Puppet(Strategy):  # type: ignore[misc] # untyped upstream
    """Does what a test asks of it: at once in a live node, with the next tick in a back-test."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.events: list[Any] = []
        self.ticks: list[Any] = []
        self.wanted: deque[Callable[[], None]] = deque()
        self._given: set[str] = set()

    def limit(self, side: str, quantity: float, price: float | None, client_id: str) -> Any:
        """Return a new order; a client id that was used before gets a number behind it.

        Each begins with an O: the Binance adapter takes orders with other ids for those of somebody else.
        """
        instrument = self.cache.instrument(INSTRUMENT_ID)
        known: dict[str, Any] = {}
        if client_id:
            name = f"O-{client_id}" + (f"-{len(self._given)}" if client_id in self._given else "")
            self._given.add(client_id)
            self._given.add(name)
            known["client_order_id"] = ClientOrderId(name)
        asked = (INSTRUMENT_ID, OrderSide[side.upper()], instrument.make_qty(quantity))
        if price is None:
            return self.order_factory.market(*asked, **known)
        return self.order_factory.limit(*asked, instrument.make_price(price), **known)

    def forget(self, client_id: str) -> None:
        """Let a client id be given once more."""
        self._given.discard(client_id)

    def change(self, order: Any, quantity: float, price: float) -> None:
        """Change an order."""
        instrument = self.cache.instrument(INSTRUMENT_ID)
        self.modify_order(order, instrument.make_qty(quantity), instrument.make_price(price))

    def known(self, client_id: str) -> Any:
        """Return the order with a client id."""
        return self.cache.order(ClientOrderId(client_id))

    def on_order_event(self, event: Any) -> None:
        """Log what became of an order."""
        self.events.append(event)
        line = f"{type(event).__name__} of {event.client_order_id}"
        _log.info(line)
        self.said.append(line)

    def on_trade_tick(self, tick: Any) -> None:
        """Take market data."""
        self.ticks.append(tick)

    def on_quote_tick(self, tick: Any) -> None:
        """Take market data, and do what is wanted."""
        self.ticks.append(tick)
        while self.wanted:
            self.wanted.popleft()()
