"""One library on another: both have a span of the same request, and the outer one tells the story."""

from __future__ import annotations

import pytest

from otel_trading.semconv import events
from otel_trading.story.assemble import stories
from otel_trading.story.model import StepKind
from tests.story.tape import Tape


@pytest.fixture
def tape() -> Tape:
    """A decision and the order that it led to, sent by one library through another."""
    found = Tape()
    found.span("order", -2, 60, span="d1", kind=1)
    found.event(events.TRADING_DECISION, -2, span="d1", signal="volume")
    found.order(span="a1", parent="d1", client_id="", id="281")
    found.span("submit_order binance", 1, 40, span="b1", parent="a1", operation="create_order", venue="binance")
    *rest, call = found.spans_kept  # its HTTP request is the inner library's
    http = next(kept for kept in rest if kept.record.name == "POST")
    found.spans_kept = [*(kept for kept in rest if kept is not http), call]
    found.spans_kept.append(http._replace(record=http.record._replace(parent_span_id="b1")))
    return found


def test_the_inner_librarys_request_is_no_second_order(tape: Tape) -> None:
    (story,) = stories(list(tape.spans()), list(tape.logs()))
    assert story.order.venue_ids == ("281",)
    assert story.steps[0].kind is StepKind.DECISION


@pytest.mark.parametrize("killed", [False, True], ids=["refused", "killed in the call"])
def test_an_order_that_both_libraries_failed_to_send_is_one_order(killed: bool) -> None:
    tape = Tape()
    tape.order(client_id="", id="", answered=False)
    if not killed:
        tape.span("submit_order binance", 0, 42, span="a1", failed=True, operation="create_order")
    tape.span("submit_order binance", 1, 40, span="b1", parent="a1", failed=True, operation="create_order")
    (story,) = stories(list(tape.spans()), list(tape.logs()))
    assert story.steps[0].kind is StepKind.SUBMIT


def test_the_request_is_one_step_with_the_call_that_the_inner_library_made(tape: Tape) -> None:
    (story,) = stories(list(tape.spans()), list(tape.logs()))
    (submit,) = [step for step in story.steps if step.kind is StepKind.SUBMIT]
    assert [call.path for call in submit.calls] == ["/api/v3/order"]


def test_a_cancel_and_a_question_are_one_step_each_as_well(tape: Tape) -> None:
    tape.event(events.TRADING_ORDER_CANCEL_REQUESTED, 101, span="e1", venue="binance", id="281")
    for name, outer, inner, at in (("cancel_order", "e1", "e2", 100), ("fetch_order", "f1", "f2", 200)):
        tape.span(f"{name} binance", at, 20, span=outer, parent="a1", operation=name, id="281")
        tape.span(f"{name} binance", at + 5, 10, span=inner, parent=outer, operation=name)
    (story,) = stories(list(tape.spans()), list(tape.logs()))
    kinds = [step.kind for step in story.steps]
    assert (kinds.count(StepKind.CANCEL_REQUESTED), kinds.count(StepKind.REQUEST)) == (1, 1)
