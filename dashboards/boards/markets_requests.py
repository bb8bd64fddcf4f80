"""The half of the board of venues that is about requests, limits and clocks."""

from __future__ import annotations

from typing import Final

from dashboards.kit import BAD, GOOD, PER_MINUTE, WARN, bars, column, heat, merged, organized, plot, table_panel
from dashboards.names import SERVICE, label, of_span
from dashboards.queries import (
    WHOLE,
    Query,
    buckets,
    counted,
    is_not,
    latest,
    per_minute,
    prom,
    quantile,
    ratio,
    spans,
    threshold,
)
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_OPERATION,
    TRADING_RATE_LIMIT_NAME,
    TRADING_VENUE,
)

ERROR: Final = "error.type"
SOME_REQUESTS: Final = f"{of_span(TRADING_OPERATION)} != nil"
_SLOW: Final = f"{SOME_REQUESTS} && duration > 500ms"
_FAILED: Final = f"{SOME_REQUESTS} && {of_span(ERROR)} != nil"
_OPERATION: Final = (TRADING_VENUE, TRADING_OPERATION)
_LIMIT: Final = (SERVICE, TRADING_VENUE, TRADING_RATE_LIMIT_NAME)
_DURATION: Final = metrics.TRADING_REQUEST_DURATION
_NONE: Final = "No requests in this time range"


def share_failed(window: str, *by: str) -> str:
    """Return the share of requests that failed or were refused; 0 where none did."""
    asked = counted(_DURATION, by=by, window=window, part="_count")
    failed = counted(_DURATION, is_not(ERROR, ""), by=by, window=window, part="_count")
    return ratio(f"({failed}) or 0 * ({asked})", asked)


REQUESTS: Final = (
    heat(
        "Requests, by how long they took",
        "All requests to venues, as the library's caller waits for them: throttling, signing and parsing included.",
        "a second band: one venue, one operation or the library's own throttle. Its spans are behind the table.",
        Query("prometheus", buckets(_DURATION), "{{le}}", ("le",), shape="heatmap", exemplars=True),
        height=9,
        spans=SOME_REQUESTS,
        no_data=_NONE,
    ),
    plot(
        "Duration by operation, p99",
        "The slowest hundredth of each operation at each venue. Points are single requests: click one for its trace.",
        "orders among them: quotes rest longer than meant. Only lists and balances: ask for them less often.",
        prom(quantile(0.99, _DURATION, by=_OPERATION), by=_OPERATION, exemplars=True),
        unit="s",
        height=9,
        spans=SOME_REQUESTS,
        no_data=_NONE,
    ),
    bars(
        "Requests by operation",
        "Requests in a minute, by venue and operation.",
        "polling that grows eats the rate limit that orders need.",
        prom(per_minute(_DURATION, by=_OPERATION, part="_count"), by=_OPERATION),
        unit=PER_MINUTE,
        spans=SOME_REQUESTS,
        no_data=_NONE,
    ),
    bars(
        "Failed requests",
        "Requests in a minute that failed or were refused, by venue, operation and class of error.",
        "time-outs and network: the way there. Rate limits and bans: slow down. Authentication: the key, or the clock.",
        prom(per_minute(_DURATION, is_not(ERROR, ""), by=(*_OPERATION, ERROR), part="_count"), by=(*_OPERATION, ERROR)),
        unit=PER_MINUTE,
        spans=_FAILED,
        no_data="No request failed in this time range",
    ),
    table_panel(
        "Operations",
        "Each operation in this time range: how often, how fast, and how much of it failed.",
        "sort by what hurts; the links in a row lead to its requests.",
        prom(counted(_DURATION, by=_OPERATION, part="_count"), by=_OPERATION).table(),
        prom(quantile(0.5, _DURATION, by=_OPERATION, window=WHOLE), by=_OPERATION).table(),
        prom(quantile(0.99, _DURATION, by=_OPERATION, window=WHOLE), by=_OPERATION).table(),
        prom(share_failed(WHOLE, *_OPERATION), by=_OPERATION).table(),
        sort="Requests",
        unit="none",
        transformations=(merged(), organized(order=(label(TRADING_OPERATION), "Value #A", "Value #D"))),
        overrides=(
            column(label(TRADING_VENUE), "Venue"),
            column(label(TRADING_OPERATION), "Operation", custom__minWidth=140),
            column("Value #A", "Requests", "none", decimals=0),
            column("Value #B", "p50", "s"),
            column("Value #C", "p99", "s"),
            column(
                "Value #D",
                "Failed",
                "percentunit",
                decimals=1,
                thresholds={
                    "mode": "absolute",
                    "steps": [
                        {"value": None, "color": GOOD},
                        {"value": 0.01, "color": WARN},
                        {"value": 0.05, "color": BAD},
                    ],
                },
                custom__cellOptions={"type": "color-text"},
            ),
        ),
        height=9,
        spans=SOME_REQUESTS,
        no_data=_NONE,
    ),
    table_panel(
        "Slowest requests",
        "Requests that took half a second and longer.",
        "open a trace: what the bot waited for meanwhile hangs below it.",
        spans(f'{{ {_SLOW} && resource.service.name =~ "$bot" }}', limit=20),
        unit="none",
        height=9,
        spans=_SLOW,
        no_data="No request took half a second in this time range",
    ),
)

LIMITS: Final = (
    plot(
        "Rate limits",
        "The used share of each limit on the rate of requests, as the venue's answers say. Dashed where the alert "
        "begins; at 1 the venue refuses, cancellations among them.",
        "slow down what is not an order, polling first. Several bots with one account share one limit.",
        prom(latest(metrics.TRADING_RATE_LIMIT_UTILIZATION, by=_LIMIT, function="max"), by=_LIMIT),
        threshold("rate_limit_utilization", "alert"),
        unit="percentunit",
        soft_max=1,
        height=9,
        spans=SOME_REQUESTS,
        no_data="No venue says how much of its limits is used",
    ),
    plot(
        "Clock offset",
        "The venue's clock less this machine's, by bot and venue. Dashed where alerts begin, either way.",
        "all venues: set this machine's clock (NTP, PTP). One: the venue, or the way to it. Signed requests fail when "
        "it grows.",
        prom(
            latest(metrics.TRADING_CLOCK_OFFSET, by=(SERVICE, TRADING_VENUE), function="avg"),
            by=(SERVICE, TRADING_VENUE),
        ),
        threshold("clock_offset_seconds", "alert"),
        threshold("clock_offset_seconds", "alert", "* -1"),
        unit="s",
        height=9,
        soft_min=None,
        centered=True,
        spans=SOME_REQUESTS,
        no_data="No venue was asked for its time",
    ),
)
