"""Orders' telemetry as ready OTLP requests, made fast: many thousand records a second on a small part of a core.

One order's records are encoded once, with marks where ids and times stand; each further order is that with the marks
replaced by values of the same length.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from otel_trading.semconv import attributes as names
from otel_trading.semconv import events, spans

if TYPE_CHECKING:
    from collections.abc import Iterable

SPANS_EACH = 3
LOGS_EACH = 7
RECORDS_EACH = SPANS_EACH + LOGS_EACH

_MS = 1_000_000
_EVENTS = (
    events.TRADING_ORDER_SUBMITTED,
    events.TRADING_ORDER_ACKNOWLEDGED,
    events.TRADING_ORDER_UPDATED,
    events.TRADING_ORDER_FILLED,
    events.TRADING_ORDER_FEE,
)
_LINES = ("sending the order", "hedge lags behind the fill")


class Batch(NamedTuple):
    """One request of each signal, for so many orders."""

    spans: bytes
    logs: bytes
    orders: int


class Orders:
    """Makes batches of orders of one service; order ``n`` has the client id ``client_id(n)`` and a trace of its own."""

    def __init__(self, service: str, prefix: str = "load") -> None:
        self._prefix = prefix
        self._trace = os.urandom(16)
        self._spans = tuple(os.urandom(8) for _ in range(SPANS_EACH))
        self._times = tuple(int.from_bytes(b"\x17" + os.urandom(7), "big") for _ in range(LOGS_EACH))
        self._client_id = "\x01" * len(self.client_id(0))
        self._resource = Resource(attributes=_pairs({"service.name": service, "deployment.environment.name": "load"}))
        self._span_mould = b"".join(ScopeSpans(spans=[span]).SerializeToString() for span in self._made_spans())
        self._log_mould = b"".join(ScopeLogs(log_records=[record]).SerializeToString() for record in self._made_logs())

    def client_id(self, number: int) -> str:
        """Return the client id of an order, always of the same length."""
        return f"{self._prefix}-{number:09d}"

    def batch(self, numbers: Iterable[int], now_ns: int) -> Batch:
        """Return the records of these orders, ending at ``now_ns`` (nanoseconds since 1970)."""
        chosen = list(numbers)
        made = [self._order(number, now_ns) for number in chosen]
        resource_spans = ResourceSpans(resource=self._resource).SerializeToString()
        resource_logs = ResourceLogs(resource=self._resource).SerializeToString()
        return Batch(
            _field(
                ExportTraceServiceRequest, resource_spans + _field(ResourceSpans, b"".join(part for part, _ in made))
            ),
            _field(ExportLogsServiceRequest, resource_logs + _field(ResourceLogs, b"".join(part for _, part in made))),
            len(chosen),
        )

    def _order(self, number: int, now_ns: int) -> tuple[bytes, bytes]:
        trace = os.urandom(16)
        new = [(self._trace, trace), (self._client_id.encode(), self.client_id(number).encode())]
        new += [(mark, trace[:7] + bytes([place])) for place, mark in enumerate(self._spans)]
        # A step of one nanosecond for each order: no two lines of a stream stand at the same time with the same text.
        start = now_ns - 50 * _MS + number % _MS
        new += [(_time(mark), _time(start + place * 5 * _MS)) for place, mark in enumerate(self._times)]
        span_part, log_part = self._span_mould, self._log_mould
        for old, value in new:
            span_part = span_part.replace(old, value)
            log_part = log_part.replace(old, value)
        return span_part, log_part

    def _made_spans(self) -> list[Span]:
        common = {
            names.TRADING_VENUE: "binance",
            names.TRADING_SYMBOL: "BTC/USDT",
            names.TRADING_STRATEGY_ID: "grid-btc",
            names.TRADING_ORDER_CLIENT_ID: self._client_id,
            names.TRADING_ORDER_SIDE: "buy",
            names.TRADING_ORDER_TYPE: "limit",
            names.TRADING_ORDER_QUANTITY: 0.5,
            names.TRADING_ORDER_PRICE: 60_000.0,
        }
        kinds = (
            (spans.TRADING_ORDER, Span.SPAN_KIND_INTERNAL, b""),
            (spans.TRADING_ORDER_SUBMIT, Span.SPAN_KIND_CLIENT, self._spans[0]),
            (spans.TRADING_ORDER_UPDATE, Span.SPAN_KIND_CONSUMER, self._spans[0]),
        )
        return [
            Span(
                trace_id=self._trace,
                span_id=self._spans[place],
                parent_span_id=parent,
                name=made.named({names.TRADING_VENUE: "binance"}),
                kind=kind,
                start_time_unix_nano=self._times[place],
                end_time_unix_nano=self._times[place + 1],
                attributes=_pairs(common),
            )
            for place, (made, kind, parent) in enumerate(kinds)
        ]

    def _made_logs(self) -> list[LogRecord]:
        facts = {
            names.TRADING_VENUE: "binance",
            names.TRADING_SYMBOL: "BTC/USDT",
            names.TRADING_ORDER_CLIENT_ID: self._client_id,
            names.TRADING_ORDER_SIDE: "buy",
        }
        texts = [(event, event) for event in _EVENTS] + [("", line) for line in _LINES]
        return [
            LogRecord(
                time_unix_nano=self._times[place],
                observed_time_unix_nano=self._times[place],
                severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
                severity_text="INFO",
                event_name=event,
                body=AnyValue(string_value=f"{text} {self._client_id}"),
                attributes=_pairs(facts),
                trace_id=self._trace,
                span_id=self._spans[0],
            )
            for place, (event, text) in enumerate(texts)
        ]


def _pairs(values: dict[str, Any]) -> list[KeyValue]:
    return [
        KeyValue(
            key=key, value=AnyValue(double_value=value) if isinstance(value, float) else AnyValue(string_value=value)
        )
        for key, value in values.items()
    ]


def _time(nanoseconds: int) -> bytes:
    return struct.pack("<Q", nanoseconds)


_GROUP_FIELD = {ExportTraceServiceRequest: 1, ExportLogsServiceRequest: 1, ResourceSpans: 2, ResourceLogs: 2}


def _field(message: type, content: bytes) -> bytes:
    """Return ``content`` as the repeated message that all these messages hold, in protobuf's wire format."""
    length, head = len(content), bytearray([_GROUP_FIELD[message] << 3 | 2])
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + content
