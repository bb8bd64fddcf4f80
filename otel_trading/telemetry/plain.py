"""Between the SDK's objects and plain records, both ways.

Masking, encoding and the store see plain records only; a stock exporter is handed SDK objects again, made anew
from the masked records. So the work between could move to another process without touching either side.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from opentelemetry._logs import LogRecord as ApiLogRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanLink, SpanRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk._logs import ReadWriteLogRecord
    from opentelemetry.sdk.resources import Resource

    from otel_trading.telemetry.records import Attributes

_KINDS = {kind.value + 1: kind for kind in SpanKind}  # OTLP counts from 1, where 0 is unspecified

# opentelemetry-proto trace.proto, enum SpanFlags
_W3C = 0xFF
_KNOWS_REMOTE = 0x100
_IS_REMOTE = 0x200


def _hex(number: int | None, digits: int) -> str:
    return format(number, f"0{digits}x") if number else ""


def _plain(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(attributes) if attributes else {}


def _flags(context: SpanContext, origin: SpanContext | None) -> int:
    return int(context.trace_flags) | _KNOWS_REMOTE | (_IS_REMOTE if origin is not None and origin.is_remote else 0)


def span_record(span: ReadableSpan) -> SpanRecord:
    """Turn a finished span into a plain record."""
    context = cast("SpanContext", span.get_span_context())
    scope = span.instrumentation_scope
    return SpanRecord(
        trace_id=_hex(context.trace_id, 32),
        span_id=_hex(context.span_id, 16),
        parent_span_id=_hex(span.parent.span_id, 16) if span.parent else "",
        name=span.name,
        kind=span.kind.value + 1,
        start_ns=span.start_time or 0,
        end_ns=span.end_time or 0,
        attributes=_plain(span.attributes),
        events=tuple(
            SpanEvent(event.name, event.timestamp, _plain(event.attributes), event.dropped_attributes)
            for event in span.events
        ),
        links=tuple(map(_link_record, span.links)),
        status_code=span.status.status_code.value,
        status_message=span.status.description or "",
        flags=_flags(context, span.parent),
        scope=scope.name if scope else "",
        trace_state=context.trace_state.to_header(),
        scope_version=scope.version or "" if scope else "",
        scope_schema_url=scope.schema_url or "" if scope else "",
        dropped_attributes=span.dropped_attributes,
        dropped_events=span.dropped_events,
        dropped_links=span.dropped_links,
    )


def _link_record(link: Link) -> SpanLink:
    context = link.context
    return SpanLink(
        _hex(context.trace_id, 32),
        _hex(context.span_id, 16),
        _plain(link.attributes),
        _flags(context, context),
        context.trace_state.to_header(),
        link.dropped_attributes,
    )


def log_record(log: ReadWriteLogRecord | ReadableLogRecord) -> LogRecord:
    """Turn an emitted log record into a plain record; one without a time of its own gets that of its observation."""
    record = log.log_record
    scope = log.instrumentation_scope
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
        scope=scope.name if scope else "",
        scope_version=scope.version or "" if scope else "",
        scope_schema_url=scope.schema_url or "" if scope else "",
        dropped_attributes=log.dropped_attributes,
    )


def _context(trace_id: str, span_id: str, flags: int, trace_state: str = "") -> SpanContext:
    state = TraceState.from_header([trace_state]) if trace_state else None
    return SpanContext(
        int(trace_id or "0", 16), int(span_id or "0", 16), bool(flags & _IS_REMOTE), TraceFlags(flags & _W3C), state
    )


def sdk_span(record: SpanRecord, resource: Resource) -> ReadableSpan:
    """Make the SDK's object of a plain span record, for a stock exporter."""
    parent = record.parent_span_id
    return ReadableSpan(
        record.name,
        context=_context(record.trace_id, record.span_id, record.flags & _W3C, record.trace_state),
        parent=_context(record.trace_id, parent, record.flags) if parent else None,
        resource=resource,
        attributes=_bounded(record.attributes, record.dropped_attributes),
        events=_bounded_list(
            [
                Event(event.name, _bounded(event.attributes, event.dropped_attributes), event.time_ns)
                for event in record.events
            ],
            record.dropped_events,
        ),
        links=_bounded_list(
            [
                Link(
                    _context(link.trace_id, link.span_id, link.flags, link.trace_state),
                    _bounded(link.attributes, link.dropped_attributes),
                )
                for link in record.links
            ],
            record.dropped_links,
        ),
        kind=_KINDS[record.kind],
        status=Status(StatusCode(record.status_code), record.status_message or None),
        start_time=record.start_ns,
        end_time=record.end_ns,
        instrumentation_scope=_scope(record.scope, record.scope_version, record.scope_schema_url),
    )


def sdk_log(record: LogRecord, resource: Resource) -> ReadableLogRecord:
    """Make the SDK's object of a plain log record, for a stock exporter."""
    span = NonRecordingSpan(_context(record.trace_id, record.span_id, record.flags))
    return ReadableLogRecord(
        ApiLogRecord(
            timestamp=record.time_ns,
            observed_timestamp=record.observed_ns,
            context=set_span_in_context(span),
            severity_number=SeverityNumber(record.severity_number),
            severity_text=record.severity_text or None,
            body=cast("Any", record.body),
            attributes=_bounded(record.attributes, record.dropped_attributes),
            event_name=record.event_name or None,
        ),
        resource,
        _scope(record.scope, record.scope_version, record.scope_schema_url),
    )


@lru_cache(maxsize=1024)
def _scope(name: str, version: str, schema_url: str) -> InstrumentationScope:
    return InstrumentationScope(name, version or None, schema_url or None)


def _bounded(attributes: Attributes, dropped: int) -> Any:
    """Have the SDK's object tell of attributes that a limit cost, as the exporters ask it for them."""
    if not dropped:
        return attributes
    found = BoundedAttributes(attributes=cast("Any", attributes))
    found.dropped = dropped
    return found


def _bounded_list(items: Sequence[Any], dropped: int) -> Any:
    if not dropped:
        return items
    found = BoundedList.from_seq(None, items)
    found.dropped = dropped
    return found
