"""The instrumentor of NautilusTrader: live nodes, sandboxes, and back-tests where they are wanted."""

from __future__ import annotations

from typing import Any

from otel_trading.instrumentation.nautilus import session
from otel_trading.instrumentation.nautilus.hooks import HOOKS
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.orders.contain import contained


class NautilusInstrumentor(LibraryInstrumentor):
    """Listens to the message bus of each kernel that is made.

    ``instrument(backtests=True)`` has back-tests told of as well; without, the setting OTEL_TRADING_BACKTESTS decides.
    """

    library = "nautilus-trader"
    hooks = HOOKS

    def _instrument(self, **options: Any) -> None:
        session.begin(self._patches, backtests=options.pop("backtests", None))
        super()._instrument(**options)

    def _uninstrument(self, **options: Any) -> None:
        with contained():
            session.end()
        super()._uninstrument(**options)
