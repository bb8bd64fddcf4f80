"""What python-binance's exceptions mean."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from otel_trading.instrumentation.binance.errors import failure


class BinanceAPIException(Exception):  # noqa: N818 - the library calls it so
    """As the library's own: a code and a message from the venue's JSON, and the HTTP status."""

    def __init__(self, code: Any, message: str, status_code: int = 400) -> None:
        super().__init__(code, message, status_code)
        self.code, self.message, self.status_code = code, message, status_code

    def __str__(self) -> str:
        return f"APIError(code={self.code}): {self.message}"


class BinanceWebsocketUnableToConnect(Exception):  # noqa: N818 - the library calls it so
    """As the library's own."""


class BinanceRequestException(Exception):  # noqa: N818 - the library calls it so
    """As the library's own."""


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        (-2010, "Account has insufficient balance for requested action.", "insufficient_funds"),
        (-2010, "Duplicate order sent.", "duplicate_order"),
        (-2010, "Market is closed.", "market_closed"),
        (-2010, "This action is disabled on this account.", "permission"),
        (-2010, "Order would immediately match and take.", "invalid_order"),
        (-2011, "Unknown order sent.", "unknown_order"),
        (-2013, "Order does not exist.", "unknown_order"),
        (-2019, "Margin is insufficient.", "insufficient_funds"),
        (-1013, "Filter failure: LOT_SIZE", "invalid_order"),
        (-1102, "Mandatory parameter 'price' was not sent.", "invalid_order"),
        (-1121, "Invalid symbol.", "unknown_symbol"),
        (-1021, "Timestamp for this request is outside of the recvWindow.", "authentication"),
        (-2015, "Invalid API-key, IP, or permissions for action.", "authentication"),
        (-1003, "Too many requests.", "rate_limit"),
        (-1015, "Too many new orders.", "rate_limit"),
        (-4116, "ClientOrderId is duplicated.", "duplicate_order"),
        (-4164, "Order's notional must be no smaller than 100", "invalid_order"),
        (-2027, "Exceeded the maximum allowable position at current leverage.", "risk_limit"),
    ],
)
def test_a_refusal_is_told_by_its_code_and_its_message(code: int, message: str, category: str) -> None:
    found = failure(BinanceAPIException(code, message))
    assert (found.category, found.answered, found.reason) == (category, True, f"APIError(code={code}): {message}")


@pytest.mark.parametrize(
    ("code", "status", "category"),
    [
        (-1000, 500, "venue_unavailable"),
        (-1001, 500, "venue_unavailable"),
        (-1006, 400, "venue_unavailable"),
        (-1007, 408, "timeout"),
        (0, 502, "venue_unavailable"),
        (-1, 503, "venue_unavailable"),
    ],
)
def test_an_answer_that_says_nothing_of_the_order_is_no_refusal(code: int, status: int, category: str) -> None:
    found = failure(BinanceAPIException(code, "execution status unknown", status))
    assert (found.category, found.answered) == (category, False)


@pytest.mark.parametrize(("status", "category"), [(403, "permission"), (418, "rate_limit"), (429, "rate_limit")])
def test_an_answer_without_a_code_is_told_by_its_status(status: int, category: str) -> None:
    found = failure(BinanceAPIException(0, "Invalid JSON error message from Binance: <html>", status))
    assert (found.category, found.answered) == (category, True)


def test_an_overloaded_venue_that_took_nothing_has_refused() -> None:
    assert failure(BinanceAPIException(-1008, "Server is currently overloaded", 503)).answered


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (BinanceWebsocketUnableToConnect("Request timed out"), "timeout"),
        (BinanceWebsocketUnableToConnect("Connection failed: refused"), "network"),
        (BinanceRequestException("Invalid Response: <html>"), "venue_unavailable"),
        (asyncio.CancelledError(), "timeout"),
        (ConnectionResetError("cut"), "network"),
    ],
)
def test_no_answer_is_not_a_refusal(error: BaseException, category: str) -> None:
    found = failure(error)
    assert (found.category, found.answered) == (category, False)


@pytest.mark.parametrize("code", [None, "-2010", 1.5])
def test_a_code_that_is_no_number_is_survived(code: Any) -> None:
    assert failure(BinanceAPIException(code, "?")).category == "other"
