"""Asks a running Prometheus."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import requests

_HOUR = 3600.0


class Sample(NamedTuple):
    """The latest value of one series; ``labels`` include ``__name__``."""

    labels: dict[str, str]
    value: float

    @property
    def name(self) -> str:
        return self.labels.get("__name__", "")


class Exemplar(NamedTuple):
    """An exemplar, the labels of its series, and its own (``trace_id``, ``span_id``, …)."""

    series: dict[str, str]
    labels: dict[str, str]
    value: float


class Prometheus:
    """The HTTP API of the Prometheus at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url

    def query(self, expression: str) -> list[Sample]:
        """Return the samples of an instant query at this moment."""
        result = self._get("query", {"query": expression})["result"]
        return [Sample(found["metric"], float(found["value"][1])) for found in result]

    def total(self, expression: str) -> float:
        """Return the sum of the values of an instant query; 0 where it finds none."""
        return sum(sample.value for sample in self.query(expression))

    def exemplars(self, selector: str) -> list[Exemplar]:
        """Return the exemplars of the last hour."""
        now = time.time()
        found = self._get("query_exemplars", {"query": selector, "start": now - _HOUR, "end": now + _HOUR})
        return [
            Exemplar(series["seriesLabels"], exemplar["labels"], float(exemplar["value"]))
            for series in found
            for exemplar in series["exemplars"]
        ]

    def series(self, selector: str) -> list[dict[str, str]]:
        """Return the labels of each series."""
        series: list[dict[str, str]] = self._get("series", {"match[]": selector})
        return series

    def label_values(self, label: str) -> set[str]:
        """Return all values of a label; of ``__name__`` the names of all metrics."""
        return set(self._get(f"label/{label}/values", {}))

    def label_names(self) -> set[str]:
        """Return the names of all labels."""
        return set(self._get("labels", {}))

    def _get(self, path: str, parameters: dict[str, Any]) -> Any:
        answer = requests.get(f"{self._url}/api/v1/{path}", params=parameters, timeout=30)
        assert answer.ok, f"{answer.url}: {answer.status_code} {answer.text}"
        return answer.json()["data"]
