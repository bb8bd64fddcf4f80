"""The desk at a glance: what is earned, what is at stake, what trades, and what burns."""

from __future__ import annotations

from typing import Final

from dashboards import behind, links
from dashboards.board import Board, Section
from dashboards.boards.desk_now import NO_MONEY, NOW
from dashboards.boards.latest_orders import latest_orders
from dashboards.formulas import profit
from dashboards.kit import PER_MINUTE, alerts, bars, log_panel, plot
from dashboards.names import BAD_LEVELS, EVENT, LEVEL, SERVICE
from dashboards.queries import (
    WINDOW,
    counted,
    in_context,
    is_,
    latest,
    lines,
    logs,
    per_minute,
    prom,
    quantile,
    ratio,
    threshold,
)
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
    TRADING_ORDER_REJECTION_CATEGORY,
    TRADING_STRATEGY_ID,
    TRADING_VENUE,
)

_BY_BOOK: Final = (SERVICE, TRADING_STRATEGY_ID, TRADING_CURRENCY)
_TROUBLE: Final = (
    events.TRADING_KILL_SWITCH_CHANGED,
    events.TRADING_BOT_UNHANDLED_EXCEPTION,
    events.TRADING_STREAM_DISCONNECTED,
)


_BURNING: Final = (
    alerts(
        "What is burning",
        "Alerts that fire or are about to, the newest first. None is the good news.",
        "open one: its summary says what is wrong, its runbook what to look at and what to do.",
        width=9,
        height=9,
    ),
    log_panel(
        "Trouble, as it was said",
        "Refused and unconfirmed orders, breached checks, kill switches, lost streams, and all that a bot logged as an "
        "error, the newest first.",
        "open a line for its ids; from there the links lead to the order and to its trace.",
        logs(
            lines(
                is_(LEVEL, "warn", *BAD_LEVELS),  # that of each of these, and of a stream that nobody closed
                f"{is_(EVENT, *behind.REFUSALS, *_TROUBLE)} or {is_(LEVEL, *BAD_LEVELS)}",
                in_context(),
            ),
            limit=200,
        ),
        width=15,
        height=9,
        no_data="No trouble in this time range",
    ),
)

_MONEY: Final = (
    plot(
        "P&L by strategy",
        "Realized and unrealized profit or loss as the bots tell it, each in its own currency.",
        "a step down: click it for the fills of that minute. A slow slide: see slippage and fees on Execution.",
        prom(profit(*_BY_BOOK), by=_BY_BOOK),
        unit="locale",
        soft_min=None,
        defaults={"decimals": 2},
        height=9,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=NO_MONEY,
    ),
    plot(
        "Drawdown used, by strategy",
        "Each strategy's drawdown as a share of the allowed one; dashed where alerts begin.",
        "take the size down before the line is reached, not after.",
        prom(
            latest(metrics.TRADING_DRAWDOWN_UTILIZATION, by=(SERVICE, TRADING_STRATEGY_ID), function="max"),
            by=(SERVICE, TRADING_STRATEGY_ID),
        ),
        threshold("drawdown_warning", "warning"),
        threshold("drawdown_limit", "limit"),
        unit="percentunit",
        width=6,
        height=9,
        lines=behind.EXECUTED_LINES,
        links=(links.board("otel-trading-risk", "Risk"),),
        no_data=NO_MONEY,
    ),
    plot(
        "Exposure",
        "The value of all positions: gross is what is at stake, net is the bet on direction.",
        "a neutral strategy whose net runs away has lost a leg: see its fills.",
        prom(
            latest(metrics.TRADING_EXPOSURE_GROSS, by=(TRADING_CURRENCY,)),
            "gross {{trading_currency}}",
            (TRADING_CURRENCY,),
        ),
        prom(
            latest(metrics.TRADING_EXPOSURE_NET, by=(TRADING_CURRENCY,)),
            "net {{trading_currency}}",
            (TRADING_CURRENCY,),
        ),
        unit="locale",
        soft_min=None,
        defaults={"decimals": 0},
        width=6,
        height=9,
        lines=behind.EXECUTED_LINES,
        links=(links.board("otel-trading-risk", "Risk"),),
        no_data=NO_MONEY,
    ),
)

