"""Telling orders apart.

An order is known by up to four things: the span that submitted it, its client id, its venue id, and, after an
amendment, further ids of both kinds. No id is unique by itself: a venue may number per symbol, two venues may
use the same numbers, a bot may count its client ids from 1 at every start. So ids count within one venue and
symbol as far as these are known, an order has one venue id until it is amended, and where several orders
still fit, the trace decides, then the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from otel_trading.story.keys import Keys, agree
from otel_trading.story.model import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otel_trading.story.kinds import Place

RETRY_NS = 600 * 10**9
"""Within this time a second submission under a client id that has no venue id yet is the same order again."""

_AMENDMENTS = frozenset({StepKind.AMEND_REQUESTED, StepKind.AMENDED, StepKind.AMEND_REJECTED})


@dataclass(eq=False, slots=True)
class Identity:
    """One order, as far as records identify it. The ids stand in the order in which they became known.

    ``submits`` are the spans that submitted it, ``places`` all spans that carry its ids or events,
    ``started_ns`` is the time of the first record.
    """

    started_ns: int
    service: str = ""
    venue: str = ""
    symbol: str = ""
    side: str = ""
    client_ids: list[str] = field(default_factory=list)
    venue_ids: list[str] = field(default_factory=list)
    submits: list[Place] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    merged_into: Identity | None = None

    @property
    def current(self) -> Identity:
        """This order, or the one it turned out to be a part of."""
        return self if self.merged_into is None else self.merged_into.current

    @property
    def ids(self) -> list[str]:
        """Every id of the order, of both kinds."""
        return list(dict.fromkeys([*self.client_ids, *self.venue_ids]))

    @property
    def home(self) -> list[str]:
        """The traces in which the order was submitted."""
        return list(dict.fromkeys(place.trace_id for place in self.submits))

    @property
    def traces(self) -> list[str]:
        """Every trace that holds something of the order; those of its submission first."""
        return list(dict.fromkeys([*self.home, *(place.trace_id for place in self.places)]))

    def agrees(self, keys: Keys) -> bool:
        """Tell whether venue, symbol and side of a record are possible for this order."""
        return agree(self.venue, keys.venue) and agree(self.symbol, keys.symbol) and agree(self.side, keys.side)

    def shares_id(self, keys: Keys) -> bool:
        """Tell whether a record names this order by one of its ids."""
        return (
            keys.client_id in self.client_ids
            or keys.original_client_id in self.client_ids
            or keys.venue_id in self.venue_ids
        )

    def contradicts(self, keys: Keys) -> bool:
        """Tell whether a record's ids are those of another order: another one of a kind known already."""
        by_venue_id = keys.venue_id in self.venue_ids
        if keys.venue_id and self.venue_ids and not by_venue_id:
            return True
        known = keys.client_id in self.client_ids or keys.original_client_id in self.client_ids
        return bool(keys.client_id and self.client_ids and not known and not by_venue_id)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record that says something about an order's identity."""

    time_ns: int
    keys: Keys
    place: Place
    kind: StepKind | None
    service: str
    is_submit_span: bool = False

    @property
    def is_submission(self) -> bool:
        """Whether the order leaves here."""
        return self.kind is StepKind.SUBMIT

    @property
    def renames(self) -> bool:
        """Whether the order may get further ids here."""
        return bool(self.keys.original_client_id) or self.kind in _AMENDMENTS


