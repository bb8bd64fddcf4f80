"""What the simulated venue of the demo has not: Binance's USDⓈ-M futures."""

from __future__ import annotations

from tests.venues.binance.server import FuturesVenue

__all__ = ["FuturesVenue"]
