"""What requests, aiohttp and ccxt say of a signed request, in errors and in their own logs, leaks nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import ccxt
import pytest
import requests

from otel_trading.demo.venue import VenueThread, ccxt_urls
from otel_trading.telemetry import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "aVeryPrivate0123456789abcdef0123456789abcdef"
NOBODY = "http://127.0.0.1:9"


def raised(work: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of which kind is the library's affair
        work()
    return f"{caught.value!s} {caught.value!r}"


def test_the_error_of_requests_leaks_nothing() -> None:
    text = raised(lambda: requests.get(f"{NOBODY}/api/v3/account?signature={SECRET}", timeout=1))
    assert SECRET in text

    assert SECRET not in redact.text(text)


def test_the_error_of_aiohttp_leaks_nothing() -> None:
    async def ask() -> None:
        async with VenueAnswer() as url, aiohttp.ClientSession(raise_for_status=True) as session:
            await session.get(f"{url}/api/v3/account?signature={SECRET}", headers={"X-MBX-APIKEY": SECRET})

    text = raised(lambda: asyncio.run(ask()))
    assert SECRET in text

    assert SECRET not in redact.text(text)


class VenueAnswer:
    """The address of a venue that refuses what is not signed rightly."""

    async def __aenter__(self) -> str:
        self._venue = VenueThread(seed=1)
        return self._venue.__enter__().url

    async def __aexit__(self, *error: object) -> None:
        self._venue.__exit__(None, None, None)


@pytest.fixture
def client() -> Iterator[Any]:
    """A ccxt exchange that knows its markets, with a key that the venue refuses."""
    with VenueThread(seed=1) as venue:
        found = ccxt.binance({"urls": ccxt_urls(venue.url), "options": {"fetchMarkets": {"types": ["spot"]}}})
        found.load_markets()
        found.apiKey, found.secret = SECRET, SECRET
        yield found
        found.session.close()


def test_the_error_of_ccxt_leaks_nothing(client: Any) -> None:
    client.urls["api"]["private"] = f"{NOBODY}/api/v3"
    text = raised(lambda: client.fetch_open_orders("BTC/USDT"))
    assert "signature=" in text

    assert "signature=" not in redact.text(text)


def test_the_verbose_output_of_ccxt_leaks_nothing(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client.verbose = True
    raised(lambda: client.create_order("BTC/USDT", "limit", "buy", 1, 50_000))
    text = capsys.readouterr().out
    assert SECRET in text

    masked = redact.text(text)

    assert SECRET not in masked
    assert "symbol=BTCUSDT" in masked


def test_the_debug_log_of_ccxt_leaks_nothing(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    raised(lambda: client.fetch_open_orders("BTC/USDT"))
    assert SECRET in caplog.text

    masked = redact.text(caplog.text)

    assert SECRET not in masked
    assert "signature=" not in masked
