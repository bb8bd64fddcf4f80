"""What every way of trading leaves behind of an order that the venue takes, changes, cancels or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.conformance.driver import Behaviour, takes_names
from tests.conformance.reading import CLIENT_ID
from tests.conformance.runs import lower
from tests.recording import attributes

if TYPE_CHECKING:
    from tests.conformance.reading import Desk

_UNANSWERED = {"timeout", "network", "venue_unavailable"}


@pytest.mark.asks(Behaviour.SUBMIT)
async def test_an_order_that_leaves_is_told_with_all_that_it_asks_for(desk: Desk) -> None:
    await desk.send()
    told = desk.event(events.TRADING_ORDER_SUBMITTED)
    assert (told[a.TRADING_VENUE], told[a.TRADING_SYMBOL]) == (desk.driver.venue, desk.driver.symbol)
    assert (told[a.TRADING_ORDER_SIDE], told[a.TRADING_ORDER_TYPE]) == ("buy", "limit")
    assert told[a.TRADING_ORDER_QUANTITY] == pytest.approx(desk.driver.quantity)
    assert told[a.TRADING_ORDER_PRICE] == pytest.approx(desk.driver.price)


@pytest.mark.asks(Behaviour.SUBMIT)
async def test_the_bots_own_client_id_is_known_before_the_order_leaves(desk: Desk) -> None:
    if not takes_names(desk.driver, desk.case.variant):
        pytest.skip("this library lets the bot choose no client id")
    order = await desk.send(client_id=CLIENT_ID)
    assert desk.event(events.TRADING_ORDER_SUBMITTED)[a.TRADING_ORDER_CLIENT_ID] == order.client_id


@pytest.mark.asks(Behaviour.SUBMIT)
async def test_the_request_is_a_client_span_that_names_the_order(desk: Desk) -> None:
    order = await desk.send()
    span = desk.submit_span()
    assert span.name == f"submit_order {desk.driver.venue}"
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    told = attributes(span)
    assert told.get(a.TRADING_ORDER_CLIENT_ID, "") == order.client_id
    if not desk.driver.streams_follow:
        assert told[a.TRADING_ORDER_ID] == order.id
    assert told[a.TRADING_OPERATION]


@pytest.mark.asks(Behaviour.SUBMIT)
async def test_a_submission_is_counted_once_under_what_it_asks_for(desk: Desk) -> None:
    await desk.send()
    point = desk.recorded.point(metrics.TRADING_ORDER_SUBMISSIONS)
    told = dict(point.attributes)
    assert point.value == 1
    assert (told[a.TRADING_VENUE], told[a.TRADING_SYMBOL]) == (desk.driver.venue, desk.driver.symbol)
    assert (told[a.TRADING_ORDER_SIDE], told[a.TRADING_ORDER_TYPE]) == ("buy", "limit")
    assert not {a.TRADING_ORDER_CLIENT_ID, a.TRADING_ORDER_ID, ERROR_TYPE} & told.keys()


@pytest.mark.asks(Behaviour.ACKNOWLEDGE)
async def test_the_venues_word_that_it_has_the_order_brings_its_id_into_the_orders_trace(desk: Desk) -> None:
    order = await desk.send()
    acknowledged = desk.recorded.event(events.TRADING_ORDER_ACKNOWLEDGED)
    assert attributes(acknowledged)[a.TRADING_ORDER_ID] == order.id
    assert acknowledged.trace_id == desk.submit_span().context.trace_id
    assert desk.names()[:2] == ["submitted", "acknowledged"]


@pytest.mark.asks(Behaviour.ACKNOWLEDGE)
async def test_the_time_until_the_venue_has_the_order_is_measured_once(desk: Desk) -> None:
    await desk.send()
    duration = desk.recorded.point(metrics.TRADING_ORDER_ACK_DURATION)
    submitted = desk.recorded.event(events.TRADING_ORDER_SUBMITTED).timestamp or 0
    acknowledged = desk.recorded.event(events.TRADING_ORDER_ACKNOWLEDGED).timestamp or 0
    assert duration.count == 1
    assert duration.sum == pytest.approx((acknowledged - submitted) / 1e9, abs=0.05)
    assert duration.sum > 0


@pytest.mark.asks(Behaviour.ACKNOWLEDGE)
async def test_an_order_that_the_venue_has_is_counted_as_open(desk: Desk) -> None:
    await desk.send()
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 1


@pytest.mark.asks(Behaviour.AMEND)
async def test_an_amended_order_goes_on_in_its_story_with_what_it_asks_for_now(desk: Desk) -> None:
    order = await desk.send()
    quantity, price = 2 * desk.driver.quantity, lower(desk.driver.price)
    await desk.bot.amend(order, quantity=quantity, price=price)
    await desk.until(lambda: desk.events(events.TRADING_ORDER_AMENDED))
    asked, amended = desk.event(events.TRADING_ORDER_AMEND_REQUESTED), desk.event(events.TRADING_ORDER_AMENDED)
    for told in (asked, amended):
        assert told[a.TRADING_ORDER_QUANTITY] == pytest.approx(quantity)
        assert told[a.TRADING_ORDER_PRICE] == pytest.approx(price)
    assert {event.trace_id for event in desk.order_events()} == {desk.submit_span().context.trace_id}
    assert "canceled" not in desk.names()


@pytest.mark.asks(Behaviour.AMEND)
async def test_an_amendment_is_a_client_span_below_the_orders_own_and_counted_once(desk: Desk) -> None:
    order = await desk.send()
    await desk.bot.amend(order, quantity=2 * desk.driver.quantity, price=lower(desk.driver.price))
    await desk.until(lambda: desk.events(events.TRADING_ORDER_AMENDED))
    (span,) = desk.spans_of("amend_order")
    assert span.kind is SpanKind.CLIENT
    assert span.parent is not None
    assert span.parent.span_id == desk.submit_span().context.span_id
    assert desk.total(metrics.TRADING_ORDER_AMENDMENTS) == 1
    assert desk.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 1


@pytest.mark.asks(Behaviour.AMEND, Behaviour.CANCEL)
async def test_an_amended_order_is_canceled_as_the_same_order(desk: Desk) -> None:
    order = await desk.send()
    order = await desk.bot.amend(order, quantity=2 * desk.driver.quantity, price=lower(desk.driver.price))
    await desk.until(lambda: desk.events(events.TRADING_ORDER_AMENDED))
    await desk.bot.cancel(order)
    await desk.until(lambda: desk.events(events.TRADING_ORDER_CANCELED))
    assert len(desk.events(events.TRADING_ORDER_SUBMITTED)) == 1
    assert {event.trace_id for event in desk.order_events()} == {desk.submit_span().context.trace_id}
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.asks(Behaviour.CANCEL)
async def test_a_canceled_order_ends_its_story_and_is_open_no_more(desk: Desk) -> None:
    order = await desk.send()
    await desk.bot.cancel(order)
    await desk.until(lambda: desk.events(events.TRADING_ORDER_CANCELED))
    assert desk.names()[:3] == ["submitted", "acknowledged", "cancel_requested"]
    assert desk.names()[-1] == "canceled"
    assert {event.trace_id for event in desk.order_events()} == {desk.submit_span().context.trace_id}
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.asks(Behaviour.CANCEL)
async def test_a_cancel_is_a_client_span_below_the_orders_own_and_counted_once(desk: Desk) -> None:
    order = await desk.send()
    await desk.bot.cancel(order)
    await desk.until(lambda: desk.events(events.TRADING_ORDER_CANCELED))
    (span,) = desk.spans_of("cancel_order")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    assert span.parent is not None
    assert span.parent.span_id == desk.submit_span().context.span_id
    assert attributes(span)[a.TRADING_ORDER_ID] == order.id
    assert desk.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1


@pytest.mark.asks(Behaviour.REJECT)
async def test_an_order_refused_for_want_of_money_is_rejected_for_that(desk: Desk) -> None:
    await desk.be_refused()
    await desk.until(lambda: desk.events(events.TRADING_ORDER_REJECTED))
    rejected = desk.event(events.TRADING_ORDER_REJECTED)
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    assert rejected[a.TRADING_ORDER_REJECTION_REASON]
    assert rejected[a.TRADING_ORDER_STATUS] == "rejected"
    assert desk.names() == ["submitted", "rejected"]


@pytest.mark.asks(Behaviour.REJECT)
async def test_a_refusal_is_counted_once_and_leaves_nothing_open(desk: Desk) -> None:
    await desk.be_refused()
    await desk.until(lambda: desk.events(events.TRADING_ORDER_REJECTED))
    rejections = desk.recorded.point(metrics.TRADING_ORDER_REJECTIONS)
    assert rejections.value == 1
    assert rejections.attributes[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    submissions = desk.recorded.point(metrics.TRADING_ORDER_SUBMISSIONS)
    assert submissions.value == 1
    assert submissions.attributes[ERROR_TYPE]
    assert desk.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.asks(Behaviour.REJECT)
async def test_a_refusal_that_the_call_raises_fails_its_span(desk: Desk) -> None:
    error = await desk.be_refused()
    await desk.until(lambda: desk.events(events.TRADING_ORDER_REJECTED))
    span = desk.submit_span()
    if error is None:
        # Told by a stream: as the answer that the span waited for, or when the request was over.
        assert ERROR_TYPE in attributes(span) or span.status.status_code is StatusCode.UNSET
        return
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span)[ERROR_TYPE] == f"{type(error).__module__}.{type(error).__qualname__}"
    assert attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"


@pytest.mark.asks(Behaviour.UNANSWERED)
async def test_an_order_without_an_answer_is_unconfirmed_and_never_rejected(desk: Desk) -> None:
    desk.bot.ignore_next()
    error = await desk.fail()
    assert error is not None
    assert desk.names() == ["submitted", "unconfirmed"]
    told = desk.event(events.TRADING_ORDER_UNCONFIRMED)
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] in _UNANSWERED
    assert told[a.TRADING_ORDER_STATUS] == "pending_new"
    assert desk.submit_span().status.status_code is StatusCode.ERROR
