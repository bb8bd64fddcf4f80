"""The instrumentor of freqtrade: its exchange object, its bot, its messages; ccxt below has one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.freqtrade.hooks import EXCHANGE, HOOKS, of_exchange
from otel_trading.instrumentation.toolkit.hooks import apply
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class FreqtradeInstrumentor(LibraryInstrumentor):
    """Instruments the bot, and the exchange object of every venue."""

    library = "freqtrade"
    hooks = HOOKS

    def patch(self, module: ModuleType) -> None:
        """Put the hooks of ``module`` in place; the venues' own exchange classes are known by their common base."""
        super().patch(module)
        package, _, name = EXCHANGE.partition(":")
        if module.__name__ == package:
            for kind in _derived(getattr(module, name)):
                for _ in apply(of_exchange(f"{kind.__module__}:{kind.__qualname__}"), self._patches):
                    pass  # each venue has all of them, if only by inheritance


def _derived(kind: type[Any]) -> Iterator[type[Any]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _derived(sub)
