"""A forked child has lanes of its own: a thread, an empty queue, and no part in what its parent was about to send."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from tests.telemetry.lanes import SECONDS, Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.telemetry.lanes import Lanes


def in_child(work: Callable[[], object]) -> str:
    """Run ``work`` in a forked child, and return what it returned there, as text."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = str(work())
        except BaseException:  # noqa: BLE001 - the parent tells it
            told = traceback.format_exc()
        os.write(writable, told.encode()[:60_000])
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def test_a_child_delivers_what_it_puts_itself(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)

    def work() -> object:
        lane.put("of the child")
        return lane.flush(SECONDS), end.items

    assert in_child(work) == "(True, ['of the child'])"


def test_nothing_is_delivered_by_parent_and_child(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)
    lane.put("of the parent")

    def work() -> object:
        return lane.flush(SECONDS), end.items

    assert in_child(work) == "(True, [])"
    assert lane.flush(SECONDS)
    assert end.items == ["of the parent"]


def test_a_child_can_close_its_lane(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)

    def work() -> object:
        lane.put("of the child")
        lane.begin_close()
        lane.finish_close(SECONDS)
        return end.items, end.closed

    assert in_child(work) == "(['of the child'], 1)"
    assert end.closed == 0


def test_a_child_of_a_parent_whose_exporter_hangs_delivers(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)

    def work() -> object:
        end.go_on.set()
        lane.put("of the child")
        return lane.flush(SECONDS), end.items

    assert in_child(work) == "(True, ['of the child'])"


def test_a_child_of_a_closed_lane_counts_what_it_can_not_send(lanes: Lanes) -> None:
    lane = lanes(Arrivals())
    lane.begin_close()
    lane.finish_close(SECONDS)

    def work() -> object:
        lane.put("too late")
        return drops.counts() == {(Signal.LOGS, Reason.SHUTDOWN): 1}

    assert in_child(work) == "True"


def test_losses_of_the_parent_are_not_the_child_s(lanes: Lanes) -> None:
    lanes(Arrivals())
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 7)

    assert in_child(drops.counts) == "{}"
    assert drops.counts() == {(Signal.LOGS, Reason.QUEUE_FULL): 7}


def test_a_child_can_count_losses_where_another_thread_held_the_lock_at_the_fork(lanes: Lanes) -> None:
    lanes(Arrivals())

    def work() -> object:
        drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
        return sum(drops.counts().values())

    with drops._losses.lock:
        assert in_child(work) == "1"
