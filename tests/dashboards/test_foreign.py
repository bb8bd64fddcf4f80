"""Metrics that the registry does not define: those of bots are really told, and each is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics.export import Gauge, Sum

from dashboards import foreign, walk
from otel_trading.instrumentation import process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.metrics.export import Metric

    from tests.recording import Recorded

WORDS = {"s": ["seconds"], "By": ["bytes"]}


def in_prometheus(metric: Metric) -> str:
    """Spell a metric as Prometheus's translation of OTLP does."""
    parts = [*metric.name.split("."), *WORDS.get(metric.unit or "", [])]
    if isinstance(metric.data, Sum) and metric.data.is_monotonic:
        parts.append("total")
    if isinstance(metric.data, Gauge) and metric.unit == "1":
        parts.append("ratio")
    return "_".join(parts)


@pytest.fixture
def told(recorded: Recorded) -> Iterator[set[str]]:
    """The metrics that a bot tells of its process and host, as Prometheus names them."""
    SystemMetricsInstrumentor._instance = None
    process.instrument(skip_dep_check=True)
    yield {in_prometheus(metric) for name, metric in recorded.metrics().items() if not name.startswith("otel.")}
    SystemMetricsInstrumentor._instance = None


def test_what_a_bot_tells_of_its_process_and_host_is_listed(told: set[str]) -> None:
    assert set(foreign.OF_RUNTIME) == told


def test_each_metric_that_is_listed_is_asked_for() -> None:
    asked = " ".join(each.query.expr for each in walk.queries())
    assert [name for name in foreign.FOREIGN if name not in asked] == []


def test_a_metric_that_is_not_listed_cannot_be_asked_for() -> None:
    with pytest.raises(KeyError, match="node_load1"):
        foreign.of_stack("node_load1")
