"""Several orders in one request: a story for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ccxt
import ccxt.async_support
import pytest
from opentelemetry.trace import StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import Bot, kinds, names, order_events, told
from tests.instrumentation.ccxt.futures import SYMBOL, Futures, serving
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from otel_trading.instrumentation.ccxt import CcxtInstrumentor
    from tests.recording import Recorded


@pytest.fixture
def futures() -> Iterator[Futures]:
    """A venue that takes batches."""
    with serving() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
async def trader(
    request: pytest.FixtureRequest,
    futures: Futures,
    instrumented: CcxtInstrumentor,  # noqa: ARG001 - has to be at work
    recorded: Recorded,
) -> AsyncIterator[Bot]:
    """A bot on ccxt's sync and async classes, with the markets loaded."""
    module: Any = {"sync": ccxt, "async": ccxt.async_support}[request.param]
    bot = Bot(request.param, module.binance(futures.config()))
    await bot("load_markets")
    recorded.clear()
    yield bot
    await bot.close()


def batch(*client_ids: str, quantity: float = 0.1) -> list[dict[str, Any]]:
    """Return limit orders for a batch."""
    return [
        {
            "symbol": SYMBOL,
            "type": "limit",
            "side": "buy",
            "amount": quantity,
            "price": 59_000,
            "params": {"clientOrderId": client_id},
        }
        for client_id in client_ids
    ]


async def test_each_order_of_a_batch_has_a_span_and_a_story_of_its_own(trader: Bot, recorded: Recorded) -> None:
    orders = await trader("create_orders", batch("b-1", "b-2", "b-3"))
    stories = {found.order.client_ids[0]: found for found in told(recorded)}
    assert {name: (found.order.venue_ids, kinds(found)) for name, found in stories.items()} == {
        order["clientOrderId"]: ((order["id"],), ["submit", "acknowledged"]) for order in orders
    }
    request = recorded.span("submit_orders binance")
    spans = recorded.spans("submit_order binance")
    assert {span.parent.span_id for span in spans if span.parent} == {request.context.span_id}
    by_span = {span.context.span_id: attributes(span)[a.TRADING_ORDER_CLIENT_ID] for span in spans}
    for event in order_events(recorded):
        assert by_span[event.span_id or 0] == attributes(event)[a.TRADING_ORDER_CLIENT_ID]
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 3
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 3


async def test_an_order_that_is_refused_in_a_batch_is_told_in_the_venues_words(trader: Bot, recorded: Recorded) -> None:
    await trader("create_orders", [*batch("good-1"), *batch("big", quantity=2_000), *batch("good-2")])
    stories = {found.order.client_ids[0]: kinds(found) for found in told(recorded)}
    good = ["submit", "acknowledged"]
    assert stories == {"good-1": good, "big": ["submit", "rejected"], "good-2": good}
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_REASON] == "Quantity greater than max quantity."
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"
    assert recorded.total(metrics.TRADING_ORDER_REJECTIONS) == 1


async def test_orders_without_ids_of_the_bots_own_are_told_apart_by_what_they_ask_for(
    trader: Bot, recorded: Recorded
) -> None:
    asked = [batch("x", quantity=quantity)[0] | {"params": {}} for quantity in (2_000, 0.1, 0.3, 0.2)]
    orders = await trader("create_orders", asked)
    by_quantity = {order["amount"]: order["id"] for order in orders if order["id"]}
    assert {float(found.order.quantity): found.order.venue_ids for found in told(recorded)} == {
        2_000: (),
        **{quantity: (order_id,) for quantity, order_id in by_quantity.items()},
    }
    assert recorded.total(metrics.TRADING_ORDER_REJECTIONS) == 1


async def test_an_order_that_the_answer_leaves_out_is_unconfirmed(
    trader: Bot, futures: Futures, recorded: Recorded
) -> None:
    futures.forgetful = True
    await trader("create_orders", batch("b-1", "b-2"))
    stories = {found.order.client_ids[0]: kinds(found) for found in told(recorded)}
    assert stories == {"b-1": ["submit", "acknowledged"], "b-2": ["submit", "unconfirmed"]}


