"""What alpaca-py's streams show: market data as models or raw data, the account's orders, and how they end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from alpaca.trading.stream import TradingStream
from opentelemetry import trace
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

from otel_trading.instrumentation.alpaca import streams
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.orders import market
from otel_trading.orders.context import current_order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.alpaca import bots
from tests.instrumentation.alpaca.bots import coins, following, limit, stocks, until
from tests.recording import attributes

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.venues.alpaca import AlpacaVenue


@pytest.mark.parametrize("raw_data", [False, True])
@pytest.mark.parametrize(("run", "symbol"), [(stocks, "AAPL"), (coins, "BTC/USD")])
def test_the_mid_of_a_quote_is_the_price_that_orders_are_measured_against(
    *, run: Any, symbol: str, raw_data: bool, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with run(venue, raw_data=raw_data):
        client.submit_order(limit(symbol=symbol, qty=0.01, limit_price=100))
    told = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert told[a.TRADING_ORDER_ARRIVAL_PRICE] == {"AAPL": 187.22, "BTC/USD": 60_005.0}[symbol]
    assert recorded.total(metrics.TRADING_TICK_TO_TRADE_DURATION) == 1


@pytest.mark.parametrize(("channel", "stream"), [("quotes", "quotes"), ("trades", "trades"), ("bars", "bars")])
def test_market_data_has_an_age_and_a_latency_where_it_tells_when_it_was_sent(
    channel: str, stream: str, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with stocks(venue, channel):
        (age,) = recorded.metric(metrics.TRADING_MARKET_DATA_AGE)
        latency = recorded.metric(metrics.TRADING_MARKET_DATA_LATENCY)
    assert dict(age.attributes) == {
        a.TRADING_VENUE: "alpaca",
        a.TRADING_SYMBOL: "AAPL",
        a.TRADING_STREAM_NAME: stream,
    }
    assert bool(latency) is (channel != "bars"), "a bar tells when it began"


def test_a_book_that_is_whole_has_a_mid(venue: AlpacaVenue) -> None:
    with coins(venue, "orderbooks"):
        quote = market.last_quote("alpaca", "BTC/USD")
    assert quote is not None
    assert quote.mid == 60_005.0


@pytest.mark.parametrize(
    "message",
    [
        {"T": "q", "S": "AAPL", "bp": 0, "ap": 187.24},
        {"T": "o", "S": "AAPL", "b": [{"p": 187.2, "s": 0}], "a": [{"p": 190, "s": 1}]},
        {"T": "o", "S": "AAPL", "b": [], "a": [{"p": 190, "s": 1}], "r": True},
        {"T": "t", "S": "AAPL", "p": 187.2},
    ],
)
def test_what_has_no_two_sides_has_no_mid(message: dict[str, Any]) -> None:
    handle(message)
    assert market.last_quote("alpaca", "AAPL") is None


@pytest.mark.parametrize(
    "message", [{"T": "subscription", "quotes": ["AAPL"]}, {"T": "n", "symbols": []}, {"T": "s", "S": "AAPL"}, {}]
)
def test_what_may_be_silent_for_long_has_no_age(message: dict[str, Any], recorded: Recorded) -> None:
    handle(message)
    assert recorded.metric(metrics.TRADING_MARKET_DATA_AGE) == []


def handle(message: dict[str, Any]) -> None:
    """Take note of a message of a stream of market data."""
    streams.MarketMessages().updates(Call(None, "_dispatch", {"msg": message}, 0.0))


@pytest.mark.parametrize("message", [{"stream": "listening", "data": {"streams": []}}, {"stream": "trade_updates"}, {}])
def test_a_message_that_is_about_no_order_is_passed_over(message: dict[str, Any]) -> None:
    assert streams.OrderMessages().updates(Call(None, "_dispatch", {"msg": message}, 0.0)) == ()


@pytest.mark.parametrize("raw_data", [False, True])
def test_the_bots_handler_runs_in_the_trace_of_the_order(
    raw_data: bool, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    seen: list[tuple[Any, int, Any]] = []

    def handler(update: Any) -> None:
        order = current_order()
        assert order is not None
        seen.append((update, trace.get_current_span().get_span_context().trace_id, order.status.value))

    with following(venue, handler, raw_data=raw_data):
        order = client.submit_order(limit())
        until(lambda: seen)
        venue.execute(str(order.id), 10)
        until(lambda: len(seen) == 2)
    update, trace_id, status = seen[1]
    assert type(update).__name__ == ("dict" if raw_data else "TradeUpdate")
    assert trace_id == recorded.span("submit_order alpaca").context.trace_id
    assert status == "filled"


def test_an_error_of_the_bots_handler_is_the_librarys_to_tell(
    client: Any, venue: AlpacaVenue, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(_: Any) -> None:
        raise LookupError("the bot's own")

    with following(venue, handler):
        order = client.submit_order(limit())
        until(lambda: venue.status(str(order.id)) == "new")
        venue.execute(str(order.id), 10)
        until(lambda: recorded.events(events.TRADING_ORDER_FILLED))
        until(lambda: "the bot's own" in caplog.text)
    found = next(record for record in caplog.records if record.exc_info and record.levelno == logging.ERROR)
    assert found.name == "alpaca.trading.stream"


def test_a_fill_tells_the_position_that_it_leads_to(client: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    with following(venue):
        client.submit_order(bots.market(symbol="BTC/USD", qty=0.5, side="sell", time_in_force="gtc"))
        until(lambda: recorded.events(events.TRADING_ORDER_FILLED))
    point = recorded.point(metrics.TRADING_POSITION_QUANTITY)
    assert (point.value, point.attributes[a.TRADING_SYMBOL]) == (-0.5, "BTC/USD")


def test_a_stream_that_was_not_let_in_was_never_connected(venue: AlpacaVenue, recorded: Recorded) -> None:
    stream = TradingStream("wrong", "keys", url_override=venue.trading_stream)

    async def handle(_: Any) -> None: ...

    stream.subscribe_trade_updates(handle)
    with bots.running(stream, venue):
        until(lambda: len([line for line in venue.seen() if "authenticate" in line]) >= 2)
    assert recorded.events(events.TRADING_STREAM_CONNECTED) == []
    assert recorded.events(events.TRADING_STREAM_DISCONNECTED) == []


def test_a_stream_tells_where_it_goes_and_how_it_ended(venue: AlpacaVenue, recorded: Recorded) -> None:
    with stocks(venue):
        venue.drop_streams()
        until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1)
    lost, _ = recorded.events(events.TRADING_STREAM_DISCONNECTED)
    assert attributes(lost)[a.TRADING_STREAM_CLOSE_CODE] == 1006
    assert attributes(lost)[SERVER_ADDRESS] == "127.0.0.1"
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0


def test_a_silence_that_the_library_ends_by_connecting_again_is_a_lost_stream(
    venue: AlpacaVenue, recorded: Recorded
) -> None:
    with stocks(venue, data_timeout=0.2):
        venue.faults.silent = True
        until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) >= 1)
        venue.faults.silent = False
    assert recorded.events(events.TRADING_STREAM_DISCONNECTED)
