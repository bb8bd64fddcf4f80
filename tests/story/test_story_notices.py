"""What the reader must know: what is missing, what is odd, what may still be open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import events
from otel_trading.story.find import find_stories
from tests.story.tape import Tape

if TYPE_CHECKING:
    from otel_trading.story.model import Story

FILLED = events.TRADING_ORDER_FILLED
IDS: dict[str, Any] = {"client_id": "c1", "id": "1"}


def order() -> Tape:
    tape = Tape()
    tape.order(**IDS)
    return tape


def told(tape: Tape) -> Story:
    [story] = find_stories(tape, "c1").stories
    return story


def codes(tape: Tape) -> list[str]:
    return [notice.code for notice in told(tape).notices]


def test_a_working_order_needs_no_notice() -> None:
    assert codes(order()) == []


def test_an_impossible_transition_is_shown_and_changes_no_state() -> None:
    tape = order()
    tape.update(FILLED, 100, execution="e", filled=0.5, status="filled", cumulative=0.5, **IDS)
    tape.update(events.TRADING_ORDER_INVALID_TRANSITION, 200, status="new", previous="filled", **IDS)
    story = told(tape)
    assert [notice.text for notice in story.notices] == ["impossible transition: reported new after filled."]
    assert story.order.status == "filled"


def test_a_cancel_without_answer_leaves_the_order_possibly_working() -> None:
    tape = order()
    tape.update(events.TRADING_ORDER_CANCEL_REQUESTED, 100, **IDS)
    assert codes(tape) == ["cancel_unanswered"]
    assert told(tape).order.status == "pending_cancel"


@pytest.mark.parametrize("answer", [events.TRADING_ORDER_CANCELED, events.TRADING_ORDER_CANCEL_REJECTED])
def test_an_answered_cancel_needs_no_notice(answer: str) -> None:
    tape = order()
    tape.update(events.TRADING_ORDER_CANCEL_REQUESTED, 100, **IDS)
    tape.update(answer, 130, **IDS)
    assert codes(tape) == []


def test_an_order_that_fills_while_its_cancel_is_under_way_needs_no_notice() -> None:
    tape = order()
    tape.update(events.TRADING_ORDER_CANCEL_REQUESTED, 100, **IDS)
    tape.update(FILLED, 130, execution="e", filled=0.5, status="filled", **IDS)
    assert codes(tape) == []


def test_an_order_whose_cancel_is_refused_goes_on_in_its_former_state() -> None:
    tape = order()
    tape.update(FILLED, 90, execution="e", filled=0.1, status="partially_filled", **IDS)
    tape.update(events.TRADING_ORDER_CANCEL_REQUESTED, 100, **IDS)
    tape.update(events.TRADING_ORDER_CANCEL_REJECTED, 130, category="unknown_order", **IDS)
    assert told(tape).order.status == "partially_filled"


def test_an_amendment_without_answer_leaves_the_terms_open() -> None:
    tape = order()
    tape.update(events.TRADING_ORDER_AMEND_REQUESTED, 100, quantity=0.3, **IDS)
    story = told(tape)
    assert [notice.code for notice in story.notices] == ["amend_unanswered"]
    assert story.order.quantity == "0.500"


def test_a_total_beyond_the_recorded_fills_is_a_missing_fill() -> None:
    tape = order()
    tape.update(FILLED, 100, execution="e1", filled=0.1, cumulative=0.1, **IDS)
    tape.update(FILLED, 200, execution="e3", filled=0.1, cumulative=0.4, **IDS)
    [notice] = told(tape).notices
    assert notice.text == "fills missing: the venue reports 0.400 filled, the fills recorded here come to 0.200."


def test_doubles_that_do_not_add_up_exactly_are_no_missing_fill() -> None:
    tape = order()
    tape.update(FILLED, 100, execution="e1", filled=0.1, cumulative=0.1, **IDS)
    tape.update(FILLED, 200, execution="e2", filled=0.2, cumulative=0.1 + 0.2, **IDS)
    assert codes(tape) == []
    assert told(tape).numbers.filled == "0.300"


def test_more_filled_than_ordered_is_shown() -> None:
    tape = order()
    tape.update(FILLED, 100, execution="e1", filled=0.5, **IDS)
    tape.update(FILLED, 200, execution="e2", filled=0.5, **IDS)
    [notice] = told(tape).notices
    assert notice.text == "overfilled: 1.000 of 0.500."


def test_an_order_that_begins_with_a_fill_was_sent_elsewhere() -> None:
    tape = Tape()
    tape.update(FILLED, 100, execution="e1", filled=0.5, **IDS)
    assert codes(tape) == ["no_submission"]


def test_a_call_that_returned_without_an_answer_that_was_understood_is_told_as_such() -> None:
    tape = Tape()
    tape.order(client_id="c1", answered=False)
    tape.span("submit_order binance", 0, 40, span="a1", client_id="c1")
    [notice] = told(tape).notices
    assert notice.code == "no_answer"
    assert "the call returned" in notice.text


def test_an_order_sent_again_and_refused_as_duplicate_may_stand_at_the_venue() -> None:
    tape = Tape()
    tape.order(client_id="c1", answered=False)
    tape.event(events.TRADING_ORDER_UNCONFIRMED, 5000, span="a1", client_id="c1", category="timeout")
    tape.order(6000, span="a2", client_id="c1", answered=False)
    tape.event(
        events.TRADING_ORDER_REJECTED, 6040, span="a2", client_id="c1", category="duplicate_order", status="rejected"
    )
    [notice] = told(tape).notices
    assert notice.code == "unconfirmed"
    assert "refused as a duplicate" in notice.text


def test_an_order_sent_again_is_without_answer_though_its_first_submission_was_refused() -> None:
    tape = Tape()
    tape.order(client_id="c1", answered=False)
    tape.event(events.TRADING_ORDER_REJECTED, 40, span="a1", client_id="c1", category="rate_limit", status="rejected")
    tape.order(500, span="a2", client_id="c1", answered=False)
    assert codes(tape) == ["no_answer"]
    assert told(tape).order.status == "pending_new"


def test_a_broken_stream_during_the_order_s_life_is_part_of_its_story() -> None:
    tape = order()
    tape.event(events.TRADING_STREAM_DISCONNECTED, 500, trace="", venue="binance", body="closed with 1006")
    tape.event(events.TRADING_STREAM_DISCONNECTED, 600, trace="", venue="kraken", body="of another venue")
    story = told(tape)
    assert [step.body for step in story.steps if step.kind.value == "event"] == ["closed with 1006"]


def test_what_breaks_after_an_order_s_end_is_no_part_of_its_story() -> None:
    tape = order()
    tape.update(FILLED, 100, execution="e", filled=0.5, status="filled", **IDS)
    tape.event(events.TRADING_STREAM_DISCONNECTED, 500, trace="", venue="binance")
    assert [step.kind.value for step in told(tape).steps] == ["submit", "acknowledged", "fill"]
