"""Plain records: what is masked, encoded, stored and read back. No SDK object, no protobuf.

The fields are those of OTLP (opentelemetry-proto ``trace.proto`` and ``logs.proto``), with identifiers as
lower-case hex strings, times as integer nanoseconds since the epoch, and attribute values as plain Python.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias, Union

Value: TypeAlias = Union[bool, int, float, str, bytes, "list[Value]", "tuple[Value, ...]", "dict[str, Value]", None]
"""What an OTLP ``AnyValue`` can hold."""

Attributes: TypeAlias = "dict[str, Value]"


class SpanEvent(NamedTuple):
    """Something that happened during a span (OTLP ``Span.Event``)."""

    name: str
    time_ns: int
    attributes: Attributes
    dropped_attributes: int = 0


class SpanLink(NamedTuple):
    """A reference from a span to another one (OTLP ``Span.Link``)."""

    trace_id: str
    span_id: str
    attributes: Attributes
    flags: int = 0
    trace_state: str = ""
    dropped_attributes: int = 0


class SpanRecord(NamedTuple):
    """One finished span.

    ``parent_span_id`` is empty for a root, ``kind`` and ``status_code`` are OTLP's numbers
    (kind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer; status: 0 unset, 1 ok, 2 error), ``flags``
    those of OTLP's ``SpanFlags``: the lower eight bits are W3C's, 0x100 and 0x200 tell of a remote parent.
    """

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    attributes: Attributes
    events: tuple[SpanEvent, ...]
    links: tuple[SpanLink, ...]
    status_code: int
    status_message: str
    flags: int
    scope: str
    trace_state: str = ""
    scope_version: str = ""
    scope_schema_url: str = ""
    dropped_attributes: int = 0
    dropped_events: int = 0
    dropped_links: int = 0


class LogRecord(NamedTuple):
    """One log record, or one event where ``event_name`` is not empty (OTLP ``LogRecord``)."""

    time_ns: int
    observed_ns: int
    severity_number: int
    severity_text: str
    body: Value
    event_name: str
    attributes: Attributes
    trace_id: str
    span_id: str
    flags: int
    scope: str
    scope_version: str = ""
    scope_schema_url: str = ""
    dropped_attributes: int = 0
