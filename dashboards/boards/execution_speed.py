"""The half of the execution board that is about time and messages."""

from __future__ import annotations

from typing import Final

from dashboards import behind
from dashboards.formulas import messages, share_canceled, share_filled, share_passive
from dashboards.kit import (
    PER_MINUTE,
    bars,
    gauges,
    heat,
    plot,
)
from dashboards.queries import (
    WHOLE,
    WINDOW,
    Query,
    buckets,
    counted,
    latest,
    mean,
    per_minute,
    prom,
    quantile,
    threshold,
)
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_ORDER_SIDE,
    TRADING_SYMBOL,
    TRADING_VENUE,
)

_MESSAGES_FOR_A_FILL: Final = (
    f"({messages('1h', TRADING_VENUE)}) / "
    f"(({counted(metrics.TRADING_EXECUTION_FILLS, by=(TRADING_VENUE,), window='1h')}) > 0)"
)

SPEED: Final = (
    heat(
        "Acknowledgement",
        "How many orders were acknowledged how fast. Each point is one order.",
        "click a point for its trace. A second band above the first is one venue, one route or one kind of order.",
        Query(
            "prometheus",
            buckets(metrics.TRADING_ORDER_ACK_DURATION),
            "{{le}}",
            ("le",),
            shape="heatmap",
            exemplars=True,
        ),
        width=16,
        height=11,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders in this time range",
    ),
    plot(
        "Acknowledgement, p99 by venue",
        "The slowest hundredth of each venue's orders. Points are single orders, dashed is where the alert begins.",
        "one venue: it, or the way to it. All at once: this machine or the bot.",
        prom(
            quantile(0.99, metrics.TRADING_ORDER_ACK_DURATION, by=(TRADING_VENUE,)),
            by=(TRADING_VENUE,),
            exemplars=True,
        ),
        threshold("order_ack_p99_seconds", "alert"),
        unit="s",
        width=8,
        height=11,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders in this time range",
    ),
    plot(
        "Tick to trade",
        "From receiving market data to sending the order it caused, in one process and on one clock.",
        "p99 far above p50: something else held the bot up, such as garbage collection or a blocking call.",
        prom(quantile(0.5, metrics.TRADING_TICK_TO_TRADE_DURATION), "p50"),
        prom(quantile(0.99, metrics.TRADING_TICK_TO_TRADE_DURATION), "p99", exemplars=True),
        threshold("tick_to_trade_p99_seconds", "alert"),
        unit="s",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No order followed market data that is instrumented",
    ),
    plot(
        "Acknowledgement by side and symbol, mean",
        "The mean time to the acknowledgement, for the symbols and sides that trade.",
        "one symbol alone: its matching engine, or its own limits.",
        prom(
            mean(metrics.TRADING_ORDER_ACK_DURATION, by=(TRADING_SYMBOL, TRADING_ORDER_SIDE)),
            by=(TRADING_SYMBOL, TRADING_ORDER_SIDE),
        ),
        unit="s",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders in this time range",
    ),
)

MESSAGES: Final = (
    plot(
        "Filled whole and canceled",
        "Orders filled whole, and cancellations, each over the orders sent in the same minutes.",
        "cancellations up and fills down: the market runs away from the quotes.",
        prom(share_filled(WINDOW), "filled"),
        prom(share_canceled(WINDOW), "canceled"),
        unit="percentunit",
        width=8,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders in this time range",
    ),
    plot(
        "Messages for a fill",
        "Orders, cancellations and amendments for each fill, over an hour. Dashed: the alert, once it is near.",
        "near the line: quote less often, or amend in steps, before the venue fines or bans.",
        prom(_MESSAGES_FOR_A_FILL, by=(TRADING_VENUE,)),
        threshold("order_to_trade_ratio", "alert", near=_MESSAGES_FOR_A_FILL),
        unit="none",
        width=8,
        spans=behind.CHANGED,
        lines=behind.CHANGED_LINES,
        no_data="No fills in this time range",
    ),
    gauges(
        "Passive fills",
        "The share of fills that rested in the book first (maker), by venue, where the venue says so.",
        "falling: quotes cross the spread. Takers pay more, see the fees.",
        prom(
            share_passive(WHOLE, TRADING_VENUE),
            by=(TRADING_VENUE,),
            empty="ccxt's order stream does not say which fills rested",
        ).now(),
        unit="percentunit",
        defaults={"min": 0, "max": 1},
        steps=((None, "blue"),),
        width=8,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No venue says which fills rested in the book",
    ),
    bars(
        "Changes of orders",
        "Cancellations and amendments in a minute, by venue.",
        "bursts eat the venue's rate limit: see the venues board.",
        prom(
            per_minute(metrics.TRADING_ORDER_CANCELLATIONS, by=(TRADING_VENUE,)),
            "cancellations {{trading_venue}}",
            (TRADING_VENUE,),
        ),
        prom(
            per_minute(metrics.TRADING_ORDER_AMENDMENTS, by=(TRADING_VENUE,)),
            "amendments {{trading_venue}}",
            (TRADING_VENUE,),
        ),
        unit=PER_MINUTE,
        spans=behind.CHANGED,
        lines=behind.CHANGED_LINES,
        no_data="Nothing canceled or amended in this time range",
    ),
    plot(
        "Open orders",
        "Orders that are open at each venue. Dashed where the alert begins, once that is near.",
        "a line that only rises: ends of orders are missed, or orders are stuck.",
        prom(latest(metrics.TRADING_ORDER_ACTIVE, by=(TRADING_VENUE,)), by=(TRADING_VENUE,)),
        threshold("orders_active", "alert", near=latest(metrics.TRADING_ORDER_ACTIVE, by=(TRADING_VENUE,))),
        unit="none",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No open orders told of",
    ),
)
