"""Records to lines of OTLP/JSON (OpenTelemetry Protocol, section "JSON Protobuf Encoding").

The package opentelemetry-exporter-otlp-json-file was looked at and is not used: it keeps one file open for ever
(no rotation, no compression, no limit, no lock), wants SDK objects, and writes a line that other readers refuse
when a text holds half a surrogate pair or an integer exceeds 64 bits.
"""

from __future__ import annotations

import base64
import json
import re
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from otel_trading.telemetry.store.keys import whole_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    from otel_trading.telemetry.records import Attributes, LogRecord, SpanEvent, SpanLink, SpanRecord

    R = TypeVar("R", SpanRecord, LogRecord)

_INT64 = 2**63
_DEEPEST = 32
_MOST_HEADS = 4096
_HALF_PAIR = re.compile(r"\\ud[89a-f]", re.IGNORECASE)

_heads: dict[str, str] = {}


class LineEncoder:
    """Writes the records of one resource; the resource itself is encoded once.

    A line may hold many records. Some ten to fifty are a good number: a search decodes whole lines, and a
    line that is cut short by a crash is lost as a whole.
    """

    def __init__(self, resource: Attributes, schema_url: str = "") -> None:
        self._resource = f'"resource":{{"attributes":{_attributes(resource)}}}{_given("schemaUrl", schema_url)}'

    def spans(self, records: Sequence[SpanRecord]) -> bytes:
        """Return one line, an OTLP ``TracesData`` with a newline at its end."""
        return self._line("resourceSpans", "scopeSpans", "spans", records, span_json)

    def logs(self, records: Sequence[LogRecord]) -> bytes:
        """Return one line, an OTLP ``LogsData`` with a newline at its end."""
        return self._line("resourceLogs", "scopeLogs", "logRecords", records, log_json)

    def _line(self, outer: str, middle: str, inner: str, records: Iterable[R], encode: Callable[[R], str]) -> bytes:
        scopes: dict[tuple[str, str, str], list[str]] = {}
        for record in records:
            scope = (record.scope, record.scope_version, record.scope_schema_url)
            scopes.setdefault(scope, []).append(encode(record))
        parts = ",".join(
            f'{{"scope":{_scope(name, version)}{_given("schemaUrl", url)},"{inner}":[{",".join(encoded)}]}}'
            for (name, version, url), encoded in scopes.items()
        )
        return f'{{"{outer}":[{{{self._resource},"{middle}":[{parts}]}}]}}\n'.encode()


def metrics_line(data: dict[str, Any]) -> bytes:
    """Return one line of an OTLP ``MetricsData`` that is encoded already, with a newline at its end."""
    try:
        line = json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError:  # a number that JSON does not know
        line = json.dumps(_clean(data), separators=(",", ":"))
    if _HALF_PAIR.search(line):
        line = json.dumps(_clean(data), separators=(",", ":"))
    return f"{line}\n".encode()


def span_json(span: SpanRecord) -> str:
    """Return one OTLP ``Span`` as JSON."""
    parent = _given("parentSpanId", span.parent_span_id) + _given("traceState", span.trace_state)
    events = f',"events":[{",".join(map(_event, span.events))}]' if span.events else ""
    links = f',"links":[{",".join(map(_link, span.links))}]' if span.links else ""
    dropped = (
        _count("droppedAttributesCount", span.dropped_attributes)
        + _count("droppedEventsCount", span.dropped_events)
        + _count("droppedLinksCount", span.dropped_links)
    )
    message = f'"message":{_text(span.status_message)},' if span.status_message else ""
    status = f',"status":{{{message}"code":{span.status_code}}}' if span.status_code or message else ""
    return (
        f'{{"traceId":{_text(span.trace_id)},"spanId":{_text(span.span_id)}{parent}{_count("flags", span.flags)}'
        f',"name":{_text(span.name)},"kind":{span.kind}'
        f',"startTimeUnixNano":"{span.start_ns}","endTimeUnixNano":"{span.end_ns}"'
        f',"attributes":{_attributes(span.attributes)}{dropped}{events}{links}{status}}}'
    )


def log_json(log: LogRecord) -> str:
    """Return one OTLP ``LogRecord`` as JSON."""
    severity = _given("severityText", log.severity_text)
    place = _given("traceId", log.trace_id) + _given("spanId", log.span_id) + _given("eventName", log.event_name)
    counts = _count("droppedAttributesCount", log.dropped_attributes) + _count("flags", log.flags)
    body = f',"body":{value_json(log.body)}' if log.body is not None else ""
    return (
        f'{{"timeUnixNano":"{log.time_ns}","observedTimeUnixNano":"{log.observed_ns}"'
        f',"severityNumber":{log.severity_number}{severity}{body}'
        f',"attributes":{_attributes(log.attributes)}{counts}{place}}}'
    )


