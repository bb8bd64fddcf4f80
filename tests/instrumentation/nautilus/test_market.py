"""Market data of every kind, as NautilusTrader's own objects have it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from nautilus_trader.model.data import BarType
from nautilus_trader.test_kit.stubs.data import TestDataStubs

from otel_trading.instrumentation.nautilus.market import MarketData
from otel_trading.orders import market
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from tests.recording import Recorded


class Book:
    """A book that NautilusTrader keeps."""

    def midpoint(self) -> float:
        return 100.5


def kernel(book: Any = None) -> Any:
    return SimpleNamespace(cache=SimpleNamespace(order_book=lambda _: book))


def streams(recorded: Recorded) -> set[str]:
    return {point.attributes[a.TRADING_STREAM_NAME] for point in recorded.metric(metrics.TRADING_MARKET_DATA_AGE)}


def test_each_kind_of_market_data_has_an_age(recorded: Recorded) -> None:
    data = MarketData(kernel())
    data.quote(TestDataStubs.quote_tick())
    data.trade(TestDataStubs.trade_tick())
    data.bar(TestDataStubs.bar_5decimal())
    data.book(TestDataStubs.order_book_deltas())
    data.book(TestDataStubs.order_book_depth10())
    assert streams(recorded) == {"quotes", "trades", "bars", "order_book"}


def test_a_bar_that_nautilus_made_of_ticks_was_not_received(recorded: Recorded) -> None:
    bar_type = BarType.from_str("AUD/USD.SIM-1-MINUTE-BID-INTERNAL")
    MarketData(kernel()).bar(SimpleNamespace(bar_type=bar_type))
    assert recorded.metric(metrics.TRADING_MARKET_DATA_AGE) == []


@pytest.mark.usefixtures("recorded")
def test_quotes_and_books_tell_the_price_that_orders_are_measured_against() -> None:
    tick = TestDataStubs.quote_tick(bid_price=99.0, ask_price=101.0)
    venue, symbol = str(tick.instrument_id.venue).lower(), str(tick.instrument_id.symbol)
    MarketData(kernel()).quote(tick)
    quote = market.last_quote(venue, symbol)
    assert quote is not None
    assert quote.mid == 100.0
    deltas = TestDataStubs.order_book_deltas()
    MarketData(kernel(Book())).book(deltas)
    quote = market.last_quote(str(deltas.instrument_id.venue).lower(), str(deltas.instrument_id.symbol))
    assert quote is not None
    assert quote.mid == 100.5


def test_data_with_the_venue_s_time_has_a_latency_which_is_sampled(recorded: Recorded) -> None:
    data, now = MarketData(kernel()), time.time_ns()
    for _ in range(3):
        data.trade(TestDataStubs.trade_tick(ts_event=now, ts_init=now + 1))
    assert recorded.total(metrics.TRADING_MARKET_DATA_LATENCY) == 1


def test_data_that_has_the_adapter_s_own_time_has_no_latency(recorded: Recorded) -> None:
    now = time.time_ns()
    MarketData(kernel()).quote(TestDataStubs.quote_tick(ts_event=now, ts_init=now))
    assert recorded.metric(metrics.TRADING_MARKET_DATA_LATENCY) == []
