"""Service levels: what the desk promises itself, how much of the error budget is left, and how fast it goes."""

from __future__ import annotations

from typing import Final

from dashboards import behind, links
from dashboards.board import Board, Section
from dashboards.kit import (
    BAD,
    GOOD,
    PER_MINUTE,
    WARN,
    bars,
    column,
    heat,
    merged,
    organized,
    plot,
    stat_panel,
    table_panel,
)
from dashboards.names import ENVIRONMENT, SERVICE, label
from dashboards.objectives import (
    ALL_BAD,
    ALL_LATE,
    FEW,
    IN_TIME,
    LATENCY,
    SUCCESS,
    WINDOWS,
    burn_rates,
    failing,
    late,
    left,
    objective,
)
from dashboards.queries import (
    WINDOW,
    Query,
    buckets,
    counted,
    is_not,
    per_minute,
    prom,
    ratio,
    threshold,
)
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import TRADING_VENUE

_ERROR: Final = "error.type"
_SENT: Final = metrics.TRADING_ORDER_SUBMISSIONS
_ACK: Final = metrics.TRADING_ORDER_ACK_DURATION
_BY_ERROR: Final = (TRADING_VENUE, _ERROR)
_NO_ORDERS: Final = "No orders in this time range"
_TOO_FEW: Final = f"Fewer than {FEW} orders in these windows: too few to say"
_TO_EXECUTION: Final = (links.board("otel-trading-execution", "Execution"),)
_FAILED_SPANS: Final = f"{behind.SENT} && span.error.type != nil"
_BURN_STEPS: Final = {
    "mode": "absolute",
    "steps": [{"value": None, "color": GOOD}, {"value": 1, "color": WARN}, {"value": 6, "color": BAD}],
}

_VALUES: Final = tuple(f"Value #{letter}" for letter in "ABCDE")
"""The columns of a table of all windows; numbers come before the environment, or a phone would not show them."""

_BUDGET: Final = ((None, BAD), (0, WARN), (0.5, GOOD))

_NOW: Final = (
    stat_panel(
        "Orders that got through",
        "The share of orders that venues took, in this time range. An order fails where the venue refuses it, or where "
        "nobody knows whether it does.",
        "below the objective: see which error it is, and whose.",
        prom(f"1 - ({ALL_BAD})").now(),
        unit="percentunit",
        defaults={"decimals": 2},
        spans=_FAILED_SPANS,
        lines=behind.REFUSED_LINES,
    ),
    stat_panel(
        "Objective: orders",
        "The share of orders that has to get through: objective_order_success in thresholds.yml.",
        "set it to what you can hold and what your strategies need.",
        objective(SUCCESS),
        unit="percentunit",
        links=_TO_EXECUTION,
    ),
    stat_panel(
        "Budget left: orders",
        "How much of the orders that may fail in this time range did not, yet. Below 0 it is overdrawn. Choose 30 days "
        "for a month's budget.",
        "overdrawn: change nothing that can wait, mend what fails.",
        prom(left(ALL_BAD, SUCCESS)).now(),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=_BUDGET,
        spans=_FAILED_SPANS,
        lines=behind.REFUSED_LINES,
    ),
    stat_panel(
        "Acknowledged in time",
        "The share of acknowledgements within half a second, in this time range.",
        "below the objective: see which venue is late, below and on Execution.",
        prom(f"1 - ({ALL_LATE})").now(),
        unit="percentunit",
        defaults={"decimals": 2},
        spans=f"{behind.SENT} && duration > 500ms",
        lines=behind.SENT_LINES,
    ),
    stat_panel(
        "Objective: acknowledgements",
        "The share of acknowledgements that has to be in time: objective_ack_latency in thresholds.yml.",
        "set it to what your strategies need.",
        objective(LATENCY),
        unit="percentunit",
        links=_TO_EXECUTION,
    ),
    stat_panel(
        "Budget left: acknowledgements",
        "How much of the acknowledgements that may be late in this time range was not, yet. Below 0 it is overdrawn.",
        "overdrawn: fewer requests beside orders, a nearer host, or another route.",
        prom(left(ALL_LATE, LATENCY)).now(),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=_BUDGET,
        spans=f"{behind.SENT} && duration > 500ms",
        lines=behind.SENT_LINES,
    ),
)


_COLUMNS: Final = (
    column(label(SERVICE), "Bot", custom__minWidth=110),
    column(label(ENVIRONMENT), "Environment"),
    *(
        column(value, said, "suffix:x", decimals=1, thresholds=_BURN_STEPS, custom__cellOptions={"type": "color-text"})
        for value, said in zip(_VALUES, WINDOWS.values(), strict=True)
    ),
)


