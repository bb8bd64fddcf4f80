"""Listing orders, the last submitted first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.semconv.attributes import TradingOrderStatusValues
from otel_trading.semconv.events import TRADING_ORDER_SUBMITTED
from otel_trading.story.assemble import stories
from otel_trading.story.keys import keys_of
from otel_trading.story.kinds import ORDER_EVENTS
from otel_trading.story.notices import NO_ANSWER, OUTCOME_UNKNOWN
from otel_trading.story.source import events_of
from otel_trading.story.status import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.story.model import Story
    from otel_trading.story.source import Source, Stored
    from otel_trading.telemetry.records import LogRecord


OPEN = "open"
STATUSES = (*(status.value for status in TradingOrderStatusValues), OPEN, NO_ANSWER)
"""What orders can be asked for by: FIX OrdStatus, that no end is known, and that no answer was recorded."""


class Wanted(NamedTuple):
    """Which orders to list. Empty means any; names are compared in any case, times are nanoseconds.

    ``status`` is one of FIX OrdStatus in snake_case, ``open`` for orders whose end is not known, or ``no_answer``
    for those of which nobody knows whether they stand at the venue. ``since_ns`` and ``until_ns`` bound the
    submission; ``limit`` 0 is all.
    """

    venue: str = ""
    symbol: str = ""
    status: str = ""
    strategy: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    limit: int = 20


def list_orders(source: Source, wanted: Wanted) -> list[Story]:
    """Return the stories, of events alone, of the orders that fit; the last submitted one first.

    The records are read from the newest back, only as far as the limit needs.
    """
    events: list[Stored[LogRecord]] = []
    enough = wanted.limit
    submissions = 0
    for stored in events_of(source, ORDER_EVENTS, since_ns=wanted.since_ns, newest_first=True):
        events.append(stored)
        if stored.record.event_name != TRADING_ORDER_SUBMITTED or not _may_fit(stored, wanted):
            continue
        submissions += 1
        if wanted.limit and submissions >= enough:
            # A status is known only when the order is put together; more of its kind may be needed.
            found = _fitting(events, wanted, whole=False)
            if len(found) >= wanted.limit:
                return found[: wanted.limit]
            enough *= 2
    found = _begun_since(source, _fitting(events, wanted, whole=True), wanted.since_ns)
    return found[: wanted.limit] if wanted.limit else found


def _may_fit(stored: Stored[LogRecord], wanted: Wanted) -> bool:
    keys = keys_of(stored.record.attributes)
    late = wanted.until_ns is not None and stored.record.time_ns > wanted.until_ns
    return not late and _is(keys.venue, wanted.venue) and _is(keys.symbol, wanted.symbol)


def _fitting(events: Sequence[Stored[LogRecord]], wanted: Wanted, *, whole: bool) -> list[Story]:
    """Put the orders together that fit; unless the ``whole`` store was read, only those read completely."""
    found = [
        story
        for story in stories((), events[::-1])
        if (whole or story.numbers.submitted_ns is not None) and fits(story, wanted)
    ]
    return sorted(found, key=lambda story: story.numbers.started_ns, reverse=True)


def fits(story: Story, wanted: Wanted) -> bool:
    """Tell whether an order is among those wanted."""
    order, began = story.order, story.numbers.started_ns
    return (
        _is(order.venue, wanted.venue)
        and _is(order.symbol, wanted.symbol)
        and _is(order.strategy, wanted.strategy)
        and _has_status(story, wanted.status)
        and (wanted.since_ns is None or began >= wanted.since_ns)
        and (wanted.until_ns is None or began <= wanted.until_ns)
    )


def _has_status(story: Story, status: str) -> bool:
    if status == NO_ANSWER:
        return any(notice.code in OUTCOME_UNKNOWN for notice in story.notices)
    if status == OPEN:
        return story.order.status not in TERMINAL
    return _is(story.order.status, status)


def _is(known: str, asked: str) -> bool:
    return not asked or known.lower() == asked.lower()


def _begun_since(source: Source, found: list[Story], since_ns: int | None) -> list[Story]:
    """Leave out orders that were submitted before the period, and of which only the rest was read."""
    cut = {name for story in found if story.numbers.submitted_ns is None for name in _ids(story)}
    if since_ns is None or not cut:
        return found
    earlier = {
        name
        for stored in source.find(cut).logs
        if stored.record.time_ns < since_ns
        for name in keys_of(stored.record.attributes).ids
    }
    return [story for story in found if story.numbers.submitted_ns or not earlier & set(_ids(story))]


def _ids(story: Story) -> tuple[str, ...]:
    return (*story.order.client_ids, *story.order.venue_ids)
