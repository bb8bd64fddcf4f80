"""The half of the risk board that is about limits, checks and stops."""

from __future__ import annotations

from typing import Final

from dashboards import behind, links
from dashboards.formulas import of_threshold
from dashboards.kit import BAD, GOOD, OFF, PER_MINUTE, WARN, bars, gauges, log_panel, plot, states, words
from dashboards.names import EVENT, SERVICE, label
from dashboards.panel import override
from dashboards.queries import events as event_lines
from dashboards.queries import in_context, is_, is_not, latest, lines, log_series, logs, per_minute, prom
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import (
    TRADING_CURRENCY,
    TRADING_RISK_CHECK_LIMIT,
    TRADING_RISK_CHECK_NAME,
    TRADING_RISK_CHECK_RESULT,
    TRADING_RISK_CHECK_VALUE,
    TRADING_STRATEGY_ID,
    TRADING_VENUE,
)

_BOOK: Final = (SERVICE, TRADING_STRATEGY_ID)
_BREACHED: Final = is_(TRADING_RISK_CHECK_RESULT, "breached")
_CHECK: Final = (TRADING_RISK_CHECK_NAME,)
_NO_CHECKS: Final = "No bot tells its risk checks: otel_trading.risk_check()"
_FIGURES: Final = tuple(is_not(each, "") for each in (TRADING_RISK_CHECK_VALUE, TRADING_RISK_CHECK_LIMIT))
_SHARE: Final = (
    f"label_format share=`{{{{ divf .{label(TRADING_RISK_CHECK_VALUE)} .{label(TRADING_RISK_CHECK_LIMIT)} }}}}`"
    " | unwrap share | __error__=``"
)
_USED: Final = " | ".join((event_lines(events.TRADING_RISK_CHECK), *_FIGURES, _SHARE))

LIMITS: Final = (
    gauges(
        "Use of limits",
        "How much of each limit is used now: the allowed drawdown, and the desk's thresholds of exposure, leverage and "
        "open orders.",
        "orange: take size down. Red: stop, then look why the bot did not. The thresholds are in "
        "prometheus/rules/thresholds.yml.",
        prom(
            latest(metrics.TRADING_DRAWDOWN_UTILIZATION, by=_BOOK, function="max"),
            "drawdown {{service_name}} {{trading_strategy_id}}",
            _BOOK,
        ),
        prom(
            of_threshold(latest(metrics.TRADING_EXPOSURE_GROSS, by=(*_BOOK, TRADING_CURRENCY)), "exposure_gross"),
            "exposure {{service_name}} {{trading_strategy_id}} {{trading_currency}}",
            (*_BOOK, TRADING_CURRENCY),
        ),
        prom(
            of_threshold(latest(metrics.TRADING_LEVERAGE, by=_BOOK, function="max"), "leverage"),
            "leverage {{service_name}} {{trading_strategy_id}}",
            _BOOK,
        ),
        prom(
            of_threshold(latest(metrics.TRADING_ORDER_ACTIVE, by=(SERVICE, TRADING_VENUE)), "orders_active"),
            "open orders {{service_name}} {{trading_venue}}",
            (SERVICE, TRADING_VENUE),
        ),
        unit="percentunit",
        steps=((None, GOOD), (0.8, WARN), (1, BAD)),
        defaults={"min": 0, "max": 1},
        height=10,
        lines=behind.ORDER_LINES,
        links=(links.board("otel-trading-strategies", "Strategies"),),
        no_data="No bot tells what it holds: otel_trading.exposure(), pnl()",
    ),
    plot(
        "Checked values, as a share of their limits",
        "The highest value of each risk check against its own limit, as the bot checked it. Dashed is the limit.",
        "a check that lives near its limit will stop an order at the worst time: change the size or the limit.",
        log_series(f"max by ({label(TRADING_RISK_CHECK_NAME)}) (max_over_time({_USED} [$__interval]))", by=_CHECK),
        unit="percentunit",
        soft_max=1,
        height=10,
        interval="5s",
        overrides=(
            override(
                "byRegexp",
                ".*",
                custom__drawStyle="points",
                custom__showPoints="always",
                custom__thresholdsStyle={"mode": "dashed"},
            ),
        ),
        steps=((None, OFF), (1, BAD)),
        lines=behind.CHECK_LINES,
        no_data=_NO_CHECKS,
    ),
    bars(
        "Checks",
        "Risk checks in a minute, by name.",
        "none while orders are sent is worth a call: the gate is open.",
        prom(per_minute(metrics.TRADING_RISK_CHECKS, by=_CHECK), by=_CHECK),
        unit=PER_MINUTE,
        lines=behind.CHECK_LINES,
        no_data=_NO_CHECKS,
    ),
    bars(
        "Breached",
        "Risk checks in a minute whose value was beyond its limit, by name and bot.",
        "any is worth a look: click it for the value, the limit and the order.",
        prom(
            per_minute(metrics.TRADING_RISK_CHECKS, _BREACHED, by=(SERVICE, *_CHECK)),
            by=(SERVICE, *_CHECK),
        ),
        unit=PER_MINUTE,
        defaults={"color": {"mode": "palette-classic"}},
        lines=behind.BREACHED_LINES,
        no_data="Nothing breached in this time range",
    ),
)

STOPS: Final = (
    states(
        "Kill switch",
        "When trading was allowed and when it was stopped, for each bot and strategy that has a kill switch.",
        "click a stop for its reason. Resume only when that is gone.",
        prom(latest(metrics.TRADING_KILL_SWITCH_STATE, by=_BOOK, function="max"), by=_BOOK),
        unit="none",
        mappings=words({"0": ("trading", GOOD), "1": ("stopped", BAD)}),
        lines=behind.STOP_LINES,
        no_data="No kill switch told of: otel_trading.kill_switch()",
    ),
    log_panel(
        "Stops and breaches, as they were said",
        "Each stop and release with its reason, and each breached check with its value and limit, the newest first.",
        "open a line; from there the links lead to the order and its trace.",
        logs(
            lines(
                is_(EVENT, events.TRADING_KILL_SWITCH_CHANGED, events.TRADING_RISK_CHECK),
                f"{is_(EVENT, events.TRADING_KILL_SWITCH_CHANGED)} or {_BREACHED}",
                in_context(),
            ),
            limit=200,
        ),
        width=12,
        height=8,
        no_data="No stop and no breach in this time range",
    ),
)
