"""A simulated venue on loopback that speaks Binance's spot protocol: REST, market streams, websocket API.

``async with Venue(seed=7) as venue`` inside an event loop, ``with VenueThread(seed=7) as venue`` elsewhere,
``python -m otel_trading.demo.venue`` as a process. ``ccxt_urls(venue.url)`` is what points ccxt at it.

What it simplifies: clients' orders meet a synthetic market and never one another, they do not show in the
book, and there are no order lists, iceberg or trailing orders.
"""

from __future__ import annotations

from otel_trading.demo.venue.accounts import DEMO_KEY, DEMO_SECRET, Account, Balance
from otel_trading.demo.venue.clock import ManualClock, SystemClock
from otel_trading.demo.venue.faults import Faults
from otel_trading.demo.venue.limits import Limits
from otel_trading.demo.venue.requests_seen import SeenRequest
from otel_trading.demo.venue.server import Venue
from otel_trading.demo.venue.threaded import VenueThread
from otel_trading.demo.venue.urls import ccxt_urls

__all__ = [
    "DEMO_KEY",
    "DEMO_SECRET",
    "Account",
    "Balance",
    "Faults",
    "Limits",
    "ManualClock",
    "SeenRequest",
    "SystemClock",
    "Venue",
    "VenueThread",
    "ccxt_urls",
]