_ORDERS: Final = (
    bars(
        "Orders sent",
        "Orders sent in a minute, by bot and venue.",
        "a gap in a session: the bot stopped to trade. A burst: it may repeat itself, see one of its orders.",
        prom(per_minute(metrics.TRADING_ORDER_SUBMISSIONS, by=(SERVICE, TRADING_VENUE)), by=(SERVICE, TRADING_VENUE)),
        unit=PER_MINUTE,
        width=8,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data="No orders in this time range",
    ),
    bars(
        "Fills",
        "Executions in a minute, by bot and venue.",
        "orders without fills: prices that never trade, or a private stream that is dead.",
        prom(per_minute(metrics.TRADING_EXECUTION_FILLS, by=(SERVICE, TRADING_VENUE)), by=(SERVICE, TRADING_VENUE)),
        unit=PER_MINUTE,
        width=8,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills in this time range",
    ),
    bars(
        "Refused, by category",
        "Orders that were refused or went without an answer, in a minute. The category says whose fault it is.",
        "insufficient funds and bad parameters are the bot's; rate limits too; time-outs are the network's: an "
        "unconfirmed order may be at the venue, ask it.",
        prom(
            per_minute(metrics.TRADING_ORDER_REJECTIONS, by=(TRADING_ORDER_REJECTION_CATEGORY,)),
            by=(TRADING_ORDER_REJECTION_CATEGORY,),
        ),
        unit=PER_MINUTE,
        width=8,
        spans=behind.REFUSED,
        lines=behind.REFUSED_LINES,
        no_data="Nothing refused in this time range",
    ),
    plot(
        "Acknowledgement",
        "How long venues take to acknowledge an order: half are faster than p50, one in a hundred slower than p99. "
        "Points are single orders: click one for its trace. Dashed where the alert begins.",
        "both lines up: the venue or the way to it. p99 alone: bursts, throttling, the event loop.",
        prom(
            quantile(0.5, metrics.TRADING_ORDER_ACK_DURATION, by=(TRADING_VENUE,)),
            "p50 {{trading_venue}}",
            (TRADING_VENUE,),
        ),
        prom(
            quantile(0.99, metrics.TRADING_ORDER_ACK_DURATION, by=(TRADING_VENUE,)),
            "p99 {{trading_venue}}",
            (TRADING_VENUE,),
            exemplars=True,
        ),
        threshold("order_ack_p99_seconds", "alert"),
        unit="s",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        links=(links.board("otel-trading-execution", "Execution"),),
        no_data="No acknowledgements in this time range",
    ),
    plot(
        "Refused, as a share",
        "Refused and unconfirmed orders over orders sent. Dashed where the alert begins.",
        "above the line for more than a moment: stop the bot that causes it, then see the reasons in its log.",
        prom(
            ratio(
                counted(metrics.TRADING_ORDER_REJECTIONS, by=(SERVICE,), window=WINDOW),
                counted(metrics.TRADING_ORDER_SUBMISSIONS, by=(SERVICE,), window=WINDOW),
            ),
            by=(SERVICE,),
        ),
        threshold("order_rejections_ratio", "alert"),
        unit="percentunit",
        spans=behind.REFUSED,
        lines=behind.REFUSED_LINES,
        no_data="Nothing refused in this time range",
    ),
)

BOARD: Final = Board(
    name="desk",
    title="Desk",
    says="What is earned, what is at stake, what trades, and what burns.",
    order=1,
    since="now-30m",
    sections=(
        Section("", (*NOW, *_BURNING)),
        Section("Money", _MONEY),
        Section("Orders", (*_ORDERS, latest_orders())),
    ),
)
