"""What was recorded, as a place that stories are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME

from otel_trading.telemetry.store.keys import keys_of, record_time, wanted_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord


class KeptSpan(NamedTuple):
    """A span with the resource that wrote it."""

    record: SpanRecord
    resource: Attributes


class KeptLog(NamedTuple):
    """A log record or event with the resource that wrote it."""

    record: LogRecord
    resource: Attributes


class Records(NamedTuple):
    """Spans and logs, each in the order of time."""

    spans: list[KeptSpan]
    logs: list[KeptLog]


K = TypeVar("K", KeptSpan, KeptLog)


def in_order(kept: Iterable[K]) -> list[K]:
    """Return records in the order of time; where it is the same, in that of their recording."""
    return sorted(kept, key=lambda each: record_time(each.record))


class Memory:
    """A :class:`~otel_trading.story.source.Source` of records that are complete."""

    warnings: Sequence[str] = ()

    def __init__(self, records: Records) -> None:
        self._records = records

    def find(self, keys: Collection[str]) -> Records:
        """Return what has one of ``keys`` as its trace id or among its order ids."""
        wanted = wanted_keys(keys)
        return Records(
            [kept for kept in self._records.spans if keys_of(kept.record) & wanted],
            [kept for kept in self._records.logs if keys_of(kept.record) & wanted],
        )

    def spans(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[KeptSpan]:
        """Go through the spans that began in a period (nanoseconds since the epoch)."""
        return _within(self._records.spans, since_ns, until_ns, newest_first=newest_first)

    def logs(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[KeptLog]:
        """Go through the log records and events of a period (nanoseconds since the epoch)."""
        return _within(self._records.logs, since_ns, until_ns, newest_first=newest_first)

    def follow(self, *, poll_seconds: float = 0.2) -> Iterator[KeptLog]:  # noqa: ARG002 - the protocol's
        """Yield what comes, which is nothing: the records are complete."""
        return iter(())

    def services(self) -> list[str]:
        """Return the names of the services that recorded."""
        resources = [kept.resource for kept in self._records.spans] + [kept.resource for kept in self._records.logs]
        return sorted({str(resource.get(SERVICE_NAME, "")) for resource in resources})


def _within(kept: list[K], since_ns: int | None, until_ns: int | None, *, newest_first: bool) -> Iterator[K]:
    for each in reversed(kept) if newest_first else kept:
        time_ns = record_time(each.record)
        if (since_ns is None or time_ns >= since_ns) and (until_ns is None or time_ns < until_ns):
            yield each
