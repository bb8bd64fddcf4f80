"""What holds for metrics only: units, buckets, and attributes of few values."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from model import outside
from model.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.schema import Metric, Model

UNIT: Final = re.compile(r"1|s|By|\{[a-z]+(_[a-z]+)*\}")

_LAST_WORD_UNITS: Final = {
    "duration": "s",
    "latency": "s",
    "age": "s",
    "offset": "s",
    "utilization": "1",
    "slippage": "1",
}
_SUFFIXES: Final = (
    "total",
    "count",
    "bucket",
    "sum",
    "ratio",
    "seconds",
    "milliseconds",
    "ms",
    "us",
    "ns",
    "bytes",
)
_MANY_VALUED: Final = ("double", "any")


def problems(model: Model, metric: Metric) -> Iterator[Problem]:
    """Every rule that one metric breaks."""
    yield from _name(metric)
    yield from _unit(metric)
    yield from _buckets(metric)
    yield from _cardinality(model, metric)


def _name(metric: Metric) -> Iterator[Problem]:
    last = re.split(r"[._]", metric.name)[-1]
    if last in _SUFFIXES:
        yield Problem(metric.file, metric.name, f"ends in {last}", "leave it out, Prometheus adds what it needs")


def _unit(metric: Metric) -> Iterator[Problem]:
    place = f"{metric.name}/unit"
    if not UNIT.fullmatch(metric.unit):
        remedy = "use UCUM: s, By, 1, or the counted thing in braces, as in '{order}'"
        yield Problem(metric.file, place, f"is {metric.unit!r}", remedy)
    expected = _LAST_WORD_UNITS.get(metric.name.rpartition(".")[2])
    if expected is not None and metric.unit != expected:
        yield Problem(metric.file, place, f"is {metric.unit!r}", f"measure it in {expected!r}")
    if metric.kind in {"counter", "updowncounter"} and metric.unit == "1":
        yield Problem(metric.file, place, "is '1' on a counter", "name what it counts, as in '{order}'")


def _buckets(metric: Metric) -> Iterator[Problem]:
    place = f"{metric.name}/buckets"
    if metric.kind != "histogram":
        if metric.buckets is not None:
            yield Problem(metric.file, place, f"are given for a {metric.kind}", "give them for histograms only")
        return
    if not metric.buckets:
        remedy = "list the boundaries in annotations: {otel_trading: {buckets: [...]}}"
        yield Problem(metric.file, place, "are missing, and the SDK's are made for milliseconds", remedy)
    elif any(low >= high for low, high in pairwise(metric.buckets)):
        yield Problem(metric.file, place, "do not rise", "sort them and keep each boundary once")


def _cardinality(model: Model, metric: Metric) -> Iterator[Problem]:
    for ref in model.refs(metric):
        attribute = model.attribute(ref.key)
        if ref.key in outside.UNBOUNDED or (attribute and attribute.unbounded):
            remedy = "put it on spans and log records; exemplars lead there from a metric"
            yield Problem(metric.file, metric.name, f"carries {ref.key}, which has no end of values", remedy)
        elif attribute and (attribute.type in _MANY_VALUED or attribute.type.endswith("[]")):
            remedy = "measure it, or put it on spans and log records"
            yield Problem(metric.file, metric.name, f"carries {ref.key} of type {attribute.type}", remedy)
