"""The instrumentor of simplefix: the messages that a bot encodes, and those that it parses."""

from __future__ import annotations

from typing import Any

from otel_trading.instrumentation.simplefix import hooks
from otel_trading.instrumentation.toolkit.hooks import Hook, after
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor


class SimplefixInstrumentor(LibraryInstrumentor):
    """Instruments simplefix when the bot imports it."""

    library = "simplefix"
    hooks = (
        Hook("simplefix.message:FixMessage.encode", after(hooks.encoded), hooks.FIELDS),
        Hook("simplefix.parser:FixParser.get_message", after(hooks.parsed), hooks.FIELDS),
    )

    def _uninstrument(self, **kwargs: Any) -> None:
        super()._uninstrument(**kwargs)
        hooks.forget()
