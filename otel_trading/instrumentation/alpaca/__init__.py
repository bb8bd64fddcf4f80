"""The instrumentor of alpaca-py: its trading, broker and market data clients, and its streams."""

from __future__ import annotations

from otel_trading.instrumentation.alpaca.hooks import HOOKS
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor


class AlpacaInstrumentor(LibraryInstrumentor):
    """Instruments alpaca-py when the bot imports it; importing it is left to the bot."""

    library = "alpaca-py"
    hooks = HOOKS
