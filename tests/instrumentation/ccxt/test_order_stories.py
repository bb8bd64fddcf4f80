"""What each way of trading leaves behind when the venue does as it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import SYMBOL, Bot, execute, kinds, names, order_events, story
from tests.recording import attributes

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded


async def test_an_order_is_submitted_and_acknowledged(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "cl-1"})
    assert names(recorded) == ["submitted", "acknowledged"]
    submitted, acknowledged = order_events(recorded)
    assert attributes(submitted) == {
        a.TRADING_VENUE: "binance",
        a.TRADING_SYMBOL: SYMBOL,
        a.TRADING_INSTRUMENT_TYPE: "spot",
        a.TRADING_INSTRUMENT_PRICE_PRECISION: 2,
        a.TRADING_INSTRUMENT_QUANTITY_PRECISION: 5,
        a.TRADING_ORDER_CLIENT_ID: "cl-1",
        a.TRADING_ORDER_SIDE: "buy",
        a.TRADING_ORDER_TYPE: "limit",
        a.TRADING_ORDER_QUANTITY: 0.01,
        a.TRADING_ORDER_PRICE: 59_000.0,
    }
    assert attributes(acknowledged)[a.TRADING_ORDER_ID] == order["id"]
    assert attributes(acknowledged)[a.TRADING_ORDER_STATUS] == "new"
    assert abs(attributes(acknowledged)[a.TRADING_ORDER_TRANSACT_TIME] - (acknowledged.timestamp or 0)) < 5e9


async def test_the_request_is_a_client_span_with_all_that_names_the_order(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "cl-2"})
    span = recorded.span("submit_order binance")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    told = attributes(span)
    assert (told[a.TRADING_ORDER_CLIENT_ID], told[a.TRADING_ORDER_ID]) == ("cl-2", order["id"])
    assert told[a.TRADING_OPERATION] == bot.name("create_order")


async def test_a_submission_is_counted_timed_and_at_work(bot: Bot, recorded: Recorded) -> None:
    await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    point = recorded.point(metrics.TRADING_ORDER_SUBMISSIONS)
    assert point.value == 1
    assert dict(point.attributes) == {
        a.TRADING_VENUE: "binance",
        a.TRADING_SYMBOL: SYMBOL,
        a.TRADING_INSTRUMENT_TYPE: "spot",
        a.TRADING_ORDER_SIDE: "buy",
        a.TRADING_ORDER_TYPE: "limit",
    }
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1
    ack = recorded.point(metrics.TRADING_ORDER_ACK_DURATION)
    assert ack.count == 1
    span = recorded.span("submit_order binance")
    assert 0 < ack.sum <= ((span.end_time or 0) - (span.start_time or 0)) / 1e9


async def test_a_market_order_is_filled_by_its_own_answer(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "market", "buy", 0.01)
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert (fill[a.TRADING_EXECUTION_QUANTITY], fill[a.TRADING_EXECUTION_PRICE]) == (0.01, order["average"])
    assert fill[a.TRADING_EXECUTION_ID] == order["trades"][0]["id"]
    assert (fill[a.TRADING_EXECUTION_FEE_AMOUNT], fill[a.TRADING_EXECUTION_FEE_CURRENCY]) == (0.00001, "BTC")
    assert (fill[a.TRADING_ORDER_STATUS], fill[a.TRADING_ORDER_LEAVES_QUANTITY]) == ("filled", 0.0)
    assert kinds(story(recorded)) == ["submit", "acknowledged", "fill"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_a_partial_fill_and_the_rest_are_two_fills_of_one_story(
    bot: Bot, recorded: Recorded, venue: VenueThread
) -> None:
    venue.faults.fill_pattern([0.4])
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.1, 59_000)
    execute(venue, order["id"], "0.06")
    await bot("fetch_order", order["id"], SYMBOL)
    assert kinds(story(recorded)) == ["submit", "acknowledged", "fill", "fill"]
    first, second = (attributes(event) for event in recorded.events(events.TRADING_ORDER_FILLED))
    assert [first[a.TRADING_EXECUTION_QUANTITY], second[a.TRADING_EXECUTION_QUANTITY]] == pytest.approx([0.04, 0.06])
    assert [first[a.TRADING_ORDER_STATUS], second[a.TRADING_ORDER_STATUS]] == ["partially_filled", "filled"]
    assert first[a.TRADING_ORDER_LEAVES_QUANTITY] == pytest.approx(0.06)
    assert (a.TRADING_EXECUTION_INFERRED in first, second[a.TRADING_EXECUTION_INFERRED]) == (False, True)


async def test_money_is_counted_as_the_venue_counted_it(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "market", "sell", 0.01)
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 0.01
    notional = recorded.point(metrics.TRADING_EXECUTION_NOTIONAL)
    fees = recorded.point(metrics.TRADING_EXECUTION_FEES)
    assert (notional.value, notional.attributes[a.TRADING_CURRENCY]) == (pytest.approx(order["cost"]), "USDT")
    assert (fees.value, fees.attributes[a.TRADING_CURRENCY]) == (pytest.approx(order["cost"] / 1000), "USDT")


async def test_a_cancel_ends_the_story_in_the_same_trace(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    await bot("cancel_order", order["id"], SYMBOL)
    assert kinds(story(recorded)) == ["submit", "acknowledged", "cancel_requested", "canceled"]
    submit, cancel = recorded.span("submit_order binance"), recorded.span("cancel_order binance")
    assert cancel.kind is SpanKind.CLIENT
    assert cancel.parent is not None
    assert cancel.parent.span_id == submit.context.span_id
    assert attributes(cancel)[a.TRADING_ORDER_ID] == order["id"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_an_edit_under_new_ids_stays_one_story(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "old"})
    edited = await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    await bot("cancel_order", edited["id"], SYMBOL)
    assert edited["id"] != order["id"]
    found = story(recorded)
    steps = ["submit", "acknowledged", "amend_requested", "amended", "cancel_requested", "canceled"]
    assert kinds(found) == steps
    assert found.order.venue_ids == (order["id"], edited["id"])
    assert len(found.order.trace_ids) == 1
    amended = attributes(recorded.event(events.TRADING_ORDER_AMENDED))
    assert (amended[a.TRADING_ORDER_QUANTITY], amended[a.TRADING_ORDER_PRICE]) == (0.02, 58_000.0)
    assert amended[a.TRADING_ORDER_ORIGINAL_CLIENT_ID] == "old"
    assert attributes(recorded.span("amend_order binance"))[a.TRADING_ORDER_ORIGINAL_CLIENT_ID] == "old"
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_quantities_are_right_when_an_edit_follows_a_partial_fill(
    bot: Bot, recorded: Recorded, venue: VenueThread
) -> None:
    venue.faults.fill_pattern([0.4])
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.1, 59_000)
    edited = await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.2, 58_000)
    execute(venue, edited["id"], "0.2")
    await bot("fetch_order", edited["id"], SYMBOL)
    last = attributes(recorded.events(events.TRADING_ORDER_FILLED)[-1])
    assert last[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(0.2)
    assert last[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == pytest.approx(0.24)
    assert (last[a.TRADING_ORDER_LEAVES_QUANTITY], last[a.TRADING_ORDER_STATUS]) == (0.0, "filled")
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(0.24)
    assert recorded.events(events.TRADING_ORDER_INVALID_TRANSITION) == []
    assert kinds(story(recorded))[-1] == "fill"


async def test_a_cancel_that_was_merely_accepted_is_under_way_until_it_is_reported(
    bot: Bot, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    with monkeypatch.context() as patched:
        patched.setattr(bot.exchange, "parse_order", lambda *_: {"info": {}})  # many venues say no more than "ok"
        await bot("cancel_order", order["id"], SYMBOL)
    assert names(recorded)[-2:] == ["cancel_requested", "updated"]
    assert attributes(order_events(recorded)[-1])[a.TRADING_ORDER_STATUS] == "pending_cancel"
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1
    await bot("fetch_order", order["id"], SYMBOL)
    assert names(recorded)[-1] == "canceled"
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0
