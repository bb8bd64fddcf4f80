"""What pybit's calls ask for and are answered, without a network."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.instrumentation.bybit import fields
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

ASKED = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "1", "price": "9.5"}


def test_a_limit_order_is_told_with_all_that_it_asks_for() -> None:
    request = fields.request(ASKED | {"timeInForce": "PostOnly", "orderLinkId": "cl-1", "triggerPrice": "9"})
    assert request._asdict() == {
        "venue": "bybit",
        "symbol": "BTCUSDT",
        "side": "buy",
        "type": "stop_limit",
        "quantity": 1.0,
        "price": 9.5,
        "stop_price": 9.0,
        "time_in_force": "gtx",
        "instrument_type": "swap",
        "client_id": "cl-1",
        "price_precision": None,
        "quantity_precision": None,
    }


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"category": "spot", "symbol": "BTCUSDT"}, "spot"),
        ({"category": "spot", "symbol": "BTCUSDT", "isLeverage": 1}, "margin"),
        ({"category": "linear", "symbol": "BTCPERP"}, "swap"),
        ({"category": "linear", "symbol": "BTC-29DEC23"}, "future"),
        ({"category": "linear", "symbol": "BTCUSDT-26DEC25"}, "future"),
        ({"category": "inverse", "symbol": "BTCUSD"}, "swap"),
        ({"category": "inverse", "symbol": "BTCUSDH25"}, "future"),
        ({"category": "option", "symbol": "BTC-29DEC23-40000-C"}, "option"),
        ({"category": "newest", "symbol": "X"}, "other"),
        ({"symbol": "SOLUSDT_SOL/USDT"}, ""),
    ],
)
def test_the_instruments_type_is_told_by_category_and_symbol(given: dict[str, Any], kind: str) -> None:
    assert fields.request(given).instrument_type == kind


@pytest.mark.parametrize(
    ("given", "quantity"),
    [
        ({"side": "Buy"}, None),  # in quote coin, where nothing else is said
        ({"side": "Buy", "marketUnit": "baseCoin"}, 2.0),
        ({"side": "Sell"}, 2.0),
        ({"side": "Sell", "marketUnit": "quoteCoin"}, None),
        ({"side": "Buy", "orderType": "Limit", "price": "5"}, 2.0),
        ({"side": "Buy", "category": "linear"}, 2.0),
    ],
)
def test_an_amount_of_the_quote_coin_is_no_quantity(given: dict[str, Any], quantity: float | None) -> None:
    asked = {"category": "spot", "symbol": "BTCUSDT", "orderType": "Market", "qty": "2"} | given
    assert fields.request(asked).quantity == quantity


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"orderType": "Market"}, "market"),
        ({"orderType": "Limit"}, "limit"),
        ({"orderType": "Market", "triggerPrice": "5"}, "stop"),
        ({"orderType": "Limit", "triggerPrice": "0"}, "limit"),
        ({"orderType": "Market", "stopOrderType": "PartialTakeProfit", "triggerPrice": "5"}, "take_profit"),
        ({"orderType": "Limit", "stopOrderType": "TakeProfit"}, "take_profit_limit"),
        ({"orderType": "Market", "stopOrderType": "TrailingStop"}, "trailing_stop"),
        ({"orderType": "UNKNOWN"}, "other"),
        ({}, ""),
    ],
)
def test_the_type_of_an_order_is_told_by_what_triggers_it(given: dict[str, Any], kind: str) -> None:
    assert fields.request(given).type == kind


def test_a_cancel_names_its_order_by_either_id() -> None:
    by_id, by_client_id = ({"symbol": "S", "orderId": "1"}, {"symbol": "S", "orderLinkId": "c"})
    found = fields.references({"category": "linear", "request": [by_id, by_client_id]})
    assert [(each.symbol, each.id, each.client_id) for each in found] == [("S", "1", ""), ("S", "", "c")]


def test_canceling_all_names_none() -> None:
    assert fields.references({"category": "linear", "symbol": "BTCUSDT"}) == []


def test_an_answer_brings_both_ids_and_no_status() -> None:
    (answer,) = fields.answers(ASKED, {"retCode": 0, "result": {"orderId": "1", "orderLinkId": "c"}})
    assert (answer.id, answer.client_id, answer.status) == ("1", "c", None)


def test_an_answer_in_a_tuple_with_time_and_headers_is_the_same() -> None:
    body = {"retCode": 0, "result": {"orderId": "1", "orderLinkId": "c"}}
    assert fields.answers(ASKED, (body, 0.1, {})) == fields.answers(ASKED, body)


def test_a_code_that_the_bot_told_pybit_to_let_pass_is_a_refusal_all_the_same() -> None:
    (answer,) = fields.answers(ASKED | {"orderLinkId": "c"}, {"retCode": 110007, "retMsg": "ab not enough"})
    assert (answer.status, answer.id, answer.client_id) == (Status.REJECTED, "", "c")
    assert answer.reason == "ab not enough (ErrCode: 110007)"


def test_a_batch_is_answered_order_by_order() -> None:
    body = {
        "retCode": 0,
        "result": {"list": [{"orderId": "1", "orderLinkId": "a"}, {"orderId": "", "orderLinkId": ""}]},
        "retExtInfo": {"list": [{"code": 0, "msg": "OK"}, {"code": 110007, "msg": "ab not enough"}]},
    }
    items = [ASKED | {"orderLinkId": "a"}, ASKED | {"orderLinkId": "b"}]
    taken, refused = fields.answers({"category": "linear", "request": items}, body)
    assert (taken.id, taken.client_id, taken.status) == ("1", "a", None)
    assert (refused.id, refused.client_id, refused.status) == ("", "b", Status.REJECTED)
    assert (taken.category.value, refused.category.value) == ("other", "insufficient_funds")
    assert (refused.symbol, refused.side, refused.quantity, refused.price) == ("BTCUSDT", "buy", 1.0, 9.5)


def test_canceling_all_is_answered_with_whatever_there_was() -> None:
    body = {"retCode": 0, "result": {"list": [{"orderId": "1", "orderLinkId": ""}], "success": "1"}}
    assert [answer.id for answer in fields.answers({"category": "linear"}, body)] == ["1"]


@pytest.mark.parametrize("result", [None, {}, [], (), {"result": None}, {"retCode": 0, "result": []}, "nonsense"])
def test_an_answer_of_another_shape_tells_nothing(result: Any) -> None:
    assert fields.answers(ASKED, result) == []
