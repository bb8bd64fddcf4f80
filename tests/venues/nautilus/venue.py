"""The simulated Binance venue as NautilusTrader's Binance adapter meets it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.book import Piece
from otel_trading.demo.venue.server import Venue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.demo.venue.accounts import Account

_ORDERS = "/v3/order"


class NautilusVenue(Venue):
    """The venue with its user stream as ``/stream?streams=<listen key>`` has it: each event in an envelope.

    The adapter opens its user stream under that address only, and takes nothing without the envelope.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.exchange.tell = self._tell

    def _tell(self, account: Account, event: dict[str, Any]) -> None:
        key = next((key for key, (owner, _) in self._users._keys.items() if owner is account), "")
        self._users.tell(account, {"stream": key, "data": event})

    def execute(self, client_id: str, quantity: float) -> None:
        """Execute ``quantity`` of the open order with this client id, as maker at its price."""
        order = next(order for order in self.exchange.blotter.of(self.account) if order.ticket.client_id == client_id)
        market = self.exchange.market(order.symbol.name)
        piece = Piece(order.ticket.price, Decimal(str(quantity)))
        self.exchange.engine._settlement.fill(order, piece, market, maker=True)

    def refuse_next(self) -> None:
        """Refuse the next order for want of money."""
        told = "Account has insufficient balance for requested action."
        self.faults.fail_next(status=400, code=-2010, message=told, path=_ORDERS)

    def ignore_next(self) -> None:
        """Break off the next request for an order without an answer."""
        self.faults.drop_next(path=_ORDERS)

    def seen(self) -> Sequence[str]:
        """Return every request that came in, whole, one text each."""
        return [
            f"{each.kind} {each.method} {each.path} {each.params} {sorted(each.headers.items())} {each.body}"
            for each in self.requests
        ]
