"""What TWS's error codes mean (TWS API, message codes): one channel for refusals, warnings and broken connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.failures import failure_of, words
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

REJECTED = 201
"""An order was refused; why is in the words."""

CANCELED = 202
"""An order was canceled; at whose wish is in the words."""

CANCEL_REFUSED = frozenset({135, 136, 161, 10147, 10148})
"""A request to cancel was refused: nothing is said of the order itself but that it is not open."""

_FARM_CODES = range(2100, 2200)
# What changes nothing about an order: it is held, was adjusted, or will be sent elsewhere or at another time.
_WARNINGS = frozenset({165, 399, 404, 481, 492, 10167, 10311, 10312, 10314, 10349})
_BY_CODE: Mapping[int, Category] = {
    100: Category.RATE_LIMIT,
    103: Category.DUPLICATE_ORDER,
    116: Category.VENUE_UNAVAILABLE,
    120: Category.MARKET_CLOSED,
    135: Category.UNKNOWN_ORDER,
    200: Category.UNKNOWN_SYMBOL,
    203: Category.PERMISSION,
    326: Category.AUTHENTICATION,
    354: Category.PERMISSION,
    501: Category.OTHER,
    502: Category.NETWORK,
    503: Category.NOT_SUPPORTED,
    504: Category.NETWORK,
    1100: Category.VENUE_UNAVAILABLE,
    1300: Category.NETWORK,
    2110: Category.VENUE_UNAVAILABLE,
    10089: Category.PERMISSION,
    10090: Category.PERMISSION,
    10147: Category.UNKNOWN_ORDER,
    10148: Category.UNKNOWN_ORDER,
    10168: Category.PERMISSION,
    10186: Category.PERMISSION,
    10197: Category.PERMISSION,
}
# A refusal says why in words only; the first that fits counts.
_BY_WORDS = (
    (("insufficient", "margin", "equity with loan", "available funds", "buying power"), Category.INSUFFICIENT_FUNDS),
    (("read-only", "permission", "not allowed", "not permitted", "short sale"), Category.PERMISSION),
    (("is closed", "not open", "trading hours", "trading session"), Category.MARKET_CLOSED),
    (("minimum price variation", "invalid"), Category.INVALID_ORDER),
    (("exceed", "maximum", "too far", "aggressive", "price cap"), Category.RISK_LIMIT),
    (("pacing", "max rate"), Category.RATE_LIMIT),
    (("duplicate",), Category.DUPLICATE_ORDER),
    (("no security definition", "unknown contract"), Category.UNKNOWN_SYMBOL),
)
_SAID_IN_WORDS = frozenset({162, REJECTED, 321, 322, 387, 388})
_ORDER_CODES = range(101, 500)  # of a single request, and wrong in itself


def is_warning(code: int) -> bool:
    """Tell whether a code changes nothing about the order or request that it names."""
    return code in _WARNINGS or code in _FARM_CODES


def category(code: int, said: str) -> Category:
    """Return the bounded category of a refusal: by its code, and where that says nothing by its words."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    lowered = said.lower()
    by_words = next((found for parts, found in _BY_WORDS if any(part in lowered for part in parts)), None)
    if by_words is not None and code in _SAID_IN_WORDS:
        return by_words
    if code in _ORDER_CODES and code not in _SAID_IN_WORDS:
        return Category.INVALID_ORDER
    return by_words or Category.OTHER


def failure(error: BaseException) -> Failure:
    """Return what an exception of the library means.

    ``RequestError`` carries a code. Without a connection the library raises ``ConnectionError`` before it writes
    anything, so the order is surely not at the venue. To change an order that is done is an ``AssertionError``.
    """
    code: Any = getattr(error, "code", None)
    if type(error).__name__ == "RequestError" and isinstance(code, int):
        return Failure(category(code, str(error)), True, words(error))
    if isinstance(error, ConnectionError) and str(error) == "Not connected":
        return Failure(Category.NETWORK, True, words(error))
    if isinstance(error, AssertionError):
        return Failure(Category.INVALID_ORDER, True, words(error) or "the order is done")
    return failure_of(error, {})
