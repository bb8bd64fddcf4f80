"""A lane takes items from any thread to one exporter, in order, and never holds up who puts them in."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from opentelemetry import context
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from otel_trading.telemetry.lane import Undelivered
from tests.telemetry.lanes import SECONDS, Arrivals, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from tests.recording import Recorded
    from tests.telemetry.lanes import Lanes


def test_items_arrive_in_the_order_they_were_put(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)

    fill(lane, range(2000))

    assert lane.flush(SECONDS)
    assert end.items == list(range(2000))


def test_items_of_one_thread_keep_their_order_among_those_of_others(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)
    threads = [threading.Thread(target=fill, args=(lane, [(name, n) for n in range(500)])) for name in "abc"]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lane.flush(SECONDS)
    assert len(end.items) == 1500
    for name in "abc":
        assert [n for found, n in end.items if found == name] == list(range(500))


def test_no_batch_is_larger_than_512_items(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end)

    fill(lane, range(1200))
    end.go_on.set()
    assert lane.flush(SECONDS)

    assert max(map(len, end.batches)) <= 512
    assert len(end.batches) <= 4


def test_an_item_waits_no_longer_than_the_flush_seconds(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end, flush_seconds=0.01)

    lane.put("alone")

    assert end.reached.wait(SECONDS)


def test_a_full_batch_leaves_before_the_flush_seconds_are_over(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end, flush_seconds=3600)

    fill(lane, range(512))

    assert end.reached.wait(SECONDS)


def test_delivery_happens_on_a_thread_of_the_lane(lanes: Lanes) -> None:
    end = Arrivals()
    lane = lanes(end)

    lane.put("item")

    assert lane.flush(SECONDS)
    assert end.threads == {lane._thread.ident}


def test_putting_never_waits_for_an_exporter_that_hangs(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, size=10, flush_seconds=0.01)
    lane.put("first")
    assert end.reached.wait(SECONDS)

    begun = time.monotonic()
    fill(lane, range(1000))

    assert time.monotonic() - begun < SECONDS / 2
    assert end.items == []


def test_what_a_full_queue_refuses_is_counted(lanes: Lanes, recorded: Recorded) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, size=10, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)

    fill(lane, range(25))

    assert drops.counts() == {(Signal.LOGS, Reason.QUEUE_FULL): 15}
    assert recorded.total("trading.telemetry.dropped", **{"trading.telemetry.drop_reason": "queue_full"}) == 15


def test_what_a_full_queue_refuses_is_logged_once_and_not_on_the_thread_that_puts(
    lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, size=1, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)

    fill(lane, range(20))
    assert caplog.records == []
    end.go_on.set()
    assert lane.flush(SECONDS)
    assert lane.flush(SECONDS)

    (told,) = caplog.records
    assert told.getMessage() == "19 records of logs lost so far (queue_full)"
    assert told.threadName == "otel-trading-logs"


def test_a_queue_that_has_room_again_takes_items_again(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end, size=1, flush_seconds=0.01)
    lane.put("in hand")
    assert end.reached.wait(SECONDS)
    fill(lane, ["waits", "too much"])
    end.go_on.set()
    assert lane.flush(SECONDS)

    lane.put("later")

    assert lane.flush(SECONDS)
    assert end.items == ["in hand", "waits", "later"]


def test_an_exporter_that_raises_costs_its_batch_and_no_other(lanes: Lanes, caplog: pytest.LogCaptureFixture) -> None:
    taken: list[Any] = []

    def deliver(batch: Sequence[Any]) -> None:
        if "bad" in batch:
            raise ZeroDivisionError
        taken.extend(batch)

    lane = lanes(deliver)
    for item in ("bad", "good"):
        lane.put(item)
        assert lane.flush(SECONDS)

    assert taken == ["good"]
    assert drops.counts() == {(Signal.LOGS, Reason.EXPORT_FAILED): 1}
    assert "ZeroDivisionError" in caplog.text


def test_an_exporter_that_refuses_has_its_reason_counted_and_its_remedy_told(
    lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    def deliver(_: Sequence[Any]) -> None:
        raise Undelivered(Reason.STORE_UNWRITABLE, "set OTEL_TRADING_STORE")

    lane = lanes(deliver)

    fill(lane, range(3))
    assert lane.flush(SECONDS)
    lane.begin_close()
    lane.finish_close(SECONDS)

    assert drops.counts() == {(Signal.LOGS, Reason.STORE_UNWRITABLE): 3}
    assert caplog.messages == ["3 records of logs lost so far (store_unwritable): set OTEL_TRADING_STORE"]


def test_flush_ends_while_other_threads_keep_putting(lanes: Lanes) -> None:
    lane = lanes(Arrivals(), size=10_000)
    stop = threading.Event()

    def keep_putting() -> None:
        while not stop.is_set():
            lane.put("more")

    busy = threading.Thread(target=keep_putting)
    busy.start()
    try:
        assert lane.flush(SECONDS)
    finally:
        stop.set()
        busy.join()


def test_flush_says_so_where_its_time_is_over_before_all_is_delivered(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end)
    lane.put("item")

    assert not lane.flush(0.05)


def test_the_thread_begins_with_an_empty_context(lanes: Lanes) -> None:
    seen: list[object] = []
    key = context.create_key("order at work")
    token = context.attach(context.set_value(key, "order"))
    try:
        lane = lanes(lambda _: seen.append(context.get_value(key)))
        lane.put("item")
        assert lane.flush(SECONDS)
    finally:
        context.detach(token)

    assert seen == [None]


def test_instrumentation_is_off_while_a_batch_is_delivered(lanes: Lanes) -> None:
    seen: list[bool] = []
    lane = lanes(lambda _: seen.append(is_instrumentation_enabled()))
    lane.put("item")

    assert lane.flush(SECONDS)
    assert seen == [False]


def test_a_loss_is_told_with_instrumentation_on_so_that_the_line_is_recorded_itself(
    lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[bool] = []

    def watch(_: logging.LogRecord) -> bool:
        seen.append(is_instrumentation_enabled())
        return True

    logging.getLogger("otel_trading").addFilter(watch)
    try:
        lane = lanes(Arrivals())
        drops.count(Signal.TRACES, Reason.EXPORT_FAILED, 1)
        assert lane.flush(SECONDS)
        assert lane.flush(SECONDS)
    finally:
        logging.getLogger("otel_trading").removeFilter(watch)

    assert seen == [True]
    assert caplog.messages == ["1 records of traces lost so far (export_failed)"]
