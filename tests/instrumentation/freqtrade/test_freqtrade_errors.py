"""What freqtrade's exceptions mean, raised as it raises them; freqtrade itself is not needed."""

from __future__ import annotations

import ccxt
import pytest

from otel_trading.instrumentation.freqtrade import errors
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category


class FreqtradeException(Exception):  # noqa: N818 - freqtrade's name
    """As in freqtrade.exceptions, and so the others."""


class OperationalException(FreqtradeException):
    """Stops the bot."""


class ExchangeError(FreqtradeException):
    """From the exchange."""


class InvalidOrderException(ExchangeError):  # noqa: N818 - freqtrade's name
    """An order that is not valid."""


class RetryableOrderError(InvalidOrderException):
    """An order that was not found."""


class InsufficientFundsError(InvalidOrderException):
    """Not enough money."""


class TemporaryError(ExchangeError):
    """Something to be tried again."""


def raised(error: Exception, cause: Exception | None) -> Exception:
    """Return ``error`` as it is after ``raise error from cause``."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "cause", "category", "answered"),
    [
        (InsufficientFundsError("f"), ccxt.InsufficientFunds("c"), Category.INSUFFICIENT_FUNDS, True),
        (InvalidOrderException("f"), ccxt.InvalidOrder("c"), Category.INVALID_ORDER, True),
        (RetryableOrderError("f"), ccxt.OrderNotFound("c"), Category.UNKNOWN_ORDER, True),
        (TemporaryError("f"), ccxt.PermissionDenied("c"), Category.PERMISSION, True),
        (TemporaryError("f"), ccxt.RequestTimeout("c"), Category.TIMEOUT, False),
        (TemporaryError("f"), ccxt.NetworkError("c"), Category.NETWORK, False),
        (TemporaryError("f"), ccxt.ExchangeNotAvailable("c"), Category.VENUE_UNAVAILABLE, False),
        (OperationalException("f"), ccxt.BaseError("c"), Category.OTHER, False),
    ],
)
def test_what_happened_is_told_by_ccxts_error_in_the_venues_words(
    error: Exception, cause: Exception, category: Category, answered: bool
) -> None:
    failure = errors.failure(raised(error, cause))
    assert (failure.category, failure.answered, failure.reason) == (category, answered, "c")


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (InvalidOrderException("Stoploss would trigger immediately."), Category.INVALID_ORDER),
        (OperationalException("stoploss is not implemented"), Category.NOT_SUPPORTED),
        (FreqtradeException("something"), Category.OTHER),
    ],
)
def test_what_freqtrade_refuses_by_itself_is_surely_not_at_the_venue(error: Exception, category: Category) -> None:
    failure = errors.failure(error)
    assert (failure.category, failure.answered, failure.reason) == (category, True, str(error))


def test_a_cause_that_is_not_ccxts_does_not_hide_what_freqtrade_says() -> None:
    failure = errors.failure(raised(InvalidOrderException("an invalid dry-run-order"), KeyError("dry_run_buy")))
    assert (failure.category, failure.answered) == (Category.INVALID_ORDER, True)


def test_of_an_error_that_is_nobodys_it_is_unknown_whether_the_request_had_left() -> None:
    assert not errors.failure(ZeroDivisionError("division by zero")).answered
