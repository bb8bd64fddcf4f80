"""What pybit's exceptions mean."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import websocket
from pybit.exceptions import FailedRequestError, InvalidRequestError

from otel_trading.instrumentation.bybit.errors import failure


def invalid(code: int, message: str = "no") -> InvalidRequestError:
    return InvalidRequestError("POST u: {}", message, code, "12:00:00", {})


def failed(status: int, headers: Any = ()) -> FailedRequestError:
    return FailedRequestError("POST u: {}", "bad", status, "12:00:00", headers)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        (110007, "insufficient_funds"),
        (170131, "insufficient_funds"),
        (10001, "invalid_order"),
        (110094, "invalid_order"),
        (170121, "unknown_symbol"),
        (110001, "unknown_order"),
        (170213, "unknown_order"),
        (110072, "duplicate_order"),
        (170141, "duplicate_order"),
        (110020, "risk_limit"),
        (110066, "market_closed"),
        (10006, "rate_limit"),
        (10003, "authentication"),
        (10005, "permission"),
        (10017, "not_supported"),
        (10019, "venue_unavailable"),
        (987654, "other"),
    ],
)
def test_an_answer_with_a_code_is_an_answer_of_its_category(code: int, category: str) -> None:
    found = failure(invalid(code))
    assert (found.category.value, found.answered) == (category, True)


@pytest.mark.parametrize(
    ("code", "category"), [(10000, "timeout"), (10016, "venue_unavailable"), (170007, "timeout"), (170146, "timeout")]
)
def test_a_venue_whose_own_parts_did_not_answer_leaves_it_open(code: int, category: str) -> None:
    found = failure(invalid(code))
    assert (found.category.value, found.answered) == (category, False)


@pytest.mark.parametrize(
    ("status", "category", "answered"),
    [
        (403, "rate_limit", True),
        (401, "authentication", True),
        (404, "not_supported", True),
        (400, "invalid_order", True),
        (500, "venue_unavailable", False),
        (504, "timeout", False),
        (409, "venue_unavailable", False),  # pybit's own: an answer that is no JSON
    ],
)
def test_an_http_status_says_whether_the_request_was_refused(status: int, category: str, answered: bool) -> None:
    found = failure(failed(status))
    assert (found.category.value, found.answered) == (category, answered)


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (requests.exceptions.ReadTimeout("slow"), "timeout"),
        (requests.exceptions.ConnectionError("gone"), "network"),
        (requests.exceptions.SSLError("bad"), "network"),
        (websocket.WebSocketConnectionClosedException("closed"), "network"),
        (websocket.WebSocketTimeoutException("slow"), "timeout"),
        (KeyError("x"), "other"),
    ],
)
def test_what_broke_under_way_got_no_answer(error: Exception, category: str) -> None:
    found = failure(error)
    assert (found.category.value, found.answered) == (category, False)


def test_without_keys_nothing_was_sent() -> None:
    found = failure(PermissionError("Authenticated endpoints require keys."))
    assert (found.category.value, found.answered) == ("authentication", True)


def test_the_reason_is_the_venues_and_not_the_request() -> None:
    assert failure(invalid(110007, "ab not enough")).reason == "ab not enough (ErrCode: 110007)"
