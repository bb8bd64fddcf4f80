"""The registry's names as Prometheus, Loki and Tempo spell them, and the few names that others define."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts import names
from model.load import load
from model.names import prometheus, prometheus_label
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

SERVICE: Final = "service.name"
INSTANCE: Final = "service.instance.id"
VERSION: Final = "service.version"
ENVIRONMENT: Final = "deployment.environment.name"
DISTRIBUTION: Final = "telemetry.distro.name"

TARGET: Final = "target_info"
"""The series that Prometheus makes of each resource; its value is always 1."""

THRESHOLD: Final = "trading_alert_threshold"
"""What ``prometheus/rules/thresholds.yml`` records: the value of each threshold, by ``threshold``."""

EVENT: Final = names.EVENT
LEVEL: Final = names.LEVEL
BAD_LEVELS: Final = names.BAD_LEVELS

TRACE: Final = "trace_id"
"""Structured metadata: the trace that a line was written in."""

_METRICS: Final = {metric.name: prometheus(metric) for metric in load().metrics}
_BEFORE_SHARED: Final = (SERVICE, ENVIRONMENT)
_OF_RESOURCES: Final = (SERVICE, INSTANCE, VERSION, ENVIRONMENT, "service.namespace", attributes.TRADING_STRATEGY_ID)


def series(metric: Instrument) -> str:
    """Spell a metric as Prometheus does: ``trading_order_submissions_total``; a histogram without its ending."""
    return _METRICS[metric.name]


def label(attribute: str) -> str:
    """Spell an attribute as a label of Prometheus and of Loki."""
    return prometheus_label(attribute)


def labels_of(metric: Instrument) -> tuple[str, ...]:
    """Return the attributes that a series of the metric can be asked by, of its own and of its resource."""
    return (*_BEFORE_SHARED, *metric.attributes)


def of_span(attribute: str) -> str:
    """Spell an attribute in TraceQL; a strategy may stand on the span or on the resource, so it has no scope."""
    if attribute == attributes.TRADING_STRATEGY_ID:
        return f".{attribute}"
    return f"resource.{attribute}" if attribute in _OF_RESOURCES else f"span.{attribute}"
