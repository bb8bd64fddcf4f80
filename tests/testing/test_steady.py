from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import attributes as names
from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanRecord
from otel_trading.testing import recording
from otel_trading.testing.memory import KeptLog, KeptSpan, Records
from otel_trading.testing.steady import BEGIN_NS, TICK_NS, steady
from tests.testing.bots import CLIENT_ID, VENUE_ID, send, trade

if TYPE_CHECKING:
    from otel_trading.testing import RecordedOrders

NOON = 1_795_435_200 * 10**9

STORY = """\
 buy 0.5 BTC/USDT limit 60,000                                 FILLED in 7.0 ms
 desk-1 · bot                                              2000-01-01 00:00:00Z
 client id cl-7f3a-0001    venue id 28173645
 trace 00000000000000000000000000000001

 00:00:00.001  decision      momentum 0.82, arrival mid 60,001.5
      +1.0 ms  submit
      +2.0 ms    INFO        bot: sending cl-7f3a-0001
      +5.0 ms  acknowledged  venue id 28173645 · new
      +8.0 ms  fill 1        0.5 @ 59,999.5 maker, fee 12.6 USDT · 0.5 of 0.5

 average 59,999.5    slippage -0.3 bp against arrival mid 60,001.5
 fees 12.6 USDT
 acknowledged in 4.0 ms
 1 fill, 3 spans, 1 log, 0 errors
"""


def span(number: int, start: int, end: int, *events: int) -> KeptSpan:
    record = SpanRecord(
        format(1, "032x"),
        format(number, "016x"),
        "",
        f"span {number}",
        1,
        start,
        end,
        {},
        tuple(SpanEvent("event", at, {}) for at in events),
        (),
        0,
        "",
        1,
        "bot",
    )
    return KeptSpan(record, {})


def log(at: int, **attributes: int) -> KeptLog:
    return KeptLog(LogRecord(at, at + 1, 9, "INFO", "line", "", {**attributes}, "", "", 0, "bot"), {})


def ticks(*times: int) -> list[int]:
    return [(each - BEGIN_NS) // TICK_NS for each in times]


def test_a_story_reads_the_same_however_long_it_took() -> None:
    told = []
    for pause in (0.0, 0.02):
        with recording() as orders:
            order = send()
            time.sleep(pause)
            order.acknowledged(id=VENUE_ID, transact_time=time.time_ns())
            told.append((orders.text(CLIENT_ID), orders.json(CLIENT_ID)))
    assert told[0] == told[1]


def test_a_story_as_text_is_what_the_command_line_writes(recorded_orders: RecordedOrders) -> None:
    trade()
    assert recorded_orders.text(CLIENT_ID) == STORY


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"])
def test_a_text_does_not_depend_on_the_terminal_of_the_test_run(
    variable: str, recorded_orders: RecordedOrders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    trade()
    assert recorded_orders.text(CLIENT_ID) == STORY


def test_a_text_has_the_width_asked_for(recorded_orders: RecordedOrders) -> None:
    trade()
    assert max(map(len, recorded_orders.text(CLIENT_ID, width=60).splitlines())) <= 60


def test_a_story_has_real_times_unless_steady_ones_are_asked_for(recorded_orders: RecordedOrders) -> None:
    began = time.time_ns()
    send()
    assert began <= recorded_orders.story(CLIENT_ID).numbers.started_ns <= time.time_ns()
    assert recorded_orders.story(CLIENT_ID, steady=True).numbers.started_ns == BEGIN_NS + TICK_NS


def test_moments_keep_their_order_and_come_a_tick_apart() -> None:
    found = steady(Records([span(1, NOON, NOON + 900, NOON + 300)], [log(NOON + 200), log(NOON + 10**9)]))
    (outer,) = found.spans
    assert ticks(outer.record.start_ns, outer.record.events[0].time_ns, outer.record.end_ns) == [0, 2, 3]
    assert ticks(*(line.record.time_ns for line in found.logs)) == [1, 4]


def test_on_a_coarse_clock_spans_nest_as_they_began() -> None:
    inner_ends_first = [span(2, NOON, NOON), span(1, NOON, NOON)]
    found = steady(Records(inner_ends_first, [log(NOON)]))
    inner, outer = (kept.record for kept in found.spans)
    assert ticks(outer.start_ns, inner.start_ns, found.logs[0].record.time_ns, inner.end_ns, outer.end_ns) == [
        *range(5)
    ]


def test_the_time_of_observation_and_the_venues_own_are_those_of_the_record() -> None:
    (line,) = steady(Records([], [log(NOON, **{names.TRADING_ORDER_TRANSACT_TIME: NOON - 1})])).logs
    assert line.record.time_ns == line.record.observed_ns == BEGIN_NS
    assert line.record.attributes == {names.TRADING_ORDER_TRANSACT_TIME: BEGIN_NS}
