"""A batch of one signal, as a stock exporter takes it, and as one line of OTLP/JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from opentelemetry.sdk.resources import Resource

from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import plain
from otel_trading.telemetry.store.decode import logs_of, spans_of
from otel_trading.telemetry.store.encode import LineEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from otel_trading.telemetry.records import Attributes


class Batch(NamedTuple):
    """Masked records of one resource, which is masked too."""

    records: Sequence[Any]
    resource: Resource

    @property
    def attributes(self) -> Attributes:
        """The attributes of the resource, as plain values."""
        return cast("Attributes", dict(self.resource.attributes))

    @property
    def service(self) -> str:
        """The service whose folder it is kept in."""
        return service_of(self.resource)


class Kind(NamedTuple):
    """What differs between spans and log records."""

    signal: Signal
    to_sdk: Callable[[Any, Resource], Any]
    encode: Callable[[LineEncoder, Sequence[Any]], bytes]
    decode: Callable[[Any], Iterable[tuple[Any, Attributes]]]
    groups: str

    def items(self, batch: Batch) -> list[Any]:
        """Return what a stock exporter takes."""
        return [self.to_sdk(record, batch.resource) for record in batch.records]

    def line(self, batch: Batch) -> bytes:
        """Return the batch as a line of OTLP/JSON."""
        encoder = LineEncoder(batch.attributes, batch.resource.schema_url)
        return self.encode(encoder, batch.records)

    def batch(self, line: bytes) -> Batch:
        """Return the batch that :meth:`line` wrote. Raises ValueError where it is none."""
        data = json.loads(line)
        found = list(self.decode(data))
        if not found:
            raise ValueError("no record")
        resource: dict[str, Any] = dict(found[0][1])
        schema_url = data[self.groups][0].get("schemaUrl")
        return Batch([record for record, _ in found], Resource(resource, schema_url))


SPANS = Kind(Signal.TRACES, plain.sdk_span, LineEncoder.spans, spans_of, "resourceSpans")
LOGS = Kind(Signal.LOGS, plain.sdk_log, LineEncoder.logs, logs_of, "resourceLogs")


def service_of(resource: Resource) -> str:
    """Return the service that a resource names."""
    return str(resource.attributes.get("service.name") or "unknown_service")
