"""What freqtrade's exceptions mean: a bounded category, and whether the venue answered at all.

Freqtrade raises a class of its own from each of ccxt's (``raise TemporaryError(…) from e``), and puts several of
those into one: what happened is told by the cause. Without such a cause freqtrade refused by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.ccxt import errors as ccxt
from otel_trading.instrumentation.toolkit.failures import failure_of
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.terms import Failure

# By class name along the exception's MRO, most special first, as freqtrade.exceptions has them. Raised by
# itself, nothing of it has left for the venue, so that the order surely is not there.
_REFUSED = {
    "InsufficientFundsError": Category.INSUFFICIENT_FUNDS,
    "RetryableOrderError": Category.UNKNOWN_ORDER,
    "InvalidOrderException": Category.INVALID_ORDER,
    "DDosProtection": Category.RATE_LIMIT,
    "ConfigurationError": Category.NOT_SUPPORTED,
    "OperationalException": Category.NOT_SUPPORTED,
    "FreqtradeException": Category.OTHER,
}


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means."""
    cause = error.__cause__
    is_ccxts = cause is not None and type(cause).__module__.partition(".")[0] == "ccxt"
    return ccxt.failure(cause) if cause is not None and is_ccxts else failure_of(error, _REFUSED)
