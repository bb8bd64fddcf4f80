"""Checks of what bots counted themselves: records that were lost, errors of ours, clocks that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.doctor.finding import error, fine, warning
from otel_trading.doctor.wording import offset
from otel_trading.semconv import attributes, metrics
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation

CLOCK_WARNING = 0.05
"""Seconds; FINRA 4590 and CAT allow 50 ms."""

CLOCK_ERROR = 1.0
"""Seconds; beyond it venues refuse signed requests as too old, and RTS 25 allows no trading at all."""

RECEIVER_CLOCK = 2.0
"""Seconds; HTTP's ``Date`` has no parts of a second."""

REMEDIES = {
    Reason.QUEUE_FULL.value: "Records come faster than they leave: raise OTEL_TRADING_QUEUE_SIZE or"
    " OTEL_TRADING_QUEUE_BYTES, record fewer logs (OTEL_PYTHON_LOG_HANDLER_LEVEL), or look whether the receiver is"
    " slow.",
    Reason.EXPORT_FAILED.value: "The receiver refused them: see the receiver's findings here. With"
    " OTEL_TRADING_EXPORT=both they are kept on this machine too.",
    Reason.SPOOL_FULL.value: "The receiver was away for too long: raise OTEL_TRADING_SPOOL_MAX_BYTES or"
    " OTEL_TRADING_SPOOL_MAX_SECONDS, and see the receiver's findings here.",
    Reason.SPOOL_DAMAGED.value: "Files that waited for the receiver were damaged: check the disk.",
    Reason.STORE_UNWRITABLE.value: "The store could not be written: see the store's findings here.",
    Reason.SHUTDOWN.value: "The end of the process came first: raise OTEL_TRADING_SHUTDOWN_SECONDS, and end bots with"
    " SIGTERM or Ctrl-C rather than SIGKILL.",
}
"""What to do about lost records, by the reason they were lost for."""


def check_losses(situation: Situation) -> Iterator[Finding]:
    """Find records that were dropped, and errors of ours, in the metrics of the last day."""
    dropped: dict[tuple[str, str, str], float] = {}
    errors: dict[tuple[str, str], float] = {}
    for point in situation.points:
        if point.metric == metrics.TRADING_TELEMETRY_DROPPED.name and point.value:
            signal = str(point.attributes.get(attributes.TRADING_TELEMETRY_SIGNAL, ""))
            reason = str(point.attributes.get(attributes.TRADING_TELEMETRY_DROP_REASON, ""))
            dropped[point.service, signal, reason] = dropped.get((point.service, signal, reason), 0) + point.value
        elif point.metric == metrics.TRADING_TELEMETRY_ERRORS.name and point.value:
            kind = (point.service, str(point.attributes.get(ERROR_TYPE, "")))
            errors[kind] = errors.get(kind, 0) + point.value
    for (service, signal, reason), count in sorted(dropped.items()):
        yield dropped_finding(f"{service} lost {count:.0f} {signal} within a day ({reason})", reason)
    if errors:
        seen = [f"{service}: {kind}, {count:.0f} times" for (service, kind), count in sorted(errors.items())]
        yield errors_finding(*seen)
    if not dropped and not errors and situation.points:
        yield fine("losses", "Nothing was lost within a day")


def dropped_finding(title: str, reason: str) -> Finding:
    """Return the finding that records were lost for ``reason``."""
    return warning("losses.dropped", title, remedy=REMEDIES.get(reason, "See docs/doctor.md."))


def errors_finding(*seen: str) -> Finding:
    """Return the finding that errors of ours were contained."""
    title = "Errors inside otel-trading: the bot was unharmed, some telemetry is incomplete"
    remedy = "Find the place: otel-trading logs 'telemetry of this kind'. Report it with: otel-trading doctor --bundle"
    return warning("losses.errors", title, *seen, remedy=f"{remedy} bundle.zip")


def check_clock(situation: Situation) -> Iterator[Finding]:
    """Find a clock that differs from the venues' or from the receiver's."""
    newest: dict[str, tuple[int, float]] = {}
    for point in situation.points:
        if point.metric == metrics.TRADING_CLOCK_OFFSET.name:
            venue = str(point.attributes.get(attributes.TRADING_VENUE, ""))
            newest[venue] = max(newest.get(venue, (0, 0.0)), (point.time_ns, point.value))
    remedy = "Run an NTP client on this machine: timedatectl set-ntp true, or chrony."
    for venue, (_, seconds) in sorted(newest.items()):
        if abs(seconds) > CLOCK_WARNING:
            make = error if abs(seconds) > CLOCK_ERROR else warning
            yield make("clock.venue", f"The clock of {venue} is {offset(seconds)} from this machine's", remedy=remedy)
        else:
            yield fine("clock", f"The clock of {venue} is {offset(seconds)} from this machine's")
    receivers = {each.target.place: each.clock_offset for each in situation.outcomes if each.clock_offset is not None}
    for place, seconds in sorted(receivers.items()):
        if abs(seconds) > RECEIVER_CLOCK:
            title = f"The clock of the receiver {place} is {offset(seconds)} from this machine's"
            yield warning("clock.receiver", title, "as the Date of its answer says", remedy=remedy)
        else:
            yield fine("clock", f"The clock of the receiver {place} agrees with this machine's")
