"""What the conformance suite asks of each library: a bot that trades as the library's users do, and its venue.

The suite is written once; a library comes with a :class:`Driver` that knows how to open a venue on loopback and how
its users write each call.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped


class Behaviour(Enum):
    """What is asked of an instrumentor; the value is the heading of its column in docs/libraries.md."""

    SUBMIT = "submit"
    ACKNOWLEDGE = "acknowledge"
    AMEND = "amend"
    CANCEL = "cancel"
    REJECT = "reject"
    UNANSWERED = "no answer"
    PARTIAL_FILL = "partial fill"
    FILL = "fill"
    LATE_FILL = "late fill"
    QUERY = "query"
    MARKET_DATA = "market data"
    RECONNECT = "reconnect"
    SILENCE = "silence"
    UNCHANGED = "unchanged results"
    EXCEPTIONS = "unchanged exceptions"
    NO_LEAK = "no leak"
    RESTORE = "restore"
    CORRELATION = "ids on logs and spans"
    ONCE = "no double count"


class Placed(NamedTuple):
    """An order as the bot knows it: its ids as telemetry shows them, and whatever the library gave for it."""

    client_id: str
    id: str
    native: Any


class Bot(Protocol):
    """A bot of one library that trades at a venue of its own.

    Each method is what a user of the library would write; where the library has no coroutine, the call is made
    directly. An error of the library leaves the method as it is.
    """

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        """Send a limit order, or a market order where there is no ``price``; return it as answered."""

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        """Change an order that is open."""

    async def cancel(self, order: Placed) -> Any:
        """Cancel an order that is open; return what the library does, if anything."""

    async def query(self) -> Any:
        """Ask the venue for something that is no order: its account, its clock."""

    async def follow_orders(self) -> None:
        """Open the stream of the bot's own orders; returns when the venue has it. Messages are handled from now on."""

    async def follow_market(self) -> None:
        """Open a stream of market data; returns when the first message was handled."""

    def said(self) -> Sequence[str]:
        """Return what the bot's own handler logged, one line for each message of the order stream."""

    # What the venue does.

    def execute(self, order: Placed, quantity: float) -> None:
        """Have the venue execute ``quantity`` of an order that is open, at its price."""

    def refuse_next(self) -> None:
        """Have the venue refuse the next order for want of money, as that venue says it."""

    def ignore_next(self) -> None:
        """Have the venue break off the next request for an order without an answer."""

    def drop_streams(self) -> None:
        """Have the venue break off every stream; the library connects again by itself."""

    def silence_streams(self) -> None:
        """Have the venue keep every stream open and send nothing more on it."""

    def seen(self) -> Sequence[str]:
        """Return every request that reached the venue, whole, headers included, one text each, as it came."""


@runtime_checkable
class LooksUp(Protocol):
    """A bot whose library can be asked what became of an order, besides the stream that tells it.

    A bot may have this or not. One whose variant has no stream needs it: fills are learned of by asking.
    """

    async def look_up(self, order: Placed) -> Any:
        """Ask the venue for the present state of an order, or for the fills of it."""


class Driver(Protocol):
    """How one library is driven.

    What most libraries need not say may be added, and is taken by the functions below: ``pulls`` (variants in which
    the bot takes each message of a stream itself), ``nameless`` (variants in which the bot cannot choose an order's
    client id), ``timeless`` (variants whose market data tells no time of the
    venue's) and ``comparable`` (a function that takes out of a text whatever differs from run to run), and
    ``polls`` (variants without a stream of orders, if these are others than those that miss late fills).
    """

    library: str
    """The name of its distribution, as in ``otel_trading.instrumentation.versions``."""

    venue: str
    """What its telemetry says as ``trading.venue``."""

    symbol: str
    """What its telemetry says as ``trading.symbol``."""

    price: float
    """A price at which a buy rests at the venue."""

    quantity: float
    """A quantity that the venue takes, and that may be executed in two halves."""

    variants: Sequence[str]
    """The ways of trading with it: ``sync``, ``async``, ``websocket`` …, each driven by the whole suite."""

    missing: Mapping[tuple[str, Behaviour], str]
    """What a variant cannot be asked for, and why, in a sentence for docs/libraries.md."""

    streams_follow: bool
    """Whether an open order is acknowledged by its stream and not by the call's own answer."""

    def instrumentor(self) -> BaseInstrumentor:
        """Return the library's instrumentor."""

    def open(self, variant: str) -> AbstractAsyncContextManager[Bot]:
        """Open a venue of its own and a bot that trades there; both are ended with the block."""


def pulls(driver: Driver, variant: str) -> bool:
    """Tell whether the bot takes each message itself (``await stream.recv()``) instead of being called with it.

    Nothing then says where its handling of a message begins and ends, so its log lines get the ids of the orders that
    they name, and no others.
    """
    return variant in getattr(driver, "pulls", ())


def takes_names(driver: Driver, variant: str) -> bool:
    """Tell whether the bot may choose the client id of an order."""
    return variant not in getattr(driver, "nameless", ())


def tells_time(driver: Driver, variant: str) -> bool:
    """Tell whether market data comes with the venue's time, so that it has a latency."""
    return variant not in getattr(driver, "timeless", ())


def has_stream(driver: Driver, variant: str) -> bool:
    """Tell whether the bot is told what becomes of its orders; if not, it asks."""
    polls = getattr(driver, "polls", None)
    return (variant, Behaviour.LATE_FILL) not in driver.missing if polls is None else variant not in polls
