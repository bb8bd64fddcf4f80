"""Following Loki: asked again and again, as its own stream of new lines does not pass through Grafana's proxy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading.stores.periods import SECOND_NS, Period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.stores.lines import Entry
    from otel_trading.stores.loki import Loki

LATE_NS = 30 * SECOND_NS
"""How late a record may come by its time: it waits in the bot and in the Collector first."""


class Follower:
    """Follows what a query selects from the moment at which it is made."""

    def __init__(self, loki: Loki, query: str) -> None:
        self._loki = loki
        self._query = query
        self._began_ns = time.time_ns()
        self._seen: dict[Entry, int] = {}

    def entries(self, *, poll_seconds: float) -> Iterator[Entry]:
        """Yield entries as they come, each once, without end."""
        while True:
            now = time.time_ns()
            since = max(self._began_ns, now - LATE_NS)
            for entry in self._loki.entries(self._query, Period(since, now + LATE_NS)):
                if entry not in self._seen:
                    self._seen[entry] = entry.time_ns
                    yield entry
            self._seen = {entry: at for entry, at in self._seen.items() if at >= since}
            time.sleep(poll_seconds)
