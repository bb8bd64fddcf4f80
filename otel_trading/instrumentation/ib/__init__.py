"""The instrumentors of ib_async and of ib_insync, which it goes on from: the same hooks in two packages.

``trading.order.id`` is ``permId``, which the broker gives with its first report and keeps for ever.
``trading.order.client_id`` is the ``orderRef`` that the bot gave; where it gave none, or one that another order bears
too (many bots use it as a label), it is ``clientId:orderId``, by which TWS and the bot mean the order in one session.
"""

from __future__ import annotations

from otel_trading.instrumentation.ib.hooks import hooks_of
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor


class IbAsyncInstrumentor(LibraryInstrumentor):
    """Instruments ib_async."""

    library = "ib-async"
    hooks = hooks_of("ib_async")


class IbInsyncInstrumentor(LibraryInstrumentor):
    """Instruments ib_insync."""

    library = "ib-insync"
    hooks = hooks_of("ib_insync")
