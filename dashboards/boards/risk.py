"""What is at stake, what the limits are, how much of them is used, and what has stopped trading."""

from __future__ import annotations

from typing import Final

from dashboards import behind, links
from dashboards.board import Board, Section
from dashboards.boards.risk_limits import LIMITS, STOPS
from dashboards.kit import BAD, GOOD, WARN, column, organized, plot, stat_panel, table_panel, words
from dashboards.names import SERVICE
from dashboards.queries import counted, is_, latest, or_zero, prom, threshold
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
    TRADING_RISK_CHECK_RESULT,
    TRADING_STRATEGY_ID,
    TRADING_SYMBOL,
    TRADING_VENUE,
)

_BREACHED: Final = is_(TRADING_RISK_CHECK_RESULT, "breached")
_BOOK: Final = (SERVICE, TRADING_STRATEGY_ID)
_MONEY: Final = (*_BOOK, TRADING_CURRENCY)
_NO_EXPOSURE: Final = "No bot tells its exposure: otel_trading.exposure()"
_STRATEGIES: Final = links.board("otel-trading-strategies", "Strategies")

_NOW: Final = (
    stat_panel(
        "Trading",
        "Whether a kill switch is on: for a bot as a whole or for one of its strategies.",
        "see below which, since when and why. Resume only when the reason is gone.",
        prom(latest(metrics.TRADING_KILL_SWITCH_STATE, function="max"), "kill switch").now(),
        unit="none",
        mappings=words({"0": ("ON", GOOD), "1": ("STOPPED", BAD)}),
        filled=True,
        lines=behind.STOP_LINES,
        no_data="No bot tells of a kill switch now",
    ),
    stat_panel(
        "Stops",
        "How often trading was stopped in the time range, those included that were over before anybody looked.",
        "read each reason below; a stop that comes back is a fault, not bad luck.",
        prom(or_zero(counted(metrics.TRADING_KILL_SWITCH_ACTIVATIONS)), "stops").now(),
        unit="none",
        steps=((None, GOOD), (1, BAD)),
        defaults={"decimals": 0},
        lines=behind.STOP_LINES,
    ),
    stat_panel(
        "Breached checks",
        "Risk checks of the time range whose value was beyond its limit.",
        "see below which check and by how much, and whether the order left all the same.",
        prom(or_zero(counted(metrics.TRADING_RISK_CHECKS, _BREACHED)), "breached").now(),
        unit="none",
        steps=((None, GOOD), (1, BAD)),
        defaults={"decimals": 0},
        spans=behind.BREACHED,
        lines=behind.BREACHED_LINES,
    ),
    stat_panel(
        "Drawdown used",
        "The worst drawdown of a strategy as a share of what it is allowed.",
        "at 80 % take the size down; at 100 % the strategy should have stopped itself: if it trades, stop it.",
        prom(latest(metrics.TRADING_DRAWDOWN_UTILIZATION, function="max"), "worst"),
        unit="percentunit",
        steps=((None, GOOD), (0.8, WARN), (1, BAD)),
        links=(_STRATEGIES,),
        no_data="No bot tells its drawdown: otel_trading.pnl()",
    ),
    stat_panel(
        "Leverage",
        "The highest gross exposure over equity.",
        "the nearer to the venue's maximum, the smaller the move that liquidates the account: take size down.",
        prom(latest(metrics.TRADING_LEVERAGE, function="max"), "highest"),
        unit="none",
        defaults={"decimals": 2},
        links=(_STRATEGIES,),
        no_data=_NO_EXPOSURE,
    ),
    stat_panel(
        "Value at risk",
        "What the bots compute as value at risk, added up for each currency: an upper bound, as losses rarely come "
        "together.",
        "compare with what the desk may lose in a day.",
        prom(latest(metrics.TRADING_VAR, by=(TRADING_CURRENCY,)), by=(TRADING_CURRENCY,)),
        unit="locale",
        defaults={"decimals": 0},
        links=(_STRATEGIES,),
        no_data=_NO_EXPOSURE,
    ),
)

