"""The requests below a call: sent again by the library itself, and answered with headers that it shows nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockLatestQuoteRequest

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.alpaca.bots import limit, names
from tests.recording import attributes
from tests.venues.alpaca import SECRET

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.venues.alpaca import AlpacaVenue


def test_an_order_that_the_library_sends_again_is_one_story(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.next("busy", 2)
    client.submit_order(limit())
    assert len([request for request in venue.seen() if request.startswith("POST")]) == 3
    assert names(recorded) == ["submitted", "acknowledged"]
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1


def test_a_limit_that_stays_exceeded_is_a_refusal(client: Any, venue: AlpacaVenue, recorded: Recorded) -> None:
    venue.faults.next("busy", 9)
    with pytest.raises(APIError):
        client.submit_order(limit())
    told = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "rate_limit"


def test_a_refusal_after_a_lost_answer_does_not_say_that_the_order_does_not_stand(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.next("lose")
    with pytest.raises(APIError, match="must be unique"):
        client.submit_order(limit(client_order_id="cl-1"))
    assert names(recorded) == ["submitted", "unconfirmed"]
    told = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "duplicate_order"


def test_answers_that_stay_lost_leave_the_order_unconfirmed(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.next("lose", 9)
    with pytest.raises(APIError):
        client.submit_order(limit())
    assert names(recorded) == ["submitted", "unconfirmed"]


def test_a_connection_that_breaks_leaves_the_order_unconfirmed(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.next("ignore")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.submit_order(limit())
    told = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"


def test_what_is_left_of_the_rate_limit_is_a_gauge(client: Any, recorded: Recorded) -> None:
    client.get_clock()
    client.get_clock()
    point = recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION)
    assert dict(point.attributes) == {a.TRADING_VENUE: "alpaca", a.TRADING_RATE_LIMIT_NAME: "requests"}
    assert point.value == 2 / 200


def test_market_data_has_a_limit_of_its_own(venue: AlpacaVenue, recorded: Recorded) -> None:
    data = StockHistoricalDataClient(*SECRET, url_override=venue.url)
    data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="AAPL"))
    data._session.close()
    assert recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION).attributes[a.TRADING_RATE_LIMIT_NAME] == (
        "data_requests"
    )


@pytest.mark.parametrize("several", [False, True])
def test_the_hooks_that_the_bot_put_on_the_session_are_called_as_before(
    several: bool, client: Any, venue: AlpacaVenue
) -> None:
    told: list[int] = []

    def note(response: requests.Response, **_: Any) -> None:
        told.append(response.status_code)

    client._session.hooks["response"] = [note] if several else note
    venue.faults.next("busy")
    client.get_clock()
    assert told == [429, 200]
    assert client._session.hooks["response"] == ([note] if several else note)


def test_a_session_of_another_kind_is_left_alone(client: Any) -> None:
    class Session:
        def request(self, *_: Any, **options: Any) -> requests.Response:
            assert options.keys() == {"headers", "allow_redirects", "params"}
            found = requests.Response()
            found.status_code, found._content = 200, b"[]"
            return found

    client._session.close()
    client._session = Session()
    assert client.get("/anything") == []
    client._session = requests.Session()
