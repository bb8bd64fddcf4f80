"""A venue that speaks Alpaca's protocols on 127.0.0.1: trading and market data over REST, streams over websockets."""

from __future__ import annotations

from tests.venues.alpaca.exchange import QUOTES
from tests.venues.alpaca.server import AlpacaVenue
from tests.venues.alpaca.sockets import SECRET

__all__ = ["QUOTES", "SECRET", "AlpacaVenue"]
