from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import ccxt
import pytest

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread

SYMBOL = "BTC/USDT"


def test_markets_have_the_filters_of_the_venue(client: Any) -> None:
    market = client.market(SYMBOL)
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.00001)
    assert (market["limits"]["cost"]["min"], market["spot"], market["active"]) == (5.0, True, True)


def test_load_markets_asks_only_what_the_venue_has(client: Any, venue: VenueThread) -> None:
    assert {"BTC/USDT", "ETH/USDT", "SOL/USDT"} <= client.markets.keys()
    assert {seen.status for seen in venue.requests} == {200}


def test_the_book_is_sorted_and_not_crossed(shared_client: Any) -> None:
    book = shared_client.fetch_order_book(SYMBOL, 20)
    assert [price for price, _ in book["bids"]] == sorted((price for price, _ in book["bids"]), reverse=True)
    assert [price for price, _ in book["asks"]] == sorted(price for price, _ in book["asks"])
    assert book["bids"][0][0] < book["asks"][0][0]
    assert len(book["bids"]) == len(book["asks"]) == 20


def test_the_ticker_agrees_with_the_book(shared_client: Any) -> None:
    book, ticker = shared_client.fetch_order_book(SYMBOL), shared_client.fetch_ticker(SYMBOL)
    assert (ticker["bid"], ticker["ask"]) == (book["bids"][0][0], book["asks"][0][0])
    assert ticker["low"] <= ticker["last"] <= ticker["high"]


def test_tickers_of_all_symbols_come_at_once(shared_client: Any) -> None:
    assert shared_client.fetch_tickers().keys() == shared_client.markets.keys()
    assert shared_client.fetch_tickers([SYMBOL]).keys() == {SYMBOL}
    assert shared_client.fetch_last_prices()[SYMBOL]["price"] > 0
    assert shared_client.fetch_bids_asks([SYMBOL])[SYMBOL]["bid"] > 0


def test_trades_are_told_in_order(client: Any, venue: VenueThread) -> None:
    venue.step(5)
    trades = client.fetch_trades(SYMBOL)
    assert [int(trade["id"]) for trade in trades] == sorted(int(trade["id"]) for trade in trades)
    assert trades[-1]["price"] == client.fetch_ticker(SYMBOL)["last"]


@pytest.mark.parametrize("timeframe", ["1s", "1m", "5m", "1h", "1d", "1w", "1M"])
def test_candles_follow_one_another(shared_client: Any, timeframe: str) -> None:
    candles = shared_client.fetch_ohlcv(SYMBOL, timeframe, limit=50)
    assert len(candles) == 50
    for before, after in itertools.pairwise(candles):
        assert after[1] == before[4], "a candle opens where the one before it closed"
        assert after[0] > before[0]
    assert all(low <= min(opened, closed) <= max(opened, closed) <= high for _, opened, high, low, closed, _ in candles)


def test_candles_can_be_asked_from_a_time_on(shared_client: Any) -> None:
    newest = shared_client.fetch_ohlcv(SYMBOL, "1m", limit=10)
    assert shared_client.fetch_ohlcv(SYMBOL, "1m", since=newest[2][0], limit=3) == newest[2:5]


def test_the_newest_candle_takes_in_what_is_traded(client: Any, venue: VenueThread) -> None:
    venue.set_price("BTCUSDT", "61000")
    candle = client.fetch_ohlcv(SYMBOL, "1d", limit=1)[0]
    assert candle[2] >= 61_000
    assert candle[4] == client.fetch_ticker(SYMBOL)["last"]


def test_time_and_status_are_told(shared_client: Any) -> None:
    assert abs(shared_client.fetch_time() - shared_client.milliseconds()) < 1_000
    assert shared_client.fetch_status()["status"] == "ok"


def test_fees_are_one_in_a_thousand(shared_client: Any) -> None:
    fee = shared_client.fetch_trading_fee(SYMBOL)
    assert (fee["maker"], fee["taker"]) == (0.001, 0.001)
    assert shared_client.fetch_trading_fees().keys() == shared_client.markets.keys()


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda client: client.public_get_depth({"symbol": "NOPE"}), ccxt.BadSymbol),
        (lambda client: client.public_get_klines({"symbol": "BTCUSDT", "interval": "9m"}), ccxt.BadRequest),
        (lambda client: client.public_get_depth({"symbol": "BTCUSDT", "limit": "many"}), ccxt.BadRequest),
        (lambda client: client.public_get_depth(), ccxt.BadRequest),
    ],
)
def test_bad_questions_get_the_venues_errors(client: Any, call: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        call(client)
