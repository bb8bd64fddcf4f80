"""The same order's telemetry through this distribution's public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import otel_trading
from bench.venue import ARRIVAL, FEE, PRICE, QUANTITY, STRATEGY, SYMBOL, VENUE

if TYPE_CHECKING:
    from bench.venue import Venue


class Ours:
    """Sends orders to a venue that no instrumented library knows, and reports them."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def trade(self, client_id: str) -> None:
        """Send one order, which the venue fills at once."""
        with otel_trading.order(
            venue=VENUE,
            symbol=SYMBOL,
            side="buy",
            type="limit",
            quantity=QUANTITY,
            price=PRICE,
            time_in_force="gtc",
            instrument_type="spot",
            client_id=client_id,
            strategy=STRATEGY,
            arrival_price=ARRIVAL,
        ) as order:
            order.submitted()
            answer = self._venue.send(client_id)
            order.acknowledged(id=answer.order_id)
            order.filled(
                quantity=QUANTITY,
                price=PRICE,
                execution_id=answer.execution_id,
                liquidity="maker",
                fee=FEE,
                fee_currency="USDT",
            )
