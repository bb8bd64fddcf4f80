"""What waits in a lane is bounded in bytes as in items."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from tests.telemetry.lanes import SECONDS, Arrivals, fill

if TYPE_CHECKING:
    from tests.telemetry.lanes import Lanes


def test_what_comes_beyond_the_bytes_is_dropped_and_counted(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, weigh=len, most_bytes=100, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)

    fill(lane, ["x" * 40] * 10)

    # The third goes beyond it: one item may, or one that is larger than the bound would never be taken.
    assert drops.counts() == {(Signal.LOGS, Reason.QUEUE_FULL): 7}


def test_an_item_larger_than_the_bound_is_taken_where_nothing_waits(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end, weigh=len, most_bytes=100)

    lane.put("x" * 1000)

    assert lane.flush(SECONDS)
    assert end.items == ["x" * 1000]


def test_what_was_taken_makes_room_again(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end, weigh=len, most_bytes=100)

    for _ in range(50):
        fill(lane, ["x" * 40] * 3)
        assert lane.flush(SECONDS)

    assert len(end.items) == 150
    assert drops.counts() == {}


def test_an_empty_queue_weighs_nothing_however_many_threads_filled_it(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end, weigh=len, flush_seconds=0.001)
    threads = [threading.Thread(target=fill, args=(lane, ["x" * 7] * 2000)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lane.flush(SECONDS)
    assert lane.flush(SECONDS)

    assert len(end.items) == 8000
    assert lane._bytes == 0
