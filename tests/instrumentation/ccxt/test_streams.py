"""Market data and connections of ccxt.pro."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from typing import TYPE_CHECKING, Any

import ccxt
import pytest
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

import otel_trading
from otel_trading.demo.venue import VenueThread
from otel_trading.instrumentation.ccxt import sockets
from otel_trading.instrumentation.toolkit import connections
from otel_trading.orders import market
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import SYMBOL, Bot
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.recording import Recorded

    Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture(scope="module")
def shared_venue() -> Iterator[VenueThread]:
    """A venue whose market moves by itself."""
    with VenueThread(seed=7, tick_ms=20) as venue:
        yield venue


async def watch(pro: Any, method: str, *arguments: Any) -> Any:
    """Wait for the next message of a stream, five seconds at most."""
    return await asyncio.wait_for(getattr(pro, method)(*arguments), 5)


async def watch_on(pro: Any, method: str) -> None:
    """Go on watching, five seconds at most."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        await watch(pro, method, SYMBOL)


async def lose(pro: Any, venue: VenueThread, code: int | None) -> None:
    """Cut the connection while the bot waits for a message: between two waits ccxt connects again without a word."""
    venue.faults.silence(60)
    while True:
        waiting = asyncio.ensure_future(pro.watch_trades(SYMBOL))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        if not done:
            break
    venue.faults.disconnect_websockets(code=code)
    with pytest.raises(ccxt.NetworkError):
        await asyncio.wait_for(waiting, 5)
    venue.faults.clear()


STREAMS = {
    "watch_order_book": ("order_book", (SYMBOL,)),
    "watch_order_book_for_symbols": ("order_book", ([SYMBOL],)),
    "watch_ticker": ("ticker", (SYMBOL,)),
    "watch_tickers": ("ticker", ([SYMBOL],)),
    "watch_bids_asks": ("bids_asks", ([SYMBOL],)),
    "watch_trades": ("trades", (SYMBOL,)),
    "watch_ohlcv": ("ohlcv", (SYMBOL, "1m")),
    "watch_ohlcv_for_symbols": ("ohlcv", ([[SYMBOL, "1m"]],)),
}


@pytest.mark.parametrize("method", STREAMS)
async def test_market_data_has_an_age(method: str, pro: Any, recorded: Recorded) -> None:
    stream, arguments = STREAMS[method]
    await watch(pro, method, *arguments)
    received = time.monotonic()
    await asyncio.sleep(0.05)
    point = recorded.point(metrics.TRADING_MARKET_DATA_AGE)
    assert dict(point.attributes) == {
        a.TRADING_VENUE: "binance",
        a.TRADING_SYMBOL: SYMBOL,
        a.TRADING_STREAM_NAME: stream,
    }
    assert 0.05 <= point.value <= time.monotonic() - received + 0.05


@pytest.mark.parametrize("method", ["watch_order_book", "watch_ticker", "watch_trades"])
async def test_market_data_that_tells_its_time_has_a_latency(method: str, pro: Any, recorded: Recorded) -> None:
    stream, arguments = STREAMS[method]
    messages = 3 if stream == "order_book" else 1  # the first book is a snapshot, which tells no time
    for _ in range(messages):
        await watch(pro, method, *arguments)
    points = recorded.metric(metrics.TRADING_MARKET_DATA_LATENCY, **{a.TRADING_STREAM_NAME: stream})
    assert 1 <= sum(point.count for point in points) <= messages
    assert sum(point.sum for point in points) < 2


async def test_a_stream_has_no_span_of_its_own(pro: Any, recorded: Recorded) -> None:
    await watch(pro, "watch_trades", SYMBOL)
    assert [span.name for span in recorded.spans()] == []


async def test_a_watched_quote_becomes_arrival_price_and_begins_tick_to_trade(pro: Any, recorded: Recorded) -> None:
    book = await watch(pro, "watch_order_book", SYMBOL)
    quote = market.last_quote("binance", SYMBOL)
    assert quote is not None
    assert quote.mid == pytest.approx((book["bids"][0][0] + book["asks"][0][0]) / 2, rel=0.001), "it moves meanwhile"
    await pro.create_order(SYMBOL, "limit", "buy", 0.01, 50_000)
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] == quote.mid
    assert recorded.point(metrics.TRADING_TICK_TO_TRADE_DURATION).count == 1


async def test_a_book_out_of_step_is_a_gap(pro: Any, venue: VenueThread, recorded: Recorded) -> None:
    await watch(pro, "watch_order_book", SYMBOL)
    venue.faults.skip_depth(symbol="BTCUSDT")
    with pytest.raises(ccxt.ChecksumError):
        await watch_on(pro, "watch_order_book")
    stream = {a.TRADING_VENUE: "binance", a.TRADING_SYMBOL: SYMBOL, a.TRADING_STREAM_NAME: "order_book"}
    point = recorded.point(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS)
    assert (point.value, dict(point.attributes)) == (1, stream)
    gap = recorded.event(events.TRADING_MARKET_DATA_GAP)
    assert (attributes(gap), gap.severity_number) == (stream, SeverityNumber.WARN)


