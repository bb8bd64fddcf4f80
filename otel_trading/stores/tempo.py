"""Tempo's HTTP API, as far as stories need it: traces by the ids in their spans, and whole traces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.stores.errors import StackError
from otel_trading.stores.periods import HOUR_NS, LONGEST_NS, SECOND_NS, Period, shorter
from otel_trading.stores.queries import spans_named
from otel_trading.telemetry.store.decode import spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from otel_trading.stores.client import Client
    from otel_trading.telemetry.records import Attributes, SpanRecord

_USUAL_NS = 167 * HOUR_NS
"""Tempo refuses to search more than ``max_duration``: 168 hours unless configured otherwise."""

_LIMIT = 1000
"""Traces asked for at once."""

_TRACE_ID = re.compile(r"[0-9a-f]{1,32}")


class StackSpan(NamedTuple):
    """A span from Tempo, with the attributes of its resource."""

    record: SpanRecord
    resource: Attributes


class Tempo:
    """Traces by id and by what is in them. ``warn`` is told what could not be had."""

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._longest_ns = LONGEST_NS

    def traces_with(self, keys: Collection[str], period: Period, services: Collection[str]) -> set[str]:
        """Return the ids of the traces in a period that hold a span with one of some order ids. Raises StackError."""
        return {trace_id for query in spans_named(keys, services) for trace_id in self._search(query, period)}

    def spans(self, trace_id: str) -> list[StackSpan]:
        """Return the spans of a trace, none where there is no such trace. Raises StackError."""
        found = self._client.get_if_any(f"/api/v2/traces/{trace_id}")
        if found and not isinstance(found.get("trace"), dict):
            raise StackError("Tempo's answer is no trace.")
        if str(found.get("status", "")).upper() == "PARTIAL":
            why = " ".join(str(found.get("message") or "it does not say why").split())
            self._warn(f"Tempo returns only a part of trace {trace_id}: {why}.")
        return [StackSpan(*pair) for pair in spans_of(found.get("trace"))]

    def _search(self, query: str, period: Period) -> Iterator[str]:
        rest = period
        while rest.since_ns < rest.until_ns:
            part = rest.first(self._longest_ns)
            try:
                found = self._searched(query, part)
            except StackError as error:
                self._longest_ns = shorter(error, self._longest_ns, _USUAL_NS)
                continue
            yield from found
            rest = Period(part.until_ns, rest.until_ns)

    def _searched(self, query: str, period: Period) -> list[str]:
        params: dict[str, str | int] = {
            "q": query,
            "start": period.since_ns // SECOND_NS,
            "end": -(-period.until_ns // SECOND_NS),
            "limit": _LIMIT,
            "spss": 1,
        }
        found = self._client.get("/api/search", params)
        if "traces" not in found and "metrics" not in found:
            raise StackError("Tempo's answer is no list of traces.")
        traces = found.get("traces") or []
        if len(traces) >= _LIMIT:
            self._warn(f"Tempo found more than {_LIMIT} traces with these ids: spans are missing. --since narrows it.")
        return list(_trace_ids(traces))


def _trace_ids(traces: list[Any]) -> Iterator[str]:
    for trace in traces:
        found = str(trace.get("traceID", "")).lower() if isinstance(trace, dict) else ""
        if _TRACE_ID.fullmatch(found):
            yield found.zfill(32)  # Tempo leaves out the zeros at its beginning
