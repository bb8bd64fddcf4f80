"""Every TraceQL query of a board, and of a link that leads from a panel to Tempo, read by Grafana's own grammar."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import pytest

from tests.stack.harness.boards.files import GRAFANA, boards
from tests.stack.harness.boards.filled import Choice, Times, filled
from tests.stack.harness.traceql import troubles

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 1024
"""Tempo 3.0 misreads a longer query."""

_OF_LINK = re.compile(r"\$\{__(?:field\.labels\.[\w.]+|value\.raw|data\.fields\[[^\]]*\]|data\.fields\.\w+)\}")
_TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
_LONG = Choice(["a-rather-long-name-of-a-bot", "another-rather-long-name-of-a-bot", "pairs.eth-usdt"])


class Written(NamedTuple):
    """A query, and where it stands."""

    place: str
    text: str


class _Everything(dict[str, Choice]):
    """Several values for every variable that a board has."""

    def __missing__(self, name: str) -> Choice:
        typed = {"id": "momentum-7f3a-0001", "trace": _TRACE_ID}
        return Choice([typed[name]], many=False) if name in typed else _LONG


def written() -> list[Written]:
    times = Times(time.time() - 900, time.time())
    found = [
        Written(query.place, filled(query.text, times, _Everything()))
        for board in boards()
        for query in board.queries
        if query.source == "tempo"
    ]
    for path in sorted((GRAFANA / "dashboards").glob("*.json")):
        for url in _urls(json.loads(path.read_text(encoding="utf-8"))):
            for query in _to_tempo(url):
                text = filled(_OF_LINK.sub("binance", query), times, _Everything())
                found.append(Written(f"a link of {path.stem}", text))
    ids = {"binance", _TRACE_ID}  # asked for a trace by its id, not in TraceQL
    return [each for each in found if each.text not in ids]


def _urls(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("url"), str):
            yield value["url"]
        for item in value.values():
            yield from _urls(item)
    elif isinstance(value, list):
        for item in value:
            yield from _urls(item)


def _to_tempo(url: str) -> Iterator[str]:
    _, panes, text = unquote(url).partition("panes=")
    if panes:
        for pane in json.loads(text).values():
            yield from (query["query"] for query in pane["queries"] if query["datasource"]["uid"] == "tempo")


def test_there_are_queries_and_links_to_read() -> None:
    places = {query.place for query in written()}
    assert any(place.startswith("a link of") for place in places)
    assert any(not place.startswith("a link of") for place in places)


def test_the_grammar_knows_what_is_wrong() -> None:
    assert troubles(['{ name = "a" }', "{ name = }", '{ name = "a" '])[0] == []
    assert all(troubles(["{ name = }", '{ name = "a" ', "nonsense"]))


def test_every_query_is_traceql() -> None:
    found = written()
    wrong = zip(found, troubles([query.text for query in found]), strict=True)
    assert [f"{query.place}: {query.text}: {where}" for query, where in wrong if where] == []


@pytest.mark.parametrize("query", dict.fromkeys(written()), ids=lambda query: query.place)
def test_no_query_is_longer_than_tempo_reads(query: Written) -> None:
    assert len(query.text.encode()) < _MOST_BYTES
