from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import requests

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, -5000),
        ("GET", "/api/v3/nothing", 404, -5000),
        ("PATCH", "/api/v3/order", 404, -5000),
        ("GET", "/api/v3/depth", 400, -1102),
        ("GET", "/api/v3/depth?symbol=", 400, -1102),
        ("GET", "/api/v3/depth?symbol=btcusdt", 400, -1121),
        ("GET", "/api/v3/depth?symbol=BTCUSDT&symbol=ETHUSDT", 400, -1101),
        ("GET", "/api/v3/depth?symbol=BTCUSDT&limit=-5", 400, -1100),
        ("GET", "/api/v3/ticker/price?symbols=BTCUSDT", 400, -1100),
        ("GET", "/api/v3/ticker/price?symbols=[1]", 400, -1100),
        ("GET", "/api/v3/ticker/price?symbols=[]", 400, -1121),
        ("GET", "/api/v3/exchangeInfo?symbol=NOPE", 400, -1121),
        ("POST", "/api/v3/order", 401, -2014),
        ("GET", "/api/v3/historicalTrades?symbol=BTCUSDT", 401, -2014),
    ],
)
def test_a_bad_request_gets_the_venues_error(
    shared_venue: VenueThread, method: str, path: str, status: int, code: int
) -> None:
    answer = requests.request(method, shared_venue.url + path, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "query",
    [
        "interval=1M&startTime=99999999999999999",
        "interval=1s&startTime=1&endTime=99999999999999999999",
        "interval=1w&endTime=0",
        "interval=1M&limit=99999",
    ],
)
def test_candles_of_impossible_times_are_answered(shared_venue: VenueThread, query: str) -> None:
    answer = requests.get(f"{shared_venue.url}/api/v3/klines?symbol=BTCUSDT&{query}", timeout=5)
    assert answer.status_code == 200
    assert len(answer.json()) <= 1_000


def test_a_signed_request_without_its_signature_says_what_is_missing(shared_venue: VenueThread) -> None:
    headers = {"X-MBX-APIKEY": "venue-demo-key"}
    answer = requests.get(f"{shared_venue.url}/api/v3/account?timestamp=1", headers=headers, timeout=5)
    assert answer.json() == {
        "code": -1102,
        "msg": "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    }


def test_a_body_of_garbage_is_no_server_error(shared_venue: VenueThread) -> None:
    answer = requests.post(f"{shared_venue.url}/api/v3/order", data=b"\xff\x00%%%=&&=", timeout=5)
    assert answer.status_code == 401
    assert requests.get(f"{shared_venue.url}/api/v3/ping", timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", -1100),
        ("[" * 100_000, -1100),
        ("[]", -1100),
        ('{"id": 1}', -1000),
        ('{"id": 1, "method": "dance"}', -1000),
        ('{"id": 1, "method": 7, "params": {}}', -1000),
        ('{"id": 1, "method": "depth", "params": "BTCUSDT"}', -1135),
        ('{"id": 1, "method": "depth", "params": {"symbol": {"deep": [1]}}}', -1121),
        ('{"id": 1, "method": "depth", "params": {"symbol": "BTCUSDT", "limit": 1.5}}', -1100),
        ('{"id": 1, "method": "order.place", "params": {"symbol": "BTCUSDT"}}', -2014),
        ('{"id": 1, "method": "userDataStream.start", "params": {}}', -1000),
        ('{"id": 1, "method": "userDataStream.unsubscribe", "params": {"subscriptionId": "x"}}', -1100),
    ],
)
async def test_a_bad_websocket_request_gets_the_venues_error_and_the_connection_lives(
    shared_venue: VenueThread, message: str, code: int
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{shared_venue.ws_url}/ws-api/v3") as websocket,
    ):
        await websocket.send_bytes(b"\x00\x01")
        await websocket.send_str(message)
        refused: dict[str, Any] = json.loads(await websocket.receive_str(timeout=5))
        await websocket.send_str('{"id": "after", "method": "ping"}')
        alive: dict[str, Any] = json.loads(await websocket.receive_str(timeout=5))
    assert refused["error"]["code"] == code
    assert (alive["id"], alive["status"], alive["result"]) == ("after", 200, {})
