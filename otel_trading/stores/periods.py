"""Periods of time, cut to what a store searches at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from otel_trading.stores.errors import StackError

SECOND_NS = 10**9
HOUR_NS = 3600 * SECOND_NS
DAY_NS = 24 * HOUR_NS
LONGEST_NS = 3650 * DAY_NS
"""Periods are asked for as a whole first: the bundled stack searches any."""


class Period(NamedTuple):
    """From a time to just before another, in nanoseconds since the epoch."""

    since_ns: int
    until_ns: int

    def first(self, longest_ns: int) -> Period:
        """Return its beginning, not longer than ``longest_ns``."""
        return Period(self.since_ns, min(self.since_ns + longest_ns, self.until_ns))

    def last(self, longest_ns: int) -> Period:
        """Return its end, not longer than ``longest_ns``."""
        return Period(max(self.since_ns, self.until_ns - longest_ns), self.until_ns)


def is_too_long(error: StackError) -> bool:
    """Tell whether a store refused a query because of its period."""
    return error.status == 400 and any(words in error.words for words in _TOO_LONG)  # noqa: PLR2004 - HTTP's


_TOO_LONG = ("the query time range exceeds the limit", "range specified by start and end exceeds")
"""What Loki and Tempo say of a period longer than they are configured to search."""


def shorter(error: StackError, refused_ns: int, usual_ns: int) -> int:
    """Return the length to try after a refusal: the usual limit, then ever less.

    Raises the refusal where it was not for the period's length.
    """
    if not is_too_long(error) or refused_ns <= _LEAST_NS:
        raise error
    return usual_ns if refused_ns > usual_ns else max(refused_ns // 2, _LEAST_NS)


_LEAST_NS = HOUR_NS
