"""The words of single steps."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from otel_trading.story.assemble import stories
from otel_trading.story.failure import exception_words
from otel_trading.story.wording import Line, Tone, line_of
from tests.story.scenes import STACKTRACE
from tests.story.tape import MS, NOON, Tape, named

CASES: list[tuple[str, dict[str, Any], Line]] = [
    (
        events.TRADING_ORDER_FILLED,
        {"filled": 0.2, "fill_price": 59999.5, "inferred": True},
        Line("fill 1", "0.200 @ 59,999.50, inferred from the total", "0.200 of 0.500", Tone.GOOD),
    ),
    (
        events.TRADING_ORDER_FILLED,
        {"filled": 0.2, "cumulative": 0.2, "transact_time": NOON + 100 * MS - 3200 * MS},
        Line("fill 1", "0.200, known 3.200 s after the venue's time of it", "0.200 of 0.500", Tone.GOOD),
    ),
    (events.TRADING_ORDER_FEE, {"fee": 0.7, "fee_currency": "USDT"}, Line("fee", "0.7 USDT")),
    (
        events.TRADING_ORDER_CANCEL_REJECTED,
        {"category": "unknown_order", "reason": "Unknown order sent."},
        Line("not canceled", "Unknown order sent.", "unknown order", Tone.WARN),
    ),
    (
        events.TRADING_ORDER_AMEND_REJECTED,
        {"category": "rate_limit"},
        Line("not amended", "", "rate limit", Tone.WARN),
    ),
    (
        events.TRADING_ORDER_UNCONFIRMED,
        {"category": "timeout", "reason": "read timed out"},
        Line("unconfirmed", "read timed out", "timeout", Tone.BAD),
    ),
    (events.TRADING_ORDER_EXPIRED, {"cumulative": 0.0}, Line("expired", "", "0.000 of 0.500 filled", Tone.WARN)),
    (
        events.TRADING_ORDER_UPDATED,
        {"status": "suspended", "previous": "partially_filled"},
        Line("updated", "was partially filled", "suspended"),
    ),
    (
        events.TRADING_ORDER_INVALID_TRANSITION,
        {"status": "new", "previous": "filled"},
        Line("impossible", "reported new after filled", "ignored", Tone.WARN),
    ),
    ("trading.something.else", {}, Line("event", "something.else", "", Tone.QUIET)),
]


@pytest.mark.parametrize(("event", "given", "expected"), CASES)
def test_a_step_has_its_words(event: str, given: dict[str, Any], expected: Line) -> None:
    tape = Tape()
    tape.order(client_id="c1", id="")
    tape.event(event, 100, span="a1", client_id="c1", **given)
    [story] = stories(list(tape.spans()), list(tape.logs()))
    assert line_of(story.steps[-1], story.order) == expected


@pytest.mark.parametrize(("active", "outcome", "tone"), [(True, "on", Tone.BAD), (False, "off", Tone.WARN)])
def test_the_kill_switch_tells_its_reason(active: bool, outcome: str, tone: Tone) -> None:
    tape = Tape()
    tape.order(client_id="c1")
    tape.event(events.TRADING_KILL_SWITCH_CHANGED, 100, span="a1")
    [story] = stories(list(tape.spans()), list(tape.logs()))
    story.steps[-1].attributes.update(
        {names.TRADING_KILL_SWITCH_ACTIVE: active, names.TRADING_KILL_SWITCH_REASON: "daily loss"}
    )
    assert line_of(story.steps[-1], story.order) == Line("kill switch", "daily loss", outcome, tone)


def test_a_request_without_http_tells_how_long_it_took_and_what_it_failed_of() -> None:
    tape = Tape()
    tape.order(client_id="c1")
    tape.span("fetch_order binance", 90, 30, span="q1", parent="a1", operation="fetch_order", failed=True, error="X")
    [story] = stories(list(tape.spans()), list(tape.logs()))
    assert line_of(story.steps[-1], story.order) == Line("request", "fetch_order, took 30.0 ms, X", "failed", Tone.WARN)


def test_a_request_that_got_no_answer_says_so() -> None:
    tape = Tape()
    tape.order(client_id="c1", answered=False)
    tape.span("submit_order binance", 0, 10_000, span="a1", client_id="c1")
    tape.span("POST", 1, 9_998, span="h", parent="a1", http=("POST", "https://venue.example/order", 0))
    [story] = stories(list(tape.spans()), list(tape.logs()))
    assert line_of(story.steps[0], story.order).text == "POST /order without answer in 9.998 s"


def test_a_request_recorded_by_two_libraries_is_told_once() -> None:
    tape = Tape()
    tape.order(client_id="c1")
    tape.span("POST", 2, 40, span="inner", parent="a1f", http=("POST", "https://venue.example/api/v3/order", 200))
    [story] = stories(list(tape.spans()), list(tape.logs()))
    assert [len(step.calls) for step in story.steps] == [1, 0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"exception": "ValueError", "message": "no"}, "ValueError: no"),
        ({"stacktrace": STACKTRACE}, "ValueError: no price for ETH/USDT (pricing.py:31 in quote)"),
        ({"message": "only words"}, "only words"),
        ({}, ""),
    ],
)
def test_an_exception_is_told_by_what_is_known_of_it(given: dict[str, Any], words: str) -> None:
    assert exception_words(named(given)) == words
