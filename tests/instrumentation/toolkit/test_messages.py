"""A message is told before the bot handles it, and the bot handles it in the story of its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import trace

from otel_trading.instrumentation.toolkit.messages import message
from otel_trading.instrumentation.toolkit.operations import submit
from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.toolkit.terms import Fields, OrderRequest
from otel_trading.instrumentation.toolkit.wrapping import Call, watched
from otel_trading.orders.context import current_order
from otel_trading.orders.order import Order
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv import events
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.recording import Recorded


class StreamFields(Fields):
    """Messages are lists of client ids whose orders are canceled."""

    def updates(self, call: Call) -> Sequence[OrderUpdate]:
        return [OrderUpdate("v", client_id=name, status=Status.CANCELED) for name in call.arguments["ids"]]


class Stream:
    """A library that runs the bot's handler for each message."""

    def __init__(self, handler: Callable[[], None]) -> None:
        self.handler = handler

    def handle(self, ids: Sequence[str]) -> int:  # noqa: ARG002 - for the bot
        """Handle a message."""
        self.handler()
        return 42


def handle(handler: Callable[[], None], ids: Sequence[str]) -> Any:
    """Have a message handled under the instrumentor."""
    patches = Patches()
    patches.active = True
    operation = message.__get__(StreamFields())
    return watched(vars(Stream)["handle"], operation, patches)(Stream(handler), ids)


def sent(client_id: str) -> Order:
    """Return an order that left."""
    order = Order(venue="v", client_id=client_id)
    with trace.get_tracer("bot").start_as_current_span("submit"):
        order.submitted()
    return order


def test_the_story_is_up_to_date_when_the_bot_handles_the_message(recorded: Recorded) -> None:
    order = sent("cl-1")
    seen: list[Any] = []
    result = handle(lambda: seen.append((current_order(), order.status)), ["cl-1"])
    assert (result, seen) == (42, [(order, Status.CANCELED)])
    assert len(recorded.events(events.TRADING_ORDER_CANCELED)) == 1


def test_what_the_bot_traces_meanwhile_is_of_the_orders_trace(recorded: Recorded) -> None:
    order = sent("cl-1")
    handle(lambda: trace.get_tracer("bot").start_span("hedge").end(), ["cl-1"])
    assert order.span_context is not None
    assert recorded.span("hedge").context.trace_id == order.span_context.trace_id


def test_a_message_about_several_orders_is_handled_in_none(recorded: Recorded) -> None:  # noqa: ARG001 - records
    sent("cl-1")
    sent("cl-2")
    seen: list[Any] = []
    handle(lambda: seen.append(current_order()), ["cl-1", "cl-2"])
    assert seen == [None]


def test_a_message_about_no_order_is_handled_outside_the_order_that_the_stream_was_opened_in(
    recorded: Recorded,  # noqa: ARG001 - records
) -> None:
    from otel_trading import order  # noqa: PLC0415

    seen: list[Any] = []
    with order(client_id="cl-9"):
        handle(lambda: seen.append(current_order()), [])
        assert current_order() is not None
    assert seen == [None]


def test_an_order_sent_because_another_was_filled_has_a_trace_of_its_own_and_a_link(recorded: Recorded) -> None:
    first = sent("cl-1")
    assert first.span_context is not None

    def send_the_next() -> None:
        request = Call(None, "place", {}, 0.0)
        watching = submit(NextOrder(), request)
        assert watching is not None
        next(watching)
        watching.close()

    handle(send_the_next, ["cl-1"])
    span = recorded.span("submit_order v")
    assert span.parent is None
    assert span.context.trace_id != first.span_context.trace_id
    assert [link.context.trace_id for link in span.links] == [first.span_context.trace_id]


class NextOrder(Fields):
    """A request for one more order."""

    def venue(self, call: Call) -> str:  # noqa: ARG002 - there is one
        return "v"

    def requests(self, call: Call) -> Sequence[OrderRequest]:  # noqa: ARG002 - the same each time
        return [OrderRequest("v", "BTC/USD", client_id="cl-2")]
