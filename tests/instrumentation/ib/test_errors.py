"""What TWS's error codes and the libraries' exceptions mean."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.instrumentation.ib import errors
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category


@pytest.mark.parametrize(
    ("code", "said", "category"),
    [
        (201, "Order rejected - reason:Available funds are insufficient", Category.INSUFFICIENT_FUNDS),
        (201, "Order rejected - reason:Equity with loan value is too small", Category.INSUFFICIENT_FUNDS),
        (201, "Order rejected - reason:No trading permissions", Category.PERMISSION),
        (201, "Order rejected - reason:The exchange is closed", Category.MARKET_CLOSED),
        (201, "Order rejected - reason:The size exceeds the precautionary limit", Category.RISK_LIMIT),
        (201, "Order rejected - reason:Something else", Category.OTHER),
        (103, "Duplicate order id", Category.DUPLICATE_ORDER),
        (104, "Cannot modify a filled order.", Category.INVALID_ORDER),
        (110, "The price does not conform to the minimum price variation", Category.INVALID_ORDER),
        (200, "No security definition has been found for the request", Category.UNKNOWN_SYMBOL),
        (321, "Error validating request: The API interface is in Read-Only mode", Category.PERMISSION),
        (321, "Error validating request: something is missing", Category.OTHER),
        (162, "Historical Market Data Service error message:API historical data query pacing", Category.RATE_LIMIT),
        (354, "Requested market data is not subscribed.", Category.PERMISSION),
        (502, "Couldn't connect to TWS", Category.NETWORK),
        (504, "Not connected", Category.NETWORK),
        (1100, "Connectivity between IB and TWS has been lost", Category.VENUE_UNAVAILABLE),
        (135, "Can't find order with id", Category.UNKNOWN_ORDER),
        (10147, "OrderId 5 that needs to be cancelled is not found.", Category.UNKNOWN_ORDER),
        (10148, "OrderId 5 that needs to be cancelled cannot be cancelled", Category.UNKNOWN_ORDER),
        (99999, "nobody knows this one", Category.OTHER),
    ],
)
def test_a_refusal_has_a_bounded_category(code: int, said: str, category: Category) -> None:
    assert errors.category(code, said) is category


@pytest.mark.parametrize("code", [399, 404, 2104, 2109, 10167, 10349])
def test_a_warning_refuses_nothing(code: int) -> None:
    assert errors.is_warning(code)


@pytest.mark.parametrize("code", [103, 110, 201, 202, 321, 434, 10147])
def test_an_error_is_no_warning(code: int) -> None:
    assert not errors.is_warning(code)


def test_what_is_placed_without_a_connection_was_surely_not_placed() -> None:
    found = errors.failure(ConnectionError("Not connected"))
    assert (found.category, found.answered) == (Category.NETWORK, True)


def test_a_connection_that_broke_leaves_the_answer_open() -> None:
    found = errors.failure(ConnectionError("Socket disconnect"))
    assert (found.category, found.answered) == (Category.NETWORK, False)


def test_a_change_of_an_order_that_is_done_is_invalid() -> None:
    found = errors.failure(AssertionError())
    assert (found.category, found.answered, found.reason) == (Category.INVALID_ORDER, True, "the order is done")


def test_a_request_error_means_what_its_code_means(lib: Any) -> None:
    error = lib.wrapper.RequestError(7, 200, "No security definition has been found for the request")
    found = errors.failure(error)
    assert (found.category, found.answered) == (Category.UNKNOWN_SYMBOL, True)
