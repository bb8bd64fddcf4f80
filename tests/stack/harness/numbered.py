"""Numbered records as OTLP requests: each can be told from every other one wherever it is stored.

A record's id is ``CLIENT-NUMBER``. Spans and log records carry it as ``trading.order.client_id``, log records in their
text as well, for Loki's answers are smaller without attributes; a data point's client is its ``service.instance.id``,
its number its value and its exemplar's span id.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Literal, TypeAlias

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Exemplar,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from otel_trading.semconv import attributes as names
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

Signal: TypeAlias = Literal["traces", "logs", "metrics"]
SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics")

ExportRequest: TypeAlias = "ExportTraceServiceRequest | ExportLogsServiceRequest | ExportMetricsServiceRequest"

SERVICE = "traffic"
"""The ``service.name`` of all numbered records."""

SERIES = "trading_order_submissions_total"
"""What the data points' metric is called in Prometheus."""

_MS = 1_000_000
_SCOPE = InstrumentationScope(name="tests.stack")


def record_id(client: str, number: int) -> str:
    return f"{client}-{number}"


def request(signal: Signal, client: str, numbers: Sequence[int]) -> ExportRequest:
    """Return one export of ``client`` with a record for each number, stamped with the milliseconds up to now.

    A client may ask once in as many milliseconds as it has numbers, or two of its data points get the same time.
    """
    first_ns = (time.time_ns() // _MS - len(numbers) + 1) * _MS
    times = [(number, first_ns + index * _MS) for index, number in enumerate(numbers)]
    resource = Resource(attributes=_attributes({"service.name": SERVICE, "service.instance.id": client}))
    if signal == "traces":
        spans = [_span(client, number, at) for number, at in times]
        scoped = ScopeSpans(scope=_SCOPE, spans=spans)
        return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[scoped])])
    if signal == "logs":
        logs = ScopeLogs(scope=_SCOPE, log_records=[_log_record(client, number, at) for number, at in times])
        return ExportLogsServiceRequest(resource_logs=[ResourceLogs(resource=resource, scope_logs=[logs])])
    measured = ScopeMetrics(scope=_SCOPE, metrics=[_metric(client, times)])
    return ExportMetricsServiceRequest(resource_metrics=[ResourceMetrics(resource=resource, scope_metrics=[measured])])


def trace_id(client: str, number: int) -> bytes:
    return _short(client, 8) + number.to_bytes(8, "big")


def span_id(client: str, number: int) -> bytes:
    """Return an id whose last four bytes are the number."""
    return _short(client, 4) + number.to_bytes(4, "big")


def number_of(span: str) -> int:
    """Return the number in a span id, given in hexadecimal."""
    return int(span[-8:], 16)


def _short(client: str, size: int) -> bytes:
    return hashlib.blake2b(client.encode(), digest_size=size).digest()


def _span(client: str, number: int, at: int) -> Span:
    return Span(
        trace_id=trace_id(client, number),
        span_id=span_id(client, number),
        name="submit",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=at,
        end_time_unix_nano=at + _MS,
        attributes=_attributes(_order(client, number)),
    )


def _log_record(client: str, number: int, at: int) -> LogRecord:
    return LogRecord(
        time_unix_nano=at,
        observed_time_unix_nano=at,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        severity_text="INFO",
        body=AnyValue(string_value=f"sent {record_id(client, number)}"),
        attributes=_attributes(_order(client, number)),
    )


def _metric(client: str, times: Sequence[tuple[int, int]]) -> Metric:
    points = [
        NumberDataPoint(
            start_time_unix_nano=_MS,
            time_unix_nano=at,
            as_int=number,
            exemplars=[
                Exemplar(
                    time_unix_nano=at,
                    as_int=number,
                    trace_id=trace_id(client, number),
                    span_id=span_id(client, number),
                )
            ],
        )
        for number, at in times
    ]
    series = Sum(
        data_points=points,
        is_monotonic=True,
        aggregation_temporality=AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
    )
    instrument = metrics.TRADING_ORDER_SUBMISSIONS
    return Metric(name=instrument.name, unit=instrument.unit, description=instrument.description, sum=series)


def _order(client: str, number: int) -> dict[str, str]:
    return {
        names.TRADING_ORDER_CLIENT_ID: record_id(client, number),
        names.TRADING_VENUE: "binance",
        names.TRADING_SYMBOL: "BTC/USDT",
        names.TRADING_ORDER_SIDE: "buy",
        names.TRADING_ORDER_TYPE: "limit",
        names.TRADING_ORDER_PRICE: "60000.00",
        names.TRADING_ORDER_QUANTITY: "0.500",
    }


def _attributes(values: dict[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]
