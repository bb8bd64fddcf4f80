from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread

SYMBOL = "BTC/USDT"


def test_a_limit_order_below_the_market_rests(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.5, 59_000)
    assert (order["status"], order["filled"], order["remaining"]) == ("open", 0.0, 0.5)
    assert [found["id"] for found in client.fetch_open_orders(SYMBOL)] == [order["id"]]


def test_a_limit_order_through_the_touch_fills_at_once_at_the_book_price(client: Any) -> None:
    ask = client.fetch_order_book(SYMBOL)["asks"][0][0]
    order = client.create_order(SYMBOL, "limit", "buy", 0.001, 61_000)
    assert (order["status"], order["average"]) == ("closed", ask)


def test_a_market_order_walks_the_book_in_several_pieces(client: Any) -> None:
    asks = client.fetch_order_book(SYMBOL)["asks"]
    order = client.create_order(SYMBOL, "market", "buy", asks[0][1] + asks[1][1])
    assert [(trade["price"], trade["amount"]) for trade in order["trades"]] == [tuple(level) for level in asks[:2]]
    assert order["status"] == "closed"


def test_a_taken_level_is_gone_from_the_book(client: Any) -> None:
    before = client.fetch_order_book(SYMBOL)["asks"]
    client.create_order(SYMBOL, "market", "buy", before[0][1])
    assert client.fetch_order_book(SYMBOL)["asks"][0] == before[1]


def test_a_market_order_by_cost_spends_no_more_than_that(client: Any) -> None:
    order = client.create_order(SYMBOL, "market", "buy", 1, None, {"cost": 1_000})
    assert order["status"] == "closed"
    assert 999 < order["cost"] <= 1_000


def test_a_market_order_bigger_than_the_book_expires_with_what_it_got(client: Any, venue: VenueThread) -> None:
    venue.deposit("SOL", "10000")
    depth = sum(quantity for _, quantity in client.fetch_order_book("SOL/USDT", 5_000)["bids"])
    order = client.create_order("SOL/USDT", "market", "sell", 9_000)
    assert order["status"] == "expired"
    assert order["filled"] == pytest.approx(depth)


def test_a_post_only_order_rests_as_limit_maker(client: Any, venue: VenueThread) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"postOnly": True})
    assert order["status"] == "open"
    assert venue.requests[-1].params["type"] == "LIMIT_MAKER"


def test_immediate_or_cancel_keeps_what_it_got_and_expires(client: Any) -> None:
    price, quantity = client.fetch_order_book(SYMBOL)["asks"][0]
    order = client.create_order(SYMBOL, "limit", "buy", quantity + 0.1, price, {"timeInForce": "IOC"})
    assert (order["status"], order["filled"]) == ("expired", quantity)


def test_fill_or_kill_gets_nothing_where_the_book_has_too_little(client: Any) -> None:
    price, quantity = client.fetch_order_book(SYMBOL)["asks"][0]
    order = client.create_order(SYMBOL, "limit", "buy", quantity + 0.1, price, {"timeInForce": "FOK"})
    assert (order["status"], order["filled"]) == ("expired", 0.0)


def test_fill_or_kill_gets_everything_where_the_book_has_enough(client: Any) -> None:
    price, quantity = client.fetch_order_book(SYMBOL)["asks"][0]
    order = client.create_order(SYMBOL, "limit", "buy", quantity, price, {"timeInForce": "FOK"})
    assert (order["status"], order["filled"]) == ("closed", quantity)


def test_a_resting_order_fills_as_maker_when_the_price_moves_through_it(client: Any, venue: VenueThread) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    venue.set_price("BTCUSDT", "58000")
    for _ in range(20):
        venue.set_price("BTCUSDT", "58000")
    filled = client.fetch_order(order["id"], SYMBOL)
    trades = client.fetch_my_trades(SYMBOL)
    assert (filled["status"], filled["average"]) == ("closed", 59_000.0)
    assert {trade["takerOrMaker"] for trade in trades} == {"maker"}


def test_a_resting_order_near_the_touch_fills_after_some_steps(client: Any, venue: VenueThread) -> None:
    bid = client.fetch_order_book("XRP/USDT")["bids"][0][0]
    order = client.create_order("XRP/USDT", "limit", "buy", 100, bid)
    assert order["status"] == "open"
    venue.step(200)
    assert client.fetch_order(order["id"], "XRP/USDT")["status"] == "closed"


