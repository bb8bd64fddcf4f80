"""The clock of a venue against that of the machine, as the answer to a question about the time tells it."""

from __future__ import annotations

import time

from otel_trading.orders import instruments
from otel_trading.semconv import attributes, metrics


def read(venue: str, theirs: float, began: float) -> None:
    """Record by how much a venue's clock, which told ``theirs``, is ahead.

    Both in seconds since the epoch; the request began at ``began``, has just been answered, and the venue read its
    clock about half-way through it.
    """
    offset(venue, theirs - (began + time.time()) / 2)


def offset(venue: str, seconds: float) -> None:
    """Record that a venue's clock is ahead by ``seconds``."""
    instruments.set_gauge(metrics.TRADING_CLOCK_OFFSET, seconds, {attributes.TRADING_VENUE: venue})
