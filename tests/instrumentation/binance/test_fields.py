"""What python-binance's arguments and Binance's answers mean, by their recorded shapes."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.instrumentation.binance import fields
from otel_trading.instrumentation.binance.observed import BinanceFields, venue_of
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

FILLED = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "orderListId": -1,
    "clientOrderId": "6gCrw2kRUAF9CvJDGP16IP",
    "transactTime": 1507725176595,
    "price": "0.00000000",
    "origQty": "10.00000000",
    "executedQty": "10.00000000",
    "cummulativeQuoteQty": "39990.00000000",
    "status": "FILLED",
    "timeInForce": "GTC",
    "type": "MARKET",
    "side": "SELL",
    "fills": [
        {"price": "4000.0", "qty": "6.0", "commission": "24.0", "commissionAsset": "USDT", "tradeId": 56},
        {"price": "3997.5", "qty": "4.0", "commission": "15.99", "commissionAsset": "USDT", "tradeId": 57},
    ],
}
FUTURES = {
    "orderId": 22542179,
    "symbol": "BTCUSDT",
    "status": "PARTIALLY_FILLED",
    "clientOrderId": "testOrder",
    "price": "59000",
    "avgPrice": "58999.50",
    "origQty": "10",
    "executedQty": "4",
    "cumQuote": "235998",
    "type": "LIMIT",
    "side": "BUY",
    "updateTime": 1566818724722,
}


def call(name: str, target: Any = None, **arguments: Any) -> Call:
    return Call(target, name, arguments, 0.0)


def requests(name: str, **arguments: Any) -> list[Any]:
    return list(BinanceFields().requests(call(name, **arguments)))


def references(name: str, **arguments: Any) -> list[tuple[str, str]]:
    return [(each.id, each.client_id) for each in BinanceFields().references(call(name, **arguments))]


def test_a_limit_order_is_what_it_asks_for() -> None:
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.5"}
    (found,) = requests("create_order", **asked, price=59_000, newClientOrderId="mine")
    assert (found.venue, found.symbol, found.instrument_type) == ("binance", "BTCUSDT", "spot")
    assert (found.side, found.type, found.time_in_force) == ("buy", "limit", "gtc")
    assert (found.quantity, found.price, found.stop_price) == (0.5, 59_000.0, None)
    assert found.client_id == "mine"


@pytest.mark.parametrize(
    ("kind", "prices", "expected"),
    [
        ("LIMIT_MAKER", {"price": "1"}, ("limit", None)),
        ("STOP_LOSS", {"stopPrice": "2"}, ("stop", 2.0)),
        ("STOP_LOSS_LIMIT", {"price": "1", "stopPrice": "2"}, ("stop_limit", 2.0)),
        ("TAKE_PROFIT", {"stopPrice": "2"}, ("take_profit", 2.0)),
        ("TAKE_PROFIT_LIMIT", {"price": "1", "stopPrice": "2"}, ("take_profit_limit", 2.0)),
        ("STOP", {"price": "1", "stopPrice": "2"}, ("stop_limit", 2.0)),
        ("STOP_MARKET", {"triggerPrice": "2"}, ("stop", 2.0)),
        ("TAKE_PROFIT", {"price": "1", "triggerPrice": "2"}, ("take_profit_limit", 2.0)),
        ("TRAILING_STOP_MARKET", {"activationPrice": "2"}, ("trailing_stop", 2.0)),
        ("SOMETHING_NEW", {}, ("other", None)),
    ],
)
def test_each_order_type_is_told_in_fix_terms(
    kind: str, prices: dict[str, str], expected: tuple[str, float | None]
) -> None:
    (found,) = requests("futures_create_order", symbol="BTCUSDT", side="BUY", type=kind, quantity=1, **prices)
    assert (found.type, found.stop_price) == expected


def test_an_order_that_may_only_be_a_maker_says_so_by_its_time_in_force() -> None:
    assert fields.time_in_force(None, "LIMIT_MAKER") == "gtx"
    assert fields.time_in_force("GTX") == "gtx"
    assert fields.time_in_force("RPI") == "other"
    assert fields.time_in_force(None) == ""


@pytest.mark.parametrize(
    ("method", "side", "kind"),
    [
        ("futures_limit_buy_order", "buy", "limit"),
        ("futures_limit_sell_order", "sell", "limit"),
        ("futures_market_buy_order", "buy", "market"),
        ("futures_market_sell_order", "sell", "market"),
    ],
)
def test_what_a_methods_name_says_need_not_be_an_argument(method: str, side: str, kind: str) -> None:
    (found,) = requests(method, symbol="BTCUSDT", quantity=1)
    assert (found.side, found.type) == (side, kind)


@pytest.mark.parametrize(
    ("method", "symbol", "kind"),
    [
        ("create_order", "BTCUSDT", "spot"),
        ("ws_create_order", "BTCUSDT", "spot"),
        ("create_margin_order", "BTCUSDT", "margin"),
        ("papi_create_margin_order", "BTCUSDT", "margin"),
        ("futures_create_order", "BTCUSDT", "swap"),
        ("futures_create_order", "BTCUSDT_261225", "future"),
        ("ws_futures_create_order", "BTCUSDT", "swap"),
        ("futures_coin_create_order", "BTCUSD_PERP", "swap"),
        ("futures_coin_create_order", "BTCUSD_261225", "future"),
        ("papi_create_um_order", "BTCUSDT", "swap"),
        ("options_place_order", "BTC-261225-60000-C", "option"),
    ],
)
def test_the_method_says_what_kind_of_instrument_it_trades(method: str, symbol: str, kind: str) -> None:
    assert fields.instrument_type(method, symbol) == kind


def test_each_order_of_a_batch_is_a_request() -> None:
    batch = [
        {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "2", "newClientOrderId": "a"},
        {"symbol": "ETHUSDT", "side": "SELL", "type": "MARKET", "quantity": "3"},
    ]
    found = requests("futures_place_batch_order", batchOrders=batch)
    assert [(each.symbol, each.side, each.quantity, each.client_id) for each in found] == [
        ("BTCUSDT", "buy", 1.0, "a"),
        ("ETHUSDT", "sell", 3.0, ""),
    ]


def test_an_oco_list_is_the_order_above_the_market_and_the_one_below_it() -> None:
    above, below = requests(
        "create_oco_order",
        symbol="BTCUSDT",
        side="SELL",
        quantity="0.5",
        aboveType="LIMIT_MAKER",
        abovePrice="61000",
        aboveClientOrderId="profit",
        belowType="STOP_LOSS_LIMIT",
        belowPrice="58000",
        belowStopPrice="58500",
        belowTimeInForce="GTC",
    )
    assert (above.type, above.price, above.client_id, above.quantity) == ("limit", 61_000.0, "profit", 0.5)
    assert (below.type, below.price, below.stop_price, below.client_id) == ("stop_limit", 58_000.0, 58_500.0, "")
    assert {above.side, below.side} == {"sell"}


def test_an_order_is_named_by_either_of_its_ids() -> None:
    assert references("cancel_order", symbol="BTCUSDT", orderId=28) == [("28", "")]
    assert references("cancel_order", symbol="BTCUSDT", origClientOrderId="mine") == [("", "mine")]
    assert references("options_cancel_order", symbol="S", clientOrderId="mine") == [("", "mine")]
    assert references("futures_cancel_algo_order", symbol="S", algoId=7) == [("7", "")]
    assert references("futures_cancel_algo_order", symbol="S", clientAlgoId="mine") == [("", "mine")]


def test_what_is_replaced_is_named_by_parameters_of_its_own() -> None:
    asked = {"symbol": "BTCUSDT", "newClientOrderId": "new", "cancelNewClientOrderId": "cancel"}
    assert references("cancel_replace_order", **asked, cancelOrderId=28) == [("28", "")]
    assert references("cancel_replace_order", **asked, cancelOrigClientOrderId="old") == [("", "old")]


def test_several_orders_are_named_by_lists_and_all_of_them_by_none() -> None:
    assert references("futures_cancel_orders", symbol="S", orderidlist=[1, 2]) == [("1", ""), ("2", "")]
    assert references("futures_cancel_orders", symbol="S", origclientorderidlist=["a"]) == [("", "a")]
    assert references("cancel_all_open_orders", symbol="S") == []


def test_the_full_answer_to_an_order_has_its_executions() -> None:
    (found,) = fields.order_updates(FILLED, "binance", "create_order")
    assert (found.id, found.client_id, found.status) == ("28", "6gCrw2kRUAF9CvJDGP16IP", Status.FILLED)
    assert (found.quantity, found.price, found.cumulative_quantity, found.average_price) == (10.0, None, 10.0, 3999.0)
    assert found.executions[0] == Execution(6.0, 4000.0, "56", "taker", 24.0, "USDT", 1_507_725_176_595_000_000)
    assert [execution.id for execution in found.executions] == ["56", "57"]


def test_an_answer_that_only_acknowledges_has_the_ids_alone() -> None:
    told = {"symbol": "BTCUSDT", "orderId": 28, "clientOrderId": "mine", "transactTime": 1507725176595}
    (found,) = fields.order_updates(told, "binance")
    assert (found.id, found.client_id, found.status, found.cumulative_quantity) == ("28", "mine", None, None)


def test_the_answer_to_a_cancel_names_the_order_and_not_the_cancel() -> None:
    told = {"symbol": "S", "orderId": 4, "origClientOrderId": "mine", "clientOrderId": "cancel-1", "status": "CANCELED"}
    (found,) = fields.order_updates(told, "binance")
    assert (found.client_id, found.status) == ("mine", Status.CANCELED)


def test_the_answer_to_a_replacement_is_the_new_order() -> None:
    told = {"cancelResult": "SUCCESS", "newOrderResult": "SUCCESS", "cancelResponse": {}, "newOrderResponse": FILLED}
    assert [each.id for each in fields.order_updates(told, "binance")] == ["28"]


def test_futures_tell_their_average_price_themselves() -> None:
    (found,) = fields.order_updates(FUTURES, "binance", "futures_create_order")
    assert (found.status, found.cumulative_quantity, found.average_price) == (Status.PARTIALLY_FILLED, 4.0, 58_999.5)
    assert (found.instrument_type, found.transact_time) == ("swap", 1_566_818_724_722_000_000)


def test_the_answer_to_a_batch_is_orders_and_refusals() -> None:
    told = [FUTURES, {"code": -4005, "msg": "Quantity greater than max quantity."}]
    placed, refused = fields.order_updates(told, "binance")
    assert placed.status is Status.PARTIALLY_FILLED
    assert (refused.status, refused.reason) == (Status.REJECTED, "Quantity greater than max quantity.")
    assert refused.category.value == "invalid_order"


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        (-2019, "Margin is insufficient.", "insufficient_funds"),
        (-2010, "Account has insufficient balance for requested action.", "insufficient_funds"),
        (-2011, "Unknown order sent.", "unknown_order"),
        (-1015, "Too many new orders.", "rate_limit"),
    ],
)
def test_a_refusal_in_a_batch_means_what_it_would_mean_as_an_exception(code: int, message: str, category: str) -> None:
    (refused,) = fields.order_updates([{"code": code, "msg": message}], "binance")
    assert refused.category.value == category


def test_that_all_were_canceled_tells_of_no_order_in_particular() -> None:
    (found,) = fields.order_updates({"code": 200, "msg": "The operation of cancel all open order is done."}, "binance")
    assert (found.id, found.status) == ("", None)


def test_trades_are_executions_of_their_orders() -> None:
    spot = {
        "symbol": "BTCUSDT", "id": 28457, "orderId": 100234, "price": "4.0", "qty": "12.0", "commission": "10.1",
        "commissionAsset": "BNB", "time": 1499865549590, "isBuyer": True, "isMaker": False,
    }  # fmt: skip
    futures = spot | {"buyer": False, "maker": True}
    del futures["isBuyer"], futures["isMaker"]
    first, second = fields.trade_updates([spot, futures], "binance", "get_my_trades")
    assert first.executions == (Execution(12.0, 4.0, "28457", "taker", 10.1, "BNB", 1_499_865_549_590_000_000),)
    assert (first.id, first.side, second.side, second.executions[0].liquidity) == ("100234", "buy", "sell", "maker")


@pytest.mark.parametrize("moment", [1_499_865_549_590, 1_499_865_549_590_000, "1499865549590"])
def test_times_are_understood_in_milliseconds_and_in_microseconds(moment: Any) -> None:
    assert fields.nanoseconds(moment) == 1_499_865_549_590_000_000


@pytest.mark.parametrize(
    ("attributes", "venue"),
    [
        ({"tld": "com"}, "binance"),
        ({"tld": "us"}, "binanceus"),
        ({"_tld": "us"}, "binanceus"),
        ({"_url": "wss://stream.binance.us:9443/"}, "binanceus"),
        ({"_url": "wss://stream.binance.com:9443/"}, "binance"),
        ({}, "binance"),
    ],
)
def test_the_american_venue_is_one_of_its_own(attributes: dict[str, str], venue: str) -> None:
    assert venue_of(type("Target", (), attributes)()) == venue
