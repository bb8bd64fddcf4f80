"""Checks of what the local store holds: damage, how old the newest record is, orders."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.doctor.finding import fine, note, warning
from otel_trading.doctor.measured import total
from otel_trading.doctor.situation import SIGNALS
from otel_trading.doctor.wording import duration
from otel_trading.semconv import events, metrics
from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.layout import service_name
from otel_trading.telemetry.store.segments import RawSegment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation
    from otel_trading.telemetry.store.layout import Signal
    from otel_trading.telemetry.store.segments import SealedSegment

SILENCE_SECONDS = 300.0
"""Many times the interval of metrics, 15 s: a bot that exported some and is silent for so long is stuck."""

_LOOKED_AT = 2000
_SHOWN = 5
_NS = 1_000_000_000


class _Service(NamedTuple):
    """The time of the newest record; whether a process has a file open, and whether it exports metrics."""

    newest_ns: int
    open: bool
    measures: bool


def check_records(situation: Situation) -> Iterator[Finding]:
    """Find a store nobody wrote to, services that fell silent, and damaged files."""
    services = _services(situation)
    if not services and not (situation.keeps_store or situation.services):
        return
    if not services:
        named = f" of {', '.join(situation.services)}" if situation.services else ""
        yield warning(
            "records.none",
            f"No bot has recorded anything{named} in {situation.store}",
            remedy="Start the bot with: opentelemetry-instrument python bot.py (by this user; a bot of another user,"
            " or with another OTEL_TRADING_STORE, writes elsewhere: --store).",
        )
    for name, service in sorted(services.items()):
        yield _age(name, service, (situation.now_ns - service.newest_ns) / _NS)
    yield from _damage(situation.reader.warnings)


def check_orders(situation: Situation) -> Iterator[Finding]:
    """Find that bots record, and no order is among it."""
    if not situation.reader.services():
        return
    submitted = total(situation.points, metrics.TRADING_ORDER_SUBMISSIONS.name)
    if submitted:
        yield fine("orders", f"Orders sent within a day: {submitted:.0f}")
    elif _has_order(situation):
        yield fine("orders", "There are orders, none sent within a day")
    else:
        yield warning(
            "orders.none",
            "Bots record, and no order is among the newest records",
            f"looked at {_LOOKED_AT} log records, and at the metrics of a day",
            remedy="See what happens in the bot: otel-trading doctor --run 60 -- python bot.py. An order sent without"
            " an instrumented library is told of with order(...): docs/api.md.",
        )


def _services(situation: Situation) -> dict[str, _Service]:
    found: dict[str, _Service] = {}
    for signal in SIGNALS:
        for name, service in _written(situation, signal):
            known = found.get(name, service)
            found[name] = _Service(
                max(known.newest_ns, service.newest_ns), known.open or service.open, known.measures or service.measures
            )
    return {name: service for name, service in found.items() if service.newest_ns}


def _written(situation: Situation, signal: Signal) -> Iterator[tuple[str, _Service]]:
    """Yield what each file tells of its service."""
    for folder, stem in situation.reader.files(signal):
        segment = situation.reader.segment(folder, stem)
        if segment is None:
            continue
        try:
            yield service_name(folder), _state(segment, signal)
        finally:
            if isinstance(segment, RawSegment):
                segment.close()


def _state(segment: SealedSegment | RawSegment, signal: Signal) -> _Service:
    if isinstance(segment, RawSegment):  # its last write tells, without reading all of it
        is_open = locks.is_owned(segment.descriptor)
        newest = os.fstat(segment.descriptor).st_mtime_ns if segment.end else 0
        return _Service(newest, is_open, is_open and signal == "metrics")
    return _Service(max((part.last_ns for part in segment.parts()), default=0), open=False, measures=False)


def _age(name: str, service: _Service, seconds: float) -> Finding:
    if seconds < SILENCE_SECONDS:
        return fine("records", f"{name}: newest record {duration(max(seconds, 0))} ago")
    if not service.open:
        title = f"{name}: no record for {duration(seconds)}, and no process that writes"
        return note("records.ended", title, remedy=f"Nothing, if {name} is meant to be down.")
    if not service.measures:
        title = f"{name}: no record for {duration(seconds)}; its process is there"
        return note("records.quiet", title, remedy="Nothing, if there was nothing to trade and to log.")
    return warning(
        "records.silent",
        f"{name}: no record for {duration(seconds)}, and its process is there",
        "it exported metrics before, which repeats every 15 s (OTEL_METRIC_EXPORT_INTERVAL) in a bot that works",
        remedy="The process hangs, is stopped, or cannot write: look at its console, then restart it.",
    )


def _damage(warnings: list[str]) -> Iterator[Finding]:
    torn = [each for each in warnings if each.startswith("torn line")]
    damaged = [each for each in warnings if each not in torn]
    if damaged:
        title = f"{len(damaged)} places in the store cannot be read"
        remedy = "The rest is read. Check the disk; a damaged file can be moved away while no bot writes it."
        yield warning("records.damaged", title, *damaged[:_SHOWN], remedy=remedy)
    if torn:
        title = f"{len(torn)} files end in half a line: their writer was killed"
        yield note("records.torn", title, *torn[:_SHOWN], remedy="Nothing: at most one line of each is lost.")


def _has_order(situation: Situation) -> bool:
    logs = situation.reader.logs(newest_first=True)
    sent = {events.TRADING_ORDER_SUBMITTED, events.TRADING_ORDER_ACKNOWLEDGED, events.TRADING_ORDER_FILLED}
    return any(each.record.event_name in sent for each in islice(logs, _LOOKED_AT))
