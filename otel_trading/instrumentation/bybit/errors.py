"""What pybit's exceptions mean: a bounded category, and whether the venue answered at all.

``retCode`` by Bybit's V5 API documentation, "Error codes"; of derivatives from 110000, of spot from 170000.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.failures import failure_of, words
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_CATEGORY: Mapping[Category, frozenset[int]] = {
    Category.AUTHENTICATION: frozenset({-2015, -1, 10002, 10003, 10004, 10007, 33004, 110018}),
    Category.PERMISSION: frozenset(
        {10005, 10008, 10009, 10010, 10020, 10024, 10027, 10028, 10029, 100028, 110065, 110067, 110068, 110069}
        | {170201, 170209, 170224}
    ),
    Category.RATE_LIMIT: frozenset({429, 10006, 10018, 10429, 20003, 170005, 170222}),
    Category.DUPLICATE_ORDER: frozenset({10014, 20006, 110030, 110072, 170141}),
    Category.UNKNOWN_ORDER: frozenset(
        {110001, 110008, 110010, 110019, 170139, 170142, 170143, 170190, 170213}  # also those that are over
    ),
    Category.UNKNOWN_SYMBOL: frozenset({110037, 170121, 170157, 170221, 181002}),
    Category.INSUFFICIENT_FUNDS: frozenset(
        {110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053, 130021, 131212}
        | {170033, 170034, 170131, 170223, 170226, 175003, 175006, 176015}
    ),
    Category.RISK_LIMIT: frozenset(
        {110009, 110011, 110013, 110016, 110020, 110021, 110022, 110023, 110039, 110040, 110046, 110047, 110048}
        | {130006, 170228, 170229, 170810}
    ),
    Category.MARKET_CLOSED: frozenset({110042, 110063, 110066, 110074, 170151, 170159}),
    Category.NOT_SUPPORTED: frozenset({10017, 10404, 170031, 170227}),
    Category.INVALID_ORDER: frozenset(
        {10001, 110003, 110017, 110032, 110057, 110058, 110059, 110064, 110070, 110092, 110093, 110094, 130074}
        | {170105, 170115, 170116, 170117, 170124, 170130, 170132, 170133, 170134, 170135, 170136, 170137, 170140}
        | {170145, 170148, 170192, 170193, 170194, 170195, 170196, 170197, 170198, 170202, 170203, 170204, 170206}
        | {170210, 170217, 170218, 170371, 170372, 181000, 181001, 181003, 181004}
    ),
    Category.VENUE_UNAVAILABLE: frozenset({10019}),  # it restarts, and takes no new request
}
_CATEGORIES = {code: category for category, codes in _BY_CATEGORY.items() for code in codes}

# The venue answered, but that its own parts did not: whether the request was done is not known.
_UNANSWERED = {
    10000: Category.TIMEOUT,
    10016: Category.VENUE_UNAVAILABLE,
    170001: Category.VENUE_UNAVAILABLE,
    170007: Category.TIMEOUT,
    170032: Category.NETWORK,
    170146: Category.TIMEOUT,
    170147: Category.TIMEOUT,
    170234: Category.VENUE_UNAVAILABLE,
}
_HTTP = {
    HTTPStatus.UNAUTHORIZED: Category.AUTHENTICATION,
    HTTPStatus.FORBIDDEN: Category.RATE_LIMIT,  # of an IP address; or it comes from where the venue may not serve
    HTTPStatus.NOT_FOUND: Category.NOT_SUPPORTED,
    HTTPStatus.TOO_MANY_REQUESTS: Category.RATE_LIMIT,
}


# What the matching engine refuses, as streams and lists of orders tell it ("rejectReason" among the enums).
_BY_REASON = {
    "EC_DuplicatedClOrdID": Category.DUPLICATE_ORDER,
    "EC_InCallAuctionStatus": Category.MARKET_CLOSED,
    "EC_InvalidSymbolStatus": Category.MARKET_CLOSED,
    "EC_OrderNotExist": Category.UNKNOWN_ORDER,
    "EC_OrigClOrdIDDoesNotExist": Category.UNKNOWN_ORDER,
    "EC_TooLateToCancel": Category.UNKNOWN_ORDER,
    "EC_ReachMarketPriceLimit": Category.RISK_LIMIT,
    "EC_ReachMaxTradeNum": Category.RISK_LIMIT,
    "EC_ReachRiskPriceLimit": Category.RISK_LIMIT,
    "EC_SecurityStatusFail": Category.MARKET_CLOSED,
}
_INVALID = re.compile(r"EC_(Limit|Market|EcInvalid|Invalid|Missing|Unknown|PostOnly|NoEnough|NoImmediate|QtyCannot)")


def category_of(code: Any) -> Category:
    """Return the category of a ``retCode``, a number or its text."""
    return _CATEGORIES.get(int(code), Category.OTHER) if text(code).lstrip("-").isdigit() else Category.OTHER


def category_of_reason(reason: str) -> Category:
    """Return the category of a ``rejectReason``."""
    found = _BY_REASON.get(reason)
    if found is None and _INVALID.match(reason):
        return Category.INVALID_ORDER
    return found or Category.OTHER


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means.

    pybit raises ``InvalidRequestError`` for an answer with a ``retCode``, ``FailedRequestError`` for an HTTP status
    other than 200 and for what it cannot read, and lets through what ``requests`` and ``websocket-client`` raise.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    code = getattr(error, "status_code", None)
    if "InvalidRequestError" in kinds:
        if code in _UNANSWERED:
            return Failure(_UNANSWERED[code], False, _reason(error))
        return Failure(category_of(code), True, _reason(error))
    if "FailedRequestError" in kinds:
        return _failed(error, code)
    if "PermissionError" in kinds:  # pybit has no keys to sign with: nothing was sent
        return Failure(Category.AUTHENTICATION, True, words(error))
    return failure_of(error, {})


def _failed(error: BaseException, status: Any) -> Failure:
    if status in _HTTP:
        return Failure(_HTTP[status], True, _reason(error))
    if getattr(error, "resp_headers", None) is None and status == HTTPStatus.BAD_REQUEST:
        # Out of retries: each attempt was refused, by codes that the exception does not tell.
        return Failure(Category.OTHER, True, _reason(error))
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}:
        return Failure(Category.TIMEOUT, False, _reason(error))
    refused = isinstance(status, int) and status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.CONFLICT
    category = Category.INVALID_ORDER if refused else Category.VENUE_UNAVAILABLE
    return Failure(category, refused, _reason(error))


def _reason(error: BaseException) -> str:
    """Return the venue's words and code, without the request that pybit writes behind them."""
    message = getattr(error, "message", "")
    return f"{message} (ErrCode: {getattr(error, 'status_code', '')})" if message else words(error)
