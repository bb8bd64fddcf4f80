"""A small bot, as these tests trade with it."""

from __future__ import annotations

import logging

import otel_trading
from otel_trading import Order

CLIENT_ID, VENUE_ID = "cl-7f3a-0001", "28173645"

log = logging.getLogger("bot")


def send(client_id: str = CLIENT_ID, *, venue: str = "desk-1") -> Order:
    """Send an order, which the bot logs."""
    with otel_trading.order(
        venue=venue, symbol="BTC/USDT", side="buy", type="limit", quantity=0.5, price=60_000.0, client_id=client_id
    ) as this:
        otel_trading.decision("momentum", 0.82, arrival_price=60_001.5)
        this.submitted()
        log.info("sending %s", client_id)
    return this


def trade(client_id: str = CLIENT_ID, venue_id: str = VENUE_ID, *, venue: str = "desk-1") -> Order:
    """Send an order and have it filled."""
    this = send(client_id, venue=venue)
    this.acknowledged(id=venue_id)
    this.filled(quantity=0.5, price=59_999.5, execution_id="e-1", liquidity="maker", fee=12.6, fee_currency="USDT")
    return this
