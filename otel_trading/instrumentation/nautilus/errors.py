"""What NautilusTrader's reasons and errors mean: a bounded category, and whether the venue answered at all.

An event tells its reason as text: the risk engine's own words, or what the adapter made of the venue's answer (for
Binance the answer itself, ``{'code': -2010, 'msg': …}``). So the words are looked at, most special first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Sequence

_REASON_LENGTH = 500

# Of RiskEngine (risk/engine.pyx), of adapters' checks before sending, and of venues.
_ANSWERED: Sequence[tuple[str, Category]] = (
    (r"FREE_BALANCE|insufficient (balance|margin|fund)|not enough|margin is insufficient", Category.INSUFFICIENT_FUNDS),
    (r"MAX_ORDER_(SUBMIT|MODIFY)_RATE|too many (requests|orders)|rate.?limit|-1003\b|-1015\b", Category.RATE_LIMIT),
    (r"TradingState|MAX_PER_ORDER|reduce.only|risk.?limit|max.?position", Category.RISK_LIMIT),
    (r"duplicate", Category.DUPLICATE_ORDER),
    (r"instrument .*not found|no instrument|unknown symbol|invalid symbol|-1121\b", Category.UNKNOWN_SYMBOL),
    (r"ORDER_NOT_FOUND|(order|O-\S+) .*not found|unknown order|-2011\b|-2013\b", Category.UNKNOWN_ORDER),
    (r"already (closed|canceled|filled)|order does not exist", Category.UNKNOWN_ORDER),
    (r"no market|market (is )?closed|market.?halt|trading is disabled", Category.MARKET_CLOSED),
    (r"signature|timestamp|recvWindow|-1021\b|-1022\b|authenticat", Category.AUTHENTICATION),
    (r"api.?key|permission|not authorized|-2014\b|-2015\b", Category.PERMISSION),
    (r"UNSUPPORTED|not supported|not implemented", Category.NOT_SUPPORTED),
    (r"POST.?ONLY|immediately match|would have been a TAKER|GTD .*passed", Category.INVALID_ORDER),
    (r"QUANTITY_|NOTIONAL_|precision|invalid|filter failure|trade size|-1013\b|-11\d\d\b", Category.INVALID_ORDER),
)
# No answer of the venue: what NautilusTrader makes up where none came, and what its HTTP clients say of a broken one.
_UNANSWERED: Sequence[tuple[str, Category]] = (
    (r"^UNKNOWN$", Category.TIMEOUT),  # LiveExecutionEngine: in flight too long, and nobody could tell
    (r"time.?out|timed out", Category.TIMEOUT),
    (r"unavailable|maintenance|bad gateway|-1001\b|-1016\b", Category.VENUE_UNAVAILABLE),
    (r"error sending request|connection|disconnected|connect error|broken pipe|network", Category.NETWORK),
)
_QUERY = re.compile(r"(?<=\?)[^\s)'\"]+")
"""The query of a URL, which a Rust client's error has in full: with the signature."""


def failure(reason: Any) -> Failure:
    """Return what the ``reason`` of an OrderDenied, OrderRejected, … means."""
    words = _QUERY.sub("…", str(reason or ""))
    for table, answered in ((_ANSWERED, True), (_UNANSWERED, False)):
        for pattern, category in table:
            if re.search(pattern, words, re.IGNORECASE):
                return Failure(category, answered, words[:_REASON_LENGTH])
    return Failure(Category.OTHER, True, words[:_REASON_LENGTH])


def raised(error: BaseException) -> Failure:
    """Return what it means that an adapter's request raised ``error``: nobody knows whether it reached the venue."""
    found = failure(error)
    category = found.category if not found.answered else Category.NETWORK
    names = [kind.__name__ for kind in type(error).__mro__]
    if any("Timeout" in name for name in names) or "CancelledError" in names:
        category = Category.TIMEOUT
    return Failure(category, False, found.reason or type(error).__name__)


def check_name(reason: Any) -> str:
    """Return the bounded name of the risk check that denied an order, as its reason begins; else ``risk_engine``."""
    words = str(reason or "")
    rate = re.search(r"MAX_ORDER_(?:SUBMIT|MODIFY)_RATE", words)
    found = rate or re.match(r"[A-Z]+(?:_[A-Z]+)+(?=:|$)", words)
    if found:
        return found[0].lower()
    return "trading_state" if "TradingState" in words else "risk_engine"
