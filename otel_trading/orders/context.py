"""Which order and strategy the running code works for.

Kept in the OpenTelemetry context under own keys: asyncio tasks inherit it, the threading instrumentation
carries it into threads and executors, and nothing of it is ever propagated over the wire, as baggage would be.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from opentelemetry import context as otel

from otel_trading.orders import left
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextvars import Token

    from opentelemetry.context import Context

    from otel_trading.orders.order import Order

ORDER_KEY = otel.create_key("otel_trading.order")
STRATEGY_KEY = otel.create_key("otel_trading.strategy")
SIMULATED_KEY = otel.create_key("otel_trading.simulated")


def current_order(context: Context | None = None) -> Order | None:
    """Return the order that ``context`` (default: the current one) works for."""
    if context is None:
        left.mend()
    return cast("Order | None", otel.get_value(ORDER_KEY, context))


def current_strategy(context: Context | None = None) -> str:
    """Return the id of the strategy at work; empty where neither the code nor the setting names one."""
    if context is None:
        left.mend()
    return cast("str", otel.get_value(STRATEGY_KEY, context)) or settings().strategy


def is_simulated(context: Context | None = None) -> bool:
    """Tell whether what is done in ``context`` is only a rehearsal: a dry run, paper trading, a back-test."""
    return bool(otel.get_value(SIMULATED_KEY, context))


def attach(context: Context) -> Token[Context]:
    """Make ``context`` current for a block of the bot's, until :func:`detach`.

    Where the block is one of an async generator, it ends when that is left, too.
    """
    token = otel.attach(context)
    left.follow(token, context)
    return token


def detach(token: Token[Context]) -> None:
    """Make current again what was current when ``otel.attach`` gave ``token``.

    A coroutine that nobody finishes is closed by the garbage collector, in whatever context that runs in: nothing
    is to be put back there, and ``otel.detach`` would log an error for it.
    """
    left.forget(token)
    with suppress(ValueError, RuntimeError):  # the latter where it was put back when the block was left
        token.var.reset(token)
    left.mend()


@contextmanager
def use_value(key: str, value: object, context: Context | None = None) -> Iterator[None]:
    """Run the block in ``context`` with ``key`` set to ``value``."""
    token = otel.attach(otel.set_value(key, value, context))
    try:
        yield
    finally:
        detach(token)


@contextmanager
def use_context(context: Context) -> Iterator[None]:
    """Run the block in ``context``."""
    token = otel.attach(context)
    try:
        yield
    finally:
        detach(token)
