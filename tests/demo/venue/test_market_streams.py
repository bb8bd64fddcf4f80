from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import ccxt
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from otel_trading.demo.venue import VenueThread

    Stepping = Callable[[Awaitable[Any]], Awaitable[Any]]

SYMBOL = "BTC/USDT"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_a_book_kept_from_diffs_is_the_venues_book(pro: Any, venue: VenueThread, stepping: Stepping) -> None:
    book = await stepping(pro.watch_order_book(SYMBOL))
    for _ in range(10):
        book = await stepping(pro.watch_order_book(SYMBOL))
    bids, asks, last_id = venue.call(
        lambda it: (
            [[float(p), float(q)] for p, q in it.exchange.market("BTCUSDT").book.bids()],
            [[float(p), float(q)] for p, q in it.exchange.market("BTCUSDT").book.asks()],
            it.exchange.market("BTCUSDT").book.last_id,
        )
    )
    while book["nonce"] < last_id:
        book = await asyncio.wait_for(pro.watch_order_book(SYMBOL), 5)
    assert [list(level) for level in book["bids"]] == bids
    assert [list(level) for level in book["asks"]] == asks


async def test_a_lost_depth_event_is_noticed_by_ccxt(pro: Any, venue: VenueThread, stepping: Stepping) -> None:
    for _ in range(3):
        await stepping(pro.watch_order_book(SYMBOL))
    venue.faults.skip_depth(symbol="BTCUSDT")

    async def keep_watching() -> None:
        for _ in range(5):
            await stepping(pro.watch_order_book(SYMBOL))

    with pytest.raises(ccxt.ChecksumError):
        await keep_watching()


async def test_ticker_trades_and_candles_are_watched(pro: Any, venue: VenueThread, stepping: Stepping) -> None:
    ticker = await stepping(pro.watch_ticker(SYMBOL))
    trades = await stepping(pro.watch_trades(SYMBOL))
    candles = await stepping(pro.watch_ohlcv(SYMBOL, "1m"))
    quote = await stepping(pro.watch_bids_asks([SYMBOL]))
    mid = float(venue.mid("BTCUSDT"))
    assert ticker["last"] == pytest.approx(mid, rel=0.01)
    assert trades[-1]["price"] == pytest.approx(mid, rel=0.01)
    assert candles[-1][4] == pytest.approx(mid, rel=0.01)
    assert quote[SYMBOL]["bid"] < quote[SYMBOL]["ask"]


async def test_all_tickers_are_watched_at_once(pro: Any, stepping: Stepping) -> None:
    assert await stepping(pro.watch_tickers()) != {}


async def test_unwatching_ends_the_events(pro: Any, venue: VenueThread, stepping: Stepping) -> None:
    await stepping(pro.watch_trades(SYMBOL))
    await pro.un_watch_trades(SYMBOL)
    assert [seen.method for seen in venue.requests if seen.kind == "ws-stream"] == ["SUBSCRIBE", "UNSUBSCRIBE"]


async def test_a_raw_stream_sends_bare_events(session: aiohttp.ClientSession, venue: VenueThread) -> None:
    async with session.ws_connect(f"{venue.ws_url}/ws/btcusdt@trade") as websocket:
        venue.step()
        event = json.loads(await websocket.receive_str(timeout=5))
    assert (event["e"], event["s"]) == ("trade", "BTCUSDT")
    assert isinstance(event["p"], str)


async def test_a_combined_stream_names_the_stream(session: aiohttp.ClientSession, venue: VenueThread) -> None:
    url = f"{venue.ws_url}/stream?streams=ethusdt@bookTicker/ethusdt@depth5@100ms"
    async with session.ws_connect(url) as websocket:
        venue.step()
        first, second = [json.loads(await websocket.receive_str(timeout=5)) for _ in range(2)]
    assert first["stream"] == "ethusdt@bookTicker"
    assert (second["stream"], len(second["data"]["bids"])) == ("ethusdt@depth5@100ms", 5)


async def test_the_slow_depth_stream_sums_what_the_fast_one_tells(
    session: aiohttp.ClientSession, venue: VenueThread
) -> None:
    async with (
        session.ws_connect(f"{venue.ws_url}/ws/btcusdt@depth@100ms") as fast,
        session.ws_connect(f"{venue.ws_url}/ws/btcusdt@depth") as slow,
    ):
        venue.step(10)
        diffs = [json.loads(await fast.receive_str(timeout=5)) for _ in range(10)]
        summed = json.loads(await slow.receive_str(timeout=5))
    assert (summed["U"], summed["u"]) == (diffs[0]["U"], diffs[-1]["u"])
    assert all(after["U"] == before["u"] + 1 for before, after in itertools.pairwise(diffs))


async def test_subscriptions_can_be_listed_and_ended(session: aiohttp.ClientSession, venue: VenueThread) -> None:
    async with session.ws_connect(f"{venue.ws_url}/ws") as websocket:
        answers = []
        for number, (method, params) in enumerate(
            [
                ("SUBSCRIBE", ["btcusdt@trade", "btcusdt@kline_1m"]),
                ("UNSUBSCRIBE", ["btcusdt@trade"]),
                ("LIST_SUBSCRIPTIONS", []),
            ]
        ):
            await websocket.send_json({"method": method, "params": params, "id": number})
            answers.append(json.loads(await websocket.receive_str(timeout=5)))
    assert [answer["result"] for answer in answers] == [None, None, ["btcusdt@kline_1m"]]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 3),
        ("[" * 100_000, 3),
        ("[]", 2),
        ('{"method":"DANCE","id":1}', 2),
        ('{"method":"SUBSCRIBE","params":["btcusdt@nothing"],"id":1}', 2),
        ('{"method":"SUBSCRIBE","params":"btcusdt@trade","id":1}', 2),
        ('{"method":"SET_PROPERTY","params":["colour",1],"id":1}', 0),
    ],
)
async def test_a_bad_message_is_answered_with_an_error(
    session: aiohttp.ClientSession, venue: VenueThread, message: str, code: int
) -> None:
    async with session.ws_connect(f"{venue.ws_url}/ws") as websocket:
        await websocket.send_str(message)
        answer = json.loads(await websocket.receive_str(timeout=5))
    assert answer["error"]["code"] == code
