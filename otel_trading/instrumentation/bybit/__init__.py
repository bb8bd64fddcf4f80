"""The instrumentor of pybit: orders and queries over HTTP, orders over a websocket, private and public streams."""

from __future__ import annotations

from typing import Any

from otel_trading.instrumentation.bybit.hooks import HOOKS
from otel_trading.instrumentation.bybit.trading_socket import WAITING
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor


class BybitInstrumentor(LibraryInstrumentor):
    """Instruments pybit when the bot imports it."""

    library = "pybit"
    hooks = HOOKS

    def _uninstrument(self, **_: Any) -> None:
        super()._uninstrument()
        WAITING.give_up()
