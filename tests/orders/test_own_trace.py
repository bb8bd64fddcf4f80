"""An order's events are recorded in the order's own trace, wherever and however late its reports come."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from otel_trading import Order, order
from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from tests.orders.examples import TERMS, sent, working
from tests.recording import attributes

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from tests.recording import Recorded

UPDATE = "order_update binance"


def span_id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def assert_child_of_the_order(update: ReadableSpan, home: ReadableSpan) -> None:
    assert home.context is not None
    assert update.parent is not None
    assert (update.parent.trace_id, update.parent.span_id) == (home.context.trace_id, home.context.span_id)
    assert update.kind is SpanKind.CONSUMER
    assert attributes(update)[names.TRADING_ORDER_CLIENT_ID] == "cl-1"


def test_a_report_inside_the_block_stands_on_its_span(recorded: Recorded) -> None:
    with order(client_id="cl-1", **TERMS) as this:
        this.submitted()
        this.acknowledged(id="1001")
    home = recorded.span()
    assert home.name == "order"
    assert {event.span_id for event in recorded.events()} == {span_id(home)}


def test_the_span_of_the_block_says_what_was_asked_for_and_what_became_known(recorded: Recorded) -> None:
    with order(client_id="cl-1", **TERMS) as this:
        this.acknowledged(id="1001")
    found = attributes(recorded.span("order"))
    assert found[names.TRADING_ORDER_ID] == "1001"
    assert found[names.TRADING_ORDER_SIDE] == "buy"
    assert found[names.TRADING_ORDER_QUANTITY] == 0.5


def test_a_report_after_the_block_gets_an_update_span_below_it(recorded: Recorded) -> None:
    sent().acknowledged(id="1001")
    update = recorded.span(UPDATE)
    assert_child_of_the_order(update, recorded.span("order"))
    assert recorded.event(events.TRADING_ORDER_ACKNOWLEDGED).span_id == span_id(update)
    assert update.links == ()


def test_a_report_from_another_thread_is_in_the_orders_trace(recorded: Recorded) -> None:
    this = sent()
    feed = threading.Thread(target=this.acknowledged, kwargs={"id": "1001"})
    feed.start()
    feed.join()
    assert_child_of_the_order(recorded.span(UPDATE), recorded.span("order"))


async def test_a_report_from_another_task_is_in_the_orders_trace_and_links_to_where_it_came_in(
    recorded: Recorded,
) -> None:
    this = sent()

    async def stream() -> None:
        with trace.get_tracer("bot").start_as_current_span("stream"):
            await asyncio.sleep(0)
            this.acknowledged(id="1001")

    await asyncio.create_task(stream())
    update = recorded.span(UPDATE)
    assert_child_of_the_order(update, recorded.span("order"))
    assert [link.context.span_id for link in update.links] == [span_id(recorded.span("stream"))]


def test_a_report_in_a_span_below_the_orders_own_needs_no_other(recorded: Recorded) -> None:
    with order(client_id="cl-1", **TERMS) as this, trace.get_tracer("bot").start_as_current_span("risk"):
        this.submitted()
    assert recorded.event().span_id == span_id(recorded.span("risk"))
    assert recorded.spans(UPDATE) == []


def test_a_report_of_one_order_in_the_block_of_another_goes_to_its_own_trace(recorded: Recorded) -> None:
    first = working("cl-1")
    with order(client_id="cl-2", **TERMS):
        first.canceled()
    assert_child_of_the_order(
        next(span for span in recorded.spans(UPDATE) if span.links), next(iter(recorded.spans("order")))
    )


def test_orders_that_share_a_trace_share_no_ids(recorded: Recorded) -> None:
    with trace.get_tracer("bot").start_as_current_span("tick"):
        with order(symbol="A/USDT") as nameless:
            pass
        with order(symbol="B/USDT", client_id="cl-2", strategy="pairs"):
            nameless.submitted()
    assert attributes(recorded.event()) == {names.TRADING_SYMBOL: "A/USDT"}


def test_an_order_reported_on_without_a_block_has_a_trace_of_its_own(recorded: Recorded) -> None:
    this = Order(client_id="cl-1", **TERMS)
    this.submitted()
    this.acknowledged(id="1001")
    first, second = recorded.spans()
    assert first.parent is None
    assert_child_of_the_order(second, first)


def test_several_reports_of_one_message_share_an_update_span(recorded: Recorded) -> None:
    this = working()
    recorded.clear()
    this.report(status="canceled", cumulative_quantity=0.2, average_price=60_000.0)
    update = recorded.span(UPDATE)
    assert [event.span_id for event in recorded.events()] == [span_id(update)] * 2


def test_an_exception_of_the_block_is_recorded_and_passes_unchanged(recorded: Recorded) -> None:
    error = KeyError("no such account")
    with pytest.raises(KeyError) as raised, order(client_id="cl-1", **TERMS):
        raise error
    assert raised.value is error
    span = recorded.span("order")
    assert attributes(span)["error.type"] == "KeyError"
    assert span.status.is_ok is False
    assert [event.name for event in span.events] == ["exception"]


def test_an_exception_of_the_bots_own_is_named_with_its_module(recorded: Recorded) -> None:
    class TooLate(Exception):  # noqa: N818 - a bot names its exceptions as it likes
        pass

    with pytest.raises(TooLate), order(**TERMS):
        raise TooLate
    assert attributes(recorded.span("order"))["error.type"].startswith(f"{__name__}.")
