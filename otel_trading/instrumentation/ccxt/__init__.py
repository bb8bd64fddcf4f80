"""The instrumentor of ccxt: sync, async and pro, every exchange class."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.ccxt import classes
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import ModuleType

    from otel_trading.instrumentation.toolkit.patching import Patches

_SOCKETS = "ccxt.async_support.base.ws.client"


class CcxtInstrumentor(LibraryInstrumentor):
    """Instruments every exchange class of ccxt; it has no table of functions, but of names of methods."""

    library = "ccxt"

    def modules(self) -> Collection[str]:
        """Return the modules of the classes that all others build on."""
        return (classes.BASE, _SOCKETS)

    def patch(self, module: ModuleType) -> None:
        """Have each exchange class watched from its first object on."""
        if module.__name__ == classes.BASE:
            classes.watch(self._patches)
        else:
            self._patches.replace(module.Client, "connect", functools.partial(_detached, patches=self._patches))

    def families(self) -> Iterable[type]:
        """Return every exchange class: ccxt copies its methods under a second name."""
        return classes.every()


def _detached(original: Callable[..., Any], patches: Patches) -> Callable[..., Any]:
    """Return ``original`` run outside any order: a websocket outlives the order it was opened for."""

    @functools.wraps(original)
    def detached(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not patches.active:
            return original(self, *args, **kwargs)
        with use_context(otel.Context()):
            return original(self, *args, **kwargs)

    return detached
