"""What ccxt's unified methods do not ask, and other libraries do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ccxt
import pytest

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "59000",
}


def test_the_average_price_is_near_the_last(shared_client: Any) -> None:
    told = shared_client.public_get_avgprice({"symbol": "BTCUSDT"})
    assert float(told["price"]) == pytest.approx(60_000, rel=0.01)


def test_aggregate_trades_can_be_asked_from_an_id_on(shared_client: Any) -> None:
    trades = shared_client.public_get_aggtrades({"symbol": "BTCUSDT"})
    later = shared_client.public_get_aggtrades({"symbol": "BTCUSDT", "fromId": trades[3]["a"], "limit": 2})
    assert later == trades[3:5]


def test_historical_trades_need_a_key_only(shared_client: Any) -> None:
    trades = shared_client.public_get_historicaltrades({"symbol": "BTCUSDT"})
    later = shared_client.public_get_historicaltrades({"symbol": "BTCUSDT", "fromId": trades[3]["id"], "limit": 2})
    assert later == trades[3:5]


def test_exchange_information_can_be_asked_for_some_symbols(shared_client: Any) -> None:
    one = shared_client.public_get_exchangeinfo({"symbol": "ETHUSDT"})
    two = shared_client.public_get_exchangeinfo({"symbols": '["ETHUSDT","BTCUSDT"]'})
    assert [symbol["symbol"] for symbol in one["symbols"]] == ["ETHUSDT"]
    assert [symbol["symbol"] for symbol in two["symbols"]] == ["ETHUSDT", "BTCUSDT"]


def test_the_commission_of_a_symbol_is_told(shared_client: Any) -> None:
    told = shared_client.private_get_account_commission({"symbol": "BTCUSDT"})
    assert told["standardCommission"]["taker"] == "0.00100000"


def test_the_count_of_orders_is_told(client: Any) -> None:
    client.private_post_order(LIMIT)
    counts = client.private_get_ratelimit_order()
    assert [(row["interval"], row["count"]) for row in counts] == [("SECOND", 1), ("DAY", 1)]


def test_all_orders_can_be_asked_from_an_id_on(client: Any) -> None:
    ids = [client.private_post_order(LIMIT)["orderId"] for _ in range(3)]
    told = client.private_get_allorders({"symbol": "BTCUSDT", "orderId": ids[1]})
    assert [order["orderId"] for order in told] == ids[1:]


def test_balances_of_nothing_can_be_left_out(client: Any, venue: VenueThread) -> None:
    venue.deposit("ADA", "0")
    every = client.private_get_account()["balances"]
    some = client.private_get_account({"omitZeroBalances": "true"})["balances"]
    assert "ADA" in {row["asset"] for row in every} - {row["asset"] for row in some}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda it: it.private_post_order({**LIMIT, "icebergQty": "0.001"}), -2010),
        (lambda it: it.private_post_order({**LIMIT, "trailingDelta": "100"}), -2010),
        (lambda it: it.private_delete_order({"symbol": "BTCUSDT"}), -1102),
        (lambda it: it.private_delete_openorders({"symbol": "BTCUSDT"}), -2011),
        (
            lambda it: it.private_delete_order(
                {"symbol": "BTCUSDT", "orderId": "1", "cancelRestrictions": "ONLY_MINE"}
            ),
            -1145,
        ),
        (
            lambda it: it.private_post_order_cancelreplace(
                {**LIMIT, "cancelReplaceMode": "MAYBE", "cancelOrderId": "1"}
            ),
            -1102,
        ),
    ],
)
def test_what_the_venue_does_not_do_is_refused(shared_client: Any, call: Any, code: int) -> None:
    with pytest.raises(ccxt.BaseError, match=f'"code":{code},'):
        call(shared_client)


def test_something_broken_inside_is_told_as_the_venue_tells_it(
    client: Any, venue: VenueThread, caplog: pytest.LogCaptureFixture
) -> None:
    venue.call(lambda it: it.exchange.markets["BTCUSDT"].book._asks.clear())
    with pytest.raises(ccxt.OperationFailed, match="-1000"):
        client.public_get_ticker_bookticker({"symbol": "BTCUSDT"})
    assert "operation ticker.book failed" in caplog.text
    assert client.fetch_time() > 0
