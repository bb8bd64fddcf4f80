"""Rules about money at risk."""

from __future__ import annotations

from typing import Final

from alerts.names import BOT, CURRENCY, OF_STRATEGY, SYMBOL, VENUE, label, series
from alerts.promql import alive, by, counted, latest, limit, total
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import attributes, events, metrics

_IN_CURRENCY: Final = (*OF_STRATEGY, CURRENCY)
_CHECK: Final = label(attributes.TRADING_RISK_CHECK_NAME)
_RESULT: Final = label(attributes.TRADING_RISK_CHECK_RESULT)
_CHECKS: Final = series(metrics.TRADING_RISK_CHECKS)
_SUBMISSIONS: Final = series(metrics.TRADING_ORDER_SUBMISSIONS)
_DRAWDOWN: Final = latest(OF_STRATEGY, series(metrics.TRADING_DRAWDOWN_UTILIZATION))
_GROSS: Final = latest(_IN_CURRENCY, series(metrics.TRADING_EXPOSURE_GROSS), (VENUE,))
_OF_LIMIT: Final = f"({_GROSS}) / on() group_left() {limit('exposure_gross')}"
_STATE: Final = by(OF_STRATEGY, series(metrics.TRADING_KILL_SWITCH_STATE), "max")
_STOPS: Final = by(OF_STRATEGY, counted(series(metrics.TRADING_KILL_SWITCH_ACTIVATIONS), "5m"))


def _fallen(name: str) -> str:
    """Return how far each process's figure fell within a day; one that began within it began at zero."""
    return by((*_IN_CURRENCY, VENUE, SYMBOL), f"({name} offset 1d - {name}) or (0 - {name})", "max")


_LOSS: Final = (
    f"({by(_IN_CURRENCY, _fallen(series(metrics.TRADING_PNL_REALIZED)))})"
    f" + ({by(_IN_CURRENCY, _fallen(series(metrics.TRADING_PNL_UNREALIZED)))}"
    f" or 0 * {by(_IN_CURRENCY, _fallen(series(metrics.TRADING_PNL_REALIZED)))})"
)

