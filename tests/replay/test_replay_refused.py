"""What the receiver does not take: found, set aside with the reason, and nothing else is lost by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from otel_trading.replay import replay
from tests.replay.receiver import Asked, Reply, receiver, refusal, takes_all
from tests.replay.stores import log_line, metric_line, names, plan, refused_entries, span_line, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal


def dislikes(*bad: str, status: int = 400) -> Callable[[Asked], Reply]:
    return lambda asked: refusal(status, "a bad record") if set(bad) & set(asked.names) else Reply()


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("bad", [(7,), (0, 1, 49), tuple(range(10, 20))])
def test_a_bad_record_is_found_and_set_aside_and_the_others_arrive_once(
    tmp_path: Path, bad: Sequence[int], status: int
) -> None:
    write(tmp_path, "logs", [log_line(*range(at, at + 5)) for at in range(0, 50, 5)])
    with receiver(dislikes(*(f"log {number}" for number in bad), status=status)) as server:
        summary = replay(plan(tmp_path, server.target()))
        good = set(range(50)) - set(bad)
        assert server.taken == names("log", good)
        tally = summary.signals["logs"]
        assert (tally.sent, tally.refused) == (len(good), len(bad))
        assert not summary.complete
        entries = refused_entries(summary.refused_files)
        assert [entry["reason"] for entry in entries] == [f"HTTP {status} a bad record"] * len(bad)
        asked = len(server.requests)
        later = replay(plan(tmp_path, server.target()))
        assert len(server.requests) == asked
    assert later.signals["logs"].before == 50


@pytest.mark.parametrize(("signal", "line"), [("traces", span_line(1)), ("metrics", metric_line(1, points=2))])
def test_what_was_set_aside_is_a_request_that_can_be_sent(tmp_path: Path, signal: Signal, line: bytes) -> None:
    write(tmp_path, signal, [line])
    with receiver(dislikes("span 1", "metric 1")) as server:
        summary = replay(plan(tmp_path, server.target(signal)))
    entries = refused_entries(summary.refused_files)
    assert [entry["records"] for entry in entries] == [1] * len(entries)
    stored = json.loads(line)
    if signal == "traces":
        assert [entry["request"] for entry in entries] == [stored]
    else:
        [metric] = stored["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
        points = metric["sum"].pop("dataPoints")
        for entry, point in zip(entries, points, strict=True):
            [kept] = entry["request"]["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]  # type: ignore[index] # JSON
            assert kept == metric | {"sum": metric["sum"] | {"dataPoints": [point]}}


def test_a_receiver_that_refuses_everything_has_nothing_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(lambda _: refusal(400, "Client sent an HTTP request to an HTTPS server.")) as server:
        summary = replay(plan(tmp_path, server.target()))
        assert "refuses even a request without records" in summary.stopped
        assert "HTTPS server" in summary.stopped
        assert summary.refused_files == []
        server.judge = takes_all
        later = replay(plan(tmp_path, server.target()))
    assert later.signals["logs"].doubted == 0
    assert server.taken == names("log", [1])


@pytest.mark.parametrize("reply", [refusal(413), refusal(400, "http: request body too large")])
def test_batches_become_smaller_where_the_receiver_wants_smaller_ones(tmp_path: Path, reply: Reply) -> None:
    write(tmp_path, "logs", [log_line(number) for number in range(200)])
    with receiver(lambda asked: reply if len(asked.body) > 5000 else Reply()) as server:
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(200))
    assert summary.complete


def test_a_line_that_is_too_large_alone_is_sent_in_parts(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(*range(100))])
    with receiver(lambda asked: refusal(413) if len(asked.names) > 10 else Reply()) as server:
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(100))
    assert summary.complete


def test_a_partial_success_is_counted_told_and_noted(tmp_path: Path) -> None:
    write(tmp_path, "traces", [span_line(1, 2, 3)])
    partial = {"partialSuccess": {"rejectedSpans": "2", "errorMessage": "too old"}}
    with receiver(lambda _: Reply(200, json.dumps(partial).encode())) as server:
        summary = replay(plan(tmp_path, server.target("traces")))
        again = replay(plan(tmp_path, server.target("traces")))
        assert len(server.requests) == 1
    assert (summary.signals["traces"].sent, summary.signals["traces"].refused) == (1, 2)
    assert any("too old" in warning for warning in summary.troubles.told())
    [entry] = refused_entries(summary.refused_files)
    assert (entry["records"], entry["reason"]) == (2, "too old")
    assert not summary.complete
    assert again.signals["traces"].sent == 0


def test_a_warning_of_a_receiver_that_took_everything_is_told(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    partial = {"partialSuccess": {"rejectedLogRecords": 0, "errorMessage": "soon full"}}
    with receiver(lambda _: Reply(200, json.dumps(partial).encode())) as server:
        summary = replay(plan(tmp_path, server.target()))
    assert any("soon full" in warning for warning in summary.troubles.told())
    assert summary.complete


def test_a_line_of_which_a_part_was_taken_when_the_receiver_went_away_is_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(*range(8)), log_line(8)])

    def judge(asked: Asked) -> Reply:
        if "log 7" in asked.names:
            return refusal(503 if server.taken else 400)
        return Reply()

    with receiver(judge) as server:
        replay(plan(tmp_path, server.target(), patience=0.1))
        assert server.taken == names("log", range(4))
        server.judge = lambda _: Reply()
        later = replay(plan(tmp_path, server.target()))
    assert later.signals["logs"].doubted == 8
    assert set(server.taken) == set(names("log", range(9)))
