"""What is one order and what are two."""

from __future__ import annotations

from otel_trading.semconv import events
from otel_trading.story.assemble import stories
from otel_trading.story.find import find_stories
from tests.story.tape import MS, Tape

OTHER = "c" * 32
MINUTE = 60_000


def ids(tape: Tape) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found = stories(list(tape.spans()), list(tape.logs()))
    return [(story.order.client_ids, story.order.venue_ids) for story in found]


def test_a_client_id_used_again_after_a_restart_is_another_order() -> None:
    tape = Tape()
    tape.order(client_id="1", id="100")
    tape.order(60 * MINUTE, span="b1", trace=OTHER, client_id="1", id="200")
    assert ids(tape) == [(("1",), ("100",)), (("1",), ("200",))]


def test_an_update_without_venue_id_goes_to_the_last_order_begun_under_its_client_id() -> None:
    tape = Tape()
    tape.order(client_id="1", id="100")
    tape.order(60 * MINUTE, span="b1", trace=OTHER, client_id="1", id="200")
    tape.event(events.TRADING_ORDER_CANCELED, 61 * MINUTE, trace="", client_id="1", venue="binance", status="canceled")
    found = find_stories(tape, "1").stories
    assert [(story.order.venue_ids, story.order.status) for story in found] == [
        (("100",), "new"),
        (("200",), "canceled"),
    ]


def test_an_update_in_an_order_s_trace_goes_to_that_order_though_a_later_one_has_its_id_too() -> None:
    tape = Tape()
    tape.order(client_id="1", id="100")
    tape.order(MINUTE, span="b1", trace=OTHER, client_id="1", id="200")
    tape.event(events.TRADING_ORDER_CANCELED, 2 * MINUTE, span="zz", client_id="1", status="canceled")
    found = find_stories(tape, "1").stories
    assert [story.order.status for story in found] == ["canceled", "new"]


def test_an_order_sent_again_after_a_time_out_is_the_same_order() -> None:
    tape = Tape()
    tape.order(client_id="7", answered=False)
    tape.event(events.TRADING_ORDER_UNCONFIRMED, 10_000, span="a1", client_id="7", category="timeout")
    tape.order(11_000, span="b1", trace=OTHER, client_id="7", id="700")
    assert ids(tape) == [(("7",), ("700",))]


def test_an_order_sent_again_much_later_under_its_id_is_another_order() -> None:
    tape = Tape()
    tape.order(client_id="7", answered=False)
    tape.order(60 * MINUTE, span="b1", trace=OTHER, client_id="7", id="700")
    assert ids(tape) == [(("7",), ()), (("7",), ("700",))]


def test_a_venue_that_numbers_by_symbol_has_two_orders_of_one_number() -> None:
    tape = Tape()
    tape.order(client_id="x", id="5")
    tape.order(10, span="b1", trace=OTHER, client_id="y", id="5", symbol="ETH/USDT")
    tape.event(events.TRADING_ORDER_EXPIRED, 99, trace="", id="5", venue="binance", symbol="ETH/USDT", status="expired")
    found = find_stories(tape, "5").stories
    assert [(story.order.symbol, story.order.status) for story in found] == [
        ("BTC/USDT", "new"),
        ("ETH/USDT", "expired"),
    ]


def test_a_stream_that_is_faster_than_the_answer_joins_by_the_answer_s_ids() -> None:
    tape = Tape()
    tape.order(client_id="", id="300")
    tape.event(
        events.TRADING_ORDER_FILLED, 20, trace=OTHER, span="zz", id="300", venue="binance", filled=0.5, status="filled"
    )
    assert ids(tape) == [((), ("300",))]
    assert find_stories(tape, "300").stories[0].order.status == "filled"


def test_a_process_that_knows_only_the_venue_s_id_joins_by_an_event_with_both() -> None:
    tape = Tape()
    tape.order(client_id="c1", id="", answered=False)
    tape.event(events.TRADING_ORDER_UPDATED, 20, trace=OTHER, span="zz", id="400", venue="binance", status="new")
    tape.event(events.TRADING_ORDER_ACKNOWLEDGED, 48, span="a1", client_id="c1", id="400", venue="binance")
    assert ids(tape) == [(("c1",), ("400",))]


def test_fills_under_a_new_id_seen_before_the_amendment_join_the_order() -> None:
    tape = Tape()
    tape.order(client_id="c1", id="500")
    tape.event(
        events.TRADING_ORDER_FILLED, 100, trace=OTHER, span="zz", id="501", venue="binance", filled=0.1, execution="e"
    )
    tape.event(events.TRADING_ORDER_AMENDED, 120, span="a1", client_id="c2", original="c1", id="501", venue="binance")
    assert ids(tape) == [(("c1", "c2"), ("500", "501"))]


