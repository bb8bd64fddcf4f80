"""What a bot asks a venue: client spans, durations, and what the answers tell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import ccxt
import pytest
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, StatusCode

from otel_trading.demo.venue import ManualClock, VenueThread
from otel_trading.instrumentation.ccxt.observed import CcxtFields
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import SYMBOL, WS, Bot
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded


def header(bot: Bot, name: str) -> int:
    """Return a number from the headers of the last answer, in whichever case ccxt keeps them."""
    return int({key.lower(): value for key, value in bot.exchange.last_response_headers.items()}[name])


async def test_a_query_is_a_client_span_with_its_duration(bot: Bot, recorded: Recorded) -> None:
    await bot("fetch_ticker", SYMBOL)
    span = recorded.span("fetch_ticker binance")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    told = attributes(span)
    assert (told[a.TRADING_OPERATION], told[a.TRADING_VENUE], told[a.TRADING_SYMBOL]) == (
        "fetch_ticker",
        "binance",
        SYMBOL,
    )
    point = recorded.point(metrics.TRADING_REQUEST_DURATION)
    assert dict(point.attributes) == {a.TRADING_VENUE: "binance", a.TRADING_OPERATION: "fetch_ticker"}
    assert 0 < point.sum < 5


async def test_a_failed_query_is_told_by_its_error(bot: Bot, recorded: Recorded, venue: VenueThread) -> None:
    venue.faults.fail_next(status=503, path="/api/v3/depth")
    with pytest.raises(ccxt.ExchangeNotAvailable):
        await bot("fetch_order_book", SYMBOL)
    span = recorded.span("fetch_order_book binance")
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span)[ERROR_TYPE] == "ccxt.base.errors.ExchangeNotAvailable"
    point = recorded.point(metrics.TRADING_REQUEST_DURATION)
    assert point.attributes[ERROR_TYPE] == "ccxt.base.errors.ExchangeNotAvailable"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("fetch_order_status", ("{id}", SYMBOL)), ("fetch_total_balance", ()), ("fetch_balance", ())],
)
async def test_a_query_by_way_of_another_is_counted_once(
    method: str, arguments: tuple[str, ...], bot: Bot, recorded: Recorded
) -> None:
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    recorded.clear()
    await bot(method, *(part.format(id=order["id"]) for part in arguments))
    spans = [span for span in recorded.spans() if (span.instrumentation_scope or span).name == "otel_trading"]
    assert len(spans) == 1
    assert recorded.total(metrics.TRADING_REQUEST_DURATION) == 1


async def test_the_markets_that_an_order_has_to_load_first_are_queries_below_it(
    make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    for kind in ("sync", "async"):
        recorded.clear()
        bot = make_bot(kind)
        bot.exchange.markets = bot.exchange.markets_by_id = None
        await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
        submit, markets = recorded.span("submit_order binance"), recorded.span("fetch_markets binance")
        assert markets.parent is not None
        assert markets.parent.span_id == submit.context.span_id


async def test_the_used_weight_stands_on_the_span_and_its_share_on_the_gauge(
    make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    for kind in ("sync", "async"):
        recorded.clear()
        bot = make_bot(kind)
        await bot("fetch_order_book", SYMBOL)
        used = header(bot, "x-mbx-used-weight-1m")
        told = attributes(recorded.span("fetch_order_book binance"))
        assert told[a.TRADING_RATE_LIMIT_WEIGHT] == used
        gauge = recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION, **{a.TRADING_RATE_LIMIT_NAME: "weight_1m"})
        assert gauge.value == pytest.approx(used / 6_000)


async def test_orders_have_a_limit_of_their_own(make_bot: Callable[..., Bot], recorded: Recorded) -> None:
    bot = make_bot("async")
    await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    used = header(bot, "x-mbx-order-count-10s")
    gauge = recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION, **{a.TRADING_RATE_LIMIT_NAME: "orders_10s"})
    assert gauge.value == pytest.approx(used / 100)


async def test_a_raw_endpoint_marks_no_span_of_the_bots_own(make_bot: Callable[..., Bot], recorded: Recorded) -> None:
    bot = make_bot("sync")
    with trace.get_tracer("bot").start_as_current_span("mine"):
        await bot("public_get_depth", {"symbol": "BTCUSDT"})
    assert attributes(recorded.span("mine")) == {}
    assert recorded.metric(metrics.TRADING_RATE_LIMIT_UTILIZATION) != []


@pytest.mark.parametrize("seconds", [-90, 90])
async def test_the_offset_of_the_clocks_is_measured_by_fetch_time(
    seconds: int, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    with VenueThread(seed=7, clock=ManualClock(int((time.time() + seconds) * 1000))) as ahead:
        for kind in ("sync", "async"):
            await make_bot(kind, url=ahead.url)("fetch_time")
            offset = recorded.point(metrics.TRADING_CLOCK_OFFSET, **{a.TRADING_VENUE: "binance"})
            assert offset.value == pytest.approx(seconds, abs=3)


@pytest.mark.parametrize("method", ["fetch_order_book", "fetch_ticker"])
async def test_a_quote_becomes_arrival_price_and_begins_tick_to_trade(
    method: str, bot: Bot, recorded: Recorded
) -> None:
    quote = await bot(method, SYMBOL)
    bid = quote["bids"][0][0] if "bids" in quote else quote["bid"]
    ask = quote["asks"][0][0] if "asks" in quote else quote["ask"]
    await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] == pytest.approx((bid + ask) / 2)
    point = recorded.point(metrics.TRADING_TICK_TO_TRADE_DURATION)
    assert (point.count, 0 < point.sum < 2) == (1, True)


async def test_slippage_is_measured_against_the_quote(bot: Bot, recorded: Recorded) -> None:
    book = await bot("fetch_order_book", SYMBOL)
    mid = (book["bids"][0][0] + book["asks"][0][0]) / 2
    order = await bot("create_order", SYMBOL, "market", "buy", 0.001)
    point = recorded.point(metrics.TRADING_EXECUTION_SLIPPAGE)
    assert point.sum == pytest.approx((order["average"] - mid) / mid)
    assert point.attributes[a.TRADING_EXECUTION_SLIPPAGE_DIRECTION] == "adverse"


async def test_without_a_quote_there_is_no_arrival_price(bot: Bot, recorded: Recorded) -> None:
    await bot("create_order", SYMBOL, "market", "buy", 0.001)
    assert a.TRADING_ORDER_ARRIVAL_PRICE not in attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert recorded.metric(metrics.TRADING_EXECUTION_SLIPPAGE) == []
    assert recorded.metric(metrics.TRADING_TICK_TO_TRADE_DURATION) == []


@pytest.mark.parametrize("method", ["fetch_positions", "fetch_position", "watch_positions"])
def test_positions_are_signed_and_in_units(method: str, recorded: Recorded) -> None:
    found: Any = [
        {"symbol": "BTC/USDT:USDT", "contracts": 2.0, "contractSize": 0.01, "side": "short"},
        {"symbol": "ETH/USDT:USDT", "contracts": "3", "contractSize": None, "side": "long"},
        {"symbol": "SOL/USDT:USDT", "contracts": None},
    ]
    exchange = type("Exchange", (), {"id": "binance"})()
    call = Call(exchange, method, {}, time.time())
    for position in found if method == "fetch_position" else [found]:
        CcxtFields().observe(call, position)
    points = {point.attributes[a.TRADING_SYMBOL]: point.value for point in recorded.metric("trading.position.quantity")}
    assert points == {"BTC/USDT:USDT": -0.02, "ETH/USDT:USDT": 3.0}


async def test_an_order_that_is_asked_for_over_the_websocket_is_a_query_too(
    make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    bot = make_bot(WS)
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    await bot("fetch_order", order["id"], SYMBOL)
    assert attributes(recorded.span("fetch_order_ws binance"))[a.TRADING_OPERATION] == "fetch_order_ws"
