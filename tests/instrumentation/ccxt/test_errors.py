"""What ccxt's exceptions mean, all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ccxt
import pytest

from otel_trading.instrumentation.ccxt.errors import category_of, failure, is_sequence_error
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Iterator


def tree(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    """Yield ``kind`` and all that derive from it."""
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


CCXTS_OWN = sorted(
    {kind for kind in tree(ccxt.BaseError) if kind.__module__ == "ccxt.base.errors"}, key=lambda kind: kind.__name__
)

# Errors of the wire to ccxt, but in each of them the venue has said no.
ANSWERED_ALL_THE_SAME = (ccxt.DDoSProtection, ccxt.RateLimitExceeded, ccxt.InvalidNonce)


def names(hierarchy: dict[str, Any]) -> set[str]:
    """Return every name in ccxt's own table of its errors."""
    return set(hierarchy).union(*(names(below) for below in hierarchy.values()))


def test_no_error_of_ccxts_own_table_is_left_out() -> None:
    assert names(ccxt.error_hierarchy) <= {kind.__name__ for kind in CCXTS_OWN}


@pytest.mark.parametrize("kind", CCXTS_OWN, ids=lambda kind: kind.__name__)
def test_every_error_says_whether_the_venue_answered(kind: type[BaseException]) -> None:
    found = failure(kind("words"))
    assert found.reason == "words"
    assert found.answered is issubclass(kind, (ccxt.ExchangeError, *ANSWERED_ALL_THE_SAME))


CATEGORIES = {
    ccxt.InsufficientFunds: Category.INSUFFICIENT_FUNDS,
    ccxt.BadSymbol: Category.UNKNOWN_SYMBOL,
    ccxt.ContractUnavailable: Category.UNKNOWN_SYMBOL,
    ccxt.OrderNotFound: Category.UNKNOWN_ORDER,
    ccxt.OrderNotCached: Category.UNKNOWN_ORDER,
    ccxt.DuplicateOrderId: Category.DUPLICATE_ORDER,
    ccxt.OrderNotFillable: Category.INVALID_ORDER,
    ccxt.OrderImmediatelyFillable: Category.INVALID_ORDER,
    ccxt.ArgumentsRequired: Category.INVALID_ORDER,
    ccxt.MarketClosed: Category.MARKET_CLOSED,
    ccxt.RateLimitExceeded: Category.RATE_LIMIT,
    ccxt.DDoSProtection: Category.RATE_LIMIT,
    ccxt.InvalidNonce: Category.AUTHENTICATION,
    ccxt.AuthenticationError: Category.AUTHENTICATION,
    ccxt.PermissionDenied: Category.PERMISSION,
    ccxt.AccountNotEnabled: Category.PERMISSION,
    ccxt.AccountSuspended: Category.PERMISSION,
    ccxt.RestrictedLocation: Category.PERMISSION,
    ccxt.NotSupported: Category.NOT_SUPPORTED,
    ccxt.ExchangeError: Category.OTHER,
    ccxt.OperationRejected: Category.OTHER,
    ccxt.RequestTimeout: Category.TIMEOUT,
    ccxt.NetworkError: Category.NETWORK,
    ccxt.ExchangeNotAvailable: Category.VENUE_UNAVAILABLE,
    ccxt.OnMaintenance: Category.VENUE_UNAVAILABLE,
    ccxt.BadResponse: Category.VENUE_UNAVAILABLE,
    ccxt.NullResponse: Category.VENUE_UNAVAILABLE,
    ccxt.OperationFailed: Category.OTHER,
    ccxt.BaseError: Category.OTHER,
    ValueError: Category.OTHER,
    KeyboardInterrupt: Category.OTHER,
    asyncio.CancelledError: Category.TIMEOUT,
    asyncio.TimeoutError: Category.TIMEOUT,
    ConnectionResetError: Category.NETWORK,
}


@pytest.mark.parametrize(("kind", "category"), CATEGORIES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_an_error_has_the_category_that_a_trader_would_call_it(kind: type[BaseException], category: Category) -> None:
    assert failure(kind("words")).category is category


def test_a_venues_own_class_of_error_falls_to_its_parent() -> None:
    kind = type("MarginTooLow", (ccxt.InsufficientFunds,), {})
    assert failure(kind("words")).category is Category.INSUFFICIENT_FUNDS


@pytest.mark.parametrize("error", [ValueError("ours"), asyncio.CancelledError(), KeyboardInterrupt(), GeneratorExit()])
def test_of_an_error_that_is_not_ccxts_nobody_knows_whether_the_order_left(error: BaseException) -> None:
    assert failure(error).answered is False


def test_a_call_that_was_cancelled_says_so() -> None:
    assert failure(asyncio.CancelledError()).reason == "cancelled before the venue answered"


def test_a_long_page_of_an_error_is_cut() -> None:
    assert len(failure(ccxt.ExchangeError("<html>" * 1000)).reason) == 500


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(ccxt.ChecksumError, True), (ccxt.InvalidNonce, True), (ccxt.NetworkError, False), (ccxt.ExchangeError, False)],
)
def test_a_missed_message_is_told_from_other_errors_of_a_stream(kind: type[Exception], *, expected: bool) -> None:
    assert is_sequence_error(kind("words")) is expected


@pytest.mark.parametrize(
    ("exchange", "market", "info", "category"),
    [
        ("binance", "linear", {"code": -4005, "msg": "Quantity greater than max quantity."}, Category.INVALID_ORDER),
        ("binance", "linear", {"code": "-2019", "msg": "Margin is insufficient."}, Category.INSUFFICIENT_FUNDS),
        ("binance", "spot", {"code": -2011, "msg": "Unknown order sent."}, Category.UNKNOWN_ORDER),
        ("bybit", "linear", {"code": "110007", "msg": "ab not enough"}, Category.INSUFFICIENT_FUNDS),
        ("okx", "", {"sCode": "51008", "sMsg": "Order placement failed"}, Category.INSUFFICIENT_FUNDS),
        ("gate", "", {"label": "ORDER_NOT_FOUND", "message": "gone"}, Category.UNKNOWN_ORDER),
        ("kraken", "", {"message": "EOrder:Insufficient funds"}, Category.INSUFFICIENT_FUNDS),
        ("binance", "spot", {"code": 4711, "msg": "what nobody knows"}, Category.OTHER),
        ("binance", "spot", {}, Category.OTHER),
        ("binance", "spot", ["no", "dictionary"], Category.OTHER),
    ],
)
def test_a_refused_order_of_a_batch_means_what_ccxt_would_raise(
    exchange: str, market: str, info: Any, category: Category
) -> None:
    assert category_of(getattr(ccxt, exchange)(), {market: True}, info) is category


def test_an_exchange_without_tables_says_nothing() -> None:
    assert category_of(object(), {}, {"code": "1"}) is Category.OTHER
