"""Rules about what came of orders."""

from __future__ import annotations

from typing import Final

from alerts.names import AT_VENUE, BOT, SYMBOL, label, series
from alerts.promql import quantile
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import attributes, metrics

_SLIPPAGE: Final = series(metrics.TRADING_EXECUTION_SLIPPAGE, "_bucket")
_DIRECTION: Final = label(attributes.TRADING_EXECUTION_SLIPPAGE_DIRECTION)

RULES: Final = (
    Rule(
        uid="slippage-adverse",
        title="Fills are worse than the price decided on",
        expr=quantile(0.95, (*AT_VENUE, SYMBOL), f'{_SLIPPAGE}{{{_DIRECTION}="adverse"}}', "30m"),
        threshold="slippage_adverse_p95",
        unit=Unit.SHARE,
        labels=(*AT_VENUE, SYMBOL),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="2m",
        summary="{bot} pays more than it decided to for {symbol} at {venue}.",
        means=(
            "One adverse fill in twenty of the last half hour was further from the arrival price than the threshold."
            " Orders are too large for the book, or too late for it."
        ),
        steps=(
            "Look whether acknowledgements slowed down at the same time: then orders are late.",
            "Else they are too large for the book: compare their quantity with what the book holds.",
            "$ otel-trading orders --since 30m --from stack",
            "Cut the size, use limit orders, or stop the strategy where the edge is gone.",
        ),
        board="execution",
        panel="Slippage by direction",
    ),
    Rule(
        uid="tick-to-trade-slow",
        title="The bot takes long from data to order",
        expr=quantile(0.99, BOT, series(metrics.TRADING_TICK_TO_TRADE_DURATION, "_bucket"), "5m"),
        threshold="tick_to_trade_p99_seconds",
        unit=Unit.TIME,
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="2m",
        summary="{bot} itself is slow: from market data to the order it causes.",
        means="The bot's own share of the latency, on one clock and in one process. The venue has no part in it.",
        steps=(
            "Look at the bot's event loop, garbage collection and CPU, on the board of bots and hosts.",
            "What it complains of (BOT is the service of the message):",
            "$ otel-trading logs --level warning --since 15m --service BOT --from stack",
            "Work that blocks the event loop, a log handler that waits, or a neighbour on the same cores.",
        ),
        board="execution",
        panel="Tick to trade",
    ),
)
