"""What ccxt's exceptions mean: a bounded category, and whether the venue answered at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.failures import failure_of
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.terms import Failure

# By class name along the exception's MRO, most special first, as ccxt.base.errors.error_hierarchy has them.
# Names, not classes: nothing of ccxt needs to be imported, and a venue's own subclass falls to its parent.
_ANSWERED = {
    "InsufficientFunds": Category.INSUFFICIENT_FUNDS,
    "BadSymbol": Category.UNKNOWN_SYMBOL,
    "ContractUnavailable": Category.UNKNOWN_SYMBOL,
    "OrderNotFound": Category.UNKNOWN_ORDER,
    "OrderNotCached": Category.UNKNOWN_ORDER,
    "DuplicateOrderId": Category.DUPLICATE_ORDER,
    "InvalidOrder": Category.INVALID_ORDER,
    "ArgumentsRequired": Category.INVALID_ORDER,
    "BadRequest": Category.INVALID_ORDER,
    "MarketClosed": Category.MARKET_CLOSED,
    "RateLimitExceeded": Category.RATE_LIMIT,
    "DDoSProtection": Category.RATE_LIMIT,
    "InvalidNonce": Category.AUTHENTICATION,
    "PermissionDenied": Category.PERMISSION,
    "AccountSuspended": Category.PERMISSION,
    "RestrictedLocation": Category.PERMISSION,
    "AuthenticationError": Category.AUTHENTICATION,
    "NotSupported": Category.NOT_SUPPORTED,
    "ExchangeError": Category.OTHER,
}
_UNANSWERED = {
    "RequestTimeout": Category.TIMEOUT,
    "ExchangeNotAvailable": Category.VENUE_UNAVAILABLE,
    "BadResponse": Category.VENUE_UNAVAILABLE,
    "NetworkError": Category.NETWORK,
    "OperationFailed": Category.OTHER,
}


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means."""
    return failure_of(error, _ANSWERED, _UNANSWERED)


def is_sequence_error(error: BaseException) -> bool:
    """Tell whether a stream's error means that messages were missed (ccxt raises it for a book out of step)."""
    return any(kind.__name__ in {"InvalidNonce", "ChecksumError"} for kind in type(error).__mro__)
