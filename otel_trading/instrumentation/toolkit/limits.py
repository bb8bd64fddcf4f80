"""Rate limits as venues tell them, most of them in the headers of their answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import trace

from otel_trading.instrumentation.toolkit.spans import is_inside
from otel_trading.orders import instruments
from otel_trading.semconv import attributes, metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Use(NamedTuple):
    """How much of a limit is used: its bounded name, the used part, and the whole where it is known."""

    name: str
    used: float
    limit: float | None


# Binance names its windows in the header and tells no limit. These are the documented ones (exchangeInfo,
# rateLimits; "Limits" of the wallet API), by the part of the API that the request went to: each counts for itself.
_COUNTED = re.compile(r"(?i)^x-(?:mbx|sapi)-(used(?:-(ip|uid))?-weight|order-count)-(\d+[smhd])$")
_COUNTED_LIMITS = {
    "weight_1m": 6_000.0,
    "orders_10s": 100.0,
    "orders_1d": 200_000.0,
    "fapi_weight_1m": 2_400.0,
    "fapi_orders_10s": 300.0,
    "fapi_orders_1m": 1_200.0,
    "dapi_weight_1m": 2_400.0,
    "dapi_orders_1m": 1_200.0,
    "papi_weight_1m": 6_000.0,
    "papi_orders_1m": 1_200.0,
    "ip_weight_1m": 12_000.0,
    "uid_weight_1m": 180_000.0,
}
_PART = re.compile(r"/(fapi|dapi|papi|eapi)/")

# (limit, remaining) header pairs: Bybit, Gate, KuCoin, Bitget and others by the common draft of RateLimit headers.
_REMAINING = (
    ("x-bapi-limit", "x-bapi-limit-status"),
    ("x-gate-ratelimit-limit", "x-gate-ratelimit-requests-remain"),
    ("gw-ratelimit-limit", "gw-ratelimit-remaining"),
    ("x-ratelimit-limit", "x-ratelimit-remaining"),
    ("ratelimit-limit", "ratelimit-remaining"),
)


def uses(headers: Mapping[str, str], url: str = "") -> Iterator[Use]:
    """Yield the limits that the headers of an answer to a request for ``url`` tell of."""
    lower = {str(name).lower(): str(found) for name, found in headers.items()}
    part = _PART.search(url.partition("?")[0])
    for name, found in lower.items():
        match = _COUNTED.match(name)
        if match is not None and found.isdigit():
            kind = "orders" if match[1].startswith("order") else "weight"
            limit = "_".join(filter(None, [part[1] if part else "", match[2], kind, match[3].lower()]))
            yield Use(limit, float(found), _COUNTED_LIMITS.get(limit))
    for limit_name, remaining_name in _REMAINING:
        whole, remaining = lower.get(limit_name, ""), lower.get(remaining_name, "")
        if whole.isdigit() and remaining.isdigit() and int(whole):
            yield Use("requests", float(whole) - float(remaining), float(whole))
            return


def record(venue: str, url: str, headers: Any) -> None:
    """Put what an answer tells of rate limits on the gauge, and on the current span where that is one of ours."""
    span = trace.get_current_span() if is_inside("order", "query") else trace.INVALID_SPAN
    for use in uses(headers or {}, url):
        if use.name.endswith("weight_1m"):
            span.set_attribute(attributes.TRADING_RATE_LIMIT_WEIGHT, int(use.used))
        if use.limit:
            used(venue, use.name, use.used / use.limit)


def used(venue: str, name: str, part: float) -> None:
    """Record which part of a limit is used, from 0 to 1; ``name`` is bounded."""
    of = {attributes.TRADING_VENUE: venue, attributes.TRADING_RATE_LIMIT_NAME: name}
    instruments.set_gauge(metrics.TRADING_RATE_LIMIT_UTILIZATION, part, of)
