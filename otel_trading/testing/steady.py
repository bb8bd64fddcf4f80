"""Times that are the same in every run: the moments of a recording become ticks, a millisecond apart.

They are replaced when a recording is read, and the clock runs on while the bot does: with a clock that stands still or
jumps, its time-outs, rate limits and signed requests would go wrong. Steady times tell in which order things happened
and nothing of how long they took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from otel_trading.semconv.attributes import TRADING_ORDER_TRANSACT_TIME
from otel_trading.testing.memory import KeptLog, KeptSpan, Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from otel_trading.telemetry.records import LogRecord, SpanRecord

BEGIN_NS = 946_684_800 * 10**9
"""The first tick: 2000-01-01T00:00:00Z."""

TICK_NS = 10**6

_Key: TypeAlias = "tuple[str, int, str, int]"
"""Which moment: of a span or a log, its number, and which of a span's."""


class _Moment(NamedTuple):
    """When something happened. Clocks may be coarse: at the same time, an outer span begins first and ends last."""

    time_ns: int
    phase: int
    turn: int
    key: _Key


_BEGIN, _DURING, _END = range(3)


def steady(records: Records) -> Records:
    """Return ``records`` with steady times; the time that a venue tells becomes that of the record it stands in."""
    moments = sorted((*_of_spans(records), *_of_logs(records)))
    ticks = {moment.key: BEGIN_NS + number * TICK_NS for number, moment in enumerate(moments)}
    return Records(
        [KeptSpan(_span(kept.record, number, ticks), kept.resource) for number, kept in enumerate(records.spans)],
        [KeptLog(_log(kept.record, number, ticks), kept.resource) for number, kept in enumerate(records.logs)],
    )


def _of_spans(records: Records) -> Iterator[_Moment]:
    for number, (span, _) in enumerate(records.spans):
        turn = int(span.span_id, 16)  # ids count up as spans begin
        yield _Moment(span.start_ns, _BEGIN, turn, ("span", number, "start", 0))
        yield _Moment(span.end_ns, _END, -turn, ("span", number, "end", 0))
        for part, event in enumerate(span.events):
            yield _Moment(event.time_ns, _DURING, turn, ("span", number, "event", part))


def _of_logs(records: Records) -> Iterator[_Moment]:
    for number, (log, _) in enumerate(records.logs):
        yield _Moment(log.time_ns, _DURING, number, ("log", number, "", 0))


def _span(span: SpanRecord, number: int, ticks: Mapping[_Key, int]) -> SpanRecord:
    return span._replace(
        start_ns=ticks["span", number, "start", 0],
        end_ns=ticks["span", number, "end", 0],
        events=tuple(
            event._replace(time_ns=ticks["span", number, "event", part]) for part, event in enumerate(span.events)
        ),
    )


def _log(log: LogRecord, number: int, ticks: Mapping[_Key, int]) -> LogRecord:
    tick = ticks["log", number, "", 0]
    told = {TRADING_ORDER_TRANSACT_TIME: tick} if TRADING_ORDER_TRANSACT_TIME in log.attributes else {}
    return log._replace(time_ns=tick, observed_ns=tick, attributes={**log.attributes, **told})
