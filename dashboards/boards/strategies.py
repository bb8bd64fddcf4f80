"""Each strategy: what it earns, what it holds, how it trades, and why."""

from __future__ import annotations

from typing import Final

from dashboards import behind, links
from dashboards.board import Board, Section
from dashboards.formulas import fee_rate, net_slippage, profit, share_filled, share_passive
from dashboards.kit import PER_MINUTE, bars, column, log_panel, merged, organized, plot, table_panel
from dashboards.names import EVENT, label
from dashboards.queries import (
    WHOLE,
    WINDOW,
    counted,
    in_context,
    is_,
    is_not,
    latest,
    lines,
    log_series,
    logs,
    per_minute,
    prom,
)
from dashboards.queries import events as event_lines
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
    TRADING_DECISION_SIGNAL,
    TRADING_STRATEGY_ID,
    TRADING_SYMBOL,
    TRADING_VENUE,
)

_NAMED: Final = is_not(TRADING_STRATEGY_ID, "")
_EACH: Final = (TRADING_STRATEGY_ID,)
_MONEY: Final = (TRADING_STRATEGY_ID, TRADING_CURRENCY)
_NAMELESS: Final = "No strategy is named: set OTEL_TRADING_STRATEGY, or write `with otel_trading.strategy(…)`"
_BP: Final = "suffix:bp"
_EXECUTION: Final = links.board("otel-trading-execution", "Execution")
_WHERE: Final = (_NAMED,)

_TABLE: Final = (
    table_panel(
        "Strategies",
        "Each strategy of the time range: what it earns now, how much of its drawdown is used, its orders and fills, "
        "what was refused, and what it paid and lost on the way.",
        "one that trades much and earns little pays for it in fees and slippage; one with orders and no fills quotes "
        "beside the market.",
        prom(profit(*_EACH, where=_WHERE), by=_EACH).table(),
        prom(latest(metrics.TRADING_DRAWDOWN_UTILIZATION, _NAMED, by=_EACH, function="max"), by=_EACH).table(),
        prom(counted(metrics.TRADING_ORDER_SUBMISSIONS, _NAMED, by=_EACH), by=_EACH).table(),
        prom(counted(metrics.TRADING_EXECUTION_FILLS, _NAMED, by=_EACH), by=_EACH).table(),
        prom(counted(metrics.TRADING_ORDER_REJECTIONS, _NAMED, by=_EACH), by=_EACH).table(),
        prom(fee_rate(WHOLE, *_EACH, where=_WHERE), by=_EACH).table(),
        prom(net_slippage(WHOLE, *_EACH, where=_WHERE), by=_EACH).table(),
        unit="locale",
        width=24,
        height=7,
        sort="Orders",
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        transformations=(merged(), organized(order=(label(TRADING_STRATEGY_ID),))),
        overrides=(
            column(label(TRADING_STRATEGY_ID), "Strategy", custom__minWidth=110),
            column("Value #A", "P&L", decimals=2),
            column("Value #B", "Drawdown used", "percentunit", decimals=0),
            column("Value #C", "Orders", decimals=0),
            column("Value #D", "Fills", decimals=0),
            column("Value #E", "Refused", decimals=0),
            column("Value #F", "Fees", _BP, decimals=2),
            column("Value #G", "Slippage, net", _BP, decimals=2),
        ),
        no_data=_NAMELESS,
    ),
)

_EARNS: Final = (
    plot(
        "P&L",
        "Realized and unrealized profit or loss of each strategy, in its own currency.",
        "a step: click it for the fills of that minute. A slide: see slippage and fees below.",
        prom(profit(*_MONEY, where=_WHERE), by=_MONEY),
        unit="locale",
        soft_min=None,
        defaults={"decimals": 2},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=f"{_NAMELESS}; and tell its P&L: otel_trading.pnl()",
    ),
    plot(
        "Realized and unrealized",
        "What was earned by closed positions, and what is open. A loss that is not closed shows in the second only.",
        "realized up and unrealized down: winners are closed and losers are kept.",
        prom(
            latest(metrics.TRADING_PNL_REALIZED, _NAMED, by=_MONEY),
            "realized {{trading_strategy_id}} {{trading_currency}}",
            _MONEY,
        ),
        prom(
            latest(metrics.TRADING_PNL_UNREALIZED, _NAMED, by=_MONEY),
            "unrealized {{trading_strategy_id}} {{trading_currency}}",
            _MONEY,
        ),
        unit="locale",
        soft_min=None,
        defaults={"decimals": 2},
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=f"{_NAMELESS}; and tell its P&L: otel_trading.pnl()",
    ),
    plot(
        "Positions",
        "What each strategy holds of each symbol; negative when short.",
        "one that should be flat and is not: see its last fills and refused orders.",
        prom(
            latest(metrics.TRADING_POSITION_QUANTITY, _NAMED, by=(TRADING_STRATEGY_ID, TRADING_VENUE, TRADING_SYMBOL)),
            by=(TRADING_STRATEGY_ID, TRADING_VENUE, TRADING_SYMBOL),
        ),
        unit="none",
        soft_min=None,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data=f"{_NAMELESS}; and tell its positions: otel_trading.position()",
    ),
    plot(
        "Turnover in a minute",
        "What each strategy executes in a minute, by value.",
        "more turnover should earn more: compare with P&L.",
        prom(per_minute(metrics.TRADING_EXECUTION_NOTIONAL, _NAMED, by=_MONEY), by=_MONEY),
        unit="short",
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills in this time range",
    ),
)

