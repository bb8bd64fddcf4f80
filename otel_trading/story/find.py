"""Finding the story of an id."""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.story.assemble import tell
from otel_trading.story.keys import keys_of
from otel_trading.story.kinds import ORDER_EVENTS
from otel_trading.story.pool import gather
from otel_trading.story.source import FindsEvents, GoesThroughSpans, events_of
from otel_trading.story.surroundings import with_surroundings

if TYPE_CHECKING:
    from otel_trading.story.identity import Identity
    from otel_trading.story.model import Story
    from otel_trading.story.pool import Gathered
    from otel_trading.story.source import Source

_ROUNDS = 20
"""Amendments in other traces that are followed from one set of ids to the next."""

_NEAR_RECORDS = 50_000
"""Records, the newest ones, that are searched for ids like the one that was not found."""

_NEAR_EVENTS = 5_000
"""The same where only events are gone through."""

_TRACE_ID_LENGTH = 32

_ALIKE = 0.7
"""Likeness (difflib's ratio) from which an id is offered instead of one that was not found."""


class Lookup(NamedTuple):
    """The stories of an id, the first begun first, and how many records mention it beside other orders."""

    stories: list[Story]
    mentions: int


def find_stories(source: Source, wanted: str, *, venue: str = "", symbol: str = "") -> Lookup:
    """Return the stories of the orders that have ``wanted`` as client id, venue id or trace id.

    Where the id stands on records with further ids or traces of the same order, these are looked up as well,
    until nothing new comes. ``venue`` and ``symbol``, in any case, leave out other orders with the same id.
    """
    found, read = gathered_for(source, wanted)
    stories = [
        with_surroundings(source, tell(gathered)) for gathered in found if is_at(gathered, venue=venue, symbol=symbol)
    ]
    stories.sort(key=lambda story: story.numbers.started_ns)
    return Lookup(stories, 0 if found else read)


def gathered_for(source: Source, wanted: str) -> tuple[list[Gathered], int]:
    """Return the orders that have an id, with their records, and how many records were read for them."""
    keys = {wanted, wanted.lower()} if len(wanted) == _TRACE_ID_LENGTH else {wanted}
    found: list[Gathered] = []
    read = 0
    for _ in range(_ROUNDS):
        records = source.find(keys)
        read = len(records.spans) + len(records.logs)
        found = [gathered for gathered in gather(records.spans, records.logs) if _is_wanted(gathered.identity, wanted)]
        more = {key for gathered in found for key in (*gathered.identity.ids, *gathered.identity.traces)}
        if more <= keys:
            break
        keys |= more
    return found, read


def is_at(gathered: Gathered, *, venue: str, symbol: str) -> bool:
    """Tell whether an order is at a venue and in a symbol, given in any case; empty means any."""
    known = (gathered.identity.venue, gathered.identity.symbol)
    return all(not asked or name.lower() == asked.lower() for name, asked in zip(known, (venue, symbol), strict=True))


def near_ids(source: Source, wanted: str, limit: int = 5) -> list[str]:
    """Return ids among the newest records that begin like ``wanted`` or resemble it, the likeliest first."""
    known: dict[str, None] = {}
    by_name = isinstance(source, FindsEvents)
    logs = events_of(source, ORDER_EVENTS, newest_first=True) if by_name else source.logs(newest_first=True)
    for log in itertools.islice(logs, _NEAR_EVENTS if by_name else _NEAR_RECORDS):
        known.update(dict.fromkeys(keys_of(log.record.attributes).ids))
    spans = source.spans(newest_first=True) if isinstance(source, GoesThroughSpans) else iter(())
    for span in itertools.islice(spans, _NEAR_RECORDS):
        known.update(dict.fromkeys(keys_of(span.record.attributes).ids))
    lowered = wanted.lower()
    begun = [name for name in known if name.lower().startswith(lowered)]
    cut = [name for name in known if lowered.startswith(name.lower())]
    alike = difflib.get_close_matches(wanted, known, limit, _ALIKE)
    return list(dict.fromkeys([*begun, *cut] or alike))[:limit]


def _is_wanted(identity: Identity, wanted: str) -> bool:
    return wanted in identity.ids or wanted.lower() in (identity.home or identity.traces)
