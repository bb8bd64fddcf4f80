from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from otel_trading.demo.venue.control import FAULTS
from otel_trading.demo.venue.faults import Faults

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread

SYMBOL = "BTC/USDT"


def control(venue: VenueThread, method: str, path: str, **arguments: Any) -> Any:
    """Send a command and return its answer, which has to be a success."""
    answer = requests.request(method, f"{venue.url}/_control/{path}", json=arguments, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_requests_are_recorded_with_all_that_was_sent(client: Any, venue: VenueThread) -> None:
    client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "seen"})
    seen = control(venue, "GET", "requests")[-1]
    assert (seen["kind"], seen["method"], seen["path"], seen["status"]) == ("rest", "POST", "/api/v3/order", 200)
    assert (seen["params"]["newClientOrderId"], seen["params"]["price"]) == ("seen", "59000")
    assert seen["headers"]["X-MBX-APIKEY"] == "venue-demo-key"
    assert "newClientOrderId=seen" in seen["body"]


def test_the_controls_do_not_record_themselves(client: Any, venue: VenueThread) -> None:
    control(venue, "DELETE", "requests")
    control(venue, "GET", "state")
    client.fetch_time()
    assert [seen["path"] for seen in control(venue, "GET", "requests")] == ["/api/v3/time"]


def test_the_market_is_moved_over_http(client: Any, venue: VenueThread) -> None:
    control(venue, "POST", "price", symbol="BTCUSDT", price="61234.5")
    assert control(venue, "GET", "state")["prices"]["BTCUSDT"] == "61234.50"
    control(venue, "POST", "step", steps=3)
    assert float(venue.mid("BTCUSDT")) != 61_234.5
    assert client.fetch_ticker(SYMBOL)["last"] == pytest.approx(61_234.5, rel=0.01)


def test_faults_are_set_and_ended_over_http(client: Any, venue: VenueThread) -> None:
    control(venue, "POST", "faults/fill_pattern", fractions=[0.4])
    assert client.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)["filled"] == 0.04
    control(venue, "POST", "faults/fail_next", count=5)
    control(venue, "DELETE", "faults")
    assert client.fetch_time() > 0


def test_a_deposit_is_made_over_http(client: Any, venue: VenueThread) -> None:
    control(venue, "POST", "deposit", asset="USDT", amount="1")
    assert client.fetch_balance()["USDT"]["free"] == 1_000_001.0


def test_every_fault_can_be_reached_over_http() -> None:
    inward = {"clear", "delay", "take", "refusing", "silent", "limited", "loses_depth"}
    assert {name for name in vars(Faults) if not name.startswith("_")} == {*FAULTS, *inward}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults/nothing", "{}"),
        ("faults/clear", "{}"),
        ("faults/latency", "{}"),
        ("faults/latency", '{"seconds": "soon"}'),
        ("faults/fail_next", '{"colour": 1}'),
        ("faults/silence", '{"seconds": 1, "kind": []}'),
        ("price", '{"symbol": "NOPE", "price": "1"}'),
        ("price", '{"symbol": "BTCUSDT", "price": "NaN"}'),
        ("price", '{"symbol": "BTCUSDT", "price": "dear"}'),
        ("price", "{}"),
        ("step", '{"steps": 0}'),
        ("step", "[1]"),
        ("step", "{"),
        ("deposit", '{"asset": "USDT", "amount": "Infinity"}'),
    ],
)
def test_a_command_that_makes_no_sense_is_answered_with_the_reason(
    shared_venue: VenueThread, path: str, body: str
) -> None:
    answer = requests.post(f"{shared_venue.url}/_control/{path}", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]
