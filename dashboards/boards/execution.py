"""How well orders are executed: how fast, at what price, at what cost, and with how many messages."""

from __future__ import annotations

from typing import Final

from dashboards import behind
from dashboards.board import Board, Section
from dashboards.boards.execution_speed import MESSAGES, SPEED
from dashboards.formulas import fee_rate, messages, net_slippage, share_filled
from dashboards.kit import (
    BAD,
    GOOD,
    WARN,
    column,
    merged,
    named,
    organized,
    plot,
    stat_panel,
    table_panel,
)
from dashboards.queries import (
    WHOLE,
    WINDOW,
    counted,
    per_minute,
    prom,
    quantile,
    threshold,
)
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
    TRADING_EXECUTION_SLIPPAGE_DIRECTION,
    TRADING_SYMBOL,
    TRADING_VENUE,
)

_NO_MID: Final = "No arrival price known: the bot gets no market data that is instrumented, or has no fills"
_BY_MARKET: Final = (TRADING_VENUE, TRADING_SYMBOL)
_COST: Final = (TRADING_VENUE, TRADING_CURRENCY)
_BP: Final = "suffix:bp"

_SUMMARY: Final = (
    stat_panel(
        "Acknowledged, p99",
        "The time within which 99 of 100 orders of the time range were acknowledged.",
        "see the heat map for when it was slow, and click a point for the trace of such an order.",
        prom(quantile(0.99, metrics.TRADING_ORDER_ACK_DURATION, window=WHOLE), "p99").now(),
        unit="s",
        steps=((None, GOOD), (1, WARN), (2, BAD)),
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders",
    ),
    stat_panel(
        "Tick to trade, p99",
        "The time within which 99 of 100 orders left after the market data that caused them: the bot's own share.",
        "above budget: the event loop, garbage collection or a slow signal; see the bots board.",
        prom(quantile(0.99, metrics.TRADING_TICK_TO_TRADE_DURATION, window=WHOLE), "p99").now(),
        unit="s",
        steps=((None, GOOD), (0.1, WARN), (0.5, BAD)),
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No market data seen",
    ),
    stat_panel(
        "Slippage, net",
        "What fills cost against the arrival mid, on the average of the time range: adverse less favorable.",
        "a few basis points above what the strategy earns on a trade, and it loses: smaller orders, or passive ones.",
        prom(net_slippage(WHOLE), "net").now(),
        unit=_BP,
        defaults={"decimals": 2},
        steps=((None, GOOD), (5, WARN), (10, BAD)),
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=_NO_MID,
    ),
    stat_panel(
        "Filled whole",
        "Orders that were filled whole, over orders sent in the time range.",
        "low for a taker: prices behind the market. Low for a maker is usual: compare with yesterday.",
        prom(share_filled(WHOLE), "filled").now(),
        unit="percentunit",
        defaults={"decimals": 1},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills",
    ),
    stat_panel(
        "Messages for a fill",
        "Orders, cancellations and amendments for each fill of the time range: what venues limit as order-to-trade.",
        "near the venue's limit: quote less often, or amend in steps.",
        prom(f"({messages(WHOLE)}) / (({counted(metrics.TRADING_EXECUTION_FILLS)}) > 0)", "ratio").now(),
        unit="none",
        defaults={"decimals": 1},
        spans=behind.CHANGED,
        lines=behind.CHANGED_LINES,
        no_data="No fills",
    ),
    stat_panel(
        "Fees",
        "Fees of the time range, in basis points of what was traded in the same currency.",
        "above the maker's rate where the bot should be one: it takes. See the share of passive fills.",
        prom(fee_rate(WHOLE, TRADING_CURRENCY), by=(TRADING_CURRENCY,)).now(),
        unit=_BP,
        defaults={"decimals": 2},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fees known",
    ),
)

_PRICE: Final = (
    plot(
        "Slippage by direction",
        "The worst twentieth of fills against the arrival mid, for and against the bot. 10 basis points are 0.1 %.",
        "adverse alone: orders too large or too late for the book. Both: the market moves, wait.",
        prom(
            f"{quantile(0.95, metrics.TRADING_EXECUTION_SLIPPAGE, by=(TRADING_EXECUTION_SLIPPAGE_DIRECTION,))} * 10000",
            "p95 {{trading_execution_slippage_direction}}",
            (TRADING_EXECUTION_SLIPPAGE_DIRECTION,),
        ),
        threshold("slippage_adverse_p95", "alert (adverse)", "* 10000"),
        unit=_BP,
        overrides=(
            named("p95 adverse", color={"mode": "fixed", "fixedColor": BAD}),
            named("p95 favorable", color={"mode": "fixed", "fixedColor": GOOD}),
        ),
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=_NO_MID,
    ),
    plot(
        "Slippage, net by symbol",
        "Adverse less favorable, on the average of the fills. Below zero fills were better than the mid.",
        "a symbol that always costs: quote smaller there, or passively.",
        prom(net_slippage(WINDOW, *_BY_MARKET), by=_BY_MARKET),
        unit=_BP,
        soft_min=None,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=_NO_MID,
    ),
    plot(
        "Fees paid in a minute",
        "Fees in a minute, by venue and currency. Rebates are not subtracted.",
        "a jump without more turnover: the bot takes where it should make, or its fee tier is gone.",
        prom(per_minute(metrics.TRADING_EXECUTION_FEES, by=_COST), by=_COST),
        unit="locale",
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fees known in this time range",
    ),
    plot(
        "Turnover in a minute",
        "Executed value in a minute, by venue and currency.",
        "compare with fees and with P&L: more turnover should earn more.",
        prom(per_minute(metrics.TRADING_EXECUTION_NOTIONAL, by=_COST), by=_COST),
        unit="short",
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills in this time range",
    ),
)

_MARKETS: Final = (
    table_panel(
        "By market",
        "Each venue and symbol of the time range: orders, fills, refused orders, the 99th percentile of the "
        "acknowledgement, and the net slippage.",
        "sort by what worries; click a row's number for the orders behind it.",
        *(
            prom(expr, by=_BY_MARKET).table()
            for expr in (
                counted(metrics.TRADING_ORDER_SUBMISSIONS, by=_BY_MARKET),
                counted(metrics.TRADING_EXECUTION_FILLS, by=_BY_MARKET),
                counted(metrics.TRADING_ORDER_REJECTIONS, by=_BY_MARKET),
                quantile(0.99, metrics.TRADING_ORDER_ACK_DURATION, by=_BY_MARKET, window=WHOLE),
                net_slippage(WHOLE, *_BY_MARKET),
            )
        ),
        unit="locale",
        width=24,
        sort="Orders",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        transformations=(merged(), organized(order=("trading_venue", "trading_symbol"))),
        overrides=(
            column("trading_venue", "Venue"),
            column("trading_symbol", "Symbol"),
            column("Value #A", "Orders", decimals=0),
            column("Value #B", "Fills", decimals=0),
            column("Value #C", "Refused", decimals=0),
            column("Value #D", "Acknowledged, p99", "s"),
            column("Value #E", "Slippage, net", _BP, decimals=2),
        ),
        no_data="No orders in this time range",
    ),
)

BOARD: Final = Board(
    name="execution",
    title="Execution",
    says="How well orders are executed: how fast, at what price, at what cost, and with how many messages.",
    order=3,
    sections=(
        Section("", _SUMMARY),
        Section("Speed", SPEED),
        Section("Price and cost", _PRICE),
        Section("Messages", MESSAGES),
        Section("Markets", _MARKETS),
    ),
)
