from __future__ import annotations

import asyncio
import socket

import aiohttp
import ccxt
import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, ManualClock, Venue, VenueThread, ccxt_urls


async def test_a_venue_runs_in_the_loop_of_its_test() -> None:
    async with Venue(seed=7) as venue, aiohttp.ClientSession() as session:
        async with session.get(f"{venue.url}/api/v3/ticker/price?symbol=BTCUSDT") as answer:
            assert (await answer.json())["symbol"] == "BTCUSDT"
        assert [seen.path for seen in venue.requests] == ["/api/v3/ticker/price"]


async def test_a_ticker_moves_the_market() -> None:
    async with Venue(seed=7, tick_ms=5) as venue:
        before = venue.mid("BTCUSDT")
        deadline = asyncio.get_running_loop().time() + 5
        while venue.mid("BTCUSDT") == before:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.005)


def test_a_clock_moved_by_hand_decides_when_a_fill_is_due() -> None:
    clock = ManualClock()
    with VenueThread(seed=7, clock=clock) as venue:
        client = ccxt.binance(
            {
                "apiKey": DEMO_KEY,
                "secret": DEMO_SECRET,
                "urls": ccxt_urls(venue.url),
                "enableRateLimit": False,
                "options": {"recvWindow": 60_000},
            }
        )
        client.nonce = clock.now_ms
        venue.faults.delay_fills(3_600)
        order = client.create_order("BTC/USDT", "limit", "buy", 0.01, 59_000)
        clock.advance(3_599)
        venue.step()
        assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "open"
        clock.advance(1)
        venue.step()
        assert client.fetch_order(order["id"], "BTC/USDT")["status"] == "closed"
        client.session.close()


def test_a_venue_that_cannot_listen_says_why() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address"), VenueThread(port=taken.getsockname()[1]):
            pass


def test_a_venue_that_does_not_run_says_so() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        VenueThread(seed=7).step()


def test_the_urls_are_the_same_with_a_final_slash() -> None:
    assert ccxt_urls("http://127.0.0.1:9000/") == ccxt_urls("http://127.0.0.1:9000")
