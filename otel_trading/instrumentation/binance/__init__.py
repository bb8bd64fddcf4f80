"""The instrumentor of python-binance: ``Client``, ``AsyncClient``, their websocket API, and the socket managers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from otel_trading.instrumentation.binance.hooks import HOOKS
from otel_trading.instrumentation.binance.streams import calling
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import ModuleType

_THREADED = "binance.ws.threaded_stream"


class BinanceInstrumentor(LibraryInstrumentor):
    """Instruments python-binance when the bot imports it."""

    library = "python-binance"
    hooks = HOOKS

    def modules(self) -> Collection[str]:
        """Return the modules with hooks, and the one whose manager calls the bot back."""
        return (*super().modules(), _THREADED)

    def patch(self, module: ModuleType) -> None:
        """Put the hooks of ``module`` in place; of the manager, the bot's callback is what is watched."""
        super().patch(module)
        manager = getattr(module, "ThreadedApiManager", None) if module.__name__ == _THREADED else None
        if manager is not None:
            self._patches.replace(manager, "start_listener", functools.partial(calling, patches=self._patches))
