"""What the SDK calls on the order's thread: stamp the order on what is recorded, and hand it to a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.sdk._logs import LogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from otel_trading.orders import emit
from otel_trading.orders.contain import contains
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk._logs import ReadWriteLogRecord

    from otel_trading.telemetry.lane import Lane


def _identity(context: Context | None) -> dict[str, str]:
    order = current_order(context)
    if order is not None:
        return emit.identity(order)
    strategy = current_strategy(context)
    return {attributes.TRADING_STRATEGY_ID: strategy} if strategy else {}


class StampSpans(SpanProcessor):
    """Gives each span the ids of the order, and the strategy, that it was begun for."""

    @contains
    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Stamp ``span`` from the context that it is begun in."""
        found = _identity(parent_context)
        if found:
            span.set_attributes(found)


class StampLogs(LogRecordProcessor):
    """Gives each log record the ids of the order, and the strategy, that it was written for."""

    @contains
    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Stamp the record from the context that it is emitted in; what it says itself stands."""
        given = log_record.log_record.attributes
        for key, value in _identity(None).items():
            if given is not None and key not in given:
                given[key] = value  # type: ignore[index] # the SDK has made a mutable mapping of it

    def shutdown(self) -> None:
        """Hold nothing that could be released."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:  # noqa: ARG002 - the interface's
        """Hold nothing that could be flushed."""
        return True


class ShipSpans(SpanProcessor):
    """Hands finished spans to a lane."""

    def __init__(self, lane: Lane[ReadableSpan]) -> None:
        self._lane = lane

    @contains
    def on_end(self, span: ReadableSpan) -> None:
        """Queue ``span`` if it was sampled."""
        context = span.get_span_context()
        if context is not None and context.trace_flags.sampled:
            self._lane.put(span)

    def shutdown(self) -> None:
        """Leave it to the pipeline, which closes all lanes within one bound."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Wait until what is queued was exported."""
        return self._lane.flush(timeout_millis / 1000)


class ShipLogs(LogRecordProcessor):
    """Hands log records to a lane."""

    def __init__(self, lane: Lane[ReadWriteLogRecord]) -> None:
        self._lane = lane

    @contains
    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        """Queue the record."""
        self._lane.put(log_record)

    def shutdown(self) -> None:
        """Leave it to the pipeline, which closes all lanes within one bound."""

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Wait until what is queued was exported."""
        return self._lane.flush(timeout_millis / 1000)
