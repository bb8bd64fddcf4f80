"""OpenTelemetry for Python trading systems: one order, one story.

A bot needs none of this: started with ``opentelemetry-instrument``, its trading library is instrumented by
itself. These are for what no library call shows. None of them raises, and without a configured OpenTelemetry
SDK each costs next to nothing.

PYTEST_DONT_REWRITE: the plugin of ``otel_trading.testing`` asserts nothing, and under ``opentelemetry-instrument``
the package is imported before pytest could rewrite it.
"""

from otel_trading.orders.blocks import find_order, order, strategy
from otel_trading.orders.measures import (
    decision,
    exposure,
    kill_switch,
    market_data,
    pnl,
    position,
    risk_check,
)
from otel_trading.orders.order import Order
from otel_trading.version import __version__

__all__ = [
    "Order",
    "__version__",
    "decision",
    "exposure",
    "find_order",
    "kill_switch",
    "market_data",
    "order",
    "pnl",
    "position",
    "risk_check",
    "strategy",
]
