"""From the SDK's processors to the exporters: a lane for each, and one bounded end for all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SpanExporter

from otel_trading.orders.contain import report
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops, mentions, plain, redact, weight
from otel_trading.telemetry.lane import BATCH, Lane, Undelivered, close_all
from otel_trading.telemetry.processors import ShipLogs, ShipSpans
from otel_trading.telemetry.spool.answer import is_otlp
from otel_trading.telemetry.spool.batch import LOGS, SPANS, Batch, service_of
from otel_trading.telemetry.spool.spooled import Spooled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

    from otel_trading.settings import Settings
    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord
    from otel_trading.telemetry.spool.batch import Kind

E = TypeVar("E", SpanExporter, LogRecordExporter)
I = TypeVar("I")  # noqa: E741 - an item of the SDK's
R = TypeVar("R")

_RECORD = "_otel_trading_record"


@runtime_checkable
class RecordExporter(Protocol):
    """An exporter that takes plain records; it raises :class:`Undelivered` where they did not arrive."""

    def export_records(self, records: Sequence[Any], resource: Attributes) -> None:
        """Export ``records`` (all spans or all logs) of the process that ``resource`` describes."""


class Bounds(NamedTuple):
    """What a configuration file says of one exporter's queue; None: what the settings say."""

    size: int | None = None
    flush_seconds: float | None = None
    batch: int | None = None


class Pipeline:
    """Makes the processors that take each signal to its exporters, and closes them within one bound."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lanes: list[Lane[Any]] = []
        self._spooled: list[Spooled] = []

    def span_processor(
        self,
        exporter: SpanExporter,
        make: Callable[[], SpanExporter] | None = None,
        bounds: Bounds = Bounds(),  # noqa: B008 - it cannot be changed
    ) -> SpanProcessor:
        """Return the processor that takes spans to ``exporter``; a forked child calls ``make`` for one of its own."""
        own = _OwnExporter(exporter, make)
        end = self._end(SPANS, own)

        def deliver(spans: Sequence[ReadableSpan]) -> None:
            records = list(_each(Signal.TRACES, spans, _span_record))
            if records:
                end.deliver(Batch(records, _masked(spans[0].resource)))

        def close() -> None:
            end.close()
            own.get().shutdown()

        return ShipSpans(self._lane(Signal.TRACES, deliver, close, weight.of_span, bounds))

    def log_processor(
        self,
        exporter: LogRecordExporter,
        make: Callable[[], LogRecordExporter] | None = None,
        bounds: Bounds = Bounds(),  # noqa: B008 - it cannot be changed
    ) -> LogRecordProcessor:
        """Return the processor that takes log records to ``exporter``; a forked child calls ``make`` for its own."""
        own = _OwnExporter(exporter, make)
        end = self._end(LOGS, own)

        def deliver(logs: Sequence[ReadWriteLogRecord]) -> None:
            records = list(_each(Signal.LOGS, logs, _log_record))
            if records:
                end.deliver(Batch(records, _masked(logs[0].resource or Resource.get_empty())))

        def close() -> None:
            end.close()
            own.get().shutdown()  # type: ignore[no-untyped-call] # untyped upstream

        return ShipLogs(self._lane(Signal.LOGS, deliver, close, weight.of_log, bounds))

    def resume(self, resource: Resource) -> None:
        """Send what earlier processes of the same service left on disk for a receiver."""
        for each in self._spooled:
            each.resume(service_of(_masked(resource)))

    def close(self, seconds: float) -> None:
        """Deliver what waits and close every exporter, within ``seconds``; what is left is counted as lost."""
        for each in self._spooled:
            each.hurry(seconds)
        close_all(self._lanes, seconds)

    def _end(self, kind: Kind, own: _OwnExporter[Any]) -> Spooled | _Direct:
        if not (self._settings.spool_max_bytes and is_otlp(own.get())):
            return _Direct(kind, own)
        name = kind.signal.value
        others = sum(each.name.startswith(name) for each in self._spooled)
        # Each has a folder of its own: what one receiver missed is not for another.
        spooled = Spooled(kind, own.get, self._settings, f"{name}-{others + 1}" if others else name)
        self._spooled.append(spooled)
        return spooled

    def _lane(
        self,
        signal: Signal,
        deliver: Callable[[Sequence[Any]], object],
        close: Callable[[], object],
        weigh: Callable[[Any], int],
        bounds: Bounds,
    ) -> Lane[Any]:
        seconds = bounds.flush_seconds
        lane = Lane(
            signal,
            deliver,
            close,
            weigh=weigh,
            size=bounds.size or self._settings.queue_size,
            most_bytes=self._settings.queue_bytes,
            flush_seconds=self._settings.flush_seconds if seconds is None else seconds,
            batch=bounds.batch or BATCH,
        )
        self._lanes.append(lane)
        return lane


class _Direct:
    """The end of a lane whose exporter is not of OTLP: nothing waits for it."""

    def __init__(self, kind: Kind, own: _OwnExporter[Any]) -> None:
        self._kind = kind
        self._own = own

    def deliver(self, batch: Batch) -> None:
        exporter = self._own.get()
        if isinstance(exporter, RecordExporter):
            exporter.export_records(batch.records, batch.attributes)
        elif exporter.export(self._kind.items(batch)).name != "SUCCESS":
            raise _refused(exporter)

    def close(self) -> None:
        pass


class _OwnExporter(Generic[E]):
    """The exporter of this process. A forked child makes another, as the SDK made the first: without arguments.

    Parent and child on one connection would take each other's answers.
    """

    def __init__(self, exporter: E, make: Callable[[], E] | None = None) -> None:
        self._exporter: E = exporter
        self._make: Callable[[], E] = make or type(exporter)
        self._process = os.getpid()

    def get(self) -> E:
        if self._process != os.getpid():
            self._exporter = self._make()
            self._process = os.getpid()
        return self._exporter


def _span_record(span: ReadableSpan) -> SpanRecord:
    return _once(span, lambda: redact.record(plain.span_record(span)))


def _log_record(log: ReadWriteLogRecord) -> LogRecord:
    return _once(log, lambda: redact.record(mentions.join(plain.log_record(log))))


def _once(item: object, make: Callable[[], R]) -> R:
    """Return the record of ``item``: made once, for the lanes of all exporters.

    Which orders a line names depends on when it is asked; two stores must not be told different things.
    """
    kept = vars(item)
    made: R = kept[_RECORD] if _RECORD in kept else kept.setdefault(_RECORD, make())
    return made


def _each(signal: Signal, items: Iterable[I], make: Callable[[I], R]) -> Iterable[R]:
    """Make a record of each item; one that can't be made costs no other."""
    for item in items:
        try:
            made = make(item)
        except Exception as error:  # noqa: BLE001, PERF203 - a body or attribute may be any object of the bot's
            report(error)
            drops.count(signal, Reason.EXPORT_FAILED, 1, f"a record could not be read ({type(error).__name__})")
        else:
            yield made


def _masked(resource: Resource) -> Resource:
    return Resource(redact.attributes(resource.attributes), resource.schema_url)


def _refused(exporter: object) -> Undelivered:
    return Undelivered(
        Reason.EXPORT_FAILED,
        f"{type(exporter).__name__} could not deliver: is the receiver of OTEL_EXPORTER_OTLP_ENDPOINT up, and does it"
        " accept OTEL_EXPORTER_OTLP_HEADERS? otel-trading doctor tells",
    )
