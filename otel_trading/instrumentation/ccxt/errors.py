"""What ccxt's exceptions mean: a bounded category, and whether the venue answered at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.failures import failure_of
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_CATEGORIES = _ANSWERED | _UNANSWERED

REASONS = ("msg", "sMsg", "message", "rejectReason")
"""What venues call their words in a raw answer about one order."""

_CODES = ("code", "sCode", "retCode", "label")
_KINDS = ("spot", "linear", "inverse", "option")


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means."""
    return failure_of(error, _ANSWERED, _UNANSWERED)


def category_of(exchange: Any, market: Mapping[str, Any], info: Any) -> Category:
    """Return what the raw answer about one refused order of a batch means, by the exchange's own tables.

    ccxt looks codes and words up in them to raise what it finds; the order of a batch it marks as rejected only.
    """
    told = [text(info[name]) for name in (*_CODES, *REASONS) if info.get(name)] if isinstance(info, dict) else []
    tables = getattr(exchange, "exceptions", None) or {}
    for table in (*(tables.get(kind) or {} for kind in _KINDS if market.get(kind)), tables):
        exact, broad = table.get("exact") or {}, table.get("broad") or {}
        raised = [exact[said] for said in told if said in exact]
        raised += [broad[part] for said in told for part in broad if part in said]
        names = [kind.__name__ for kind in raised[0].__mro__] if raised else []
        found = next((_CATEGORIES[name] for name in names if name in _CATEGORIES), None)
        if found is not None:
            return found
    return Category.OTHER


def is_sequence_error(error: BaseException) -> bool:
    """Tell whether a stream's error means that messages were missed (ccxt raises it for a book out of step)."""
    return any(kind.__name__ in {"InvalidNonce", "ChecksumError"} for kind in type(error).__mro__)
