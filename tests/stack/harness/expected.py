"""What a store should hold of a bot's records, derived from the bot's own local store by the stores' published rules.

The rules are Prometheus's guide to OTLP (names, units, ``_total``, ``_bucket``) and Loki's (structured metadata); they
are written anew here, so that a test compares two readings of them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.stack.harness.receiving import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otel_trading.telemetry.records import Attributes

_UNITS = {"s": "seconds", "ms": "milliseconds", "By": "bytes", "%": "percent"}
_CUMULATIVE = 2  # AGGREGATION_TEMPORALITY_CUMULATIVE


class Series(NamedTuple):
    """One series: its name, its own labels, and for a bucket its upper bound."""

    name: str
    labels: frozenset[tuple[str, str]]
    bound: float | None = None


def label(name: str) -> str:
    """Return an attribute's name as a label."""
    return re.sub(r"[^a-zA-Z0-9]+", "_", name).strip("_")


def text(value: Any) -> str:
    """Return an attribute's value as the text of a label or of structured metadata."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, separators=(",", ":"))


def same_attribute(expected: Any, found: str) -> bool:
    """Tell whether a text holds this value; there are many ways to write a floating-point number."""
    if isinstance(expected, float):
        return float(found) == expected
    return text(expected) == found


def flat(attributes: Attributes) -> dict[str, Any]:
    """Return attributes as Loki's structured metadata names them; a map's entries one by one."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, dict):
            found |= {f"{label(name)}_{inner}": each for inner, each in flat(value).items()}
        else:
            found[label(name)] = value
    return found


def last_values(exports: Iterable[dict[str, Any]]) -> dict[Series, float]:
    """Return the last value of each series in exports of OTLP/JSON that are in the order of time."""
    values: dict[Series, float] = {}
    for export in exports:
        for group in export["resourceMetrics"]:
            for scoped in group["scopeMetrics"]:
                for metric in scoped["metrics"]:
                    values.update(_points(metric))
    return values


def _points(metric: dict[str, Any]) -> Iterator[tuple[Series, float]]:
    name, unit = _named(metric)
    if "histogram" in metric:
        for point in metric["histogram"]["dataPoints"]:
            yield from _histogram(name, point)
        return
    kind = metric.get("sum") or metric["gauge"]
    if kind.get("isMonotonic"):
        assert kind["aggregationTemporality"] == _CUMULATIVE
        name += "_total"
    elif "gauge" in metric and unit == "1":
        name += "_ratio"
    for point in kind["dataPoints"]:
        yield Series(name, _labels(point)), float(point.get("asDouble", point.get("asInt")))


def _histogram(name: str, point: dict[str, Any]) -> Iterator[tuple[Series, float]]:
    labels, below = _labels(point), 0
    bounds = [*point["explicitBounds"], float("inf")]
    for bound, count in zip(bounds, point["bucketCounts"], strict=True):
        below += int(count)
        yield Series(f"{name}_bucket", labels, float(bound)), below
    yield Series(f"{name}_count", labels), float(point["count"])
    yield Series(f"{name}_sum", labels), float(point["sum"])


def _named(metric: dict[str, Any]) -> tuple[str, str]:
    unit = metric.get("unit", "")
    words = [label(metric["name"])]
    if unit in _UNITS and not words[0].endswith(_UNITS[unit]):
        words.append(_UNITS[unit])
    return "_".join(words), unit


def _labels(point: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((label(key), text(value)) for key, value in plain(point.get("attributes", [])).items())
