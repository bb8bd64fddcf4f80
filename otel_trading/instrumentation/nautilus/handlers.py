"""The bot's own handlers: what they log and do belongs to their strategy, and to the order of the event they handle.

Strategies are classes of the bot's own, derived from NautilusTrader's. Those can be patched, and NautilusTrader calls
what it finds on them: each ``on_…`` that the bot defines is replaced when its strategy is added to a trader.
"""

from __future__ import annotations

import functools
from types import FunctionType
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.nautilus import fields, kernels
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.orders.contain import report
from otel_trading.orders.context import STRATEGY_KEY, detach

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token

    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.patching import Patches

_IMMUTABLE, _HEAP = 1 << 8, 1 << 9  # Py_TPFLAGS_IMMUTABLETYPE (3.10), Py_TPFLAGS_HEAPTYPE


_OF_EVENTS = ("on_event", "on_order_", "on_position_", "on_start", "on_stop")
_OF_BOOKS = "on_order_book"  # market data, for all its name


def patch(component: Any, patches: Patches, *, simulated: bool) -> None:
    """Replace the handlers that the classes of a strategy, actor or execution algorithm define.

    In a simulation only those of events: it runs through its market data as fast as it can.
    """
    for kind in type(component).__mro__:
        if kind.__flags__ & _IMMUTABLE or not kind.__flags__ & _HEAP:
            continue  # NautilusTrader's own, of Cython
        for name, found in list(vars(kind).items()):
            wanted = name.startswith("on_")
            if simulated:
                wanted = name.startswith(_OF_EVENTS) and not name.startswith(_OF_BOOKS)
            if wanted and isinstance(found, FunctionType):
                patches.replace(kind, name, functools.partial(_within, patches=patches))


def _within(original: Callable[..., Any], patches: Patches) -> Callable[..., Any]:
    """Return ``original`` run for its strategy, and for the order of the event that it is called with."""

    @functools.wraps(original)
    def handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        token = _entered(self, args) if patches.active else None
        if token is None:
            return original(self, *args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        finally:
            detach(token)

    return handler


def _entered(component: Any, args: tuple[Any, ...]) -> Token[Context] | None:
    try:
        listener = kernels.of(component.msgbus)
        if listener is None:
            return None
        client_order_id = getattr(args[0], "client_order_id", None) if args else None
        order = None if client_order_id is None else listener.stories.orders.get(fields.text(client_order_id))
        context = otel.get_current() if order is None else at_work(order)
        return otel.attach(otel.set_value(STRATEGY_KEY, fields.text(component.id), context))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
        report(error)
        return None
