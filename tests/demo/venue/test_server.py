from __future__ import annotations

import asyncio
import socket
from typing import Any

import aiohttp
import ccxt
import ccxt.pro
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


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "venue.example"])  # noqa: S104 refused, not bound
def test_a_venue_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match=r"loopback|does not appear"):
        VenueThread(host=host).__enter__()


def test_a_venue_that_does_not_run_says_so() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        VenueThread(seed=7).step()


@pytest.mark.parametrize("kind", [ccxt.binance, ccxt.pro.binance])
def test_no_address_of_ccxt_leads_off_this_machine(kind: Any) -> None:
    def addresses(urls: Any) -> list[str]:
        return [urls] if isinstance(urls, str) else [found for inner in urls.values() for found in addresses(inner)]

    client = kind({"urls": ccxt_urls("http://127.0.0.1:9000")})
    assert all("://127.0.0.1:9000/" in address for address in addresses(client.urls["api"]))


def test_a_bot_can_spell_the_addresses_out_itself(venue: VenueThread) -> None:
    client = ccxt.binance(
        {
            "apiKey": DEMO_KEY,
            "secret": DEMO_SECRET,
            "urls": {
                "api": {
                    "public": f"{venue.url}/api/v3",
                    "private": f"{venue.url}/api/v3",
                    "sapi": f"{venue.url}/sapi/v1",
                    "fapiPublic": f"{venue.url}/fapi/v1",
                    "dapiPublic": f"{venue.url}/dapi/v1",
                }
            },
        }
    )
    assert client.create_order("BTC/USDT", "limit", "buy", 0.01, 59_000)["status"] == "open"
    client.session.close()


def test_the_urls_are_the_same_with_a_final_slash() -> None:
    assert ccxt_urls("http://127.0.0.1:9000/") == ccxt_urls("http://127.0.0.1:9000")
