"""The metrics that were recorded."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from opentelemetry.sdk.metrics.export import (
    ExponentialHistogramDataPoint,
    Gauge,
    HistogramDataPoint,
    NumberDataPoint,
    Sum,
)

from otel_trading.semconv import metrics as conventions
from otel_trading.semconv.instrument import Instrument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Metric

Point: TypeAlias = "NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint"
"""A data point of the SDK's: of a counter or gauge, or of a histogram."""

_Key: TypeAlias = "frozenset[tuple[str, Any]]"

_KNOWN = {found.name: found for found in vars(conventions).values() if isinstance(found, Instrument)}
_GAUGES = ("gauge", "observable_gauge")


class Figures:
    """What was recorded with a meter provider, by metric and attributes."""

    def __init__(self, reader: InMemoryMetricReader) -> None:
        self._reader = reader
        self._metrics: dict[str, Metric] = {}
        self._points: dict[str, dict[_Key, Point]] = {}
        self._before: dict[tuple[str, _Key], float] = {}
        self._closed = False

    def metrics(self) -> Mapping[str, Metric]:
        """Return every metric that was fed, as last collected, by name."""
        self._collect()
        return self._metrics

    def points(self, definition: Instrument | str, attributes: Mapping[str, Any]) -> list[Point]:
        """Return the data points of a metric that have ``attributes`` among theirs, since the recording began."""
        self._collect()
        return list(self._matching(_name(definition), attributes).values())

    def value(self, definition: Instrument | str, attributes: Mapping[str, Any]) -> float:
        """Return a metric's value: the sum of a counter, how many values a histogram took, what a gauge stands at.

        Only data points with ``attributes`` among theirs count, and of counters and histograms only what came since
        :meth:`clear`. Raises LookupError for a metric that there is not, and where not exactly one gauge fits.
        """
        self._collect()
        name = _name(definition)
        if name not in self._metrics and name not in _KNOWN:
            raise LookupError(f"no metric {name!r} was recorded{self._near(name)}")
        found = self._matching(name, attributes)
        if self._is_gauge(name) and len(found) != 1:
            raise LookupError(f"{len(found)} values of {name!r} fit: {[point.attributes for point in found.values()]}")
        return sum(_amount(point) - self._before.get((name, key), 0) for key, point in found.items())

    def clear(self) -> None:
        """Count from here. What is a level stays: gauges stand where they are, and open orders are open."""
        self._collect()
        for name, metric in self._metrics.items():
            is_level = isinstance(metric.data, Gauge) or (isinstance(metric.data, Sum) and not metric.data.is_monotonic)
            if not is_level:
                self._before.update({(name, key): _amount(point) for key, point in self._points[name].items()})

    def close(self) -> None:
        """Take in what was recorded so far, and nothing after it."""
        self._collect()
        self._closed = True

    def _collect(self) -> None:
        data = None if self._closed else self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    self._metrics[metric.name] = metric
                    points = self._points.setdefault(metric.name, {})
                    points.update(
                        {frozenset((point.attributes or {}).items()): point for point in metric.data.data_points}
                    )

    def _matching(self, name: str, attributes: Mapping[str, Any]) -> dict[_Key, Point]:
        wanted = attributes.items()
        return {key: point for key, point in self._points.get(name, {}).items() if wanted <= dict(key).items()}

    def _is_gauge(self, name: str) -> bool:
        if name in self._metrics:
            return isinstance(self._metrics[name].data, Gauge)
        return _KNOWN[name].kind in _GAUGES

    def _near(self, name: str) -> str:
        near = difflib.get_close_matches(name, {*self._metrics, *_KNOWN}, 3)
        return f"; is it {' or '.join(near)}?" if near else ""


def _name(definition: Instrument | str) -> str:
    return definition if isinstance(definition, str) else definition.name


def _amount(point: Point) -> float:
    return point.value if isinstance(point, NumberDataPoint) else cast("float", point.count)
