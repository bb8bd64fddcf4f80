"""Records of a local store as the real stores give them back, by their documented wire formats."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import (  # type: ignore[import-untyped] # ships no type information
    MessageToDict,
    ParseDict,
)
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from otel_trading.telemetry.store.encode import LineEncoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message  # type: ignore[import-untyped] # ships no type information

    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import LogRecord, SpanRecord, Value

_IDS = ("traceId", "spanId", "parentSpanId")
INDEX_LABELS = ("service.name", "service.namespace", "deployment.environment.name")


def tempo_trace(spans: Iterable[Stored[SpanRecord]]) -> dict[str, Any]:
    """Return a trace as ``/api/v2/traces`` does: Protobuf's own JSON, so that ids are base64 and enums names."""
    groups = [json.loads(LineEncoder(each.resource).spans([each.record]))["resourceSpans"][0] for each in spans]
    trace: dict[str, Any] = MessageToDict(ParseDict(_with_base64({"resourceSpans": groups}), TracesData()))
    return trace


def otlp(line: str, request: Message) -> bytes:
    """Return a line of a local store as the body of an OTLP/HTTP request in Protobuf."""
    body: bytes = ParseDict(_with_base64(json.loads(line)), request).SerializeToString()
    return body


def _with_base64(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(item)).decode() if key in _IDS else _with_base64(item)
            for key, item in value.items()
        }
    return [_with_base64(item) for item in value] if isinstance(value, list) else value


def loki_label(name: str) -> str:
    """Translate a name as Loki's OTLP endpoint does."""
    return re.sub("_+", "_", re.sub(r"[^a-zA-Z0-9_]", "_", name))


def loki_text(value: Value) -> str:
    """Write a value as Loki's OTLP endpoint does: everything is a text there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return "" if value is None else str(value)


def loki_stream(log: Stored[LogRecord]) -> dict[str, str]:
    """Return the index labels of a record; the last two are the Collector's."""
    found = {loki_label(key): str(value) for key, value in log.resource.items() if key in INDEX_LABELS}
    streams = {"event_name": log.record.event_name, "severity_level": log.record.severity_text.lower()}
    return found | {key: value for key, value in streams.items() if value}


def loki_metadata(log: Stored[LogRecord]) -> dict[str, str]:
    """Return what Loki keeps beside a record's line."""
    record = log.record
    named = {**record.attributes, **{key: value for key, value in log.resource.items() if key not in INDEX_LABELS}}
    kept = {loki_label(key): loki_text(value) for key, value in named.items()}
    fields: dict[str, Any] = {
        "observed_timestamp": record.observed_ns,
        "severity_number": record.severity_number,
        "severity_text": record.severity_text,
        "flags": record.flags,
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        "scope_name": record.scope,
        "scope_version": record.scope_version,
    }
    kept |= {key: str(value) for key, value in fields.items() if value}
    return kept | {"detected_level": record.severity_text.lower() or "unknown"}
