"""Names as the stores spell them; those of bots come from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.load import load
from model.names import prometheus, prometheus_label
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

_METRICS: Final = {metric.name: prometheus(metric) for metric in load().metrics}

SERVICE: Final = "service_name"
ENVIRONMENT: Final = "deployment_environment_name"
ERROR: Final = "error_type"
EVENT: Final = "event_name"
"""Label of a stream: the name of an event of ours; a log line has none (the Collector's ``transform/streams``)."""
LEVEL: Final = "severity_level"
"""Label of a stream: the level of its lines, from trace to fatal (the same)."""
BAD_LEVELS: Final = ("error", "fatal")
VENUE: Final = prometheus_label(attributes.TRADING_VENUE)
SYMBOL: Final = prometheus_label(attributes.TRADING_SYMBOL)
STRATEGY: Final = prometheus_label(attributes.TRADING_STRATEGY_ID)
CURRENCY: Final = prometheus_label(attributes.TRADING_CURRENCY)
STREAM: Final = prometheus_label(attributes.TRADING_STREAM_NAME)

BOT: Final = (SERVICE, ENVIRONMENT)
AT_VENUE: Final = (*BOT, VENUE)
OF_STRATEGY: Final = (*BOT, STRATEGY)

BOTS: Final = 'target_info{telemetry_distro_name="otel-trading"}'
"""One series for each process of a bot, of which Prometheus has heard lately."""


def series(metric: Instrument, ending: str = "") -> str:
    """Spell a metric as Prometheus does; ``ending`` is a histogram's ``_bucket``, ``_count`` or ``_sum``."""
    return _METRICS[metric.name] + ending


def label(attribute: str) -> str:
    """Spell an attribute as Prometheus and Loki do."""
    return prometheus_label(attribute)
