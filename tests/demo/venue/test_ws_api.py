from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ccxt
import pytest

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread

SYMBOL = "BTC/USDT"


async def test_an_order_is_placed_asked_for_and_cancelled(pro: Any) -> None:
    placed = await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "by-socket"})
    found = await pro.fetch_order_ws(placed["id"], SYMBOL)
    cancelled = await pro.cancel_order_ws(placed["id"], SYMBOL)
    assert [order["status"] for order in (placed, found, cancelled)] == ["open", "open", "canceled"]
    assert found["clientOrderId"] == "by-socket"


async def test_a_market_order_is_answered_with_its_fills(pro: Any) -> None:
    order = await pro.create_order_ws(SYMBOL, "market", "buy", 0.001)
    assert order["status"] == "closed"
    assert order["trades"][0]["amount"] == 0.001


async def test_an_edit_cancels_and_places_anew(pro: Any) -> None:
    old = await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000)
    new = await pro.edit_order_ws(old["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    assert (new["price"], new["amount"]) == (58_000.0, 0.02)
    assert [order["id"] for order in await pro.fetch_open_orders_ws(SYMBOL)] == [new["id"]]


async def test_all_orders_of_a_symbol_are_cancelled(pro: Any) -> None:
    for price in (58_000, 59_000):
        await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, price)
    cancelled = await pro.cancel_all_orders_ws(SYMBOL)
    assert [order["status"] for order in cancelled] == ["canceled", "canceled"]


async def test_history_balance_trades_and_candles_are_told(pro: Any) -> None:
    await pro.create_order_ws(SYMBOL, "market", "buy", 0.001)
    assert [order["status"] for order in await pro.fetch_orders_ws(SYMBOL)] == ["closed"]
    assert [trade["amount"] for trade in await pro.fetch_my_trades_ws(SYMBOL)] == [0.001]
    # ccxt 4.5.90 does not parse a spot account here, so its raw answer is looked at.
    balances = (await pro.fetch_balance_ws())["info"]["balances"]
    assert {"asset": "BTC", "free": "10.00099900", "locked": "0.00000000"} in balances
    assert len(await pro.fetch_ohlcv_ws(SYMBOL, "1m", limit=5)) == 5
    assert len(await pro.fetch_trades_ws(SYMBOL)) > 0


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda pro: pro.create_order_ws(SYMBOL, "limit", "buy", 100, 59_000), ccxt.InsufficientFunds),
        (lambda pro: pro.cancel_order_ws("12345678", SYMBOL), ccxt.OrderNotFound),
        (lambda pro: pro.fetch_order_ws("12345678", SYMBOL), ccxt.OrderNotFound),
        (lambda pro: pro.create_order_ws(SYMBOL, "limit", "buy", 0.00008, 59_000), ccxt.ExchangeError),
    ],
)
async def test_a_refusal_raises_what_it_raises_over_rest(pro: Any, call: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await asyncio.wait_for(call(pro), 5)


async def test_a_wrong_signature_is_refused(pro: Any) -> None:
    pro.secret = "wrong"
    with pytest.raises(ccxt.AuthenticationError):
        await asyncio.wait_for(pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000), 5)


async def test_many_orders_at_once_are_each_answered(pro: Any) -> None:
    orders = await asyncio.gather(
        *(
            pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": f"n{number}"})
            for number in range(20)
        )
    )
    assert [order["clientOrderId"] for order in orders] == [f"n{number}" for number in range(20)]


async def test_rate_limits_are_told_only_where_they_are_asked_for(pro: Any, venue: VenueThread) -> None:
    messages: list[Any] = []
    original = pro.handle_message

    def spy(client: Any, message: Any) -> None:
        messages.append(message)
        original(client, message)

    pro.handle_message = spy
    await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000)
    await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000, {"returnRateLimits": True})
    assert [("rateLimits" in message) for message in messages] == [False, True]
    assert [row["rateLimitType"] for row in messages[1]["rateLimits"]] == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]
    assert [seen.path for seen in venue.requests][-1] == "/ws-api/v3/order.place"
