"""Puts queries to the real Prometheus and Loki, and counts what comes back."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from tests.stack.harness.boards.filled import Choice, Times, choice_of, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.stack.harness.boards.files import Board, Query

_LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<selector>.+?)\s*,\s*)?(?P<label>\w+)\s*\)", re.DOTALL)
_LINES = 1000
_SECONDS = 60.0


class Answer(NamedTuple):
    """What a query returned: how many series with a value in them, or lines; what was wrong; how long it took."""

    query: Query
    sent: str
    found: int
    trouble: str
    seconds: float


class Servers(NamedTuple):
    """Where the real servers listen."""

    prometheus: str
    loki: str

    def ask(self, query: Query, times: Times, chosen: Mapping[str, Choice]) -> Answer:
        """Send one query as Grafana would."""
        sent = filled(query.text, times, chosen)
        begun = time.perf_counter()
        step = filled(query.step, times, chosen) or f"{times.step}s"
        prometheus = query.source == "prometheus"
        asked = self._prometheus(sent, query, times) if prometheus else self._loki(sent, query, times, step)
        took = time.perf_counter() - begun
        if not asked.ok:
            return Answer(query, sent, 0, f"{asked.status_code}: {asked.text.strip()}", took)
        answer = asked.json()
        told = [*answer.get("warnings", ()), *answer.get("infos", ())]
        return Answer(query, sent, _count(answer["data"]), "; ".join(told), took)

    def offered(self, variable: Mapping[str, Any], times: Times, chosen: Mapping[str, Choice]) -> list[str]:
        """Return the values that a variable offers, by its own query; AssertionError for one that is not understood."""
        asked = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
        found = _LABEL_VALUES.fullmatch(filled(asked, times, chosen).strip())
        assert found is not None, f"variable {variable['name']}: {asked} is no label_values(…)"
        of_loki = variable["datasource"]["type"] == "loki"
        root, key = (f"{self.loki}/loki", "query") if of_loki else (self.prometheus, "match[]")
        given: dict[str, Any] = {"start": times.start, "end": times.end}
        if of_loki:
            given = {name: round(value * 1e9) for name, value in given.items()}
        if found["selector"]:
            given[key] = found["selector"]
        answer = requests.get(f"{root}/api/v1/label/{found['label']}/values", params=given, timeout=_SECONDS)
        assert answer.ok, f"variable {variable['name']}: {answer.text}"
        return list(answer.json()["data"])

    def _prometheus(self, sent: str, query: Query, times: Times) -> requests.Response:
        ranged = {
            "start": _on_step(times.start, times.step),
            "end": _on_step(times.end, times.step),
            "step": times.step,
        }
        given: dict[str, Any] = {"query": sent, **({"time": times.end} if query.instant else ranged)}
        path = "query" if query.instant else "query_range"
        return requests.post(f"{self.prometheus}/api/v1/{path}", data=given, timeout=_SECONDS)

    def _loki(self, sent: str, query: Query, times: Times, step: str) -> requests.Response:
        start, end = (round(each * 1e9) for each in times)
        ranged = {"start": start, "end": end, "step": step}
        given: dict[str, Any] = {"query": sent, "limit": _LINES, **({"time": end} if query.instant else ranged)}
        path = "query" if query.instant else "query_range"
        return requests.get(f"{self.loki}/loki/api/v1/{path}", params=given, timeout=_SECONDS)


def _on_step(at: float, step: int) -> int:
    return int(at) // step * step


def _count(data: dict[str, Any]) -> int:
    result = data["result"]
    if data["resultType"] in {"scalar", "string"}:
        return 1
    if data["resultType"] == "streams":
        return sum(len(stream["values"]) for stream in result)
    return sum(any(math.isfinite(float(value)) for _, value in _points(series)) for series in result)


def _points(series: dict[str, Any]) -> list[tuple[float, str]]:
    return [series["value"]] if "value" in series else series["values"]


def choices(board: Board, servers: Servers, times: Times, typed: Mapping[str, str]) -> dict[str, Choice]:
    """Return what a freshly opened board has chosen; ``typed`` is what somebody typed into its boxes."""
    chosen: dict[str, Choice] = {}
    for variable in board.variables:
        name, kind = variable["name"], variable["type"]
        if kind == "query":
            chosen[name] = choice_of(variable, servers.offered(variable, times, chosen))
        elif kind == "textbox":
            chosen[name] = Choice([typed.get(name, variable.get("query") or "")], many=False)
        else:
            offered = [each.strip() for each in str(variable.get("query", "")).split(",")]
            chosen[name] = choice_of(variable, offered)
    return chosen


def answers(board: Board, servers: Servers, times: Times, typed: Mapping[str, str]) -> Iterator[Answer]:
    """Ask everything a board asks of Prometheus and Loki, variables aside."""
    chosen = choices(board, servers, times, typed)
    for query in board.queries:
        if query.source != "tempo":
            yield servers.ask(query, times, chosen)
