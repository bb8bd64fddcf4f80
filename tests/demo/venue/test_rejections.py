from __future__ import annotations

from typing import Any

import ccxt
import pytest

SYMBOL = "BTC/USDT"
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "59000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


def refusal(client: Any, order: dict[str, str]) -> tuple[type[Exception], str]:
    """Send an order as it stands and return what ccxt raises."""
    with pytest.raises(ccxt.BaseError) as caught:
        client.private_post_order(order)
    return caught.type, str(caught.value)


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"symbol": "NOPE"}, ccxt.BadSymbol, -1121),
        ({"quantity": "20"}, ccxt.InsufficientFunds, -2010),
        ({"quantity": "0.00000001"}, ccxt.InvalidOrder, -1013),
        ({"quantity": "0.000000001"}, ccxt.BadRequest, -1111),
        ({"price": "59000.001"}, ccxt.InvalidOrder, -1013),
        ({"price": "59000.000000001"}, ccxt.BadRequest, -1111),
        ({"price": "0"}, ccxt.ExchangeError, -1013),
        ({"quantity": "0"}, ccxt.ExchangeError, -1013),
        ({"quantity": "0.00001"}, ccxt.ExchangeError, -1013),
        ({"price": "1000"}, ccxt.InvalidOrder, -1013),
        ({"quantity": "1e3"}, ccxt.BadRequest, -1100),
        ({"newClientOrderId": "not a good id!"}, ccxt.BadRequest, -1100),
        ({"quantity": ""}, ccxt.BadRequest, -1102),
        ({"colour": "blue"}, ccxt.BadRequest, -1104),
        ({"quoteOrderQty": "100"}, ccxt.BadRequest, -1106),
        ({"stopPrice": "58000"}, ccxt.BadRequest, -1106),
        ({"timeInForce": "DAY"}, ccxt.BadRequest, -1115),
        ({"type": "ICEBERG"}, ccxt.BadRequest, -1116),
        ({"side": "SHORT"}, ccxt.BadRequest, -1117),
        ({"newOrderRespType": "BRIEF"}, ccxt.ExchangeError, -1136),
    ],
)
def test_a_bad_limit_order_is_refused_with_its_code(
    shared_client: Any, change: dict[str, str], kind: type[Exception], code: int
) -> None:
    raised, text = refusal(shared_client, {**LIMIT, **change})
    assert issubclass(raised, kind), text
    # ccxt tells the message alone where it knows it, and otherwise the body.
    assert f'"code":{code},' in text or raised in (ccxt.InsufficientFunds, ccxt.InvalidOrder)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"price": "59000"}, -1106), ({"timeInForce": "GTC"}, -1106), ({"quantity": ""}, -1102)],
)
def test_a_market_order_takes_no_price_and_needs_an_amount(
    shared_client: Any, change: dict[str, str], code: int
) -> None:
    assert f'"code":{code},' in refusal(shared_client, {**MARKET, **change})[1]


def test_a_client_id_in_use_is_a_duplicate(client: Any) -> None:
    client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "twice"})
    with pytest.raises(ccxt.InvalidOrder, match="Duplicate order sent"):
        client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "twice"})


def test_a_client_id_may_be_used_again_once_its_order_is_over(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "again"})
    client.cancel_order(order["id"], SYMBOL)
    again = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "again"})
    assert client.fetch_order(None, SYMBOL, {"clientOrderId": "again"})["id"] == again["id"]


def test_a_post_only_order_that_would_take_is_refused(client: Any) -> None:
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        client.create_order(SYMBOL, "limit", "buy", 0.01, 61_000, {"postOnly": True})


def test_a_stop_that_is_reached_already_is_refused(client: Any) -> None:
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        client.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": 61_000})


def test_a_market_order_dearer_than_the_balance_is_refused(client: Any) -> None:
    client.create_order(SYMBOL, "limit", "buy", 16.6, 60_000, {"postOnly": True})
    with pytest.raises(ccxt.InsufficientFunds):
        client.create_order(SYMBOL, "market", "buy", 0.1)


def test_too_many_open_orders_fail_the_filter(client: Any) -> None:
    for number in range(5):
        client.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": 50_000 + number})
    with pytest.raises(ccxt.ExchangeError, match="MAX_NUM_ALGO_ORDERS"):
        client.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": 50_000})


def test_cancelling_what_is_not_there_is_an_unknown_order(client: Any) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="-2011"):
        client.cancel_order("12345678", SYMBOL)


def test_cancelling_twice_is_an_unknown_order(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    client.cancel_order(order["id"], SYMBOL)
    with pytest.raises(ccxt.OrderNotFound, match="-2011"):
        client.cancel_order(order["id"], SYMBOL)


def test_a_cancel_restriction_is_kept(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    with pytest.raises(ccxt.OrderNotFound, match="cancel restrictions"):
        client.cancel_order(order["id"], SYMBOL, {"cancelRestrictions": "ONLY_PARTIALLY_FILLED"})


def test_asking_for_what_is_not_there_is_no_such_order(client: Any) -> None:
    with pytest.raises(ccxt.OrderNotFound):
        client.fetch_order("12345678", SYMBOL)


def test_an_edit_of_what_is_gone_places_nothing(client: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="cancel-replace failed"):
        client.edit_order("12345678", SYMBOL, "limit", "buy", 0.01, 59_000)
    assert client.fetch_open_orders(SYMBOL) == []


def test_an_edit_that_cannot_be_placed_has_cancelled_the_old_order(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    with pytest.raises(ccxt.ExchangeError, match="partially failed"):
        client.edit_order(order["id"], SYMBOL, "limit", "buy", 100, 59_000)
    assert client.fetch_order(order["id"], SYMBOL)["status"] == "canceled"


def test_an_edit_may_place_the_new_order_although_the_old_one_is_gone(client: Any) -> None:
    with pytest.raises(ccxt.ExchangeError, match="partially failed"):
        client.edit_order("12345678", SYMBOL, "limit", "buy", 0.01, 59_000, {"cancelReplaceMode": "ALLOW_FAILURE"})
    assert len(client.fetch_open_orders(SYMBOL)) == 1
