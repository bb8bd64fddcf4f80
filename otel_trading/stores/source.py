"""Telemetry in Tempo and Loki, found by id and read in time as that of the local store is."""

from __future__ import annotations

import re
import time
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from otel_trading.stores import queries
from otel_trading.stores.client import Client
from otel_trading.stores.errors import StackError
from otel_trading.stores.flat import Names
from otel_trading.stores.follow import Follower
from otel_trading.stores.lines import log_of, order_of
from otel_trading.stores.loki import Loki
from otel_trading.stores.periods import SECOND_NS, Period
from otel_trading.stores.tempo import Tempo
from otel_trading.telemetry.store.keys import keys_of, wanted_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from otel_trading.stores.access import Stack
    from otel_trading.stores.lines import Entry, StackLog
    from otel_trading.stores.tempo import StackSpan

Answer = TypeVar("Answer")

_TRACE_ID = re.compile(r"[0-9a-f]{32}")
_MOST_TRACES = 1000
"""Traces that are fetched for one story."""


class StackSource:
    """Reads what services, all or some, sent to a stack since a time (nanoseconds since the epoch).

    Where one of the two stores does not answer, the other one's records are returned, and ``warnings`` say which
    are missing; where neither does, StackError is raised. Not thread-safe.
    """

    def __init__(self, stack: Stack, *, since_ns: int, services: Collection[str] | None = None) -> None:
        self.warnings: list[str] = []
        self.place = stack.place
        self.since_ns = since_ns
        self._services = tuple(services or ())
        self._clients = [Client(access) for access in stack]
        self._tempo = Tempo(self._clients[0], self._warn)
        self._loki = Loki(self._clients[1], self._warn)
        self._away: dict[str, StackError] = {}
        self._names = Names()
        self._traces: dict[str, list[StackSpan]] = {}
        self._entries: dict[Entry, None] = {}
        self._searched: dict[str, set[str]] = {"Tempo": set(), "Loki": set()}

    def find(self, keys: Collection[str]) -> StackFound:
        """Return every span and log whose trace id, or one of whose order ids, is among the keys.

        What is known from earlier searches is not asked for again.
        """
        return StackFound(self, wanted_keys(keys))

    def events(
        self,
        names: Collection[str],
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[StackLog]:
        """Go through the events of some names in a period."""
        return self._read(queries.events(names, self._services), since_ns, until_ns, newest_first=newest_first)

    def logs(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[StackLog]:
        """Go through the log records and events of a period."""
        return self._read(queries.logs(self._services), since_ns, until_ns, newest_first=newest_first)

    def follow(self, *, poll_seconds: float = 1.0) -> Iterator[StackLog]:
        """Yield log records as they come to Loki, from this call on, without end. Raises StackError."""
        follower = Follower(self._loki, queries.logs(self._services))
        return (log_of(entry, self._names) for entry in follower.entries(poll_seconds=max(poll_seconds, 1.0)))

    def services(self) -> list[str]:
        """Return the names of the services that have log records here, sorted."""
        return self._ask("Loki", lambda: self._loki.services(self._period(None, None)), [])

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients:
            client.close()

    def spans_of(self, wanted: frozenset[str]) -> list[StackSpan]:
        """Return the spans with one of some ids, in the order of their start."""
        fresh = self._fresh("Tempo", wanted)
        if fresh:
            self._ask("Tempo", lambda: self._fetch(fresh), None)
        found = [
            stored
            for spans in self._traces.values()
            for stored in spans
            if keys_of(stored.record) & wanted and self._is_asked_for(stored)
        ]
        return sorted(found, key=lambda stored: stored.record.start_ns)

    def logs_of(self, wanted: frozenset[str]) -> list[StackLog]:
        """Return the log records with one of some ids, in their order."""
        fresh = self._fresh("Loki", wanted)
        if fresh:
            query = queries.logs_named(fresh, set(filter(_TRACE_ID.fullmatch, fresh)), self._services)
            period = self._period(None, None)
            nothing: list[Entry] = []
            found = self._ask("Loki", lambda: list(self._loki.entries(query, period)), nothing)
            self._entries.update(dict.fromkeys(found))
        records = (log_of(entry, self._names) for entry in sorted(self._entries, key=order_of))
        return [stored for stored in records if keys_of(stored.record) & wanted]

    def _fresh(self, store: str, wanted: frozenset[str]) -> frozenset[str]:
        fresh = wanted - self._searched[store]
        self._searched[store] |= fresh
        return fresh

    def _fetch(self, keys: frozenset[str]) -> None:
        traces = set(filter(_TRACE_ID.fullmatch, keys))
        unknown = keys - self._traces.keys()  # a trace that is here already is nobody's order id
        traces |= self._tempo.traces_with(unknown, self._period(None, None), self._services)
        for trace_id in sorted(traces - self._traces.keys()):
            if len(self._traces) >= _MOST_TRACES:
                self._warn(f"These ids are in more than {_MOST_TRACES} traces: the spans of the others are missing.")
                return
            spans = self._traces[trace_id] = self._tempo.spans(trace_id)
            for stored in spans:
                self._names.learn(stored.resource)

    def _is_asked_for(self, stored: StackSpan) -> bool:
        return not self._services or stored.resource.get("service.name") in self._services

    def _read(
        self, query: str, since_ns: int | None, until_ns: int | None, *, newest_first: bool
    ) -> Iterator[StackLog]:
        period = self._period(since_ns, until_ns)
        if "Loki" in self._away:
            return
        try:
            for entry in self._loki.entries(query, period, newest_first=newest_first):
                yield log_of(entry, self._names)
        except StackError as error:
            if not self._searched["Loki"]:
                raise
            self._lose("Loki", error)  # what was found for a story is told without what was to come with it

    def _period(self, since_ns: int | None, until_ns: int | None) -> Period:
        # A machine whose clock is ahead of this one's may have written what is yet to come here.
        now = time.time_ns() + 60 * SECOND_NS
        return Period(self.since_ns if since_ns is None else since_ns, now if until_ns is None else until_ns)

    def _ask(self, store: str, question: Callable[[], Answer], nothing: Answer) -> Answer:
        """Ask a store that the other one can stand in for; one that failed is not asked again."""
        if store in self._away:
            return nothing
        try:
            return question()
        except StackError as error:
            self._lose(store, error)
            return nothing

    def _lose(self, store: str, error: StackError) -> None:
        self._away[store] = error
        if len(self._away) == len(self._clients):
            self.warnings[:] = [said for said in self.warnings if not said.startswith(tuple(_LOST.values()))]
            raise StackError(" ".join(dict.fromkeys(str(each) for each in self._away.values()))) from error
        self._warn(f"{_LOST[store]} {error}")

    def _warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)


_LOST = {
    "Tempo": "Spans are missing (HTTP requests, durations): Tempo gave none.",
    "Loki": "Events and log lines are missing: Loki gave none.",
}


class StackFound:
    """What a search found; each kind is asked for when it is looked at."""

    def __init__(self, source: StackSource, wanted: frozenset[str]) -> None:
        self._source = source
        self._wanted = wanted

    @cached_property
    def spans(self) -> list[StackSpan]:
        """The spans, in the order of their start."""
        return self._source.spans_of(self._wanted)

    @cached_property
    def logs(self) -> list[StackLog]:
        """The log records and events, in their order."""
        return self._source.logs_of(self._wanted)
