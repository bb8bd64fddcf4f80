from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import ccxt
import pytest

from otel_trading.demo.venue import DEMO_KEY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from otel_trading.demo.venue import VenueThread

    Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
    Reports = list[dict[str, Any]]

SYMBOL = "BTC/USDT"


@pytest.fixture
async def told(subscribed: Any, venue: VenueThread, eventually: Eventually) -> list[dict[str, Any]]:
    """Subscribe to the user data stream, and return the list that its execution reports come to."""
    reports: list[dict[str, Any]] = []
    original = subscribed.handle_order_update

    def spy(client: Any, message: dict[str, Any]) -> None:
        reports.append(message)
        original(client, message)

    subscribed.handle_order_update = spy
    await eventually(lambda: venue.connections == 1)
    return reports


async def test_ccxt_follows_an_order_through_two_fills(subscribed: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.4, 0.6], delays=[0.05, 0.05])
    await subscribed.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)
    filled: list[float] = []
    while filled[-1:] != [0.1]:
        filled += [order["filled"] for order in await asyncio.wait_for(subscribed.watch_orders(SYMBOL), 5)]
    assert filled in ([0.0, 0.04, 0.1], [0.04, 0.1])


async def test_an_order_in_two_fills_is_told_step_by_step(
    pro: Any, venue: VenueThread, told: Reports, eventually: Eventually
) -> None:
    venue.faults.fill_pattern([0.4, 0.6], delays=[0.05, 0.05])
    order = await pro.create_order(SYMBOL, "limit", "buy", 0.1, 59_000, {"clientOrderId": "two-fills"})
    await eventually(lambda: len(told) == 3)
    _, first, second = told
    assert [(report["x"], report["X"]) for report in told] == [
        ("NEW", "NEW"),
        ("TRADE", "PARTIALLY_FILLED"),
        ("TRADE", "FILLED"),
    ]
    assert [(report["l"], report["z"], report["L"]) for report in (first, second)] == [
        ("0.04000000", "0.04000000", "59000.00000000"),
        ("0.06000000", "0.10000000", "59000.00000000"),
    ]
    assert (first["n"], first["N"], first["m"]) == ("0.00004000", "BTC", True)
    assert second["t"] > first["t"] > 0
    assert {str(report["i"]) for report in told} == {order["id"]}
    assert {(report["c"], report["C"]) for report in told} == {("two-fills", "")}


async def test_my_trades_are_told_one_by_one(subscribed: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.5, 0.5], delays=[0.05, 0.05])
    order = await subscribed.create_order(SYMBOL, "limit", "sell", 0.1, 61_000)
    trades: list[dict[str, Any]] = []
    while len(trades) < 2:
        trades += await asyncio.wait_for(subscribed.watch_my_trades(SYMBOL), 5)
    assert [(trade["order"], trade["amount"], trade["takerOrMaker"]) for trade in trades] == [
        (order["id"], 0.05, "maker"),
        (order["id"], 0.05, "maker"),
    ]


async def test_a_cancellation_names_both_client_ids(pro: Any, told: Reports, eventually: Eventually) -> None:
    order = await pro.create_order(SYMBOL, "limit", "buy", 0.1, 59_000, {"clientOrderId": "original"})
    await pro.cancel_order(order["id"], SYMBOL)
    await eventually(lambda: len(told) == 2)
    cancelled = told[1]
    assert (cancelled["x"], cancelled["X"], cancelled["C"]) == ("CANCELED", "CANCELED", "original")
    assert cancelled["c"] != "original"


async def test_a_taker_is_told_as_taker(pro: Any, told: Reports, eventually: Eventually) -> None:
    await pro.create_order(SYMBOL, "market", "buy", 0.001)
    await eventually(lambda: len(told) == 2)
    assert [(report["x"], report["m"]) for report in told] == [("NEW", False), ("TRADE", False)]


async def test_an_expired_rest_is_told(pro: Any, told: Reports, eventually: Eventually) -> None:
    await pro.create_order(SYMBOL, "limit", "buy", 0.1, 59_000, {"timeInForce": "IOC"})
    await eventually(lambda: len(told) == 2)
    assert [report["x"] for report in told] == ["NEW", "EXPIRED"]


async def test_balances_are_told_after_each_event(subscribed: Any) -> None:
    watch = asyncio.ensure_future(subscribed.watch_balance())
    await asyncio.sleep(0.05)  # ccxt looks at its own future first
    await subscribed.create_order(SYMBOL, "limit", "buy", 0.1, 50_000)
    balances = await asyncio.wait_for(watch, 5)
    assert balances["USDT"] == {"free": 995_000.0, "used": 5_000.0, "total": 1_000_000.0}


async def test_a_deposit_is_told_as_balance_update(subscribed: Any, venue: VenueThread, eventually: Eventually) -> None:
    seen: list[dict[str, Any]] = []
    subscribed.handle_balance = lambda _client, message: seen.append(message)
    venue.deposit("USDT", "-250")
    await eventually(lambda: len(seen) == 2)
    assert (seen[0]["e"], seen[0]["a"], seen[0]["d"]) == ("balanceUpdate", "USDT", "-250.00000000")
    assert seen[1]["B"] == [{"a": "USDT", "f": "999750.00000000", "l": "0.00000000"}]


async def test_a_listen_key_gives_the_same_events_unwrapped(client: Any, venue: VenueThread) -> None:
    key = client.public_post_userdatastream()["listenKey"]
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{venue.ws_url}/ws/{key}") as websocket,
    ):
        await asyncio.to_thread(client.create_order, SYMBOL, "limit", "buy", 0.01, 59_000)
        event = json.loads(await websocket.receive_str(timeout=5))
    assert (event["e"], event["x"], event["s"]) == ("executionReport", "NEW", "BTCUSDT")


def test_a_listen_key_is_kept_alive_and_ended(client: Any) -> None:
    key = client.public_post_userdatastream()["listenKey"]
    assert client.public_post_userdatastream()["listenKey"] == key
    client.public_put_userdatastream({"listenKey": key})
    client.public_delete_userdatastream({"listenKey": key})
    with pytest.raises(ccxt.BaseError, match="-1125"):
        client.public_put_userdatastream({"listenKey": key})


async def test_a_subscription_with_a_wrong_signature_is_refused(venue: VenueThread) -> None:
    request = {
        "id": 1,
        "method": "userDataStream.subscribe.signature",
        "params": {"apiKey": DEMO_KEY, "timestamp": int(time.time() * 1000), "signature": "0" * 64},
    }
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{venue.ws_url}/ws-api/v3") as websocket,
    ):
        await websocket.send_json(request)
        answer = json.loads(await websocket.receive_str(timeout=5))
    assert (answer["status"], answer["error"]["code"]) == (400, -1022)