def test_an_amendment_does_not_join_an_older_order_of_the_same_client_id() -> None:
    tape = Tape()
    tape.order(client_id="1", id="100")
    tape.order(60 * MINUTE, span="b1", trace=OTHER, client_id="1", id="200")
    tape.event(events.TRADING_ORDER_AMENDED, 61 * MINUTE, span="b1", trace=OTHER, client_id="2", original="1", id="201")
    assert ids(tape) == [(("1",), ("100",)), (("1", "2"), ("200", "201"))]


def test_amendments_in_other_traces_are_followed_from_id_to_id() -> None:
    tape = Tape()
    tape.order(client_id="g1", id="1000")
    for number in range(1, 5):
        tape.event(
            events.TRADING_ORDER_AMENDED,
            number * 1000,
            trace=f"{number:032x}",
            span=f"m{number}",
            client_id=f"g{number + 1}",
            original=f"g{number}",
            id=f"{1000 + number}",
            venue="binance",
        )
    [story] = find_stories(tape, "g5").stories
    assert story.order.client_ids == ("g1", "g2", "g3", "g4", "g5")
    assert story.order.venue_ids == ("1000", "1001", "1002", "1003", "1004")


def test_a_batch_with_client_ids_is_told_apart_by_them_whatever_the_order_of_the_answers() -> None:
    tape = Tape()
    for name in ("x", "y"):
        tape.event(events.TRADING_ORDER_SUBMITTED, 0, span="b0", client_id=name, venue="binance")
    for name, number in (("y", "12"), ("x", "11")):
        tape.event(events.TRADING_ORDER_ACKNOWLEDGED, 9, span="b0", client_id=name, id=number, venue="binance")
    assert ids(tape) == [(("x",), ("11",)), (("y",), ("12",))]


def test_an_order_that_only_the_bot_s_own_lines_know_is_told_from_them() -> None:
    tape = Tape()
    tape.log("sent by hand", 0, trace="", client_id="hand-1")
    [story] = find_stories(tape, "hand-1").stories
    assert [step.body for step in story.steps] == ["sent by hand"]
    assert [notice.code for notice in story.notices] == ["no_submission"]


def test_a_submit_span_without_event_is_an_order() -> None:
    tape = Tape()
    tape.span("submit_order binance", 0, 40, span="a1", client_id="c1", venue="binance")
    [story] = find_stories(tape, "c1").stories
    assert [step.kind.value for step in story.steps] == ["submit"]
    assert story.steps[0].duration_ns == 40 * MS


def test_a_cancel_in_another_trace_brings_its_requests_but_not_that_trace_s_lines() -> None:
    tape = Tape()
    tape.order(client_id="c1", id="100")
    tape.span("sweep", 900, 500, span="s0", trace=OTHER, kind=1)
    tape.log("sweeping", 901, span="s0", trace=OTHER)
    tape.span("cancel_order binance", 1000, 30, span="s1", parent="s0", trace=OTHER, client_id="c1", venue="binance")
    tape.span("DELETE", 1001, 20, span="s2", parent="s1", trace=OTHER, http=("DELETE", "https://v.example/o", 200))
    tape.log("retrying", 1002, span="s2", trace=OTHER)
    tape.event(events.TRADING_ORDER_CANCEL_REQUESTED, 1000, span="s1", trace=OTHER, client_id="c1", venue="binance")
    [story] = find_stories(tape, "c1").stories
    assert [step.body for step in story.steps if step.kind.value == "log"] == ["retrying"]
    assert [call.method for step in story.steps for call in step.calls] == ["POST", "DELETE"]


def test_lines_below_a_span_that_is_still_open_belong_to_the_only_order_of_the_trace() -> None:
    tape = Tape()
    tape.order(client_id="c1", answered=False)
    tape.log("in an open span", 5, span="never-ended")
    [story] = find_stories(tape, "c1").stories
    assert [step.body for step in story.steps if step.kind.value == "log"] == ["in an open span"]


def test_spans_that_claim_to_be_each_other_s_parents_do_no_harm() -> None:
    tape = Tape()
    tape.order(client_id="c1")
    tape.span("x", 1, 1, span="x", parent="y")
    tape.span("y", 1, 1, span="y", parent="x")
    assert len(find_stories(tape, "c1").stories) == 1
