"""Asks a running Loki."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import requests

_DAY_NS = 86_400 * 10**9
_LIMIT = 5000


class Entry(NamedTuple):
    """One log record as Loki keeps it: nanoseconds since 1970, its line, its index labels, its structured metadata."""

    time_ns: int
    line: str
    labels: dict[str, str]
    metadata: dict[str, str]


class Loki:
    """The HTTP API of the Loki at ``url``. What it asks for lies between a day ago and an hour ahead."""

    def __init__(self, url: str) -> None:
        self._url = url

    def entries(self, query: str) -> list[Entry]:
        """Return what a LogQL query of logs finds, in the order of time; more than 5,000 is an AssertionError."""
        answer = self._get(
            "query_range",
            {"query": query, "limit": _LIMIT, "direction": "forward"},
            # Else stream labels and structured metadata come mixed.
            {"X-Loki-Response-Encoding-Flags": "categorize-labels"},
        )
        found = [
            Entry(int(value[0]), value[1], stream["stream"], value[2].get("structuredMetadata", {}))
            for stream in answer["data"]["result"]
            for value in stream["values"]
        ]
        assert len(found) < _LIMIT, f"{query} finds more than a test looks at"
        return sorted(found)

    def streams(self, selector: str) -> list[dict[str, str]]:
        """Return the index labels of each stream."""
        streams: list[dict[str, str]] = self._get("series", {"match[]": selector})["data"]
        return streams

    def label_names(self) -> set[str]:
        """Return the names of all index labels."""
        return set(self._get("labels", {}).get("data") or ())

    def _get(self, path: str, parameters: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        now = time.time_ns()
        times = {"start": str(now - _DAY_NS), "end": str(now + _DAY_NS // 24)}
        answer = requests.get(
            f"{self._url}/loki/api/v1/{path}", params={**times, **parameters}, headers=headers, timeout=30
        )
        assert answer.ok, f"{answer.url}: {answer.status_code} {answer.text}"
        return answer.json()
