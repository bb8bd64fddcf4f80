"""What python-binance's exceptions mean: a bounded category, and whether the venue answered at all.

Codes are those of Binance's "Error codes" pages (spot, USDⓈ-M and COIN-M futures). Some say outright that nobody knows
what became of the request, and so do all statuses from 500 on ("General information", HTTP return codes).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.failures import failure_of, words
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

_API_ERROR = "BinanceAPIException"

_CODES: Mapping[int, Category] = MappingProxyType(
    {
        -1002: Category.AUTHENTICATION,  # UNAUTHORIZED
        -1003: Category.RATE_LIMIT,  # TOO_MANY_REQUESTS
        -1008: Category.RATE_LIMIT,  # SERVER_BUSY: throttled, not processed
        -1015: Category.RATE_LIMIT,  # TOO_MANY_ORDERS
        -1016: Category.VENUE_UNAVAILABLE,  # SERVICE_SHUTTING_DOWN
        -1020: Category.NOT_SUPPORTED,  # UNSUPPORTED_OPERATION
        -1021: Category.AUTHENTICATION,  # INVALID_TIMESTAMP
        -1022: Category.AUTHENTICATION,  # INVALID_SIGNATURE
        -1109: Category.PERMISSION,  # inactive account
        -1121: Category.UNKNOWN_SYMBOL,  # BAD_SYMBOL
        -1122: Category.UNKNOWN_SYMBOL,  # symbol status
        -2011: Category.UNKNOWN_ORDER,  # CANCEL_REJECTED: "Unknown order sent."
        -2013: Category.UNKNOWN_ORDER,  # NO_SUCH_ORDER
        -2014: Category.AUTHENTICATION,  # BAD_API_KEY_FMT
        -2015: Category.AUTHENTICATION,  # REJECTED_MBX_KEY
        -2016: Category.MARKET_CLOSED,  # NO_TRADING_WINDOW
        -2018: Category.INSUFFICIENT_FUNDS,  # BALANCE_NOT_SUFFICIENT
        -2019: Category.INSUFFICIENT_FUNDS,  # MARGIN_NOT_SUFFICIENT
        -2023: Category.RISK_LIMIT,  # USER_IN_LIQUIDATION
        -2024: Category.INSUFFICIENT_FUNDS,  # POSITION_NOT_SUFFICIENT
        -2025: Category.RISK_LIMIT,  # MAX_OPEN_ORDER_EXCEEDED
        -2027: Category.RISK_LIMIT,  # MAX_LEVERAGE_RATIO
        -2028: Category.INSUFFICIENT_FUNDS,  # MIN_LEVERAGE_RATIO: the margin is too small
        -3041: Category.INSUFFICIENT_FUNDS,  # margin: balance is not enough
        -4015: Category.INVALID_ORDER,  # client order id too long
        -4108: Category.MARKET_CLOSED,  # symbol is delivering or settling
        -4116: Category.DUPLICATE_ORDER,  # ClientOrderId is duplicated
        -4131: Category.INVALID_ORDER,  # price is out of the market's limits
        -4140: Category.MARKET_CLOSED,  # invalid symbol status
        -4400: Category.RISK_LIMIT,  # quantitative rules: only reduce-only orders
    }
)
_UNKNOWN: Mapping[int, Category] = MappingProxyType(
    {
        -1000: Category.VENUE_UNAVAILABLE,  # an unknown error while processing the request
        -1001: Category.VENUE_UNAVAILABLE,  # DISCONNECTED: unable to process your request
        -1006: Category.VENUE_UNAVAILABLE,  # UNEXPECTED_RESP: execution status unknown
        -1007: Category.TIMEOUT,  # TIMEOUT: send status unknown; execution status unknown
    }
)
"""Codes of answers that say nothing of what became of the request."""

# -2010 NEW_ORDER_REJECTED and -2011 CANCEL_REJECTED come with one of the messages below the table of codes.
_MESSAGES: Mapping[str, Category] = MappingProxyType(
    {
        "insufficient balance": Category.INSUFFICIENT_FUNDS,
        "insufficient": Category.INSUFFICIENT_FUNDS,
        "duplicate order": Category.DUPLICATE_ORDER,
        "market is closed": Category.MARKET_CLOSED,
        "unknown order": Category.UNKNOWN_ORDER,
        "disabled on this account": Category.PERMISSION,
        "not permitted": Category.PERMISSION,
        "not supported": Category.NOT_SUPPORTED,
        "too many": Category.RISK_LIMIT,
        # The words of the streams ("Order Reject Reason"), which have no codes.
        "would_match_immediately": Category.INVALID_ORDER,
        "would_trigger_immediately": Category.INVALID_ORDER,
        "oco_bad_prices": Category.INVALID_ORDER,
        "reduce only": Category.INVALID_ORDER,
    }
)
_STATUSES: Mapping[int, Category] = MappingProxyType(
    {
        401: Category.AUTHENTICATION,
        403: Category.PERMISSION,  # the firewall
        404: Category.NOT_SUPPORTED,
        418: Category.RATE_LIMIT,  # banned for going on after 429
        429: Category.RATE_LIMIT,
    }
)
_BY_MESSAGE = frozenset({-2010, -2011})
_FIRST_OF_THE_VENUES = 500

# Errors of the library's own: of a request that never left, and of websocket requests without an answer.
_ANSWERED = {
    "BinanceOrderException": Category.INVALID_ORDER,
    "BinanceRegionException": Category.NOT_SUPPORTED,
    "NotImplementedException": Category.NOT_SUPPORTED,
}
_UNANSWERED = {
    "BinanceRequestException": Category.VENUE_UNAVAILABLE,  # a success by its status, but no JSON
    "BinanceWebsocketUnableToConnect": Category.NETWORK,
    "BinanceWebsocketClosed": Category.NETWORK,
    "ReadLoopClosed": Category.NETWORK,
}
_TIMED_OUT = "Request timed out"  # what the websocket API raises, in the class of its connection errors


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means."""
    if any(kind.__name__ == _API_ERROR for kind in type(error).__mro__):
        return _api_failure(error)
    found = failure_of(error, _ANSWERED, _UNANSWERED)
    return found._replace(category=Category.TIMEOUT) if found.reason == _TIMED_OUT else found


def category(code: int, message: str) -> Category:
    """Return the category of a refusal by its code (0 for none) and, where that is too general, its message."""
    found = _CODES.get(code)
    if found is None or code in _BY_MESSAGE:
        lower = message.lower()
        said = next((kind for part, kind in _MESSAGES.items() if part in lower), None)
        if said is not None:
            return said
    return found or (Category.INVALID_ORDER if code else Category.OTHER)


def _api_failure(error: BaseException) -> Failure:
    code, message = getattr(error, "code", 0), str(getattr(error, "message", ""))
    status = getattr(error, "status_code", 0)
    code = code if isinstance(code, int) else 0
    status = status if isinstance(status, int) else 0
    if code in _UNKNOWN:
        return Failure(_UNKNOWN[code], False, words(error))
    if status >= _FIRST_OF_THE_VENUES and code not in _CODES:
        return Failure(Category.VENUE_UNAVAILABLE, False, words(error))
    if not code:
        return Failure(_STATUSES.get(status, Category.OTHER), True, words(error))
    return Failure(category(code, message), True, words(error))