def test_a_far_order_never_fills(client: Any, venue: VenueThread) -> None:
    order = client.create_order(SYMBOL, "limit", "sell", 0.01, 90_000)
    venue.step(50)
    assert client.fetch_order(order["id"], SYMBOL)["filled"] == 0.0


@pytest.mark.parametrize(
    ("side", "params", "moved"),
    [
        ("sell", {"stopLossPrice": 59_000}, "58900"),
        ("buy", {"stopLossPrice": 61_000}, "61100"),
        ("sell", {"takeProfitPrice": 61_000}, "61100"),
        ("buy", {"takeProfitPrice": 59_000}, "58900"),
    ],
)
def test_a_conditional_market_order_waits_for_its_price(
    client: Any, venue: VenueThread, side: str, params: dict[str, Any], moved: str
) -> None:
    order = client.create_order(SYMBOL, "market", side, 0.01, None, params)
    venue.step(3)
    assert client.fetch_order(order["id"], SYMBOL)["status"] == "open"
    venue.set_price("BTCUSDT", moved)
    assert client.fetch_order(order["id"], SYMBOL)["status"] == "closed"


def test_a_stop_limit_order_rests_at_its_limit_once_triggered(client: Any, venue: VenueThread) -> None:
    order = client.create_order(SYMBOL, "limit", "sell", 0.01, 59_500, {"stopLossPrice": 59_000})
    assert client.fetch_order(order["id"], SYMBOL)["info"]["isWorking"] is False
    venue.set_price("BTCUSDT", "58900")
    triggered = client.fetch_order(order["id"], SYMBOL)
    assert (triggered["status"], triggered["info"]["isWorking"]) == ("open", True)


def test_a_cancelled_order_keeps_its_client_id_and_the_cancel_has_its_own(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "mine-1"})
    raw = client.cancel_order(order["id"], SYMBOL)["info"]
    assert (raw["status"], raw["origClientOrderId"]) == ("CANCELED", "mine-1")
    assert raw["clientOrderId"] not in ("", "mine-1")


def test_an_order_is_found_and_cancelled_by_client_id(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "mine-2"})
    found = client.fetch_order(None, SYMBOL, {"clientOrderId": "mine-2"})
    client.cancel_order(None, SYMBOL, {"clientOrderId": "mine-2"})
    assert found["id"] == order["id"]
    assert client.fetch_order(order["id"], SYMBOL)["status"] == "canceled"


def test_cancel_all_leaves_nothing_open(client: Any) -> None:
    for price in (58_000, 59_000):
        client.create_order(SYMBOL, "limit", "buy", 0.01, price)
    cancelled = client.cancel_all_orders(SYMBOL)
    assert [order["status"] for order in cancelled] == ["canceled", "canceled"]
    assert client.fetch_open_orders(SYMBOL) == []


def test_edit_cancels_and_places_anew(client: Any) -> None:
    old = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    new = client.edit_order(old["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    assert (new["price"], new["amount"], new["status"]) == (58_000.0, 0.02, "open")
    assert client.fetch_order(old["id"], SYMBOL)["status"] == "canceled"


@pytest.mark.parametrize(("detail", "fields"), [("ACK", ()), ("RESULT", ("status",)), ("FULL", ("status", "fills"))])
def test_the_answer_has_the_detail_that_was_asked_for(client: Any, detail: str, fields: tuple[str, ...]) -> None:
    raw = client.private_post_order(
        {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001", "newOrderRespType": detail}
    )
    assert {"orderId", "clientOrderId", "transactTime"} <= raw.keys()
    assert tuple(name for name in ("status", "fills") if name in raw) == fields


def test_ids_are_long_and_follow_one_another(client: Any) -> None:
    ids = [int(client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)["id"]) for _ in range(2)]
    assert ids[1] == ids[0] + 1
    assert len(str(ids[0])) >= 8


def test_all_orders_are_told_whatever_became_of_them(client: Any) -> None:
    first = client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    client.cancel_order(first["id"], SYMBOL)
    client.create_order(SYMBOL, "market", "buy", 0.01)
    assert [order["status"] for order in client.fetch_orders(SYMBOL)] == ["canceled", "closed"]


def test_a_test_order_is_checked_and_forgotten(client: Any) -> None:
    client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"test": True})
    assert client.fetch_orders(SYMBOL) == []


async def test_the_async_class_places_and_cancels(async_client: Any) -> None:
    order = await async_client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    cancelled = await async_client.cancel_order(order["id"], SYMBOL)
    assert (order["status"], cancelled["status"]) == ("open", "canceled")
