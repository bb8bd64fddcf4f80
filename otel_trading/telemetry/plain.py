"""Between the SDK's objects and plain records, both ways.

Masking, encoding and the store see plain records only; a stock exporter is handed SDK objects again, made anew
from the masked records. So the work between could move to another process without touching either side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from opentelemetry._logs import LogRecord as ApiLogRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanLink, SpanRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk._logs import ReadWriteLogRecord
    from opentelemetry.sdk.resources import Resource

_KINDS = {kind.value + 1: kind for kind in SpanKind}  # OTLP counts from 1, where 0 is unspecified


def _hex(number: int | None, digits: int) -> str:
    return format(number, f"0{digits}x") if number else ""


def _plain(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(attributes) if attributes else {}


def span_record(span: ReadableSpan) -> SpanRecord:
    """Turn a finished span into a plain record."""
    context = cast("SpanContext", span.get_span_context())
    return SpanRecord(
        trace_id=_hex(context.trace_id, 32),
        span_id=_hex(context.span_id, 16),
        parent_span_id=_hex(span.parent.span_id, 16) if span.parent else "",
        name=span.name,
        kind=span.kind.value + 1,
        start_ns=span.start_time or 0,
        end_ns=span.end_time or 0,
        attributes=_plain(span.attributes),
        events=tuple(SpanEvent(event.name, event.timestamp, _plain(event.attributes)) for event in span.events),
        links=tuple(
            SpanLink(_hex(link.context.trace_id, 32), _hex(link.context.span_id, 16), _plain(link.attributes))
            for link in span.links
        ),
        status_code=span.status.status_code.value,
        status_message=span.status.description or "",
        flags=int(context.trace_flags),
        scope=span.instrumentation_scope.name if span.instrumentation_scope else "",
    )


def log_record(log: ReadWriteLogRecord | ReadableLogRecord) -> LogRecord:
    """Turn an emitted log record into a plain record."""
    record = log.log_record
    return LogRecord(
        time_ns=record.timestamp or record.observed_timestamp or 0,
        observed_ns=record.observed_timestamp or 0,
        severity_number=record.severity_number.value if record.severity_number else 0,
        severity_text=record.severity_text or "",
        body=cast("Any", record.body),
        event_name=record.event_name or "",
        attributes=_plain(record.attributes),
        trace_id=_hex(record.trace_id, 32),
        span_id=_hex(record.span_id, 16),
        flags=int(record.trace_flags or 0),
        scope=log.instrumentation_scope.name if log.instrumentation_scope else "",
    )


def _context(trace_id: str, span_id: str, flags: int) -> SpanContext:
    return SpanContext(int(trace_id or "0", 16), int(span_id or "0", 16), False, TraceFlags(flags))


def sdk_span(record: SpanRecord, resource: Resource) -> ReadableSpan:
    """Make the SDK's object of a plain span record, for a stock exporter."""
    return ReadableSpan(
        record.name,
        context=_context(record.trace_id, record.span_id, record.flags),
        parent=_context(record.trace_id, record.parent_span_id, record.flags) if record.parent_span_id else None,
        resource=resource,
        attributes=cast("Any", record.attributes),
        events=[Event(event.name, cast("Any", event.attributes), event.time_ns) for event in record.events],
        links=[
            Link(_context(link.trace_id, link.span_id, record.flags), cast("Any", link.attributes))
            for link in record.links
        ],
        kind=_KINDS[record.kind],
        status=Status(StatusCode(record.status_code), record.status_message or None),
        start_time=record.start_ns,
        end_time=record.end_ns,
        instrumentation_scope=InstrumentationScope(record.scope),
    )


def sdk_log(record: LogRecord, resource: Resource) -> ReadableLogRecord:
    """Make the SDK's object of a plain log record, for a stock exporter."""
    span = NonRecordingSpan(_context(record.trace_id, record.span_id, record.flags))
    return ReadableLogRecord(
        ApiLogRecord(
            timestamp=record.time_ns,
            observed_timestamp=record.observed_ns,
            context=set_span_in_context(span) if record.trace_id else None,
            severity_number=SeverityNumber(record.severity_number),
            severity_text=record.severity_text or None,
            body=cast("Any", record.body),
            attributes=cast("Any", record.attributes),
            event_name=record.event_name or None,
        ),
        resource,
        InstrumentationScope(record.scope),
    )
