from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace

import otel_trading
from otel_trading import testing
from otel_trading.semconv import attributes as names
from otel_trading.telemetry.processors import ShipSpans
from otel_trading.testing import recording
from tests.testing.bots import CLIENT_ID, VENUE_ID, log, send, trade

if TYPE_CHECKING:
    from otel_trading.testing import RecordedOrders


@pytest.mark.parametrize("any_id", [CLIENT_ID, VENUE_ID, format(1, "032x")])
def test_a_story_is_found_by_each_id_of_its_order(any_id: str, recorded_orders: RecordedOrders) -> None:
    trade()
    order = recorded_orders.story(any_id).order
    assert (order.client_ids, order.venue_ids, order.status) == ((CLIENT_ID,), (VENUE_ID,), "filled")


def test_a_story_has_the_steps_and_the_lines_of_the_log_in_their_order(recorded_orders: RecordedOrders) -> None:
    trade()
    log.warning("hedge for %s lags", CLIENT_ID)
    steps = recorded_orders.story(CLIENT_ID).steps
    assert [step.kind.value for step in steps] == ["decision", "submit", "log", "acknowledged", "fill", "log"]


def test_a_story_has_what_befell_the_whole_bot_meanwhile(recorded_orders: RecordedOrders) -> None:
    order = send()
    otel_trading.kill_switch(active=True, reason="daily loss limit")
    order.canceled()
    for story in (recorded_orders.story(CLIENT_ID), *recorded_orders.stories()):
        assert "kill_switch" in [step.kind.value for step in story.steps]


def test_an_unknown_id_is_told_with_the_orders_that_there_are(recorded_orders: RecordedOrders) -> None:
    trade()
    with pytest.raises(LookupError, match=rf"'cl-9'; recorded are: {CLIENT_ID}, {VENUE_ID} \(desk-1 BTC/USDT\)"):
        recorded_orders.story("cl-9")


def test_an_id_that_two_venues_gave_needs_the_venue(recorded_orders: RecordedOrders) -> None:
    trade("cl-1", venue="desk-1")
    trade("cl-2", venue="desk-2")
    with pytest.raises(LookupError, match=f"2 orders have the id '{VENUE_ID}'"):
        recorded_orders.story(VENUE_ID)
    assert recorded_orders.story(VENUE_ID, venue="desk-2").order.client_ids == ("cl-2",)


def test_stories_come_the_first_begun_first(recorded_orders: RecordedOrders) -> None:
    for client_id in ("cl-2", "cl-1", "cl-3"):
        send(client_id)
    assert [story.order.client_ids for story in recorded_orders.stories()] == [("cl-2",), ("cl-1",), ("cl-3",)]


def test_a_line_that_names_an_order_joins_it_and_shows_no_secret(recorded_orders: RecordedOrders) -> None:
    trade()
    recorded_orders.clear()
    log.error("GET https://venue.example/order?signature=5e1f for %s failed", CLIENT_ID)
    (line,) = recorded_orders.logs()
    assert line.attributes[names.TRADING_ORDER_ID] == VENUE_ID
    assert line.trace_id == format(1, "032x")
    assert "5e1f" not in str(line)


def test_events_and_logs_are_told_apart(recorded_orders: RecordedOrders) -> None:
    send()
    assert [event.event_name for event in recorded_orders.events()] == ["trading.decision", "trading.order.submitted"]
    assert [event.body for event in recorded_orders.events("trading.decision")] == ["decision momentum 0.82"]
    assert [line.body for line in recorded_orders.logs()] == [f"sending {CLIENT_ID}"]


def test_spans_are_stamped_and_come_in_the_order_in_which_they_began(recorded_orders: RecordedOrders) -> None:
    with otel_trading.order(client_id=CLIENT_ID), trace.get_tracer("bot").start_as_current_span("think"):
        pass
    assert [span.name for span in recorded_orders.spans()] == ["order", "think"]
    (thought,) = recorded_orders.spans("think")
    assert thought.attributes[names.TRADING_ORDER_CLIENT_ID] == CLIENT_ID


def test_an_exception_that_nothing_handled_is_an_event(recorded_orders: RecordedOrders) -> None:
    sys.excepthook(ValueError, ValueError("margin"), None)
    (event,) = recorded_orders.events("trading.bot.unhandled_exception")
    assert event.attributes["exception.message"] == "margin"


def test_what_was_cleared_is_gone_and_the_order_is_still_known(recorded_orders: RecordedOrders) -> None:
    order = send()
    recorded_orders.clear()
    assert (recorded_orders.spans(), recorded_orders.events(), recorded_orders.logs()) == ([], [], [])
    order.acknowledged(id=VENUE_ID)
    assert otel_trading.find_order(VENUE_ID) is order
    assert [event.event_name for event in recorded_orders.events()] == ["trading.order.acknowledged"]


def test_a_recording_may_be_read_after_its_end_and_takes_in_nothing_more() -> None:
    with recording(service="grid-btc") as orders:
        trade()
    send("cl-late")
    assert [story.order.client_ids for story in orders.stories()] == [(CLIENT_ID,)]
    assert orders.story(CLIENT_ID).order.service == "grid-btc"
    assert orders.metric("trading.execution.fills") == 1


def test_a_line_of_a_thread_is_read_once_it_was_written(recorded_orders: RecordedOrders) -> None:
    thread = threading.Thread(target=log.info, args=("from a thread",))
    thread.start()
    thread.join()
    assert [line.body for line in recorded_orders.logs()] == ["from a thread"]


def test_what_did_not_pass_through_the_pipeline_in_time_is_an_error(
    recorded_orders: RecordedOrders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShipSpans, "force_flush", lambda *_: False)
    with pytest.raises(TimeoutError, match="did not pass through the pipeline"):
        recorded_orders.spans()


def test_the_package_has_the_names_it_says_and_no_others() -> None:
    assert all(callable(getattr(testing, name)) for name in testing.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'capture'"):
        _ = testing.capture
