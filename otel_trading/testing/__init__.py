"""For the tests of bots: what a bot records, in memory, as it would be stored.

With pytest there is nothing to import: once otel-trading is installed, a test may ask for ``recorded_orders`` and
``simulated_venue``. For other test runners, and for fixtures of one's own::

    with recording() as orders:
        place_an_order()
    assert orders.story("cl-7f3a-0001").order.status == "filled"

Names are loaded when they are first used: pytest imports this package whenever it starts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_trading.testing.libraries import instrumented as instrumented
    from otel_trading.testing.record import recording as recording
    from otel_trading.testing.recorded import RecordedOrders as RecordedOrders
    from otel_trading.testing.venue import ccxt_config as ccxt_config

_HOMES = {
    "RecordedOrders": "recorded",
    "ccxt_config": "venue",
    "instrumented": "libraries",
    "recording": "record",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
