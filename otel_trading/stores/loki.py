"""Loki's HTTP API, as far as stories need it: log queries over a range of time, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.stores.errors import StackError
from otel_trading.stores.flat import SERVICE_NAME
from otel_trading.stores.lines import Entry, order_of
from otel_trading.stores.periods import DAY_NS, LONGEST_NS, Period, shorter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.stores.client import Client

_USUAL_NS = 30 * DAY_NS
"""Loki refuses queries over more than ``max_query_length``: 721 hours unless configured otherwise."""

_LIMIT = 5000
"""Loki refuses to return more than ``max_entries_limit_per_query``: 5,000 unless configured otherwise."""

_LEAST_LIMIT = 100
_TOO_MANY = "max entries limit per query exceeded"
_APART = {"X-Loki-Response-Encoding-Flags": "categorize-labels"}
"""Has Loki return one stream for its labels, with the metadata at each entry, and not a stream an entry."""


class Loki:
    """Log records by query. ``warn`` is told what could not be had."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._limit = _LIMIT
        self._longest_ns = LONGEST_NS

    def entries(self, query: str, period: Period, *, newest_first: bool = False) -> Iterator[Entry]:
        """Yield the entries in a period that a LogQL query selects, each once, in the order of time.

        Raises StackError.
        """
        rest = period
        while rest.since_ns < rest.until_ns:
            part = rest.last(self._longest_ns) if newest_first else rest.first(self._longest_ns)
            try:
                yield from self._pages(query, part, newest_first=newest_first)
            except StackError as error:
                self._longest_ns = shorter(error, self._longest_ns, _USUAL_NS)  # refused before its first page
                continue
            rest = Period(rest.since_ns, part.since_ns) if newest_first else Period(part.until_ns, rest.until_ns)

    def services(self, period: Period) -> list[str]:
        """Return the names of the services that wrote in a period, sorted. Raises StackError."""
        part = period.last(self._longest_ns)
        params: dict[str, str | int] = {"start": part.since_ns, "end": part.until_ns}
        found = self._client.get(f"/loki/api/v1/label/{SERVICE_NAME}/values", params).get("data")
        return sorted(map(str, found)) if isinstance(found, list) else []

    def _pages(self, query: str, period: Period, *, newest_first: bool) -> Iterator[Entry]:
        """Go from page to page: one ends at some time, and entries of that very time may be on the next as well."""
        border: set[Entry] = set()
        while True:
            page = self._page(query, period, newest_first=newest_first)
            fresh = [entry for entry in page if entry not in border]
            yield from fresh
            if len(page) < self._limit:
                return
            last = page[-1].time_ns
            if not fresh:
                self._warn(f"Loki holds more than {self._limit} records of one nanosecond ({last}): some are missing.")
                border.clear()
                period = Period(period.since_ns, last) if newest_first else Period(last + 1, period.until_ns)
                continue
            border = {entry for entry in page if entry.time_ns == last}
            period = Period(period.since_ns, last + 1) if newest_first else Period(last, period.until_ns)

    def _page(self, query: str, period: Period, *, newest_first: bool) -> list[Entry]:
        """Return the first entries of a period, in their order."""
        while True:
            params: dict[str, str | int] = {
                "query": query,
                "start": period.since_ns,
                "end": period.until_ns,
                "limit": self._limit,
                "direction": "backward" if newest_first else "forward",
            }
            try:
                found = self._client.get("/loki/api/v1/query_range", params, _APART)
            except StackError as error:
                if _TOO_MANY not in error.words or self._limit <= _LEAST_LIMIT:
                    raise
                self._limit //= 2
                continue
            for warning in found.get("warnings") or ():
                self._warn(f"Loki: {warning}")
            return sorted(_entries(found), key=order_of, reverse=newest_first)


def _entries(found: dict[str, Any]) -> Iterator[Entry]:
    """Read the answer to a query. Raises StackError where it is none."""
    try:
        for stream in found["data"]["result"]:
            # Among the labels is the part of a stream that Loki chose for a late line: the same line may lie in two.
            labels = {str(key): str(text) for key, text in stream["stream"].items() if not key.startswith("__")}
            for time_ns, line, *more in stream["values"]:
                beside = more[0].get("structuredMetadata", {}) if more else {}
                kept = labels | {str(key): str(text) for key, text in beside.items()}
                yield Entry(int(time_ns), str(line), tuple(sorted(kept.items())))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StackError(f"Loki's answer is no list of log streams ({type(error).__name__}).") from error
