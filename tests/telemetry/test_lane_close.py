"""A lane is closed within a bound; what it could not deliver by then is counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from otel_trading.telemetry.lane import close_all
from tests.telemetry.lanes import SECONDS, Arrivals, fill

if TYPE_CHECKING:
    from tests.telemetry.lanes import Lanes


def test_closing_delivers_what_waits_and_closes_the_exporter_once(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)
    fill(lane, range(700))

    close_all([lane], SECONDS)

    assert end.items == list(range(700))
    assert end.closed == 1
    assert drops.counts() == {}


def test_closing_is_bounded_and_counts_what_is_left_where_the_exporter_hangs(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)
    fill(lane, range(4))

    begun = time.monotonic()
    close_all([lane], 0.1)

    assert time.monotonic() - begun < SECONDS / 2
    assert drops.counts() == {(Signal.LOGS, Reason.SHUTDOWN): 5}


def test_lanes_are_closed_side_by_side_within_one_bound(lanes: Lanes) -> None:
    ends = [Arrivals() for _ in range(4)]
    stuck = [lanes(end) for end in ends]
    for end, lane in zip(ends, stuck, strict=True):
        end.go_on.clear()
        lane.put("item")

    begun = time.monotonic()
    close_all(stuck, 0.5)

    assert time.monotonic() - begun < 1.5


def test_what_comes_after_the_close_is_counted(lanes: Lanes) -> None:
    lane = lanes(Arrivals())
    close_all([lane], SECONDS)

    lane.put("too late")

    assert drops.counts() == {(Signal.LOGS, Reason.SHUTDOWN): 1}


def test_what_slips_in_while_the_thread_ends_is_counted(lanes: Lanes) -> None:
    lane = lanes(Arrivals())
    lane.begin_close()
    lane._thread.join(SECONDS)
    lane._queue.append(("slipped in", 1))  # a put that asked before the close and appended after it

    lane.finish_close(SECONDS)

    assert drops.counts() == {(Signal.LOGS, Reason.SHUTDOWN): 1}
