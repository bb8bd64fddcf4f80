"""The kernels that are listened to, and what is subscribed to on the message bus of each.

A message bus is NautilusTrader's own (Cython) and cannot be patched; it can be subscribed to. A handler that raises
ends the process of a live node at once, so nothing gets out of one of ours.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.nautilus import fields
from otel_trading.instrumentation.nautilus.market import MarketData
from otel_trading.instrumentation.nautilus.portfolio import Portfolio
from otel_trading.instrumentation.nautilus.stories import Stories
from otel_trading.orders.contain import report

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST = 1_000_000
"""Priority of ours: before the engines' own handlers (10) and the bot's (0), whose log lines belong to the story."""


class Listener:
    """What listens to one kernel."""

    def __init__(self, kernel: Any, *, simulated: bool) -> None:
        self._bus = kernel.msgbus
        self.simulated = simulated
        self.stories = Stories(kernel, simulated=simulated)  # a back-test; a sandbox has a real clock
        self._subscribed: list[tuple[str, Callable[[Any], None]]] = []
        self._subscribe("events.order.*", self.stories.take)
        if simulated:  # its positions are nobody's, and its market data is as old as it ever was
            return
        portfolio, data = Portfolio(kernel), MarketData(kernel)
        self._subscribe("events.position.*", portfolio.position)
        self._subscribe("events.risk", portfolio.trading_state)
        self._subscribe("data.quotes.*", data.quote)
        self._subscribe("data.trades.*", data.trade)
        self._subscribe("data.bars.*", data.bar)
        self._subscribe("data.book.deltas.*", data.book)
        self._subscribe("data.book.depth.*", data.book)

    def close(self) -> None:
        """Listen no more."""
        for topic, handler in self._subscribed:
            self._bus.unsubscribe(topic, handler)
        self._subscribed.clear()
        self.stories.close()

    def _subscribe(self, topic: str, take: Callable[[Any], None]) -> None:
        handler = _contained(take)
        self._bus.subscribe(topic, handler, _FIRST)
        self._subscribed.append((topic, handler))


def _contained(take: Callable[[Any], None]) -> Callable[[Any], None]:
    def handler(message: Any) -> None:
        try:
            take(message)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
            report(error)

    return handler


_lock = threading.Lock()
_listeners: weakref.WeakKeyDictionary[Any, Listener] = weakref.WeakKeyDictionary()
_by_bus: weakref.WeakValueDictionary[int, Listener] = weakref.WeakValueDictionary()  # a bus cannot be held weakly


def listen(kernel: Any) -> Listener:
    """Listen to a kernel."""
    listener = Listener(kernel, simulated=is_backtest(kernel))
    with _lock:
        _listeners[kernel] = listener
        _by_bus[id(kernel.msgbus)] = listener
    return listener


def is_backtest(kernel: Any) -> bool:
    """Tell whether time and venue of a kernel are simulated."""
    return fields.word(kernel.environment) == "BACKTEST"


def stop(kernel: Any) -> None:
    """Take note that a kernel has stopped; it may be started again."""
    listener = _listeners.get(kernel)
    if listener is not None:
        listener.stories.close()


def forget(kernel: Any) -> None:
    """Listen no more to a kernel that is disposed of."""
    with _lock:
        listener = _listeners.pop(kernel, None)
        _by_bus.pop(id(kernel.msgbus), None)
    if listener is not None:
        listener.close()


def forget_all() -> None:
    """Listen to no kernel any more."""
    for kernel in list(_listeners):
        forget(kernel)


def of(bus: Any) -> Listener | None:
    """Return the listener of a message bus; asked once for each message that a bot handles."""
    return _by_bus.get(id(bus))
