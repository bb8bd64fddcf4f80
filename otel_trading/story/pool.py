"""The records of a look-up, sorted to the orders they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME

from otel_trading.story.fields import text
from otel_trading.story.identity import Identities, Identity, Sighting
from otel_trading.story.keys import Keys, keys_of
from otel_trading.story.kinds import ORDER_EVENTS, OWN, Place, Role, inner_requests, role_of
from otel_trading.story.model import StepKind
from otel_trading.story.ownership import Ownership

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import LogRecord, SpanRecord

_IDENTIFYING = OWN | {Role.ORDER}


@dataclass(eq=False, slots=True)
class Gathered:
    """One order with its records, each kind in time order."""

    identity: Identity
    spans: list[Stored[SpanRecord]] = field(default_factory=list)
    logs: list[Stored[LogRecord]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class _Entry:
    keys: Keys
    place: Place
    time_ns: int
    service: str
    identity: Identity | None = None


def gather(spans: Sequence[Stored[SpanRecord]], logs: Sequence[Stored[LogRecord]]) -> list[Gathered]:
    """Tell the orders apart that the records speak of, and give each its records.

    A record belongs to an order whose id it carries (or mentions, where it names several), else to the one
    whose place in the trace it shares. Records of no order are left out.
    """
    log_entries = [(stored, _log_entry(stored)) for stored in logs]
    span_entries = [(stored, _span_entry(stored)) for stored in spans]
    identities = Identities()
    _identify(identities, log_entries, span_entries)
    ownership = Ownership((span.record for span in spans), identities)
    found = {identity: Gathered(identity) for identity in identities}
    for log, entry in sorted(log_entries, key=lambda pair: pair[1].time_ns):
        for identity in _owners(entry, identities, ownership):
            found[identity].logs.append(log)
    for span, entry in sorted(span_entries, key=lambda pair: pair[1].time_ns):
        for identity in _owners(entry, identities, ownership):
            found[identity].spans.append(span)
    return list(found.values())


def _log_entry(stored: Stored[LogRecord]) -> _Entry:
    record = stored.record
    return _Entry(
        keys_of(record.attributes),
        Place(record.trace_id, record.span_id),
        record.time_ns or record.observed_ns,
        text(stored.resource, SERVICE_NAME),
    )


def _span_entry(stored: Stored[SpanRecord]) -> _Entry:
    record = stored.record
    return _Entry(
        keys_of(record.attributes),
        Place(record.trace_id, record.span_id),
        record.start_ns,
        text(stored.resource, SERVICE_NAME),
    )


def _identify(
    identities: Identities,
    logs: Iterable[tuple[Stored[LogRecord], _Entry]],
    spans: Sequence[tuple[Stored[SpanRecord], _Entry]],
) -> None:
    """Show ``identities`` what identifies orders: events, then spans, then log lines of unknown ids."""
    in_time = sorted(logs, key=lambda pair: pair[1].time_ns)
    for log, entry in in_time:
        kind = ORDER_EVENTS.get(log.record.event_name)
        if kind is not None:
            entry.identity = identities.see(Sighting(entry.time_ns, entry.keys, entry.place, kind, entry.service))
    # The outer library's span may be missing where the process died in the call; its event is there.
    left = {entry.place for log, entry in in_time if ORDER_EVENTS.get(log.record.event_name) is StepKind.SUBMIT}
    inner = inner_requests(span.record for span, _ in spans)
    for span, entry in spans:
        role = role_of(span.record)
        above = Place(span.record.trace_id, span.record.parent_span_id)
        submits = role is Role.SUBMIT and entry.place not in inner and above not in left
        if submits or (role in _IDENTIFYING and entry.keys.ids):
            entry.identity = identities.see(
                Sighting(entry.time_ns, entry.keys, entry.place, None, entry.service, is_submit_span=submits)
            )
    # The bot may log about orders that were sent by something else.
    for log, entry in in_time:
        if not log.record.event_name and entry.keys.ids and not identities.named(entry.keys.ids):
            identities.see(Sighting(entry.time_ns, entry.keys, Place("", ""), None, entry.service))


def _owners(entry: _Entry, identities: Identities, ownership: Ownership) -> list[Identity]:
    if entry.identity is not None:
        return [entry.identity.current]
    keys = entry.keys
    fitting = [
        found
        for found in identities.named(keys.ids)
        if found.agrees(keys) and found.shares_id(keys) and not found.contradicts(keys)
    ]
    owners = [identities.nearest(fitting, entry.place.trace_id, entry.time_ns)] if fitting else []
    owners += [found for found in identities.named(keys.related) if found.agrees(keys)]
    if not owners and not keys.ids and not keys.related and entry.place.trace_id:
        owners = ownership.owners(entry.place)
    return list(dict.fromkeys(owners))