def value_json(value: Any, depth: int = 0) -> str:
    """Return one OTLP ``AnyValue`` as JSON.

    An integer beyond 64 bits becomes a text, as OTLP has none; so does what is nested deeper than 32 levels,
    and an object of a type that OTLP has no value for.
    """
    kind = type(value)
    if kind is str:
        return f'{{"stringValue":{_text(value)}}}'
    if kind is float:
        return f'{{"doubleValue":{_double(value)}}}'
    if kind is bool:
        return '{"boolValue":true}' if value else '{"boolValue":false}'
    if kind is int and -_INT64 <= value < _INT64:
        return f'{{"intValue":"{value}"}}'
    return "{}" if value is None else _unusual(value, depth)


def _unusual(value: Any, depth: int) -> str:
    """Encode what is rare: containers, bytes, subclasses, too large numbers, foreign objects."""
    if isinstance(value, (list, tuple, dict)) and depth < _DEEPEST:
        return _container(value, depth + 1)
    if isinstance(value, bytes):
        return f'{{"bytesValue":"{base64.b64encode(value).decode()}"}}'
    if isinstance(value, float):
        return f'{{"doubleValue":{_double(value)}}}'
    if isinstance(value, int):
        fits = -_INT64 <= value < _INT64
        return f'{{"{"intValue" if fits else "stringValue"}":"{_digits(value)}"}}'
    return f'{{"stringValue":{_text(_shown(value))}}}'


def _container(value: Any, depth: int) -> str:
    if isinstance(value, dict):
        inner = ",".join(f"{_head(key)}{value_json(each, depth)}}}" for key, each in value.items())
        return f'{{"kvlistValue":{{"values":[{inner}]}}}}'
    inner = ",".join(value_json(each, depth) for each in value)
    return f'{{"arrayValue":{{"values":[{inner}]}}}}'


def _attributes(attributes: Attributes) -> str:
    return f"[{','.join([f'{_head(key)}{value_json(value)}}}' for key, value in attributes.items()])}]"


def _head(key: str) -> str:
    """Return the beginning of an OTLP ``KeyValue``. Names are few and come again and again: they are kept."""
    head = _heads.get(key)
    if head is None:
        head = f'{{"key":{_text(_shown(key))},"value":'
        if len(_heads) < _MOST_HEADS:
            _heads[key] = head
    return head


def _event(event: SpanEvent) -> str:
    dropped = _count("droppedAttributesCount", event.dropped_attributes)
    return (
        f'{{"timeUnixNano":"{event.time_ns}","name":{_text(event.name)}'
        f',"attributes":{_attributes(event.attributes)}{dropped}}}'
    )


def _link(link: SpanLink) -> str:
    counts = _count("droppedAttributesCount", link.dropped_attributes) + _count("flags", link.flags)
    return (
        f'{{"traceId":{_text(link.trace_id)},"spanId":{_text(link.span_id)}{_given("traceState", link.trace_state)}'
        f',"attributes":{_attributes(link.attributes)}{counts}}}'
    )


def _scope(name: str, version: str) -> str:
    return f'{{"name":{_text(name)}{_given("version", version)}}}' if name or version else "{}"


def _given(field: str, text: str) -> str:
    """Return a field of text, or nothing where it has its default."""
    return f',"{field}":{_text(text)}' if text else ""


def _count(field: str, number: int) -> str:
    """Return a field of 32 bits, or nothing where it has its default."""
    return f',"{field}":{number}' if number else ""


def _text(text: str) -> str:
    return encode_basestring_ascii(text if text.isascii() else whole_text(text))


def _double(number: float) -> str:
    """Return a number as JSON; those that JSON lacks as Protobuf's JSON mapping spells them."""
    if number - number == 0.0:
        return float.__repr__(number)
    if number != number:  # noqa: PLR0124  # only NaN differs from itself, and this costs no call
        return '"NaN"'
    return '"Infinity"' if number > 0 else '"-Infinity"'


def _digits(number: int) -> str:
    try:
        return str(int(number))
    except ValueError:  # beyond what Python turns into decimal digits
        return hex(number)


def _shown(value: object) -> str:
    if isinstance(value, str):  # a subclass too, whose own ``__str__`` may say something else
        return value
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # a foreign object's own code, which must not cost the record
        return f"<{type(value).__name__}>"


def _clean(data: Any) -> Any:
    """Return the same with what strict JSON readers refuse replaced."""
    if isinstance(data, dict):
        return {_clean(key): _clean(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_clean(value) for value in data]
    if isinstance(data, str):
        return whole_text(data)
    if isinstance(data, float) and data - data != 0.0:
        return _double(data).strip('"')
    return data