_STAKE: Final = (
    plot(
        "Gross exposure",
        "The value of all positions, long and short added up, for each strategy. Dashed where the alert begins.",
        "above the line: the strategy holds more than it may; close what it should not have opened.",
        prom(latest(metrics.TRADING_EXPOSURE_GROSS, by=_MONEY), by=_MONEY),
        threshold("exposure_gross", "limit"),
        unit="locale",
        defaults={"decimals": 0},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=_NO_EXPOSURE,
    ),
    plot(
        "Net exposure",
        "The value of long positions less that of short ones: the bet on direction.",
        "a neutral strategy that leaves zero has lost a leg: look for its last fills and refused orders.",
        prom(latest(metrics.TRADING_EXPOSURE_NET, by=_MONEY), by=_MONEY),
        unit="locale",
        soft_min=None,
        defaults={"decimals": 0},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=_NO_EXPOSURE,
    ),
    plot(
        "Leverage",
        "Gross exposure over equity. Dashed where the alert begins.",
        "rising without new positions: equity falls. Take size down before the venue does.",
        prom(latest(metrics.TRADING_LEVERAGE, by=_BOOK, function="max"), by=_BOOK),
        threshold("leverage", "alert"),
        unit="none",
        width=8,
        links=(_STRATEGIES,),
        lines=behind.EXECUTED_LINES,
        no_data=_NO_EXPOSURE,
    ),
    plot(
        "Value at risk",
        "What each strategy computes as value at risk; a positive number is a loss.",
        "a jump without a trade: the market has become wilder, and limits set for calm are too wide.",
        prom(latest(metrics.TRADING_VAR, by=_MONEY), by=_MONEY),
        unit="locale",
        defaults={"decimals": 0},
        width=8,
        links=(_STRATEGIES,),
        lines=behind.EXECUTED_LINES,
        no_data=_NO_EXPOSURE,
    ),
    plot(
        "Drawdown used",
        "Each strategy's drawdown as a share of the allowed one; dashed where alerts begin.",
        "take the size down before the line is reached, not after.",
        prom(latest(metrics.TRADING_DRAWDOWN_UTILIZATION, by=_BOOK, function="max"), by=_BOOK),
        threshold("drawdown_warning", "warning"),
        threshold("drawdown_limit", "limit"),
        unit="percentunit",
        width=8,
        links=(_STRATEGIES,),
        lines=behind.EXECUTED_LINES,
        no_data="No bot tells its drawdown: otel_trading.pnl()",
    ),
    plot(
        "Positions",
        "The held quantity of each symbol, negative when short, in units of the instrument.",
        "compare with what the venue says: a difference means that a fill was missed.",
        prom(
            latest(metrics.TRADING_POSITION_QUANTITY, by=(SERVICE, TRADING_VENUE, TRADING_SYMBOL)),
            by=(SERVICE, TRADING_VENUE, TRADING_SYMBOL),
        ),
        unit="none",
        soft_min=None,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No bot tells its positions: otel_trading.position()",
    ),
    table_panel(
        "Positions now",
        "What each bot and strategy says that it holds now.",
        "a symbol that should be flat and is not: see its last fills.",
        prom(
            latest(metrics.TRADING_POSITION_QUANTITY, by=(*_BOOK, TRADING_VENUE, TRADING_SYMBOL)),
            by=(*_BOOK, TRADING_VENUE, TRADING_SYMBOL),
        ).table(),
        unit="none",
        transformations=(organized(),),
        overrides=(
            column("service_name", "Bot"),
            column("trading_strategy_id", "Strategy"),
            column("trading_venue", "Venue"),
            column("trading_symbol", "Symbol"),
            column("Value", "Quantity"),
        ),
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        links=(_STRATEGIES,),
        no_data="No bot tells its positions now: otel_trading.position()",
    ),
)

BOARD: Final = Board(
    name="risk",
    title="Risk",
    says="What is at stake, what the limits are, how much of them is used, and what has stopped trading.",
    order=5,
    sections=(
        Section("", _NOW),
        Section("Limits", LIMITS),
        Section("Stops", STOPS),
        Section("At stake", _STAKE),
    ),
)
