"""Which order a record belongs to that carries no order's id: the place it stands at decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.story.kinds import OWN, Place, Role, role_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from otel_trading.story.identity import Identity
    from otel_trading.telemetry.records import SpanRecord

_DEPTH = 1000
"""Spans deeper than this are a loop in broken data."""


class Ownership:
    """The span trees of some traces, with the orders that stand in them.

    Everything below a span that works for an order (its submission, an update, a cancel) is that order's.
    What stands elsewhere belongs to the order it shares the smallest subtree with, if there is only one, and
    if the order was submitted in this trace: the decision before the submit, the bot's own spans around it.
    """

    def __init__(self, spans: Iterable[SpanRecord], identities: Iterable[Identity]) -> None:
        self._parents: dict[Place, str] = {}
        self._roles: dict[Place, Role] = {}
        for span in spans:
            place = Place(span.trace_id, span.span_id)
            self._parents[place] = span.parent_span_id
            self._roles[place] = role_of(span)
        self._own: dict[Place, list[Identity]] = {}
        self._below: dict[Place, list[Identity]] = {}
        self._in_trace: dict[str, list[Identity]] = {}
        for identity in identities:
            self._enter(identity)
        self._known: dict[Place, list[Identity]] = {}

    def owners(self, place: Place) -> list[Identity]:
        """Return the orders that a record at ``place`` belongs to."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._climb(place)
        return found

    def ancestors(self, place: Place) -> list[Place]:
        """Return ``place`` and the spans above it, as far as they are known, nearest first."""
        line = [place]
        while len(line) < _DEPTH:
            parent = self._parents.get(line[-1], "")
            if not parent:
                break
            line.append(Place(place.trace_id, parent))
        return line

    def _enter(self, identity: Identity) -> None:
        for place in identity.places:
            if not place.span_id:
                continue
            if self._works_for(place, identity):
                self._own.setdefault(place, []).append(identity)
            for ancestor in self.ancestors(place):
                holders = self._below.setdefault(ancestor, [])
                if identity not in holders:
                    holders.append(identity)
        for trace_id in identity.traces:
            self._in_trace.setdefault(trace_id, []).append(identity)

    def _works_for(self, place: Place, identity: Identity) -> bool:
        # A span that is not stored is still open, or its process died; the submission's is the order's own.
        role = self._roles.get(place)
        return place in identity.submits if role is None else role in OWN

    def _climb(self, place: Place) -> list[Identity]:
        if place.span_id:
            for ancestor in self.ancestors(place):
                own = self._own.get(ancestor)
                if own:
                    return own if len(own) == 1 or ancestor in self._roles else []
                below = self._below.get(ancestor)
                if below:
                    return _at_home(below, place.trace_id)
        return _at_home(self._in_trace.get(place.trace_id, []), place.trace_id)


def _at_home(found: list[Identity], trace_id: str) -> list[Identity]:
    """Return the one order of a subtree, or those that one request submitted together."""
    first = set(found[0].submits) if found else set()
    together = bool(first) and all(first & set(identity.submits) for identity in found)
    return found if together and trace_id in found[0].home else []
