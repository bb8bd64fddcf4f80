"""pybit's streams: fills once, quotes before the bot's handler, gaps, positions, and handlers that fail."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests
from opentelemetry._logs import SeverityNumber

from otel_trading.instrumentation.bybit.hooks import FIELDS
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.orders import market
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.bybit.asking import LIMIT, names, told, until
from tests.instrumentation.bybit.shapes import POSITION
from tests.venues.bybit.session import signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded
    from tests.venues.bybit import BybitVenue

BOOK = "orderbook.50.BTCUSDT"


@pytest.fixture
def private(open_socket: Callable[..., Any]) -> Any:
    """A websocket for private streams."""
    return open_socket("private")


@pytest.fixture
def public(open_socket: Callable[..., Any]) -> Any:
    """A websocket for public streams of linear contracts."""
    return open_socket("linear")


def follow(private: Any, venue: BybitVenue, *streams: str) -> None:
    """Subscribe to private streams, and wait until the venue has it."""
    for stream in streams:
        getattr(private, f"{stream}_stream")(lambda _: None)
    until(lambda: all(venue.subscribed(stream) for stream in streams))


def handled(topic: str, *items: Any) -> None:
    """Have a message of a private stream read."""
    FIELDS.updates(Call(None, "_process_normal_message", {"message": {"topic": topic, "data": list(items)}}, 0.0))


@pytest.mark.parametrize("streams", [("order", "execution"), ("execution",), ("order",)])
def test_a_fill_is_told_once_whichever_streams_are_open(
    streams: tuple[str, ...], private: Any, session: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    follow(private, venue, *streams)
    id_ = session.place_order(**LIMIT)["result"]["orderId"]
    venue.execute(id_, "0.4")
    venue.execute(id_, "0.6")
    until(lambda: recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0 and "filled" in names(recorded))
    until(lambda: recorded.total(metrics.TRADING_EXECUTION_FILLS) == 2)
    quantities = [(event.attributes or {})[a.TRADING_EXECUTION_QUANTITY] for event in _fills(recorded)]
    assert quantities == [0.4, 0.6]
    fees = {(event.attributes or {}).get(a.TRADING_EXECUTION_FEE_CURRENCY) for event in _fills(recorded)}
    assert fees == ({"USDT"} if "execution" in streams else {None})


def _fills(recorded: Recorded) -> list[Any]:
    return recorded.events(events.TRADING_ORDER_FILLED)


def test_an_order_that_another_process_sent_gets_a_story_of_its_own(
    private: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    follow(private, venue, "order", "execution")
    body = json.dumps(LIMIT | {"orderLinkId": "by hand"})
    id_ = requests.post(f"{venue.url}/v5/order/create", body, headers=signed(body), timeout=10).json()["result"][
        "orderId"
    ]
    venue.execute(id_, "1")
    until(lambda: "filled" in names(recorded))
    filled = told(recorded, events.TRADING_ORDER_FILLED)
    assert (filled[a.TRADING_ORDER_ID], filled[a.TRADING_ORDER_CLIENT_ID]) == (id_, "by hand")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 0


def test_the_quote_is_there_when_the_bot_handles_the_book(public: Any, venue: BybitVenue) -> None:
    seen: list[Any] = []
    public.orderbook_stream(50, "BTCUSDT", lambda _: seen.append(market.last_quote("bybit", "BTCUSDT")))
    until(lambda: seen)
    venue.tick(BOOK)
    until(lambda: len(seen) == 2)
    assert [quote.mid for quote in seen] == [60_000.5, 60_000.5]


def test_spot_and_perpetual_have_streams_and_quotes_of_their_own(open_socket: Callable[..., Any]) -> None:
    seen: list[list[str]] = []

    def look(_: Any) -> None:
        quotes = {kind: market.last_quote("bybit", "BTCUSDT", kind) for kind in ("spot", "margin", "swap")}
        seen.append([kind for kind, quote in quotes.items() if quote])

    open_socket("spot").orderbook_stream(50, "BTCUSDT", look)
    until(lambda: ["spot", "margin"] in seen)
    open_socket("linear").orderbook_stream(50, "BTCUSDT", look)
    until(lambda: ["spot", "margin", "swap"] in seen)


@pytest.mark.parametrize(
    ("topic", "stream"),
    [
        (BOOK, "order_book"),
        ("tickers.BTCUSDT", "ticker"),
        ("publicTrade.BTCUSDT", "trades"),
        ("kline.1.BTCUSDT", "ohlcv"),
    ],
)
def test_each_stream_of_market_data_has_an_age_under_its_name(
    topic: str, stream: str, public: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    received = threading.Event()
    subscribe = {
        "order_book": lambda: public.orderbook_stream(50, "BTCUSDT", lambda _: received.set()),
        "ticker": lambda: public.ticker_stream("BTCUSDT", lambda _: received.set()),
        "trades": lambda: public.trade_stream("BTCUSDT", lambda _: received.set()),
        "ohlcv": lambda: public.kline_stream(1, "BTCUSDT", lambda _: received.set()),
    }
    subscribe[stream]()
    until(lambda: venue.subscribed(topic))
    venue.tick(topic)
    assert received.wait(20)
    point = recorded.point(metrics.TRADING_MARKET_DATA_AGE)
    assert (point.attributes[a.TRADING_STREAM_NAME], point.attributes[a.TRADING_SYMBOL]) == (stream, "BTCUSDT")


def test_an_update_of_the_book_that_is_missing_is_a_gap(public: Any, venue: BybitVenue, recorded: Recorded) -> None:
    seen: list[int] = []
    public.orderbook_stream(50, "BTCUSDT", lambda message: seen.append(message["data"]["u"]))
    until(lambda: venue.subscribed(BOOK))
    venue.tick(BOOK)
    until(lambda: len(seen) == 2)
    assert recorded.total(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS) == 0
    venue.tick(BOOK, skip=1)
    until(lambda: len(seen) == 3)
    assert recorded.total(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS) == 1
    assert told(recorded, events.TRADING_MARKET_DATA_GAP)[a.TRADING_SYMBOL] == "BTCUSDT"


def test_a_handler_that_raises_ends_the_stream_and_is_told_as_its_loss(public: Any, recorded: Recorded) -> None:
    def fail(_: Any) -> None:
        raise LookupError("the bot's own")

    public.orderbook_stream(50, "BTCUSDT", fail)
    until(lambda: recorded.events(events.TRADING_STREAM_DISCONNECTED))
    event = recorded.event(events.TRADING_STREAM_DISCONNECTED)
    assert event.severity_number is SeverityNumber.WARN
    assert (event.attributes or {})[a.TRADING_STREAM_CLOSE_REASON] == "LookupError: the bot's own"
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0


def test_a_position_is_told_by_its_stream(private: Any, session: Any, venue: BybitVenue, recorded: Recorded) -> None:
    follow(private, venue, "position")
    session.place_order(**(LIMIT | {"orderType": "Market", "qty": "0.25"}))
    until(lambda: recorded.metric(metrics.TRADING_POSITION_QUANTITY))
    assert recorded.point(metrics.TRADING_POSITION_QUANTITY).value == 0.25


def test_both_sides_of_a_hedged_position_are_netted(recorded: Recorded) -> None:
    symbol = {"symbol": "ETHUSDT"}
    handled("position", POSITION | symbol | {"positionIdx": 1, "side": "Buy", "size": "3"})
    handled("position", POSITION | symbol | {"positionIdx": 2, "side": "Sell", "size": "1"})
    assert recorded.point(metrics.TRADING_POSITION_QUANTITY).value == 2
    assert recorded.point(metrics.TRADING_PNL_UNREALIZED).value == -25
    handled("position", POSITION | symbol | {"positionIdx": 0, "side": "Buy", "size": "5"})
    assert recorded.point(metrics.TRADING_POSITION_QUANTITY).value == 5