class Identities:
    """The orders that a set of records speaks of. Feed it sightings in time order."""

    def __init__(self) -> None:
        self._by_id: dict[str, list[Identity]] = {}
        self._by_place: dict[Place, list[Identity]] = {}
        self._all: dict[Identity, None] = {}

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def named(self, ids: Iterable[str]) -> list[Identity]:
        """Return the orders that have one of ``ids``."""
        return list(dict.fromkeys(found for name in ids for found in self._by_id.get(name, ())))

    def see(self, sighting: Sighting) -> Identity | None:
        """Take a sighting: return the order it is of, a new one where it fits none.

        None for a record without ids that stands at no order's submission: nothing can be learnt from it.
        """
        fits = self._fits(sighting)
        if not fits:
            if not (sighting.keys.ids or sighting.is_submission or sighting.is_submit_span):
                return None
            identity = Identity(sighting.time_ns, sighting.service)
            self._all[identity] = None
            return self._learn(identity, sighting)
        chosen, *others = fits
        for other in others:
            if _are_halves(chosen, other, renamed=sighting.renames):
                chosen, gone = sorted((chosen, other), key=lambda found: found.started_ns)
                self._merge(chosen, gone)
        return self._learn(chosen, sighting)

    @staticmethod
    def nearest(candidates: list[Identity], trace_id: str, time_ns: int) -> Identity:
        """Choose among orders that all fit: one of the same trace, then the last one begun by ``time_ns``."""
        same = [found for found in candidates if trace_id and trace_id in found.traces] or candidates
        begun = [found for found in same if found.started_ns <= time_ns] or same[:1]
        return max(begun, key=lambda found: found.started_ns)

    def _fits(self, sighting: Sighting) -> list[Identity]:
        """Return the order a sighting fits best, followed by others that may be parts of the same order.

        Those are found by venue id, by client id, and by the submission the sighting stands at: at most one
        of each.
        """
        keys = sighting.keys
        by_id = [
            found
            for found in self.named(keys.ids)
            if found.agrees(keys) and found.shares_id(keys) and (sighting.renames or not found.contradicts(keys))
        ]
        if sighting.is_submission:
            by_id = [found for found in by_id if self._is_retry(found, sighting)]
        strong = [found for found in by_id if keys.venue_id in found.venue_ids]
        weak = [found for found in by_id if found not in strong]
        fits = [self.nearest(found, sighting.place.trace_id, sighting.time_ns) for found in (strong, weak) if found]
        if not sighting.is_submission:
            fits += self._at(sighting)[:1]
        return list(dict.fromkeys(fits))

    def _at(self, sighting: Sighting) -> list[Identity]:
        """Return the orders submitted at the sighting's place that lack what it knows, in their order."""
        keys = sighting.keys
        here = [
            found
            for found in self._by_place.get(sighting.place, ())
            if found.agrees(keys) and not found.contradicts(keys)
        ]
        if not keys.venue_id:
            return here
        return [found for found in here if not found.venue_ids] or here

    @staticmethod
    def _is_retry(found: Identity, sighting: Sighting) -> bool:
        return (
            sighting.place not in found.submits
            and not found.venue_ids
            and agree(found.service, sighting.service)
            and sighting.time_ns - found.started_ns <= RETRY_NS
        )

    def _learn(self, identity: Identity, sighting: Sighting) -> Identity:
        keys, place = sighting.keys, sighting.place
        identity.venue = identity.venue or keys.venue
        identity.symbol = identity.symbol or keys.symbol
        identity.side = identity.side or keys.side
        for name, known in (
            (keys.original_client_id, identity.client_ids),
            (keys.client_id, identity.client_ids),
            (keys.venue_id, identity.venue_ids),
        ):
            if name and name not in known:
                known.append(name)
            if name and identity not in self._by_id.setdefault(name, []):
                self._by_id[name].append(identity)
        if place.trace_id and place not in identity.places:
            identity.places.append(place)
        submits = sighting.is_submission or sighting.is_submit_span
        if submits and place.span_id and place not in identity.submits:
            identity.submits.append(place)
            self._by_place.setdefault(place, []).append(identity)
        return identity

    def _merge(self, kept: Identity, other: Identity) -> None:
        kept.started_ns = min(kept.started_ns, other.started_ns)
        for into, names in ((kept.client_ids, other.client_ids), (kept.venue_ids, other.venue_ids)):
            into.extend(name for name in names if name not in into)
        for places, more in ((kept.submits, other.submits), (kept.places, other.places)):
            places.extend(place for place in more if place not in places)
        kept.service, kept.venue = kept.service or other.service, kept.venue or other.venue
        kept.symbol, kept.side = kept.symbol or other.symbol, kept.side or other.side
        for holders in (
            *(self._by_id[name] for name in other.ids),
            *(self._by_place[place] for place in other.submits),
        ):
            holders.remove(other)
            if kept not in holders:
                holders.append(kept)
        other.merged_into = kept
        del self._all[other]


def _are_halves(one: Identity, other: Identity, *, renamed: bool) -> bool:
    """Tell whether two finds can be one order of which different processes knew different ids."""
    if one.submits and other.submits:
        return False
    pairs = [(one.client_ids, other.client_ids)]
    if not renamed:
        pairs.append((one.venue_ids, other.venue_ids))
    return all(not mine or not theirs or set(mine) & set(theirs) or renamed for mine, theirs in pairs)
