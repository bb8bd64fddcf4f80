from __future__ import annotations

from otel_trading.semconv import attributes as names
from otel_trading.telemetry.records import LogRecord, SpanRecord
from otel_trading.testing.memory import KeptLog, KeptSpan, Memory, Records, in_order

BOT = {"service.name": "bot"}


def span(at: int, trace: str = "t1") -> KeptSpan:
    return KeptSpan(SpanRecord(trace, "s1", "", "order", 1, at, at + 5, {}, (), (), 0, "", 1, "bot"), {**BOT})


def log(at: int, client_id: str = "") -> KeptLog:
    found = {names.TRADING_ORDER_CLIENT_ID: client_id} if client_id else {}
    return KeptLog(LogRecord(at, at, 9, "INFO", f"at {at}", "", {**found}, "", "", 0, "bot"), {**BOT})


def test_records_are_found_by_trace_and_by_order() -> None:
    records = Records([span(1), span(2, "t2")], [log(1, "cl-1"), log(2, "cl-2")])
    assert Memory(records).find({"t2", "cl-1"}) == Records([records.spans[1]], [records.logs[0]])


def test_a_period_has_its_beginning_and_not_its_end() -> None:
    memory = Memory(Records([span(1), span(2), span(3)], [log(1), log(2), log(3)]))
    assert [kept.record.start_ns for kept in memory.spans(since_ns=2, until_ns=3)] == [2]
    assert [kept.record.time_ns for kept in memory.logs(since_ns=2)] == [2, 3]
    assert [kept.record.time_ns for kept in memory.logs(until_ns=3, newest_first=True)] == [2, 1]


def test_records_of_the_same_time_stay_in_the_order_of_their_recording() -> None:
    early, first, second = log(1), log(2, "cl-1"), log(2, "cl-2")
    assert in_order([first, second, early]) == [early, first, second]


def test_services_are_those_of_the_resources_and_nothing_more_comes() -> None:
    memory = Memory(Records([span(1)], [log(1)]))
    assert memory.services() == ["bot"]
    assert list(memory.follow()) == []
