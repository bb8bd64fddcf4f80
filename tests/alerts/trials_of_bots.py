"""Trials of the rules about orders, money, venues and bots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.semconv import metrics
from tests.alerts.trial import ALIVE, Trial, counter, gauge, named, of

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

STEADY = counter((120, 10))
NEW_AT_10 = gauge((10, None), (60, 3))
"""A counter that begins within the trial, with what its first export had: increase() would see nothing."""


def _histogram(metric: Instrument, bounds: tuple[str, str], *phases: tuple[int, bool], **labels: str) -> dict[str, str]:
    """Return buckets of a histogram that counts ten a minute, above the lower bound where a phase says so."""
    lower, upper = bounds
    below = counter(*((minutes, 0 if above else 10) for minutes, above in phases))
    every = counter(*((minutes, 10) for minutes, _ in phases))
    return {of(metric, "_bucket", le=lower, **labels): below} | {
        of(metric, "_bucket", le=le, **labels): every for le in (upper, "+Inf")
    }


_SENT = of(metrics.TRADING_ORDER_SUBMISSIONS)
_CHECKS = of(metrics.TRADING_RISK_CHECKS, trading_risk_check_result="passed")

ORDERS = {
    "order-rejections": Trial(
        {
            _SENT: STEADY,
            of(metrics.TRADING_ORDER_REJECTIONS, trading_order_rejection_category="other"): counter(
                (10, 0), (10, 2), (40, 0)
            ),
        },
        fires=18,
        quiet=30,
    ),
    "order-rate-limited": Trial(
        {of(metrics.TRADING_ORDER_REJECTIONS, trading_order_rejection_category="rate_limit"): NEW_AT_10}, 12, 20
    ),
    "order-ack-slow": Trial(
        _histogram(metrics.TRADING_ORDER_ACK_DURATION, ("2", "5"), (15, False), (15, True), (20, False)), 25, 45
    ),
    "order-none-submitted": Trial({ALIVE: gauge((90, 1)), _SENT: counter((30, 5), (40, 0), (20, 5))}, 45, 75),
    "orders-active": Trial({of(metrics.TRADING_ORDER_ACTIVE): gauge((10, 5), (10, 200), (20, 5))}, 15, 25),
    "orders-stuck": Trial(
        {
            of(metrics.TRADING_ORDER_ACTIVE): gauge((500, 3)),
            _SENT: counter((60, 1), (440, 0)),
            of(metrics.TRADING_ORDER_UPDATES, trading_order_status="new"): counter((60, 1), (400, 0), (40, 1)),
        },
        fires=440,
        quiet=480,
    ),
    "order-to-trade": Trial(
        {
            _SENT: counter((170, 10)),
            of(metrics.TRADING_ORDER_CANCELLATIONS): counter((170, 10)),
            of(metrics.TRADING_EXECUTION_FILLS): counter((30, 20), (90, 0), (50, 20)),
        },
        fires=115,
        quiet=165,
    ),
    "order-invalid-transitions": Trial(
        {of(metrics.TRADING_ORDER_INVALID_TRANSITIONS): counter((10, 0), (5, 3), (40, 0))}, 16, 30
    ),
    "slippage-adverse": Trial(
        _histogram(
            metrics.TRADING_EXECUTION_SLIPPAGE,
            ("0.001", "0.0025"),
            (40, False),
            (40, True),
            (50, False),
            trading_execution_slippage_direction="adverse",
        ),
        fires=75,
        quiet=125,
    ),
    "tick-to-trade-slow": Trial(
        _histogram(metrics.TRADING_TICK_TO_TRADE_DURATION, ("0.5", "1"), (15, False), (15, True), (20, False)), 25, 45
    ),
}

RISK = {
    "kill-switch": Trial({of(metrics.TRADING_KILL_SWITCH_STATE): gauge((10, 0), (5, 1), (20, 0))}, 12, 20),
    "drawdown-limit": Trial({of(metrics.TRADING_DRAWDOWN_UTILIZATION): gauge((10, 0.5), (5, 1), (20, 0.5))}, 12, 20),
    "drawdown-high": Trial({of(metrics.TRADING_DRAWDOWN_UTILIZATION): gauge((10, 0.5), (5, 0.9), (20, 0.5))}, 13, 20),
    "pnl-daily-loss": Trial({of(metrics.TRADING_PNL_REALIZED): gauge((10, 0), (30, -1500), (20, -500))}, 20, 45),
    "exposure-limit": Trial({of(metrics.TRADING_EXPOSURE_GROSS): gauge((10, 5e4), (5, 1.5e5), (20, 5e4))}, 12, 20),
    "exposure-high": Trial({of(metrics.TRADING_EXPOSURE_GROSS): gauge((10, 5e4), (5, 9e4), (20, 5e4))}, 13, 20),
    "leverage-high": Trial({of(metrics.TRADING_LEVERAGE): gauge((10, 1), (5, 5), (20, 1))}, 13, 20),
    "risk-check-breached": Trial(
        {of(metrics.TRADING_RISK_CHECKS, trading_risk_check_result="breached"): NEW_AT_10}, 12, 20
    ),
    "risk-checks-absent": Trial(
        {ALIVE: gauge((100, 1)), _SENT: STEADY, _CHECKS: counter((30, 2), (40, 0), (30, 2))}, 50, 80
    ),
}

_AGE = of(metrics.TRADING_MARKET_DATA_AGE)
_STREAMS = of(metrics.TRADING_STREAM_CONNECTION_ACTIVE)

MARKETS = {
    "stream-disconnected": Trial({_STREAMS: gauge((10, 1), (5, 0), (20, 1))}, 13, 20),
    "market-data-stale": Trial({_AGE: gauge((10, 1), (5, 60), (20, 1)), _STREAMS: gauge((35, 1))}, 13, 20),
    "market-data-absent": Trial({_AGE: gauge((10, 1), (30, None), (20, 1)), ALIVE: gauge((60, 1))}, 20, 45),
    "market-data-gaps": Trial(
        {of(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS): counter((10, 0), (1, 2), (30, 0))}, 12, 20
    ),
    "market-data-early": Trial(
        {
            of(metrics.TRADING_MARKET_DATA_LATENCY, "_bucket", le="0"): counter((20, 0), (20, 9), (30, 0)),
            of(metrics.TRADING_MARKET_DATA_LATENCY, "_count"): counter((70, 10)),
        },
        fires=35,
        quiet=55,
    ),
    "stream-reconnects": Trial({of(metrics.TRADING_STREAM_RECONNECTS): counter((10, 0), (3, 2), (30, 0))}, 13, 25),
    "rate-limit-high": Trial({of(metrics.TRADING_RATE_LIMIT_UTILIZATION): gauge((10, 0), (5, 0.9), (20, 0))}, 12, 20),
    "clock-offset": Trial({of(metrics.TRADING_CLOCK_OFFSET): gauge((10, 0), (8, -0.2), (20, 0))}, 15, 25),
}

_COLLECTOR = named("up", job="collector")

BOTS = {
    "bot-silent": Trial({ALIVE: gauge((20, 1), (30, None), (20, 1)), _COLLECTOR: gauge((70, 1))}, 30, 55),
    "bot-held-up": Trial({of(metrics.TRADING_BOT_EVENT_LOOP_DELAY): gauge((10, 0.02), (8, 30), (20, 0.02))}, 15, 25),
    "dead-man": Trial({}, fires=5, quiet=None),
    "telemetry-dropped": Trial({of(metrics.TRADING_TELEMETRY_DROPPED): NEW_AT_10}, 12, 30),
    "telemetry-errors": Trial(
        {of(metrics.TRADING_TELEMETRY_ERRORS, error_type="ValueError"): NEW_AT_10}, 12, 30, {"error_type": "ValueError"}
    ),
    "telemetry-spooled": Trial({of(metrics.TRADING_TELEMETRY_SPOOLED): gauge((10, 0), (10, 5e7), (20, 0))}, 15, 25),
}

_LOST = of(metrics.TRADING_ORDER_SUBMISSIONS, error_type="timeout")
_ACKS = of(metrics.TRADING_ORDER_ACK_DURATION, "_count")
_IN_TIME = of(metrics.TRADING_ORDER_ACK_DURATION, "_bucket", le="0.5")

LEVELS = {
    "order-success-burn-fast": Trial({_SENT: counter((180, 10)), _LOST: counter((60, 0), (70, 10), (50, 0))}, 125, 142),
    "order-success-burn-slow": Trial(
        {_SENT: counter((700, 10)), _LOST: counter((200, 0), (300, 1.5), (200, 0))}, 495, 560
    ),
    "ack-latency-burn-fast": Trial(
        {_ACKS: counter((180, 10)), _IN_TIME: counter((60, 10), (70, 1), (50, 10))}, 128, 142
    ),
    "ack-latency-burn-slow": Trial(
        {_ACKS: counter((700, 10)), _IN_TIME: counter((200, 10), (300, 6), (200, 10))}, 495, 560
    ),
}

TRIALS = ORDERS | RISK | MARKETS | BOTS | LEVELS

AGAIN = {
    # Thrown and released between two exports: only the count tells.
    "kill-switch": Trial(
        {
            of(metrics.TRADING_KILL_SWITCH_STATE): gauge((40, 0)),
            of(metrics.TRADING_KILL_SWITCH_ACTIVATIONS): gauge((10, None), (30, 1)),
        },
        12,
        20,
    ),
    # The file does not load any more; what it said before still holds.
    "thresholds-missing": Trial(
        {named("prometheus_config_last_reload_successful", job="prometheus"): gauge((10, 1), (10, 0), (10, 1))}, 15, 25
    ),
    "pnl-daily-loss": Trial(
        {
            of(metrics.TRADING_PNL_REALIZED): gauge((50, -400)),
            of(metrics.TRADING_PNL_UNREALIZED): gauge((10, 0), (20, -700), (20, 0)),
        },
        20,
        40,
    ),
    # The bot was restarted, and its counters with it: the series is another one, and begins at none.
    "order-none-submitted": Trial(
        {
            ALIVE: gauge((90, 1)),
            of(metrics.TRADING_ORDER_SUBMISSIONS, instance="zero"): counter((30, 5), (60, None)),
            _SENT: counter((60, None), (30, 5)),
        },
        45,
        75,
    ),
}
"""A second way to the same alarm."""

STILL = {
    "order-none-submitted": Trial(
        {
            ALIVE: gauge((90, 1)),
            _SENT: counter((30, 5), (60, 0)),
            of(metrics.TRADING_KILL_SWITCH_STATE): gauge((30, 0), (60, 1)),
        },
        None,
        45,
    ),
    "market-data-stale": Trial({_AGE: gauge((10, 1), (20, 60)), _STREAMS: gauge((10, 1), (20, 0))}, None, 15),
    "bot-silent": Trial({ALIVE: gauge((20, 1), (30, None)), _COLLECTOR: gauge((20, 1), (30, None))}, None, 30),
    "drawdown-high": Trial({of(metrics.TRADING_DRAWDOWN_UTILIZATION): gauge((10, 0.5), (20, 1.2))}, None, 20),
    "exposure-high": Trial({of(metrics.TRADING_EXPOSURE_GROSS): gauge((10, 5e4), (20, 2e5))}, None, 20),
    "order-rejections": Trial(
        {_SENT: counter((30, 0.2)), of(metrics.TRADING_ORDER_REJECTIONS): counter((10, 0), (20, 0.2))}, None, 20
    ),
    # The receiver was away for 20 minutes: a counter that comes back did not begin anew.
    "risk-check-breached": Trial(
        {of(metrics.TRADING_RISK_CHECKS, trading_risk_check_result="breached"): gauge((90, 7), (20, None), (20, 7))},
        None,
        113,
    ),
}
"""A symptom whose cause has a rule of its own, or what only looks like trouble: the rule keeps still."""
