"""What a library is asked to tell of its calls: pure functions over its arguments, results and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.instrumentation.toolkit.values import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.updates import OrderUpdate
    from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category


class OrderRequest(NamedTuple):
    """What a call asks a venue for, in the terms of :class:`otel_trading.orders.order.Order`."""

    venue: str
    symbol: str = ""
    side: str = ""
    type: str = ""
    quantity: float | None = None
    price: float | None = None
    stop_price: float | None = None
    time_in_force: str = ""
    instrument_type: str = ""
    client_id: str = ""
    price_precision: int | None = None
    quantity_precision: int | None = None


class OrderReference(NamedTuple):
    """Which order a call is about."""

    venue: str
    symbol: str = ""
    id: str = ""
    client_id: str = ""


class Failure(NamedTuple):
    """What an error means: its bounded category, whether the venue answered at all, and its words."""

    category: Category
    answered: bool
    reason: str


class Fields:
    """How a library names things; a library overrides what its calls have.

    Nothing here need be careful: an error in any of these is contained, counted and told once.
    """

    layer = ""
    """The library's name: where one library calls another, each has its spans, and the outer one tells the story."""

    def venue(self, call: Call) -> str:
        """Return the venue that the call goes to."""
        raise NotImplementedError

    def symbol(self, call: Call) -> str:
        """Return the symbol that a query is about; empty where it is about none."""
        return text(call.get("symbol"))

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return what a submit or amend call asks for: one request, or several of a batch."""
        raise NotImplementedError

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the orders that an amend or cancel call names."""
        raise NotImplementedError

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:  # noqa: ARG002 - for those that have answers
        """Return the orders that the result of an order call tells of, in the order of the requests."""
        return ()

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means."""
        raise NotImplementedError

    def observe(self, call: Call, result: Any) -> None:
        """Take note of what the result of a query or of a stream tells."""

    def stream_failed(self, call: Call, error: BaseException) -> None:
        """Take note of an error that a stream raised."""

    def updates(self, call: Call) -> Sequence[OrderUpdate]:  # noqa: ARG002 - for those that are called with messages
        """Return what the message that a method is called with tells of orders."""
        return ()


def each(items: Any) -> Iterator[Any]:
    """Yield the dictionaries in a library's result, be it one, a list of them, or something else."""
    if isinstance(items, dict):
        yield items
    elif isinstance(items, (list, tuple)):
        yield from (item for item in items if isinstance(item, dict))