async def test_a_batch_that_is_refused_as_a_whole_is_refused_for_each(
    trader: Bot, futures: Futures, recorded: Recorded
) -> None:
    futures.fails = (400, {"code": -1003, "msg": "Too many requests."})
    with pytest.raises(ccxt.RateLimitExceeded):
        await trader("create_orders", batch("b-1", "b-2"))
    assert sorted(names(recorded)) == ["rejected", "rejected", "submitted", "submitted"]
    for span in [*recorded.spans("submit_order binance"), recorded.span("submit_orders binance")]:
        assert span.status.status_code is StatusCode.ERROR
        assert attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY] == "rate_limit"


async def test_several_orders_are_cancelled_by_their_ids(trader: Bot, recorded: Recorded) -> None:
    first, second = await trader("create_orders", batch("b-1", "b-2"))
    await trader("cancel_orders", [first["id"]], SYMBOL)
    recorded.clear()
    await trader("cancel_orders", [first["id"], second["id"], "4711"], SYMBOL)
    by_order = {
        name: [
            (event.event_name or "").removeprefix("trading.order.")
            for event in order_events(recorded)
            if attributes(event)[a.TRADING_ORDER_CLIENT_ID] == name
        ]
        for name in ("b-1", "b-2")
    }
    assert by_order == {"b-1": ["cancel_requested", "cancel_rejected"], "b-2": ["cancel_requested", "canceled"]}
    refused = attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))
    assert refused[a.TRADING_ORDER_STATUS] == "canceled"
    assert len(recorded.spans("cancel_orders binance")) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_cancelling_all_is_one_request_about_no_order_in_particular(trader: Bot, recorded: Recorded) -> None:
    await trader("create_orders", batch("b-1"))
    recorded.clear()
    await trader("cancel_all_orders", SYMBOL)
    span = recorded.span("cancel_orders binance")
    assert attributes(span)[a.TRADING_OPERATION] == "cancel_all_orders"
    assert names(recorded) == []
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1


async def test_several_orders_are_changed_in_one_request(trader: Bot, recorded: Recorded) -> None:
    first, second = await trader("create_orders", batch("b-1", "b-2"))
    recorded.clear()
    changes = [
        {"id": order_id, "symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.2, "price": 58_000}
        for order_id in (first["id"], second["id"], "4711")
    ]
    await trader("edit_orders", changes)
    assert sorted(names(recorded)) == ["amend_requested", "amend_requested", "amended", "amended"]
    amended = [attributes(event) for event in recorded.events(events.TRADING_ORDER_AMENDED)]
    assert [found[a.TRADING_ORDER_CLIENT_ID] for found in amended] == ["b-1", "b-2"]
    assert {found[a.TRADING_ORDER_QUANTITY] for found in amended} == {0.2}
    assert attributes(recorded.span("amend_order binance"))[a.TRADING_OPERATION] == "edit_orders"
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 3


async def test_a_short_position_is_told_below_zero(trader: Bot, recorded: Recorded) -> None:
    await trader("fetch_positions")
    point = recorded.point(metrics.TRADING_POSITION_QUANTITY)
    assert (point.value, point.attributes[a.TRADING_SYMBOL]) == (-0.02, SYMBOL)


async def test_a_futures_venue_has_limits_of_its_own(trader: Bot, recorded: Recorded) -> None:
    await trader("fetch_positions")
    gauge = recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION)
    assert (gauge.attributes[a.TRADING_RATE_LIMIT_NAME], gauge.value) == ("fapi_weight_1m", 0.1)


async def test_an_order_by_the_spot_name_of_a_swap_is_an_order_for_the_swap(trader: Bot, recorded: Recorded) -> None:
    (order,) = await trader("create_orders", [batch("b-1")[0] | {"symbol": "BTCUSDT"}])
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert (submitted[a.TRADING_SYMBOL], submitted[a.TRADING_INSTRUMENT_TYPE]) == (order["symbol"], "swap")
