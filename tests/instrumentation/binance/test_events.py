"""What the messages of Binance's streams tell, by their recorded shapes."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.instrumentation.binance import events
from otel_trading.instrumentation.binance.events import Datum, Position
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

REPORT = {
    "e": "executionReport", "E": 1499405658658, "s": "ETHBTC", "c": "mine", "S": "BUY", "o": "LIMIT", "f": "GTC",
    "q": "1.00000000", "p": "0.10264410", "P": "0.00000000", "C": "", "x": "TRADE", "X": "PARTIALLY_FILLED",
    "r": "NONE", "i": 4293153, "l": "0.40000000", "z": "0.40000000", "L": "0.10264410", "n": "0.0004", "N": "ETH",
    "T": 1499405658657, "t": 77, "m": True, "Z": "0.04105764",
}  # fmt: skip
CONTRACT = {
    "e": "ORDER_TRADE_UPDATE", "E": 1568879465651, "T": 1568879465650,
    "o": {
        "s": "BTCUSDT", "c": "TEST", "S": "SELL", "o": "MARKET", "f": "GTC", "q": "0.001", "p": "0", "ap": "9910",
        "sp": "0", "x": "TRADE", "X": "FILLED", "i": 8886774, "l": "0.001", "z": "0.001", "L": "9910", "N": "USDT",
        "n": "0.004", "T": 1568879465650, "t": 99, "m": False, "ot": "STOP_MARKET",
    },
}  # fmt: skip


def test_a_report_of_an_execution_is_told_with_its_fee() -> None:
    (found,) = events.order_updates(REPORT, "binance")
    assert (found.symbol, found.id, found.client_id) == ("ETHBTC", "4293153", "mine")
    assert (found.status, found.cumulative_quantity) == (Status.PARTIALLY_FILLED, 0.4)
    assert found.average_price == pytest.approx(0.1026441)
    assert found.executions == (Execution(0.4, 0.1026441, "77", "maker", 0.0004, "ETH", 1_499_405_658_657_000_000),)
    assert (found.side, found.type, found.instrument_type, found.reason) == ("buy", "limit", "spot", "")


def test_a_report_of_a_cancel_names_the_order_and_not_the_cancel() -> None:
    told = REPORT | {"c": "cancel-1", "C": "mine", "x": "CANCELED", "X": "CANCELED", "l": "0", "t": -1}
    (found,) = events.order_updates(told, "binance")
    assert (found.client_id, found.status, found.executions) == ("mine", Status.CANCELED, ())


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        ("INSUFFICIENT_BALANCES", "insufficient_funds"),
        ("WOULD_MATCH_IMMEDIATELY", "invalid_order"),
        ("STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY", "invalid_order"),
        ("OCO_BAD_PRICES", "invalid_order"),
        ("THAT_IS_NEW", "other"),
    ],
)
def test_a_refusal_says_why(reason: str, category: str) -> None:
    told = REPORT | {"x": "REJECTED", "X": "REJECTED", "r": reason, "l": "0"}
    (found,) = events.order_updates(told, "binance")
    assert (found.status, found.reason, found.category.value) == (Status.REJECTED, reason, category)


def test_a_conditional_order_that_fails_when_it_is_triggered_says_why() -> None:
    told = {
        "e": "ALGO_UPDATE",
        "T": 1,
        "o": {"aid": 21, "s": "BTCUSDT", "X": "REJECTED", "rm": "Margin is insufficient"},
    }
    (found,) = events.order_updates(told, "binance")
    assert (found.status, found.category.value) == (Status.REJECTED, "insufficient_funds")


def test_futures_tell_an_order_inside_the_event() -> None:
    (found,) = events.order_updates(CONTRACT, "binance")
    assert (found.id, found.client_id, found.status, found.average_price) == ("8886774", "TEST", Status.FILLED, 9910.0)
    assert found.executions[0] == Execution(0.001, 9910.0, "99", "taker", 0.004, "USDT", 1_568_879_465_650_000_000)
    assert (found.type, found.instrument_type) == ("stop", "swap")


def test_a_conditional_order_is_told_by_the_ids_of_its_own() -> None:
    told = {
        "e": "ALGO_UPDATE",
        "T": 1,
        "o": {"caid": "mine", "aid": 21, "s": "BTCUSDT", "S": "SELL", "X": "CANCELED", "q": "1", "tp": "5"},
    }
    (found,) = events.order_updates(told, "binance")
    assert (found.id, found.client_id, found.status, found.quantity) == ("21", "mine", Status.CANCELED, 1.0)


@pytest.mark.parametrize(
    "wrapped",
    [
        REPORT,
        {"stream": "listen-key", "data": REPORT},
        {"subscriptionId": 0, "event": REPORT},
        [REPORT],
    ],
)
def test_an_event_is_found_in_whatever_it_comes_in(wrapped: Any) -> None:
    assert [update.id for update in events.order_updates(wrapped, "binance")] == ["4293153"]


@pytest.mark.parametrize(
    "message", [None, "pong", [], {}, {"e": "error", "type": "ConnectionClosedError", "m": ""}, {"result": None}]
)
def test_a_message_of_another_kind_tells_nothing(message: Any) -> None:
    assert events.order_updates(message, "binance") == []
    assert list(events.market_data(message, "")) == []
    assert list(events.positions(message)) == []


@pytest.mark.parametrize(
    ("message", "path", "expected"),
    [
        ({"e": "trade", "E": 1000, "s": "BTCUSDT", "p": "1", "b": 88, "a": 50}, "", ("BTCUSDT", "trades", None, 1.0)),
        ({"e": "aggTrade", "E": 1000, "s": "BTCUSDT", "a": 1}, "", ("BTCUSDT", "trades", None, 1.0)),
        ({"e": "24hrTicker", "E": 1000, "s": "S", "b": "10", "a": "12"}, "", ("S", "ticker", 11.0, 1.0, "spot")),
        ({"e": "kline", "E": 1000, "s": "S", "k": {}}, "", ("S", "ohlcv", None, 1.0)),
        ({"e": "markPriceUpdate", "E": 1000, "s": "S", "p": "1"}, "", ("S", "mark_price", None, 1.0)),
        ({"u": 400, "s": "S", "b": "10", "B": "1", "a": "12", "A": "1"}, "", ("S", "bids_asks", 11.0, None, "spot")),
        ({"e": "bookTicker", "E": 1000, "s": "S", "b": "10", "a": "12"}, "", ("S", "bids_asks", 11.0, 1.0, "swap")),
        (
            {"e": "bookTicker", "s": "BTCUSDT_261225", "b": "10", "a": "12"},
            "",
            ("BTCUSDT_261225", "bids_asks", 11.0, None, "future"),
        ),
        (
            {"e": "bookTicker", "s": "BTC-261225-60000-C", "b": "10", "a": "12"},
            "",
            ("BTC-261225-60000-C", "bids_asks", 11.0, None, "option"),
        ),
        (
            {"lastUpdateId": 160, "bids": [["10", "1"]], "asks": [["12", "1"]]},
            "btcusdt@depth5",
            ("BTCUSDT", "order_book", 11.0, None, "spot"),
        ),
        (
            {"stream": "ethusdt@depth5", "data": {"lastUpdateId": 1, "bids": [["10", "1"]], "asks": [["12", "1"]]}},
            "streams=ethusdt@depth5",
            ("ETHUSDT", "order_book", 11.0, None, "spot"),
        ),
        (
            {"e": "depthUpdate", "E": 1000, "s": "S", "b": [["10", "1"]], "a": [["12", "1"]]},
            "s@depth",
            ("S", "order_book", None, 1.0),
        ),
        (
            {"e": "depthUpdate", "E": 1000, "s": "S", "b": [["10", "1"]], "a": [["12", "1"]]},
            "s@depth20@100ms",
            ("S", "order_book", 11.0, 1.0, "swap"),
        ),
    ],
)
def test_market_data_is_told_by_stream_with_a_quote_where_it_has_the_best_ones(
    message: Any, path: str, expected: tuple[Any, ...]
) -> None:
    assert list(events.market_data(message, path)) == [Datum(*expected)]


def test_a_list_of_tickers_is_a_piece_of_data_for_each() -> None:
    message = [{"e": "24hrMiniTicker", "E": 1000, "s": name} for name in ("A", "B")]
    assert [datum.symbol for datum in events.market_data(message)] == ["A", "B"]


def test_the_two_sides_of_a_hedge_are_one_position() -> None:
    told = {
        "e": "ACCOUNT_UPDATE",
        "a": {"P": [{"s": "S", "pa": "3", "ps": "LONG"}, {"s": "S", "pa": "-1", "ps": "SHORT"}, {"s": "X", "pa": "0"}]},
    }
    assert list(events.positions(told)) == [Position("S", 2.0), Position("X", 0.0)]
