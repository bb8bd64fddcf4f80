"""OTLP requests as any exporter would send them: no SDK of ours, so nothing is masked before it leaves."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.stack.harness.numbered import ExportRequest, Signal

COUNTER = "trading.order.submissions"


def any_value(value: Any) -> AnyValue:
    """Return a plain value as OTLP has it; None is an empty one."""
    if value is None:
        return AnyValue()
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    if isinstance(value, (list, tuple)):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    return AnyValue(**{_FIELDS[type(value)]: value})


_FIELDS = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value", bytes: "bytes_value"}


def pairs(values: Mapping[str, Any]) -> list[KeyValue]:
    """Return plain attributes as OTLP has them."""
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def log(body: Any, attributes: Mapping[str, Any] | None = None, **fields: Any) -> LogRecord:
    """Return a log record of this moment; ``fields`` are the message's own and win."""
    now = time.time_ns()
    given = {"time_unix_nano": now, "observed_time_unix_nano": now, "severity_number": 9, "severity_text": "INFO"}
    return LogRecord(**{**given, **fields}, body=any_value(body), attributes=pairs(attributes or {}))


def span(name: str, attributes: Mapping[str, Any] | None = None, **fields: Any) -> Span:
    """Return a span of this moment, with ids of its own; ``fields`` are the message's own and win."""
    now = time.time_ns()
    given = {
        "trace_id": os.urandom(16),
        "span_id": os.urandom(8),
        "kind": Span.SPAN_KIND_INTERNAL,
        "start_time_unix_nano": now - 1_000_000,
        "end_time_unix_nano": now,
    }
    return Span(**{**given, **fields}, name=name, attributes=pairs(attributes or {}))


def point(value: int = 1, attributes: Mapping[str, Any] | None = None, **fields: Any) -> NumberDataPoint:
    """Return a data point of this moment; ``fields`` are the message's own and win."""
    now = time.time_ns()
    given = {"start_time_unix_nano": now - 10**9, "time_unix_nano": now}
    return NumberDataPoint(**{**given, **fields}, as_int=value, attributes=pairs(attributes or {}))


def counter(*points: NumberDataPoint, name: str = COUNTER, **fields: Any) -> Metric:
    """Return a cumulative counter."""
    total = Sum(
        data_points=points,
        aggregation_temporality=AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
        is_monotonic=True,
    )
    return Metric(name=name, unit="{order}", sum=total, **fields)


def request(service: str, *records: Any, resource: Mapping[str, Any] | None = None) -> ExportRequest:
    """Return the export request of records of one kind: log records, spans or metrics."""
    about = Resource(attributes=pairs({"service.name": service, **(resource or {})}))
    if isinstance(records[0], Span):
        scoped_spans = ScopeSpans(spans=records)
        return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=about, scope_spans=[scoped_spans])])
    if isinstance(records[0], LogRecord):
        scoped_logs = ScopeLogs(log_records=records)
        return ExportLogsServiceRequest(resource_logs=[ResourceLogs(resource=about, scope_logs=[scoped_logs])])
    scoped_metrics = ScopeMetrics(metrics=records)
    return ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(resource=about, scope_metrics=[scoped_metrics])]
    )


def one_of_each(service: str) -> dict[Signal, ExportRequest]:
    """Return by signal a request with one good record, all of ``service``."""
    return {
        "traces": request(service, span("order")),
        "logs": request(service, log("order sent")),
        "metrics": request(service, counter(point())),
    }
