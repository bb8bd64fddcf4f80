"""Orders as bots live them, told from their records."""

from __future__ import annotations

import pytest

from otel_trading.semconv import events
from otel_trading.story.find import find_stories
from otel_trading.story.model import Step, StepKind, Story
from otel_trading.story.notices import DIED, NO_ANSWER, UNCONFIRMED
from tests.story import scenes
from tests.story.tape import MS, Tape


def told(tape: Tape, order_id: str, **where: str) -> Story:
    found = find_stories(tape, order_id, **where).stories
    assert len(found) == 1
    return found[0]


def kinds(story: Story) -> list[str]:
    return [step.kind.value for step in story.steps]


def step(story: Story, kind: StepKind) -> Step:
    return next(each for each in story.steps if each.kind is kind)


def bodies(story: Story) -> list[str]:
    return [each.body for each in story.steps if each.kind is StepKind.LOG]


def test_a_fill_in_two_parts_is_told_in_time_order_with_the_lines_between() -> None:
    assert kinds(told(scenes.filled_in_two(), "cl-7f3a-0001")) == [
        "decision",
        "risk_check",
        "submit",
        "log",
        "acknowledged",
        "fill",
        "log",
        "fill",
    ]


@pytest.mark.parametrize("key", ["cl-7f3a-0001", "28173645", "5bebf93fb7592ce6d2745713433a1432"])
def test_client_id_venue_id_and_trace_id_lead_to_the_same_story(key: str) -> None:
    assert told(scenes.filled_in_two(), key) == told(scenes.filled_in_two(), "cl-7f3a-0001")


def test_a_trace_id_may_be_written_in_capitals() -> None:
    assert told(scenes.filled_in_two(), "5BEBF93FB7592CE6D2745713433A1432").order.client_ids == ("cl-7f3a-0001",)


def test_what_a_filled_order_came_to_is_computed_from_its_executions() -> None:
    numbers = told(scenes.filled_in_two(), "28173645").numbers
    assert (numbers.filled, numbers.average_price, numbers.slippage_bp) == ("0.500", "59999.80", "-0.28")
    assert numbers.fees == {"BTC": "0.0002", "USDT": "12.6"}
    assert (numbers.fills, numbers.spans, numbers.logs, numbers.errors) == (2, 5, 2, 0)


def test_times_count_from_the_submission() -> None:
    numbers = told(scenes.filled_in_two(), "28173645").numbers
    assert numbers.acknowledged_after_ns == 48 * MS
    assert numbers.first_fill_after_ns == 610_900_000
    assert numbers.final_after_ns == 1_282_900_000
    assert numbers.http_ns == 46_100_000


def test_the_http_request_stands_behind_the_submission_and_is_no_step_of_its_own() -> None:
    story = told(scenes.filled_in_two(), "28173645")
    [call] = step(story, StepKind.SUBMIT).calls
    assert (call.method, call.path, call.status) == ("POST", "/api/v3/order", 200)
    assert "request" not in kinds(story)


def test_money_keeps_the_instrument_s_decimals() -> None:
    order = told(scenes.filled_in_two(), "28173645").order
    assert (order.quantity, order.price, order.arrival_price) == ("0.500", "60000.00", "60001.50")


def test_a_cancel_after_a_part_keeps_the_part() -> None:
    story = told(scenes.canceled_after_part(), "282")
    assert story.order.status == "canceled"
    assert (story.numbers.filled, story.numbers.average_price) == ("0.125", "60000.00")
    assert story.numbers.final_after_ns == 134_030 * MS


def test_the_cancel_s_http_request_stands_behind_the_cancel() -> None:
    [call] = step(told(scenes.canceled_after_part(), "282"), StepKind.CANCEL_REQUESTED).calls
    assert call.method == "DELETE"


def test_a_rejection_tells_category_and_the_venue_s_words_and_counts_as_one_error() -> None:
    story = told(scenes.rejected(), "cl-3")
    assert story.order.status == "rejected"
    assert story.numbers.errors == 1
    assert story.notices == ()
    assert step(story, StepKind.SUBMIT).error == "InsufficientFunds"


def test_an_order_without_answer_is_announced_before_anything_else() -> None:
    story = told(scenes.unanswered(), "cl-4")
    assert [notice.code for notice in story.notices] == [NO_ANSWER, DIED]
    assert story.order.status == "pending_new"


def test_the_crash_of_the_process_is_part_of_the_story_it_ended() -> None:
    story = told(scenes.unanswered(), "cl-4")
    assert kinds(story)[-1] == "crash"
    assert story.notices[1].text == "meanwhile the bot failed with MemoryError: out of memory"


def test_the_crash_of_another_service_is_not_part_of_the_story() -> None:
    tape = scenes.unanswered()
    tape.logs_kept[-1] = tape.logs_kept[-1]._replace(resource={"service.name": "other"})
    assert [notice.code for notice in told(tape, "cl-4").notices] == [NO_ANSWER]


