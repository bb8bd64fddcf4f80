"""Where stories come from: anything that finds records by id and goes through them in time.

The local store's reader is one such source. The protocols are structural, so that a source needs no import
from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord

Record_co = TypeVar("Record_co", covariant=True)


class Stored(Protocol[Record_co]):
    """A record with the resource (process) that wrote it."""

    @property
    def record(self) -> Record_co:
        """The span or the log record."""

    @property
    def resource(self) -> Attributes:
        """The attributes of the process, ``service.name`` among them."""


class Found(Protocol):
    """What a look-up by ids found, each kind in time order."""

    @property
    def spans(self) -> Sequence[Stored[SpanRecord]]:
        """The spans found."""

    @property
    def logs(self) -> Sequence[Stored[LogRecord]]:
        """The log records and events found."""


class Source(Protocol):
    """A place that keeps telemetry. Times are nanoseconds since the epoch."""

    @property
    def warnings(self) -> Sequence[str]:
        """What could not be read so far, one line each (a torn line, a file without permission)."""

    def find(self, keys: Collection[str]) -> Found:
        """Return every span and log record whose trace id or order ids are among ``keys``."""

    def logs(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[Stored[LogRecord]]:
        """Go through the log records and events of a period."""

    def follow(self, *, poll_seconds: float = 0.2) -> Iterator[Stored[LogRecord]]:
        """Yield log records as they come, without end."""

    def services(self) -> list[str]:
        """Return the names of the services that have records here."""


@runtime_checkable
class GoesThroughSpans(Protocol):
    """A source that can go through all its spans in time."""

    def spans(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[Stored[SpanRecord]]:
        """Go through the spans that began in a period."""


@runtime_checkable
class FindsEvents(Protocol):
    """A source that finds events by their names itself, where going through all records would take long."""

    def events(
        self,
        names: Collection[str],
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Stored[LogRecord]]:
        """Go through the events of some names in a period."""


def events_of(
    source: Source,
    names: Collection[str],
    *,
    since_ns: int | None = None,
    until_ns: int | None = None,
    newest_first: bool = False,
) -> Iterator[Stored[LogRecord]]:
    """Go through the events of some names in a period, in the way that is the shortest for ``source``."""
    if isinstance(source, FindsEvents):
        return source.events(names, since_ns=since_ns, until_ns=until_ns, newest_first=newest_first)
    records = source.logs(since_ns=since_ns, until_ns=until_ns, newest_first=newest_first)
    return (stored for stored in records if stored.record.event_name in names)
