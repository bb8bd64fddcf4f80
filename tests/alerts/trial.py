"""How a trial of a rule is written: series over time, when the rule has to fire, and when to have resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alerts.names import BOTS, label, series
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

_RESOURCE = {"service_name": "grid", "deployment_environment_name": "live", "instance": "one", "job": "grid"}

VALUES = {
    **_RESOURCE,
    label(attributes.TRADING_VENUE): "binance",
    label(attributes.TRADING_SYMBOL): "BTC/USDT",
    label(attributes.TRADING_STRATEGY_ID): "grid-btc",
    label(attributes.TRADING_CURRENCY): "USDT",
    label(attributes.TRADING_STREAM_NAME): "ticker",
    label(attributes.TRADING_RATE_LIMIT_NAME): "weight_1m",
    label(attributes.TRADING_RISK_CHECK_NAME): "max_notional",
    label(attributes.TRADING_TELEMETRY_SIGNAL): "logs",
    label(attributes.TRADING_TELEMETRY_DROP_REASON): "queue_full",
    "error_type": "",
}
"""What a label is unless a trial says otherwise; one that is empty is not there."""

Phase = tuple[int, float | None]
"""So many minutes, and a value of each: the gauge's value, or what a counter rises by. None: it is not there."""


@dataclass(frozen=True)
class Trial:
    """``series`` in promtool's notation, a sample a minute; ``fires`` and ``quiet`` in minutes.

    ``quiet`` is None for what never ends. ``own_thresholds``: ``series`` hold the thresholds, too.
    """

    series: dict[str, str]
    fires: int | None
    quiet: int | None
    expect: dict[str, str] = field(default_factory=dict)
    own_thresholds: bool = False


def gauge(*phases: Phase) -> str:
    """Return a gauge's samples."""
    return " ".join("_" if value is None else f"{value:g}" for minutes, value in phases for _ in range(minutes))


def counter(*phases: Phase) -> str:
    """Return a counter's samples: it begins at zero and rises by so much a minute; within None it is away."""
    samples = []
    total = 0.0
    for minutes, step in phases:
        for _ in range(minutes):
            total += step or 0
            samples.append("_" if step is None else f"{total:g}")
    return " ".join(samples)


def of(metric: Instrument, ending: str = "", **more: str) -> str:
    """Return a selector of a series of the metric with each attribute that the registry gives it."""
    own = {label(name): VALUES.get(label(name), "any") for name in metric.attributes}
    return named(series(metric, ending), **(_RESOURCE | own | more))


def named(name: str, **labels: str) -> str:
    """Return a selector of a series."""
    pairs = ",".join(f'{key}="{value}"' for key, value in labels.items() if value)
    return f"{name}{{{pairs}}}"


ALIVE = named("target_info", **_RESOURCE, telemetry_distro_name="otel-trading")
"""A bot of which Prometheus hears."""

assert BOTS.split("{")[0] == "target_info"
