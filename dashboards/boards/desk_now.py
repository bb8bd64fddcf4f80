"""The first line of the desk: the numbers of now."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from grafana_foundation_sdk.models.common import BigValueTextMode

from dashboards import behind, links
from dashboards.formulas import profit
from dashboards.kit import BAD, GOOD, WARN, stat_panel, words
from dashboards.queries import (
    counted,
    latest,
    or_zero,
    prom,
    ratio,
)
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
)

NO_MONEY: Final = "No bot told this in this time range: otel_trading.pnl(), exposure()"

NOW: Final = tuple(
    replace(each, height=3)
    for each in (
        stat_panel(
            "Trading",
            "Whether a kill switch is on: for a bot as a whole or for one of its strategies.",
            "on the risk board see which, and why it was thrown; resume only when that is over.",
            prom(latest(metrics.TRADING_KILL_SWITCH_STATE, function="max"), "kill switch").now(),
            unit="none",
            mappings=words({"0": ("ON", GOOD), "1": ("STOPPED", BAD)}),
            filled=True,
            width=3,
            lines=behind.STOP_LINES,
            links=(links.board("otel-trading-risk", "Risk"),),
            no_data="No bot tells of a kill switch now",
        ),
        stat_panel(
            "P&L",
            "Realized and unrealized profit or loss of all chosen bots, for each currency.",
            "see below which strategy it is, and on the strategies board what it holds.",
            prom(profit(TRADING_CURRENCY), by=(TRADING_CURRENCY,)),
            unit="short",
            text_mode=BigValueTextMode.VALUE_AND_NAME,
            steps=((None, BAD), (0, GOOD)),
            width=5,
            lines=behind.EXECUTED_LINES,
            links=(links.board("otel-trading-strategies", "Strategies"),),
            no_data=NO_MONEY,
        ),
        stat_panel(
            "Drawdown used",
            "The worst drawdown of a strategy as a share of what it is allowed.",
            "at 80 % take the size down; at 100 % the strategy should have stopped itself: if it trades, stop it.",
            prom(latest(metrics.TRADING_DRAWDOWN_UTILIZATION, function="max"), "worst"),
            unit="percentunit",
            steps=((None, GOOD), (0.8, WARN), (1, BAD)),
            width=4,
            lines=behind.EXECUTED_LINES,
            links=(links.board("otel-trading-risk", "Risk"),),
            no_data=NO_MONEY,
        ),
        stat_panel(
            "At stake",
            "Gross exposure: the value of all positions, long and short added up, for each currency.",
            "compare with the limit on the risk board; look for a leg that was not closed.",
            prom(latest(metrics.TRADING_EXPOSURE_GROSS, by=(TRADING_CURRENCY,)), by=(TRADING_CURRENCY,)),
            unit="short",
            text_mode=BigValueTextMode.VALUE_AND_NAME,
            width=4,
            lines=behind.EXECUTED_LINES,
            links=(links.board("otel-trading-risk", "Risk"),),
            no_data=NO_MONEY,
        ),
        stat_panel(
            "Orders",
            "Orders sent in the time range above.",
            "none in a session means that a bot has stopped to trade: see what is burning, then its log.",
            prom(or_zero(counted(metrics.TRADING_ORDER_SUBMISSIONS)), "sent").now(),
            unit="locale",
            defaults={"decimals": 0},
            width=3,
            spans=behind.SENT,
            lines=behind.SENT_LINES,
        ),
        stat_panel(
            "Refused",
            "Orders that were refused or went without an answer, as a share of those sent in the time range.",
            "see by category whose fault it is: the bot's, the account's, the venue's or the network's.",
            prom(
                ratio(
                    or_zero(counted(metrics.TRADING_ORDER_REJECTIONS)),
                    or_zero(counted(metrics.TRADING_ORDER_SUBMISSIONS)),
                ),
                "refused",
            ).now(),
            unit="percentunit",
            steps=((None, GOOD), (0.02, WARN), (0.05, BAD)),
            defaults={"decimals": 1},
            width=3,
            spans=behind.REFUSED,
            lines=behind.REFUSED_LINES,
            no_data="No orders",
        ),
        stat_panel(
            "Open",
            "Orders that are open at a venue now.",
            "orders that never leave are stuck, or their end was missed: ask the venue.",
            prom(or_zero(latest(metrics.TRADING_ORDER_ACTIVE)), "open").now(),
            unit="locale",
            defaults={"decimals": 0},
            width=2,
            spans=behind.SENT,
            lines=behind.SENT_LINES,
        ),
    )
)
