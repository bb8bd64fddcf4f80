"""What alpaca-py's exceptions mean: a bounded category, and whether the venue surely refused."""

from __future__ import annotations

import json
import re
import weakref
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.failures import failure_of, words
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

# Alpaca's codes are an HTTP status and a number, and one code stands for many reasons: 40310000 is said of buying
# power, of quantities and of permissions. So its words are asked first; the first that fits counts.
_WORDS = tuple(
    (re.compile(words), category)
    for words, category in (
        (r"client_order_id must be unique", Category.DUPLICATE_ORDER),
        (r"insufficient", Category.INSUFFICIENT_FUNDS),  # buying power, day trading buying power, quantity, balance
        (r"order not found", Category.UNKNOWN_ORDER),
        (r"order is already in .* state", Category.UNKNOWN_ORDER),  # filled, canceled: nothing is left to change
        (r"position (does not exist|not found)", Category.INVALID_ORDER),
        (r"asset .*(not found|is not active|is not tradable)", Category.UNKNOWN_SYMBOL),
        (r"invalid symbol|could not find asset", Category.UNKNOWN_SYMBOL),
        (r"market is closed|market hours", Category.MARKET_CLOSED),
        (r"pattern day trad|wash trade|sold short|not allowed to short", Category.RISK_LIMIT),
        (r"not allowed for account|not authorized to trade|account is restricted", Category.PERMISSION),
        (r"too many requests|rate limit", Category.RATE_LIMIT),
    )
)
_STATUSES = {
    400: Category.INVALID_ORDER,
    401: Category.AUTHENTICATION,
    403: Category.PERMISSION,
    404: Category.UNKNOWN_ORDER,
    422: Category.INVALID_ORDER,
    429: Category.RATE_LIMIT,
    504: Category.TIMEOUT,
}
_SERVER_ERROR = 500
_UNANSWERED = {
    # The venue said that it worked, and the answer was not understood: the order may well stand.
    "ValidationError": Category.OTHER,
    "JSONDecodeError": Category.VENUE_UNAVAILABLE,
}

_doubtful: weakref.WeakSet[BaseException] = weakref.WeakSet()


def doubt(error: BaseException) -> None:
    """Take note that a request of ``error``'s call got no answer before: alpaca-py sends it again after a 504.

    The first may have been taken, and be the very reason why the second was refused: its client id is used up, and
    so is the buying power.
    """
    _doubtful.add(error)


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means."""
    if not any(kind.__name__ == "APIError" for kind in type(error).__mro__):
        return failure_of(error, {}, _UNANSWERED)
    status = _status(error)
    told = body(str(error))
    category = category_of(status, str(told.get("message") or ""))
    answered = (status is None or status < _SERVER_ERROR) and error not in _doubtful
    return Failure(category, answered, str(told.get("message") or "") or words(error))


def category_of(status: int | None, message: str) -> Category:
    """Return the category of an answer, by the venue's words and else by its HTTP status."""
    lower = message.lower()
    for words_of, category in _WORDS:
        if words_of.search(lower):
            return category
    if status is not None and status >= _SERVER_ERROR:
        return _STATUSES.get(status, Category.VENUE_UNAVAILABLE)
    return _STATUSES.get(status or 0, Category.OTHER)


def body(content: str) -> Mapping[str, Any]:
    """Return the JSON object of an answer; empty where a proxy answered with a page of its own."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _status(error: BaseException) -> int | None:
    found = getattr(error, "status_code", None)
    return found if isinstance(found, int) else None
