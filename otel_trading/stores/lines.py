"""From Loki's entries to log records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.stores.flat import EVENT_NAME, TRACE_ID
from otel_trading.telemetry.records import Attributes, LogRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.stores.flat import Names

_FIELDS = (
    "observed_timestamp",
    "severity_number",
    "severity_text",
    "scope_name",
    "scope_version",
    "scope_dropped_attributes_count",
    "dropped_attributes_count",
    "flags",
    "span_id",
    TRACE_ID,
    EVENT_NAME,
    "detected_level",
    "severity_level",
)
"""What Loki's OTLP endpoint makes of the fields of a record and its scope; the levels of Loki and of the Collector."""


class Entry(NamedTuple):
    """A line of Loki with all that it keeps beside it, by name: the stream's labels and the structured metadata."""

    time_ns: int
    line: str
    metadata: tuple[tuple[str, str], ...]


class StackLog(NamedTuple):
    """A log record or event from Loki, with the attributes of its resource."""

    record: LogRecord
    resource: Attributes


def log_of(entry: Entry, names: Names) -> StackLog:
    """Return the record that an entry was made of, as far as Loki keeps it."""
    given = dict(entry.metadata)
    own = {key: text for key, text in given.items() if key not in _FIELDS and not key.startswith("__")}
    attributes, resource = names.parted(own)
    record = LogRecord(
        time_ns=entry.time_ns,
        observed_ns=_whole(given, "observed_timestamp"),
        severity_number=_whole(given, "severity_number"),
        severity_text=given.get("severity_text", ""),
        body=entry.line,
        event_name=given.get(EVENT_NAME, ""),
        attributes=attributes,
        trace_id=given.get(TRACE_ID, ""),
        span_id=given.get("span_id", ""),
        flags=_whole(given, "flags"),
        scope=given.get("scope_name", ""),
        scope_version=given.get("scope_version", ""),
        dropped_attributes=_whole(given, "dropped_attributes_count"),
    )
    return StackLog(record, resource)


def order_of(entry: Entry) -> tuple[int, int]:
    """Return what entries are ordered by: their time, then the time at which the SDK saw them."""
    return entry.time_ns, _whole(dict(entry.metadata), "observed_timestamp")


def _whole(given: Mapping[str, str], key: str) -> int:
    text = given.get(key, "")
    return int(text) if text.isascii() and text.isdigit() else 0