_TRADES: Final = (
    bars(
        "Orders sent",
        "Orders of each strategy in a minute.",
        "a gap in a session: it sees no signal, or is stopped. A burst: it may repeat itself.",
        prom(per_minute(metrics.TRADING_ORDER_SUBMISSIONS, _NAMED, by=_EACH), by=_EACH),
        unit=PER_MINUTE,
        width=8,
        spans=behind.SENT,
        lines=behind.SENT_LINES,
        no_data=_NAMELESS,
    ),
    bars(
        "Fills",
        "Executions of each strategy in a minute.",
        "orders without fills: it quotes beside the market.",
        prom(per_minute(metrics.TRADING_EXECUTION_FILLS, _NAMED, by=_EACH), by=_EACH),
        unit=PER_MINUTE,
        width=8,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills in this time range",
    ),
    bars(
        "Refused",
        "Orders of each strategy that were refused or went without an answer, in a minute.",
        "click one for the orders and for the venue's words; the desk has them by category.",
        prom(
            per_minute(metrics.TRADING_ORDER_REJECTIONS, _NAMED, by=_EACH),
            by=_EACH,
        ),
        unit=PER_MINUTE,
        width=8,
        spans=behind.REFUSED,
        lines=behind.REFUSED_LINES,
        no_data="Nothing refused in this time range",
    ),
    plot(
        "Filled whole",
        "Orders that were filled whole, over orders sent in the same minutes.",
        "a strategy whose share falls has lost its place in the book, or its signal.",
        prom(share_filled(WINDOW, *_EACH, where=_WHERE), by=_EACH),
        unit="percentunit",
        width=8,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No fills in this time range",
    ),
    plot(
        "Passive fills",
        "Fills that rested in the book first (maker), over those of which the venue says it.",
        "falling: it crosses the spread, and pays the taker's fee.",
        prom(
            share_passive(WINDOW, *_EACH, where=_WHERE),
            by=_EACH,
            empty="ccxt's order stream does not say which fills rested",
        ),
        unit="percentunit",
        width=8,
        soft_max=1,
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No venue says which fills rested in the book",
    ),
    plot(
        "Slippage, net",
        "What fills cost against the arrival mid: adverse less favorable. Below zero they were better than the mid.",
        "above what the strategy earns on a trade, it loses: smaller orders, or passive ones.",
        prom(net_slippage(WINDOW, *_EACH, where=_WHERE), by=_EACH),
        unit=_BP,
        width=8,
        soft_min=None,
        links=(_EXECUTION,),
        spans=behind.EXECUTED,
        lines=behind.EXECUTED_LINES,
        no_data="No arrival price known: the bot gets no market data that is instrumented, or has no fills",
    ),
)

_COUNTED: Final = f"count_over_time({event_lines(events.TRADING_DECISION, carried=_EACH)} [$__interval])"
_WHY: Final = (
    bars(
        "Decisions",
        "Decisions to trade, by signal, as the bots tell them.",
        "decisions without orders: a check stopped them, or the order failed; see the lines beside.",
        log_series(
            f"sum by ({label(TRADING_STRATEGY_ID)}, {label(TRADING_DECISION_SIGNAL)}) ({_COUNTED})",
            by=(TRADING_DECISION_SIGNAL,),
            empty="only a bot that calls decision() tells why it trades",
        ),
        unit="none",
        interval="15s",
        lines=is_(EVENT, events.TRADING_DECISION),
        links=(links.board("otel-trading-risk", "Risk"),),
        no_data="No bot tells why it trades: otel_trading.decision()",
    ),
    log_panel(
        "Why, and what came of it",
        "Decisions, fills and refused orders of the chosen strategies, the newest first.",
        "open a line; from there the links lead to the order and its trace.",
        logs(
            lines(
                is_(EVENT, events.TRADING_DECISION, events.TRADING_ORDER_FILLED, *behind.REFUSALS),
                f'{label(TRADING_STRATEGY_ID)}=~"$strategy"',
                in_context(),
            ),
            limit=200,
        ),
        width=12,
        height=8,
        no_data="No decision, fill or refused order in this time range",
    ),
)

BOARD: Final = Board(
    name="strategies",
    title="Strategies",
    says="Each strategy: what it earns, what it holds, how it trades, and why.",
    order=6,
    sections=(
        Section("", _TABLE),
        Section("What it earns", _EARNS),
        Section("How it trades", _TRADES),
        Section("Why", _WHY),
    ),
)
