"""Why a venue refused: FIX's codes as our categories."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix import tags
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.instrumentation.fix.message import Message

ORDER: Mapping[str, Category] = MappingProxyType(
    {
        "1": Category.UNKNOWN_SYMBOL,
        "2": Category.MARKET_CLOSED,
        "3": Category.RISK_LIMIT,
        "4": Category.MARKET_CLOSED,  # too late to enter
        "5": Category.UNKNOWN_ORDER,
        "6": Category.DUPLICATE_ORDER,
        "7": Category.DUPLICATE_ORDER,  # of one that was told by word of mouth
        "8": Category.INVALID_ORDER,  # stale
        "9": Category.INVALID_ORDER,  # trade along required
        "10": Category.PERMISSION,  # invalid investor
        "11": Category.NOT_SUPPORTED,
        "12": Category.RISK_LIMIT,  # surveillance
        "13": Category.INVALID_ORDER,
        "14": Category.INVALID_ORDER,
        "15": Category.PERMISSION,  # unknown account
        "16": Category.RISK_LIMIT,  # price band
        "18": Category.INVALID_ORDER,  # price increment
        "20": Category.RISK_LIMIT,
        "21": Category.RISK_LIMIT,
        "22": Category.PERMISSION,  # short sale
        "23": Category.PERMISSION,
        "24": Category.PERMISSION,
        "25": Category.INSUFFICIENT_FUNDS,  # insufficient credit limit
        "26": Category.RISK_LIMIT,
        "27": Category.RISK_LIMIT,
        "28": Category.RISK_LIMIT,
        "29": Category.RISK_LIMIT,
    }
)
"""OrdRejReason (103)."""

CANCEL: Mapping[str, Category] = MappingProxyType(
    {
        "0": Category.UNKNOWN_ORDER,  # too late: it is open no more
        "1": Category.UNKNOWN_ORDER,
        "4": Category.NOT_SUPPORTED,
        "5": Category.INVALID_ORDER,
        "6": Category.DUPLICATE_ORDER,
        "7": Category.RISK_LIMIT,
        "8": Category.RISK_LIMIT,
        "18": Category.INVALID_ORDER,
    }
)
"""CxlRejReason (102)."""

BUSINESS: Mapping[str, Category] = MappingProxyType(
    {
        "1": Category.UNKNOWN_ORDER,
        "2": Category.UNKNOWN_SYMBOL,
        "3": Category.NOT_SUPPORTED,
        "4": Category.VENUE_UNAVAILABLE,
        "5": Category.INVALID_ORDER,
        "6": Category.PERMISSION,
        "7": Category.VENUE_UNAVAILABLE,
        "8": Category.RATE_LIMIT,
        "9": Category.RATE_LIMIT,
        "10": Category.RATE_LIMIT,
        "18": Category.INVALID_ORDER,
    }
)
"""BusinessRejectReason (380)."""

SESSION: Mapping[str, Category] = MappingProxyType(
    {str(code): Category.INVALID_ORDER for code in range(18)}
    | {
        "8": Category.AUTHENTICATION,  # signature
        "9": Category.AUTHENTICATION,  # CompID
        "11": Category.NOT_SUPPORTED,  # MsgType
    }
)
"""SessionRejectReason (373)."""

# Most venues speak FIX 4.2 or 4.4, which have no code for want of money or haste: they say "other" and a text.
_WORDS = (
    (
        re.compile(r"(?i)\b(insufficient|not enough)\b.*\b(funds?|balance|margin|credit|buying power)\b"),
        Category.INSUFFICIENT_FUNDS,
    ),
    (
        re.compile(r"(?i)\b(rate limit|throttl\w*|too many (requests|messages|orders))\b"),
        Category.RATE_LIMIT,
    ),
)


def of_order(message: Message) -> Category:
    """Return why an order was refused, as an ExecutionReport (8) says it."""
    return _category(ORDER, message[tags.ORD_REJ_REASON], message[tags.TEXT])


def of_cancel(message: Message) -> Category:
    """Return why a cancel or change was refused, as an OrderCancelReject (9) says it."""
    return _category(CANCEL, message[tags.CXL_REJ_REASON], message[tags.TEXT])


def of_message(message: Message) -> Category:
    """Return why a message was refused, as a Reject (3) or BusinessMessageReject (j) says it."""
    if message[tags.MSG_TYPE] == tags.REJECT:
        return _category(SESSION, message[tags.SESSION_REJECT_REASON], message[tags.TEXT])
    return _category(BUSINESS, message[tags.BUSINESS_REJECT_REASON], message[tags.TEXT])


def _category(codes: Mapping[str, Category], code: str, words: str) -> Category:
    """Return the category of a code; of one that says nothing, by the venue's words."""
    if code in codes:
        return codes[code]
    return next((category for pattern, category in _WORDS if pattern.search(words)), Category.OTHER)
