"""The instrumentor of ccxt: sync, async and pro, every exchange class."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from otel_trading.instrumentation.ccxt import classes
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from types import ModuleType

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
            self._patches.replace(module.Client, "connect", functools.partial(classes.lasting, patches=self._patches))

    def families(self) -> Iterable[type]:
        """Return every exchange class: ccxt copies its methods under a second name."""
        return classes.every()
