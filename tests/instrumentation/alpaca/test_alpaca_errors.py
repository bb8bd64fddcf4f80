"""What alpaca-py's exceptions are taken for."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.trading.models import Order

from otel_trading.instrumentation.alpaca import errors
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category


def api_error(status: int, message: str, code: int = 0) -> APIError:
    """An error as the client raises it."""
    return answered(status, json.dumps({"code": code, "message": message}))


def answered(status: int, content: str) -> APIError:
    """The same with any content."""
    http = SimpleNamespace(response=SimpleNamespace(status_code=status))
    return APIError(content, http)  # type: ignore[no-untyped-call] # untyped upstream


@pytest.mark.parametrize(
    ("status", "message", "category"),
    [
        (403, "insufficient buying power", Category.INSUFFICIENT_FUNDS),
        (403, "insufficient qty available for order (requested: 9, available: 3)", Category.INSUFFICIENT_FUNDS),
        (403, "trade denied due to pattern day trading protection", Category.RISK_LIMIT),
        (403, "potential wash trade detected. use complex orders", Category.RISK_LIMIT),
        (403, 'asset "XYZ" cannot be sold short', Category.RISK_LIMIT),
        (403, "forbidden.", Category.PERMISSION),
        (422, "us_equity orders not allowed for account", Category.PERMISSION),
        (422, "client_order_id must be unique", Category.DUPLICATE_ORDER),
        (422, 'order is already in "filled" state', Category.UNKNOWN_ORDER),
        (404, f"order not found for {'0' * 8}", Category.UNKNOWN_ORDER),
        (404, "position does not exist", Category.INVALID_ORDER),
        (422, 'asset "XYZ" not found', Category.UNKNOWN_SYMBOL),
        (422, "asset XYZ is not active", Category.UNKNOWN_SYMBOL),
        (403, "options market orders are only allowed during market hours", Category.MARKET_CLOSED),
        (422, 'only type="limit" is allowed for extended hours orders', Category.INVALID_ORDER),
        (401, "unauthorized.", Category.AUTHENTICATION),
        (429, "too many requests.", Category.RATE_LIMIT),
        (418, "something new", Category.OTHER),
    ],
)
def test_a_refusal_is_told_by_the_venues_words_and_else_by_its_status(
    status: int, message: str, category: Category
) -> None:
    assert errors.failure(api_error(status, message)) == (category, True, message)


@pytest.mark.parametrize(
    ("status", "category"),
    [(500, Category.VENUE_UNAVAILABLE), (503, Category.VENUE_UNAVAILABLE), (504, Category.TIMEOUT)],
)
def test_a_server_error_is_no_answer(status: int, category: Category) -> None:
    found = errors.failure(api_error(status, "internal server error"))
    assert (found.category, found.answered) == (category, False)


def test_a_page_of_a_proxy_is_shown_as_it_is() -> None:
    assert errors.failure(answered(403, "<html>Forbidden</html>")) == (
        Category.PERMISSION,
        True,
        "<html>Forbidden</html>",
    )


def test_an_error_without_a_response_is_an_answer_of_which_nothing_is_known() -> None:
    error = APIError("[]")  # type: ignore[no-untyped-call] # untyped upstream
    assert errors.failure(error)[:2] == (Category.OTHER, True)


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (requests.exceptions.ReadTimeout("read timed out"), Category.TIMEOUT),
        (requests.exceptions.ConnectionError("reset"), Category.NETWORK),
        (requests.exceptions.JSONDecodeError("no JSON", "", 0), Category.VENUE_UNAVAILABLE),
        (KeyboardInterrupt(), Category.OTHER),
    ],
)
def test_without_an_answer_nothing_is_refused(error: BaseException, category: Category) -> None:
    found = errors.failure(error)
    assert (found.category, found.answered) == (category, False)
    assert found.reason


def test_an_answer_that_the_library_does_not_understand_leaves_the_order_standing() -> None:
    with pytest.raises(ValueError, match="validation error") as raised:
        Order(id="none")
    assert errors.failure(raised.value)[:2] == (Category.OTHER, False)


def test_a_refusal_after_an_attempt_without_an_answer_is_in_doubt() -> None:
    error, other = (api_error(422, "client_order_id must be unique") for _ in range(2))
    errors.doubt(error)
    assert errors.failure(error)[:2] == (Category.DUPLICATE_ORDER, False)
    assert errors.failure(other)[:2] == (Category.DUPLICATE_ORDER, True)
