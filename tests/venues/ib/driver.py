"""How both libraries are driven by the conformance suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.driver import Behaviour
from tests.venues.ib.bots import ASYNC, SYNC, bot_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Bot

_MISSING = {
    Behaviour.UNANSWERED: (
        "placeOrder writes the order and returns, so its span cannot fail: an order that is unanswered when the"
        " connection breaks is told as unconfirmed then, which tests of its own show"
    ),
    Behaviour.EXCEPTIONS: (
        "no refusal is raised, since placeOrder returns before there is an answer: what it raises without a"
        " connection, and for an order that is done, has tests of its own"
    ),
}


class IbDriver:
    """The driver of one of the two libraries: ``library`` is its distribution, ``package`` what is imported."""

    venue = "interactive_brokers"
    symbol = "AAPL"
    price = 100.0
    quantity = 4.0
    variants: Sequence[str] = (SYNC, ASYNC)
    missing: Mapping[tuple[str, Behaviour], str] = {
        (variant, behaviour): reason for variant in variants for behaviour, reason in _MISSING.items()
    }
    streams_follow = True
    timeless: Sequence[str] = variants

    def __init__(self, library: str, package: str, instrumentor: str) -> None:
        self.library = library
        self._package = package
        self._instrumentor = instrumentor

    def instrumentor(self) -> BaseInstrumentor:
        """Return the library's instrumentor."""
        from otel_trading.instrumentation import ib  # noqa: PLC0415 - as the other drivers have it

        return getattr(ib, self._instrumentor)()

    def open(self, variant: str) -> AbstractAsyncContextManager[Bot]:
        """Open a gateway of its own and a bot that trades there."""
        return bot_of(self._package, variant)
