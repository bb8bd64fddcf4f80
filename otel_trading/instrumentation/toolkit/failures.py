"""What a library's exceptions mean: a bounded category, and whether the venue answered at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Mapping

# What libraries let through of Python's own and of the HTTP and websocket clients below them. By class name along the
# exception's MRO: none of those clients needs to be imported.
_UNANSWERED = {
    "TimeoutError": Category.TIMEOUT,
    "ServerTimeoutError": Category.TIMEOUT,  # aiohttp; a ClientError before it is a TimeoutError
    "Timeout": Category.TIMEOUT,  # requests
    "TimeoutException": Category.TIMEOUT,  # httpx
    "WebSocketTimeoutException": Category.TIMEOUT,  # websocket-client
    "CancelledError": Category.TIMEOUT,
    "ClientError": Category.NETWORK,  # aiohttp
    "ConnectionClosed": Category.NETWORK,  # websockets
    "WebSocketException": Category.NETWORK,  # websocket-client
    "TransportError": Category.NETWORK,  # httpx
    "OSError": Category.NETWORK,  # ConnectionError, ssl.SSLError, requests' RequestException
}
_WORDLESS = {
    "CancelledError": "cancelled before the venue answered",
    "GeneratorExit": "nobody waited for the venue's answer",
    "KeyboardInterrupt": "interrupted before the venue answered",
}
_REASON_LENGTH = 500


def words(error: BaseException) -> str:
    """Return what an error says of itself, shortened to what an attribute should hold."""
    return str(error)[:_REASON_LENGTH] or _WORDLESS.get(type(error).__name__, "")


def failure_of(
    error: BaseException,
    answered: Mapping[str, Category],
    unanswered: Mapping[str, Category] | None = None,
) -> Failure:
    """Return what ``error`` means by the names of its classes, most special first.

    ``answered`` are the library's classes that carry a venue's answer, ``unanswered`` those that say that none came;
    what networks and event loops raise is known besides. A call that was cancelled (``asyncio.wait_for``, a task
    ended) got no answer. Of any other error nobody knows whether the request had left: unanswered too.
    """
    without = _UNANSWERED | dict(unanswered or {})
    for kind in type(error).__mro__:
        if kind.__name__ in answered:
            return Failure(answered[kind.__name__], True, words(error))
        if kind.__name__ in without:
            return Failure(without[kind.__name__], False, words(error))
    return Failure(Category.OTHER, False, words(error))
