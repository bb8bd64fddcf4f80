"""Which order and strategy the running code works for.

Kept in the OpenTelemetry context under own keys: asyncio tasks inherit it, the threading instrumentation
carries it into threads and executors, and nothing of it is ever propagated over the wire, as baggage would be.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from opentelemetry import context as otel

from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.context import Context

    from otel_trading.orders.order import Order

ORDER_KEY = otel.create_key("otel_trading.order")
STRATEGY_KEY = otel.create_key("otel_trading.strategy")


def current_order(context: Context | None = None) -> Order | None:
    """Return the order that ``context`` (default: the current one) works for."""
    return cast("Order | None", otel.get_value(ORDER_KEY, context))


def current_strategy(context: Context | None = None) -> str:
    """Return the id of the strategy at work; empty where neither the code nor the setting names one."""
    return cast("str", otel.get_value(STRATEGY_KEY, context)) or settings().strategy


@contextmanager
def use_value(key: str, value: object, context: Context | None = None) -> Iterator[None]:
    """Run the block in ``context`` with ``key`` set to ``value``."""
    token = otel.attach(otel.set_value(key, value, context))
    try:
        yield
    finally:
        otel.detach(token)


@contextmanager
def use_context(context: Context) -> Iterator[None]:
    """Run the block in ``context``."""
    token = otel.attach(context)
    try:
        yield
    finally:
        otel.detach(token)
