"""All that is there comes, each record once, whatever a store returns at a time and however long it lets one search."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.setting_kinds import Secret
from otel_trading.stores import queries
from otel_trading.stores.access import Access
from otel_trading.stores.client import Client
from otel_trading.stores.follow import Follower
from otel_trading.stores.loki import Loki
from otel_trading.stores.periods import DAY_NS, HOUR_NS, Period
from otel_trading.stores.tempo import Tempo
from tests.stores.asking import on_the_wire
from tests.stores.pretended import Answer, PretendedStack
from tests.story.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 78
"""What asking for ever fewer entries comes to: 5,000 halved until it is below 100."""


class Asker:
    """Asks a pretended stack directly."""

    def __init__(self, stack: PretendedStack) -> None:
        self.stack = stack
        self.said: list[str] = []
        client = Client(Access("a store", stack.url, "A_SETTING", Secret(), "", 10.0))
        self.loki = Loki(client, self.said.append)
        self.tempo = Tempo(client, self.said.append)

    def bodies(self, ago_ns: int = DAY_NS, *, newest_first: bool = False) -> list[str]:
        now = time.time_ns()
        entries = self.loki.entries(queries.logs(), Period(now - ago_ns, now), newest_first=newest_first)
        return [entry.line for entry in entries]

    def traces(self, ago_ns: int = DAY_NS) -> set[str]:
        now = time.time_ns()
        return self.tempo.traces_with({"c1"}, Period(now - ago_ns, now), ())


def asker(tape: Tape) -> Iterator[Asker]:
    on_the_wire(tape)
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        yield Asker(stack)


@pytest.fixture
def many() -> Iterator[Asker]:
    """400 lines: each time of a millisecond has 50 of them."""
    tape = Tape()
    for number in range(400):
        tape.log(f"line {number:03d}", number // 50)
    yield from asker(tape)


@pytest.fixture
def order() -> Iterator[Asker]:
    tape = Tape()
    tape.order(client_id="c1")
    yield from asker(tape)


def test_pages_that_end_within_one_time_lose_and_repeat_nothing(many: Asker) -> None:
    many.stack.most_entries = LEAST
    assert many.bodies() == [f"line {number:03d}" for number in range(400)]
    assert many.said == []


def test_pages_from_the_newest_back_lose_and_repeat_nothing(many: Asker) -> None:
    many.stack.most_entries = LEAST
    found = many.bodies(newest_first=True)
    assert sorted(found) == [f"line {number:03d}" for number in range(400)]
    assert [int(line[5:]) // 50 for line in found] == [number // 50 for number in range(399, -1, -1)]


def test_more_lines_of_one_time_than_a_page_holds_are_told() -> None:
    tape = Tape()
    for number in range(LEAST + 10):
        tape.log(f"line {number}", 0)
    tape.log("after", 1)
    for ask in asker(tape):
        ask.stack.most_entries = LEAST
        assert len(ask.bodies()) == LEAST + 1
        assert ask.bodies()[-1] == "after"
        assert "records of one nanosecond" in ask.said[0]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_period_longer_than_loki_searches_is_cut(many: Asker, *, newest_first: bool) -> None:
    many.stack.longest_ns = 7 * HOUR_NS
    assert len(many.bodies(40 * DAY_NS, newest_first=newest_first)) == 400


def test_a_period_longer_than_tempo_searches_is_cut(order: Asker) -> None:
    order.stack.longest_ns = 7 * HOUR_NS
    assert len(order.traces(20 * DAY_NS)) == 1


def test_a_refusal_for_another_reason_is_not_tried_again(order: Asker) -> None:
    order.stack.trouble["/api/search"] = Answer(400, b"parse error")
    with pytest.raises(Exception, match="parse error"):
        order.traces()
    assert len(order.stack.asked) == 1


def test_many_ids_are_asked_for_in_several_questions(order: Asker) -> None:
    now = time.time_ns()
    keys = {f"c{number}" for number in range(1, 50)}
    assert len(order.tempo.traces_with(keys, Period(now - DAY_NS, now), ())) == 1
    assert len(order.stack.asked) > 1


def test_more_traces_than_tempo_was_asked_for_are_told(order: Asker) -> None:
    traces = [{"traceID": f"{number:x}"} for number in range(1, 1001)]
    order.stack.trouble["/api/search"] = Answer(200, {"traces": traces, "metrics": {}})
    assert len(order.traces()) == 1000
    assert len(order.said) == 1
    assert "more than 1000 traces" in order.said[0]


def test_a_part_of_a_trace_is_told(order: Asker) -> None:
    [trace] = order.traces()
    order.stack.partial = "Trace exceeds maximum size"
    assert len(order.tempo.spans(trace)) == 2
    assert order.said == [f"Tempo returns only a part of trace {trace}: Trace exceeds maximum size."]


def test_a_warning_of_loki_is_passed_on(order: Asker) -> None:
    answer = {"status": "success", "data": {"resultType": "streams", "result": []}, "warnings": ["shards failed"]}
    order.stack.trouble["/query_range"] = Answer(200, answer)
    assert order.bodies() == []
    assert order.said == ["Loki: shards failed"]


def test_following_yields_what_comes_later_once_even_if_it_is_older_than_what_came() -> None:
    begun = Tape()
    begun.log("before", 0)
    with PretendedStack((), on_the_wire(begun).logs_kept) as stack:
        ask = Asker(stack)
        coming = Follower(ask.loki, queries.logs()).entries(poll_seconds=0.01)
        now = time.time_ns()
        for body, time_ns in (("second", now + 10**6), ("first, but late", now + 10**5)):
            [kept] = begun.logs_kept[:1]
            stack.logs.append(kept._replace(record=kept.record._replace(body=body, time_ns=time_ns)))
            assert next(coming).line == body