RULES: Final = (
    Rule(
        uid="kill-switch",
        title="Trading is stopped",
        expr=f"({_STATE} == 1) or {_STOPS}",
        threshold=0,
        labels=OF_STRATEGY,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="The kill switch of {bot} {strategy} was thrown.",
        means=(
            "The kill switch is active, or was within the last 5 minutes. The bot sends no more orders; what stands"
            " at the venue and what positions there are is another matter."
        ),
        steps=(
            "Read why:",
            f"$ otel-trading logs {events.TRADING_KILL_SWITCH_CHANGED} --since 1h --from stack",
            "See what is still open, and cancel at the venue what must not stay:",
            "$ otel-trading orders --status open --limit 0 --from stack",
            "Look at the positions. Hedge or close them by hand, if the reason says so.",
            "Release it only when the reason is gone. Write down who did, and why.",
        ),
        board="risk",
        panel="Kill switch",
    ),
    Rule(
        uid="drawdown-limit",
        title="The allowed drawdown is used up",
        expr=_DRAWDOWN,
        threshold="drawdown_limit",
        comparison=">=",
        unit=Unit.SHARE,
        labels=OF_STRATEGY,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} {strategy} has lost all that it may.",
        means="The strategy has fallen from its peak by all that was allowed. It should have stopped itself by now.",
        steps=(
            "Is it stopped? If the kill switch is not active, stop the bot now.",
            "$ otel-trading orders --status open --limit 0 --from stack",
            "Cancel at the venue what is open; close positions as your own rules say.",
            "Then find the trades that did it, on the board of strategies.",
        ),
        board="risk",
        panel="Drawdown used",
    ),
    Rule(
        uid="drawdown-high",
        title="The drawdown nears its limit",
        expr=f"({_DRAWDOWN}) < on() group_left() {limit('drawdown_limit')}",
        threshold="drawdown_warning",
        unit=Unit.SHARE,
        labels=OF_STRATEGY,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="30s",
        summary="{bot} {strategy} has used most of its drawdown.",
        means="The share of the allowed drawdown that is used. From the limit on, the rule about that speaks instead.",
        steps=(
            "See whether it falls slowly (the edge) or fell at once (a trade):",
            "$ otel-trading orders --since 2h --from stack",
            "Decide now what happens at the limit, before it decides itself.",
        ),
        board="risk",
        panel="Drawdown used",
    ),
    Rule(
        uid="pnl-daily-loss",
        title="The loss of the day is over its limit",
        expr=_LOSS,
        threshold="pnl_daily_loss",
        labels=_IN_CURRENCY,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} {strategy} lost more {currency} in 24 hours than it may.",
        means=(
            "Realized and unrealized profit of a strategy fell by more than the threshold within 24 hours. A process"
            " that began within them is taken to have begun at zero. One limit holds for every currency: set it for"
            " the one you account in."
        ),
        steps=(
            "Stop the strategy, unless you know why and want it to go on.",
            "$ otel-trading orders --since 1d --limit 0 --from stack",
            "By symbol, on the panel: one position, or all of them?",
            "Compare with the venue's account. A difference means that a fill was missed.",
        ),
        board="desk",
        panel="P&L by strategy",
    ),
    Rule(
        uid="exposure-limit",
        title="The exposure is over its limit",
        expr=_OF_LIMIT,
        threshold=1,
        unit=Unit.SHARE,
        labels=_IN_CURRENCY,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} {strategy} holds more {currency} than it may.",
        means="All positions of a strategy, long and short added up, are worth more than `exposure_gross`.",
        steps=(
            "Is it meant? A fill that the bot did not count makes it buy again. Compare positions with the venue's.",
            "$ otel-trading orders --status filled --since 1h --from stack",
            "Stop the strategy; reduce by hand.",
        ),
        board="risk",
        panel="Gross exposure",
    ),
    Rule(
        uid="exposure-high",
        title="The exposure nears its limit",
        expr=f"({_OF_LIMIT}) <= 1",
        threshold="exposure_warning",
        unit=Unit.SHARE,
        labels=_IN_CURRENCY,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        summary="{bot} {strategy} nears what it may hold in {currency}.",
        means="Gross exposure as a share of `exposure_gross`. Above it, the rule about the limit speaks instead.",
        steps=(
            "See which symbols carry it, on the panel.",
            "A risk check that should have held it back: is it still called? See the panel of risk checks.",
        ),
        board="risk",
        panel="Gross exposure",
    ),
    Rule(
        uid="leverage-high",
        title="The leverage is high",
        expr=latest((*OF_STRATEGY, VENUE), series(metrics.TRADING_LEVERAGE)),
        threshold="leverage",
        labels=(*OF_STRATEGY, VENUE),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        summary="{bot} {strategy} at {venue}: leverage over its limit.",
        means="Gross exposure over equity. The nearer to the venue's maximum, the smaller the move that liquidates.",
        steps=(
            "Did exposure rise, or equity fall? Both are on the board.",
            "Reduce positions, or bring in margin, before the venue does it at its price.",
        ),
        board="risk",
        panel="Leverage",
    ),
    Rule(
        uid="risk-check-breached",
        title="A risk check was breached",
        expr=total((*OF_STRATEGY, _CHECK), f'{_CHECKS}{{{_RESULT}="breached"}}', "5m"),
        threshold="risk_checks_breached",
        labels=(*OF_STRATEGY, _CHECK),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot}: {risk_check_name} was breached.",
        means=(
            "A value went beyond its limit. The record is evidence, not the gate: what the bot did about it, the"
            " story of the order tells."
        ),
        steps=(
            "Read the value and the limit:",
            f"$ otel-trading logs {events.TRADING_RISK_CHECK} --level warning --since 1h --from stack",
            "Was the order sent all the same?",
            "$ otel-trading order ID --from stack",
            "If it was, the gate does not hold: stop the strategy.",
        ),
        board="risk",
        panel="Breached",
    ),
    Rule(
        uid="risk-checks-absent",
        title="Orders go without risk checks",
        expr=(
            f"(({total(BOT, _SUBMISSIONS, '10m')} > 0) unless on({', '.join(BOT)}) ({total(BOT, _CHECKS, '10m')} > 0))"
            f" and on({', '.join(BOT)}) ({total(BOT, _CHECKS, '1d')} > 0) and on({', '.join(BOT)}) {alive()}"
        ),
        threshold=0,
        labels=BOT,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        summary="{bot} sends orders and no longer checks them.",
        means="The bot had risk checks within the last day. For 10 minutes it has sent orders and made none.",
        steps=(
            "Stop the bot, unless it was changed on purpose.",
            "What it sent, and its last check (BOT is the service of the message):",
            "$ otel-trading orders --since 15m --service BOT --from stack",
            f"$ otel-trading logs {events.TRADING_RISK_CHECK} --since 1d --limit 1 --service BOT --from stack",
        ),
        board="risk",
        panel="Checks",
    ),
)
