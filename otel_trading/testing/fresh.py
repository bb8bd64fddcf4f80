"""The library as it is when a process starts."""

from __future__ import annotations

from otel_trading import settings
from otel_trading.orders import contain, instruments, market, updates
from otel_trading.orders.registry import registry


def forget() -> None:
    """Forget every order, quote, instrument and setting that this process knows.

    Settings are read from the environment again when they are next asked for.
    """
    settings.replace_current(None)
    instruments.reset()
    market.reset()
    registry.clear()
    updates.reset()
    contain.reset()