def test_a_time_out_leaves_the_order_unconfirmed() -> None:
    tape = Tape()
    tape.order(client_id="cl-9", answered=False)
    tape.event(
        events.TRADING_ORDER_UNCONFIRMED, 10_000, span="a1", client_id="cl-9", category="timeout", status="pending_new"
    )
    story = told(tape, "cl-9")
    assert [notice.code for notice in story.notices] == [UNCONFIRMED]
    assert story.order.status == "pending_new"


def test_an_order_that_was_unconfirmed_and_then_answered_needs_no_notice() -> None:
    tape = Tape()
    tape.order(client_id="cl-9", answered=False)
    tape.event(events.TRADING_ORDER_UNCONFIRMED, 10_000, span="a1", client_id="cl-9", category="timeout")
    tape.update(events.TRADING_ORDER_UPDATED, 12_000, client_id="cl-9", id="289", status="new", previous="pending_new")
    story = told(tape, "cl-9")
    assert story.notices == ()
    assert story.order.status == "new"


@pytest.mark.parametrize("key", ["cl-5", "cl-5b", "285", "385"])
def test_an_amended_order_is_one_story_under_all_its_ids(key: str) -> None:
    story = told(scenes.amended(), key)
    assert story.order.client_ids == ("cl-5", "cl-5b")
    assert story.order.venue_ids == ("285", "385")
    assert kinds(story) == ["submit", "acknowledged", "amend_requested", "amended", "fill"]


def test_an_amended_order_stands_with_its_new_terms() -> None:
    order = told(scenes.amended(), "cl-5").order
    assert (order.quantity, order.price, order.status) == ("0.400", "60010.00", "filled")


def test_an_order_without_client_id_is_told_whole_by_the_venue_s_id() -> None:
    story = told(scenes.without_client_id(), "286")
    assert story.order.client_ids == ()
    assert kinds(story) == ["submit", "log", "acknowledged", "fill"]
    assert story.numbers.spans == 3


def test_each_of_several_orders_in_a_trace_has_only_what_is_its_own() -> None:
    for number in (1, 2, 3):
        story = told(scenes.three_in_one_trace(), f"cl-{number}")
        assert kinds(story) == ["decision", "submit", "log", "acknowledged"]
        assert bodies(story) == [f"inside {number}"]
        assert story.numbers.spans == 3


def test_a_trace_with_several_orders_leads_to_each_of_them() -> None:
    found = find_stories(scenes.three_in_one_trace(), "5bebf93fb7592ce6d2745713433a1432").stories
    assert [story.order.client_ids for story in found] == [("cl-1",), ("cl-2",), ("cl-3",)]


@pytest.mark.parametrize(("venue_id", "price"), [("291", "60001"), ("292", "60002"), ("293", "60003")])
def test_answers_to_a_batch_without_client_ids_go_to_its_orders_in_turn(venue_id: str, price: str) -> None:
    story = told(scenes.batch(), venue_id)
    assert (story.order.venue_ids, story.order.price) == ((venue_id,), price)
    assert kinds(story) == ["log", "submit", "acknowledged"]


def test_what_stands_around_a_batch_belongs_to_each_of_its_orders() -> None:
    assert bodies(told(scenes.batch(), "293")) == ["sending a batch"]


def test_a_line_that_names_two_orders_stands_in_both_stories() -> None:
    tape = scenes.three_in_one_trace()
    tape.log("netting cl-1 against cl-3", 700, trace="", related=["cl-1", "283"])
    told_by = {number: bodies(told(tape, f"cl-{number}")) for number in (1, 2, 3)}
    assert told_by[1][-1] == told_by[3][-1] == "netting cl-1 against cl-3"
    assert told_by[2] == ["inside 2"]


def test_a_line_outside_any_trace_is_found_by_its_id() -> None:
    tape = scenes.without_client_id()
    tape.log("reconciled", 5000, trace="", id="286")
    assert bodies(told(tape, "286"))[-1] == "reconciled"


def test_an_id_at_two_venues_leads_to_both_orders() -> None:
    found = find_stories(scenes.same_id_at_two_venues(), "777").stories
    assert [story.order.venue for story in found] == ["binance", "kraken"]


@pytest.mark.parametrize("where", [{"venue": "Kraken"}, {"symbol": "eth/usd"}])
def test_venue_or_symbol_tell_orders_with_the_same_id_apart(where: dict[str, str]) -> None:
    assert told(scenes.same_id_at_two_venues(), "777", **where).order.client_ids == ("cl-k",)


def test_orders_with_the_same_id_share_no_record() -> None:
    one, other = find_stories(scenes.same_id_at_two_venues(), "777").stories
    assert {each.trace_id for each in one.steps}.isdisjoint(each.trace_id for each in other.steps)
