"""What is special to python-binance: its conveniences, batches, own ids, callbacks and its websocket API."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.binance import BinanceInstrumentor
from otel_trading.instrumentation.binance.hooks import METHODS
from otel_trading.orders import market
from otel_trading.orders.context import current_order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded

LIMIT = {"symbol": "BTCUSDT", "quantity": 0.1, "price": 50_000.0}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def names(recorded: Recorded) -> list[str]:
    """Return the names of the events about orders."""
    found = [event.event_name or "" for event in recorded.events()]
    return [name.removeprefix("trading.order.") for name in found if name.startswith("trading.order.")]


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is true; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("instrumented")
def test_each_method_of_the_table_is_one_of_the_library_and_watched_once() -> None:
    from binance import AsyncClient, Client  # noqa: PLC0415 - not before the fixture says that it is installed

    lacking = [name for name in METHODS if not hasattr(Client, name) and not hasattr(AsyncClient, name)]
    watched = [vars(kind)[name] for kind in (Client, AsyncClient) for name in METHODS if name in vars(kind)]
    assert lacking == []
    assert all(hasattr(method, "__wrapped__") for method in watched)
    assert not any(hasattr(method.__wrapped__, "__wrapped__") for method in watched)


@pytest.mark.parametrize("bot", ["async"], indirect=True)
@pytest.mark.parametrize("method", ["order_limit_buy", "ws_order_limit_buy"])
async def test_a_convenience_is_one_order(method: str, bot: Any, recorded: Recorded) -> None:
    await getattr(bot.client, method)(**LIMIT)
    assert names(recorded) == ["submitted", "acknowledged"]
    assert len(recorded.spans("submit_order binance")) == 1


@pytest.mark.parametrize("bot", ["futures"], indirect=True)
async def test_a_convenience_of_futures_is_one_order_of_what_its_name_says(bot: Any, recorded: Recorded) -> None:
    await bot.client.futures_limit_buy_order(**LIMIT, timeInForce="GTC")
    told = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert (told[a.TRADING_ORDER_SIDE], told[a.TRADING_ORDER_TYPE]) == ("buy", "limit")
    assert told[a.TRADING_INSTRUMENT_TYPE] == "swap"


@pytest.mark.parametrize("bot", ["sync"], indirect=True)
async def test_the_sync_client_trades_over_the_websocket_api_too(bot: Any, recorded: Recorded) -> None:
    answer = await bot._do(bot._client.ws_create_order, side="BUY", type="LIMIT", timeInForce="GTC", **LIMIT)
    await bot._do(bot._client.ws_cancel_order, symbol="BTCUSDT", orderId=answer["orderId"])
    await bot._do(bot._loop.run_until_complete, bot._client.ws_api.close())
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]


@pytest.mark.parametrize("bot", ["async"], indirect=True)
async def test_an_order_without_an_answer_has_the_id_that_the_library_gave_it(bot: Any, recorded: Recorded) -> None:
    bot.venue.faults.drop_next(path="/v3/order", processed=True)
    with pytest.raises(Exception, match=r"disconnected|reset"):
        await bot.client.create_order(side="BUY", type="LIMIT", timeInForce="GTC", **LIMIT)
    (order,) = await bot.client.get_open_orders(symbol="BTCUSDT")
    assert names(recorded) == ["submitted", "unconfirmed", "acknowledged"]
    told = attributes(recorded.event(events.TRADING_ORDER_ACKNOWLEDGED))
    assert (told[a.TRADING_ORDER_CLIENT_ID], told[a.TRADING_ORDER_ID]) == (
        order["clientOrderId"],
        str(order["orderId"]),
    )


@pytest.mark.parametrize("bot", ["futures"], indirect=True)
async def test_each_order_of_a_batch_has_a_story_and_a_refused_one_its_reason(bot: Any, recorded: Recorded) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "50000"}
    batch = [order | {"quantity": "0.1"}, order | {"quantity": "5000"}]
    placed, _ = await bot.client.futures_place_batch_order(batchOrders=batch)
    assert sorted(names(recorded)) == ["acknowledged", "rejected", "submitted", "submitted"]
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_REASON] == "Quantity greater than max quantity."
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"
    await bot.client.futures_cancel_orders(symbol="BTCUSDT", orderidlist=[placed["orderId"]])
    assert names(recorded)[-2:] == ["cancel_requested", "canceled"]


@pytest.mark.parametrize("bot", ["async"], indirect=True)
async def test_all_that_was_canceled_at_once_is_canceled(bot: Any, recorded: Recorded) -> None:
    for _ in range(2):
        await bot.client.order_limit_buy(**LIMIT)
    await bot.client.cancel_all_open_orders(symbol="BTCUSDT")
    assert names(recorded)[-2:] == ["canceled", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.parametrize("bot", ["async"], indirect=True)
@pytest.mark.parametrize("method", ["get_order_book", "ws_get_order_book"])
async def test_the_used_weight_is_told_by_headers_and_by_the_websocket_api(
    method: str, bot: Any, recorded: Recorded
) -> None:
    await getattr(bot.client, method)(symbol="BTCUSDT")
    limit = {a.TRADING_VENUE: "binance", a.TRADING_RATE_LIMIT_NAME: "weight_1m"}
    assert 0 < recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION, **limit).value < 0.1


@pytest.mark.parametrize("bot", ["futures"], indirect=True)
async def test_a_position_is_told_by_the_stream_and_by_a_query(bot: Any, recorded: Recorded) -> None:
    await bot.follow_orders()
    await bot.client.futures_create_order(symbol="BTCUSDT", side="SELL", type="MARKET", quantity=0.5)
    await until(lambda: recorded.metric(metrics.TRADING_POSITION_QUANTITY))
    assert recorded.point(metrics.TRADING_POSITION_QUANTITY, **{a.TRADING_SYMBOL: "BTCUSDT"}).value == -0.5
    await bot.client.futures_position_information()
    assert recorded.point(metrics.TRADING_POSITION_QUANTITY, **{a.TRADING_SYMBOL: "BTCUSDT"}).value == -0.5


@pytest.mark.parametrize("bot", ["sync"], indirect=True)
async def test_a_callback_that_is_a_coroutine_function_has_the_order_at_work_too(bot: Any) -> None:
    worked: list[str] = []

    async def handle(message: Any) -> None:
        await asyncio.sleep(0)
        order = current_order()
        worked.append(f"{message['e']} {order.client_id if order else None}")

    await bot._start()
    await bot._do(bot._manager.start_user_socket, handle)
    await until(lambda: any("subscribe" in each.path for each in bot.venue.requests))
    await bot.submit(quantity=0.1, price=50_000.0, client_id="mine")
    await until(lambda: len(worked) == 2)
    assert worked == ["executionReport mine", "outboundAccountPosition None"]


@pytest.mark.parametrize("bot", ["async"], indirect=True)
async def test_a_stream_that_the_library_gives_up_is_told_as_lost(bot: Any, recorded: Recorded) -> None:
    bot.sockets._max_queue_size = 1  # what is not taken overflows it
    async with bot.sockets.trade_socket("BTCUSDT"):
        await until(lambda: recorded.events(events.TRADING_STREAM_DISCONNECTED))
        told = attributes(recorded.event(events.TRADING_STREAM_DISCONNECTED))
        assert told[a.TRADING_STREAM_CLOSE_REASON] == "the library reads no more from it"
        assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0


@pytest.mark.usefixtures("instrumented")
def test_an_instrumentor_is_of_the_library_whatever_its_version() -> None:
    assert BinanceInstrumentor().instrumentation_dependencies() == ("python-binance",)


@pytest.mark.parametrize(("bot", "kind"), [("async", "spot"), ("futures", "swap")], indirect=["bot"])
async def test_a_stream_of_quotes_is_of_the_pair_or_of_the_contract_that_is_called_the_same(
    bot: Any, kind: str, recorded: Recorded
) -> None:
    socket = bot.sockets.futures_multiplex_socket if kind == "swap" else bot.sockets.multiplex_socket
    await bot._follow(socket(["btcusdt@bookTicker"]), bot.on_market)
    await until(lambda: market.last_quote("binance", "BTCUSDT", kind))
    market.quoted("binance", "BTCUSDT", 1.0, instrument_type={"spot": "swap", "swap": "spot"}[kind])
    await bot.submit(quantity=0.1, price=50_000.0)
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert submitted[a.TRADING_INSTRUMENT_TYPE] == kind
    assert submitted[a.TRADING_ORDER_ARRIVAL_PRICE] > 50_000.0


@pytest.mark.parametrize(("bot", "kind"), [("async", "spot"), ("futures", "swap")], indirect=["bot"])
async def test_a_quote_that_was_asked_for_is_of_what_the_method_is_for(bot: Any, kind: str) -> None:
    ask = bot.client.futures_orderbook_ticker if kind == "swap" else bot.client.get_orderbook_ticker
    await ask(symbol="BTCUSDT")
    quotes = {known: market.last_quote("binance", "BTCUSDT", known) for known in ("spot", "margin", "swap", "future")}
    assert {known for known, quote in quotes.items() if quote} == ({"swap"} if kind == "swap" else {"spot", "margin"})