_SUCCESS_PANELS: Final = (
    plot(
        "Order success: burn rate",
        "How many times faster than the objective allows its budget is used up, by bot, over 1 hour: at 1 it lasts as "
        "long as it has to. Dashed where alerts begin; each needs other windows, too, which the table has.",
        "above a line: see the errors below, and stop the bot that causes them if it goes on.",
        *burn_rates(failing, SUCCESS, "1h"),
        threshold("burn_fast", "alert"),
        threshold("burn_slow", "warning"),
        unit="suffix:x",
        spans=_FAILED_SPANS,
        lines=behind.REFUSED_LINES,
        no_data=_TOO_FEW,
    ),
    table_panel(
        "Order success: burn rates by bot",
        "The same over all windows, up to 3 days.",
        "all windows above 1: it is no accident, the budget will not last.",
        *(each.table() for each in burn_rates(failing, SUCCESS, *WINDOWS)),
        unit="none",
        transformations=(merged(), organized(order=(label(SERVICE), *_VALUES, label(ENVIRONMENT)))),
        overrides=_COLUMNS,
        spans=_FAILED_SPANS,
        lines=behind.REFUSED_LINES,
        no_data=_TOO_FEW,
    ),
    bars(
        "Orders that failed",
        "Orders in a minute that did not get through, by venue and class of error.",
        "click one for the orders behind it; the reason in the venue's words is on each.",
        prom(per_minute(_SENT, is_not(_ERROR, ""), by=_BY_ERROR), by=_BY_ERROR),
        unit=PER_MINUTE,
        height=9,
        spans=behind.SENT,
        no_data="No order failed in this time range",
    ),
    plot(
        "Success by venue",
        "The share of orders that each venue took. Dashed is the objective.",
        "one venue: it, its limits, or its key. All: the bot.",
        prom(
            "1 - ("
            + ratio(
                f"({counted(_SENT, is_not(_ERROR, ''), by=(TRADING_VENUE,), window=WINDOW)})"
                f" or 0 * ({counted(_SENT, by=(TRADING_VENUE,), window=WINDOW)})",
                counted(_SENT, by=(TRADING_VENUE,), window=WINDOW),
            )
            + ")",
            by=(TRADING_VENUE,),
        ),
        threshold(SUCCESS, "objective"),
        unit="percentunit",
        height=9,
        soft_min=None,
        soft_max=1,
        spans=_FAILED_SPANS,
        lines=behind.REFUSED_LINES,
        no_data=_NO_ORDERS,
    ),
)

_LATENCY_PANELS: Final = (
    plot(
        "Acknowledgement latency: burn rate",
        "How many times faster than the objective allows its budget of late acknowledgements is used up, by bot, "
        "over 1 hour. Dashed where alerts begin; each needs other windows, too, which the table has.",
        "above a line: see which venue is late; resting quotes are older than they seem.",
        *burn_rates(late, LATENCY, "1h"),
        threshold("burn_fast", "alert"),
        threshold("burn_slow", "warning"),
        unit="suffix:x",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data=_TOO_FEW,
    ),
    table_panel(
        "Acknowledgement latency: burn rates by bot",
        "The same over all windows, up to 3 days.",
        "only the short ones: a moment. All: the venue, or the way to it, has changed.",
        *(each.table() for each in burn_rates(late, LATENCY, *WINDOWS)),
        unit="none",
        transformations=(merged(), organized(order=(label(SERVICE), *_VALUES, label(ENVIRONMENT)))),
        overrides=_COLUMNS,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data=_TOO_FEW,
    ),
    heat(
        "How long acknowledgements took",
        "All acknowledgements; in time is what stands at 0.5 s and below. Points are single orders.",
        "click a late one for its trace.",
        Query("prometheus", buckets(_ACK), "{{le}}", ("le",), shape="heatmap", exemplars=True),
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data=_NO_ORDERS,
    ),
    plot(
        "In time, by venue",
        "The share of acknowledgements within half a second, by venue. Dashed is the objective.",
        "one venue: it, or the way to it. All: this machine or the bot.",
        prom(
            ratio(
                counted(_ACK, IN_TIME, by=(TRADING_VENUE,), window=WINDOW, part="_bucket"),
                counted(_ACK, by=(TRADING_VENUE,), window=WINDOW, part="_count"),
            ),
            by=(TRADING_VENUE,),
        ),
        threshold(LATENCY, "objective"),
        unit="percentunit",
        soft_min=None,
        soft_max=1,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data=_NO_ORDERS,
    ),
)

BOARD: Final = Board(
    name="levels",
    title="Service levels",
    says="Whether orders get through and are acknowledged in time, how much may still go wrong, and how fast it does.",
    order=9,
    since="now-6h",
    refresh="1m",
    sections=(
        Section("", _NOW),
        Section("Orders get through", _SUCCESS_PANELS),
        Section("Orders are acknowledged in time", _LATENCY_PANELS),
    ),
)
