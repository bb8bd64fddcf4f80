"""What is asked of Tempo and Loki: whatever an id holds, it stays one value."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.stores import queries

HOSTILE = [
    'x" || true || "',
    "a\\",
    'x"} | line_format "{{.secret}}',
    "new\nline",
    "nul\0tab\t",
    ".*",
    "a|b",
    "(?i)x",
    "`raw`",
    "é😀",
    "half\ud83d",
    "$^[]{}()",
]
LITERAL = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\nrtbf]|\\u[0-9a-f]{4})*"')
"""A string as Go reads it, as far as it is written here."""


@pytest.mark.parametrize("key", HOSTILE)
def test_an_id_is_one_literal_of_traceql(key: str) -> None:
    query = "".join(queries.spans_named({key}))
    literals = LITERAL.findall(query)
    assert {json.loads(literal) for literal in literals} == {key.replace("\ud83d", "\ufffd")}
    left = LITERAL.sub("?", query)
    assert re.fullmatch(r"\{ \((?:(?:span|event)\.[a-z_.]+ = \?(?: \|\| )?)+\) \}", left)


@pytest.mark.parametrize("key", HOSTILE)
def test_an_id_is_one_literal_of_logql(key: str) -> None:
    left = LITERAL.sub("?", queries.logs_named({key}, (), ["a service"]))
    assert re.fullmatch(r"\{service_name=~\?\} \| (?:[a-z_]+=~\?(?: or )?)+", left)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_search_for_an_id_finds_that_id_and_no_other(key: str, other: str) -> None:
    literal = re.search(r"trading_order_client_id=~(\"(?:[^\"\\]|\\.)*\")", queries.logs_named({key}, ()))
    assert literal is not None
    pattern = re.compile(json.loads(literal[1]))
    assert pattern.fullmatch(key)
    assert bool(pattern.fullmatch(other)) == (key == other)


def test_a_mention_is_found_among_others_and_not_as_a_part_of_one() -> None:
    [pattern] = re.findall(r"related_ids=~(\"(?:[^\"\\]|\\.)*\")", queries.logs_named({"c1"}, ()))
    expression = re.compile(json.loads(pattern))
    assert expression.fullmatch('["c0","c1"]')
    assert not expression.fullmatch('["c11"]')


def test_a_number_is_searched_as_a_number_too_as_far_as_tempo_can_read_it() -> None:
    assert "span.trading.order.id = 42 " in "".join(queries.spans_named({"42"}))
    for key in ("042", str(1 << 63), "4²"):
        assert f"= {key} " not in "".join(queries.spans_named({key}))


def test_no_query_is_so_long_that_tempo_reads_it_wrongly() -> None:
    keys = {f"grid-btc-é-{number:04d}" for number in range(100)}
    made = list(queries.spans_named(keys, ["grid-bot"]))
    assert max(len(query.encode()) for query in made) <= 1024
    assert all(query.count("resource.service.name") == 1 for query in made)
    asked = "".join(made)
    assert all(asked.count(queries.quoted(key)) == asked.count(queries.quoted("grid-btc-é-0000")) for key in keys)


def test_services_are_chosen_by_their_whole_name() -> None:
    assert queries.logs(["a.b"]) == '{service_name=~"a\\\\.b"}'
    assert 'resource.service.name = "a.b"' in next(queries.spans_named({"x"}, ["a.b"]))
