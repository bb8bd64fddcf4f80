"""What the answers to queries tell a monitor: positions, exposure, the venue's clock, quotes, orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alpaca.broker.client import BrokerClient
from alpaca.data.historical import CryptoHistoricalDataClient, StockHistoricalDataClient
from alpaca.data.requests import (
    CryptoLatestOrderbookRequest,
    CryptoLatestQuoteRequest,
    StockLatestQuoteRequest,
    StockSnapshotRequest,
)
from opentelemetry.trace import StatusCode

from otel_trading.instrumentation.alpaca import observed
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.orders import market as quotes
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.alpaca.bots import following, limit, market, names, until
from tests.recording import attributes
from tests.venues.alpaca import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recording import Recorded
    from tests.venues.alpaca import AlpacaVenue

ACCOUNT = "a4d4c7e6-0f0b-4b0a-8a3c-3b1d7c1f9a10"


@pytest.fixture(params=["client", "raw"])
def trader(request: pytest.FixtureRequest) -> Any:
    """A client with models, and one with raw data."""
    return request.getfixturevalue(request.param)


def filled(trader: Any, venue: AlpacaVenue, **changes: Any) -> None:
    """Send an order that is executed at once, and wait until it is."""
    order = trader.submit_order(market(**changes))
    order_id = order["id"] if isinstance(order, dict) else str(order.id)
    until(lambda: venue.status(order_id) == "filled")


def held(recorded: Recorded) -> dict[str, float]:
    """Return the positions by symbol."""
    return {
        point.attributes[a.TRADING_SYMBOL]: point.value for point in recorded.metric(metrics.TRADING_POSITION_QUANTITY)
    }


def test_positions_are_signed_and_have_their_unrealized_profit(
    trader: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    filled(trader, venue, qty=10)
    filled(trader, venue, symbol="BTC/USD", qty=0.5, side="sell", time_in_force="gtc")
    trader.get_all_positions()
    assert held(recorded) == {"AAPL": 10.0, "BTC/USD": -0.5}
    gains = {point.attributes[a.TRADING_SYMBOL]: point for point in recorded.metric(metrics.TRADING_PNL_UNREALIZED)}
    assert gains["AAPL"].value == pytest.approx(10 * (187.20 - 187.24))
    assert gains["AAPL"].attributes[a.TRADING_CURRENCY] == "USD"


def test_a_position_that_is_gone_is_zero(trader: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    filled(trader, venue, qty=10)
    trader.get_open_position("AAPL")
    assert held(recorded) == {"AAPL": 10.0}
    filled(trader, venue, qty=10, side="sell")
    trader.get_all_positions()
    assert held(recorded) == {"AAPL": 0.0}
    assert recorded.point(metrics.TRADING_PNL_UNREALIZED).value == 0.0


def test_the_account_tells_the_exposure(trader: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    filled(trader, venue, qty=100)
    filled(trader, venue, symbol="BTC/USD", qty=0.5, side="sell", time_in_force="gtc")
    trader.get_account()
    assert recorded.point(metrics.TRADING_EXPOSURE_GROSS).value == pytest.approx(18_720 + 30_000)
    assert recorded.point(metrics.TRADING_EXPOSURE_NET).value == pytest.approx(18_720 - 30_000)
    assert recorded.point(metrics.TRADING_LEVERAGE).value == pytest.approx(0.4872, abs=0.001)


def test_nothing_that_names_the_account_is_recorded(client: Any, recorded: Recorded) -> None:
    account = client.get_account()
    told = str([attributes(span) for span in recorded.spans()])
    assert str(account.id) not in told
    assert account.account_number not in told


def test_the_clock_tells_the_offset(trader: Any, recorded: Recorded) -> None:
    trader.get_clock()
    point = recorded.point(metrics.TRADING_CLOCK_OFFSET)
    assert abs(point.value) < 0.5
    assert dict(point.attributes) == {a.TRADING_VENUE: "alpaca"}


def test_a_query_says_what_it_is_about(client: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    filled(client, venue, symbol="BTC/USD", qty=0.5, time_in_force="gtc")
    position = client.get_open_position("BTCUSD")
    client.get_open_position(position.asset_id)
    by_symbol, by_asset = recorded.spans("get_open_position alpaca")
    assert attributes(by_symbol)[a.TRADING_SYMBOL] == "BTC/USD"
    assert a.TRADING_SYMBOL not in attributes(by_asset)


@pytest.mark.parametrize("raw_data", [False, True])
@pytest.mark.parametrize(
    ("kind", "query", "asked", "mid"),
    [
        (StockHistoricalDataClient, "get_stock_latest_quote", StockLatestQuoteRequest, 187.22),
        (StockHistoricalDataClient, "get_stock_snapshot", StockSnapshotRequest, 187.22),
        (CryptoHistoricalDataClient, "get_crypto_latest_quote", CryptoLatestQuoteRequest, 60_005.0),
        (CryptoHistoricalDataClient, "get_crypto_latest_orderbook", CryptoLatestOrderbookRequest, 60_005.0),
    ],
)
def test_a_quote_that_was_asked_for_is_an_arrival_price(
    *, kind: Any, query: str, asked: Any, mid: float, raw_data: bool, venue: AlpacaVenue, recorded: Recorded
) -> None:
    symbol = "AAPL" if kind is StockHistoricalDataClient else "BTC/USD"
    data = kind(*SECRET, url_override=venue.url, raw_data=raw_data)
    getattr(data, query)(asked(symbol_or_symbols=[symbol]))
    data._session.close()
    quote = quotes.last_quote("alpaca", symbol)
    assert quote is not None
    assert quote.mid == pytest.approx(mid)
    assert attributes(recorded.span(f"{query} alpaca"))[a.TRADING_SYMBOL] == symbol


def test_orders_that_were_asked_for_go_on_in_their_stories(trader: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    order = trader.submit_order(limit())
    order_id = order["id"] if isinstance(order, dict) else str(order.id)
    until(lambda: venue.status(order_id) == "new")
    venue.execute(order_id, 4)
    trader.get_orders()
    venue.execute(order_id, 6)
    trader.get_order_by_id(order_id)
    trader.get_order_by_id(order_id)
    assert names(recorded) == ["submitted", "acknowledged", "filled", "filled"]
    assert attributes(recorded.events(events.TRADING_ORDER_FILLED)[1])[a.TRADING_EXECUTION_INFERRED] is True


def test_an_answer_that_the_stream_has_overtaken_takes_nothing_back(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        order = client.submit_order(limit())
        until(lambda: venue.status(str(order.id)) == "new")
        stale = client.get_order_by_id(order.id)
        client.cancel_order_by_id(order.id)
        until(lambda: recorded.events(events.TRADING_ORDER_CANCELED))
    observed.READERS["get_order_by_id"](Call(client, "get_order_by_id", {}, 0.0), stale)
    assert names(recorded)[-1] == "canceled"


def test_orders_of_others_that_a_query_lists_are_no_news(client: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    venue.trade_by_hand(symbol="AAPL", qty="10", limit_price="180")
    assert len(client.get_orders()) == 1
    assert names(recorded) == []


def test_a_query_that_fails_fails_its_span(client: Any, recorded: Recorded) -> None:
    with pytest.raises(Exception, match="position does not exist"):
        client.get_open_position("MSFT")
    assert recorded.span("get_open_position alpaca").status.status_code is StatusCode.ERROR


@pytest.fixture
def broker(venue: AlpacaVenue) -> Iterator[BrokerClient]:
    """A client that trades for the accounts of others."""
    found = BrokerClient(*SECRET, url_override=venue.url)
    yield found
    found._session.close()


def test_an_order_for_an_account_of_a_broker_is_a_story_that_does_not_name_the_account(
    broker: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    order = broker.submit_order_for_account(ACCOUNT, limit())
    until(lambda: venue.status(str(order.id)) == "new")
    broker.cancel_order_for_account_by_id(ACCOUNT, order.id)
    until(lambda: venue.status(str(order.id)) == "canceled")
    broker.get_order_for_account_by_id(ACCOUNT, order.id)
    told = [*map(attributes, recorded.spans()), *map(attributes, recorded.events())]
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "updated", "canceled"]
    assert ACCOUNT not in str(told)