async def test_a_stream_that_fails_otherwise_is_no_gap(pro: Any, venue: VenueThread, recorded: Recorded) -> None:
    await watch(pro, "watch_trades", SYMBOL)
    await lose(pro, venue, 1012)
    assert recorded.events(events.TRADING_MARKET_DATA_GAP) == []


@pytest.mark.parametrize("code", [None, 1012])
async def test_a_lost_connection_is_a_warning_and_the_next_one_a_reconnect(
    code: int | None, pro: Any, venue: VenueThread, recorded: Recorded
) -> None:
    await watch(pro, "watch_trades", SYMBOL)
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 1
    await lose(pro, venue, code)
    lost = recorded.event(events.TRADING_STREAM_DISCONNECTED)
    assert lost.severity_number is SeverityNumber.WARN
    assert attributes(lost) == {
        a.TRADING_VENUE: "binance",
        SERVER_ADDRESS: "127.0.0.1",
        a.TRADING_STREAM_CLOSE_CODE: code or 1006,
    }
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 0
    await watch(pro, "watch_trades", SYMBOL)
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 1
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1
    assert [event.body for event in recorded.events(events.TRADING_STREAM_CONNECTED)] == [
        "stream connected",
        "stream reconnected",
    ]


async def test_a_connection_that_the_bot_closes_is_no_warning(
    make_bot: Callable[..., Bot], recorded: Recorded, eventually: Eventually
) -> None:
    bot = make_bot("pro")
    await watch(bot.exchange, "watch_trades", SYMBOL)
    await bot.close()
    await eventually(lambda: len(recorded.events(events.TRADING_STREAM_DISCONNECTED)) == 1)
    assert recorded.event(events.TRADING_STREAM_DISCONNECTED).severity_number is SeverityNumber.INFO
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0
    await watch(bot.exchange, "watch_trades", SYMBOL)
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 0


async def test_a_second_connection_to_the_same_host_is_no_reconnect(pro: Any, recorded: Recorded) -> None:
    await watch(pro, "watch_trades", SYMBOL)
    await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 50_000)
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 2
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 0


async def test_a_connection_belongs_to_no_order_even_if_one_opened_or_broke_it(
    pro: Any, venue: VenueThread, recorded: Recorded
) -> None:
    with otel_trading.order(symbol=SYMBOL, client_id="first"):
        await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 50_000)
        venue.faults.drop_next(path="order.place")
        with pytest.raises(ccxt.NetworkError):
            await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 50_000)
    for name in (events.TRADING_STREAM_CONNECTED, events.TRADING_STREAM_DISCONNECTED):
        event = recorded.event(name)
        assert not event.trace_id
        assert a.TRADING_ORDER_CLIENT_ID not in attributes(event)


async def test_what_a_stream_receives_later_is_not_the_work_of_whoever_opened_it(pro: Any, recorded: Recorded) -> None:
    with otel_trading.order(symbol=SYMBOL, client_id="first"):
        await watch(pro, "watch_order_book", SYMBOL)
    snapshot = recorded.span("fetch_order_book binance")
    assert snapshot.parent is None
    assert a.TRADING_ORDER_CLIENT_ID not in attributes(snapshot)


async def test_the_current_span_is_the_same_before_and_after_a_watch(pro: Any) -> None:
    with trace.get_tracer("bot").start_as_current_span("work") as work:
        await watch(pro, "watch_trades", SYMBOL)
        assert trace.get_current_span() is work


class Client:
    """What ccxt tells of a websocket."""

    def __init__(self, url: str) -> None:
        self.url = url


class Exchange:
    """What ccxt tells of an exchange."""

    id = "binance"


def test_thousands_of_reconnects_under_ever_new_addresses_take_no_more_memory(recorded: Recorded) -> None:
    exchange = Exchange()
    for number in range(3_000):
        client = Client(f"wss://v.example/ws/listen-key-{number}?token={number}")
        sockets.connected(exchange, client)
        sockets.disconnected(exchange, client, 1006)
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 2_999
    known = connections._owners[exchange]
    assert (dict(known.lost), known.open) == ({"v.example": 1}, set())
    here = weakref.ref(known)
    del exchange, known
    gc.collect()
    assert here() is None


def test_an_error_and_the_close_that_follows_it_are_one_loss(recorded: Recorded) -> None:
    exchange, client = Exchange(), Client("wss://v.example/ws")
    sockets.connected(exchange, client)
    sockets.disconnected(exchange, client, ccxt.RequestTimeout("no pong"))
    sockets.disconnected(exchange, client, 1006)
    lost = attributes(recorded.event(events.TRADING_STREAM_DISCONNECTED))
    assert lost[a.TRADING_STREAM_CLOSE_REASON] == "no pong"
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0


def test_a_connection_that_never_came_about_is_not_lost(recorded: Recorded) -> None:
    sockets.disconnected(Exchange(), Client("wss://v.example/ws"), ccxt.NetworkError("refused"))
    assert recorded.events() == []
