"""Lists of orders, and ids that lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.semconv import events
from otel_trading.story.find import find_stories, near_ids
from otel_trading.story.orders import Wanted, list_orders
from tests.story import scenes
from tests.story.tape import MS, NOON, Tape

OTHER = "d" * 32


def many(count: int) -> Tape:
    """Orders a second apart, every third of them refused."""
    tape = Tape()
    for number in range(count):
        trace = f"{number + 1:032x}"
        tape.order(number * 1000, trace=trace, client_id=f"c{number}", id=f"{number}", strategy=f"s{number % 2}")
        if number % 3 == 0:
            tape.event(
                events.TRADING_ORDER_REJECTED,
                number * 1000 + 50,
                span="a1",
                trace=trace,
                client_id=f"c{number}",
                status="rejected",
            )
    return tape


def listed(tape: Tape, wanted: Wanted) -> list[str]:
    return [story.order.client_ids[0] for story in list_orders(tape, wanted)]


def test_the_last_submitted_order_comes_first() -> None:
    assert listed(scenes.everything(), Wanted()) == ["cl-4", "cl-3", "cl-2", "cl-7f3a-0001"]


def test_a_limit_cuts_the_oldest() -> None:
    assert listed(many(9), Wanted(limit=2)) == ["c8", "c7"]


def test_no_limit_lists_all() -> None:
    assert len(listed(many(30), Wanted(limit=0))) == 30


def test_a_limit_counts_what_fits_and_not_what_is_read() -> None:
    assert listed(many(12), Wanted(status="rejected", limit=3)) == ["c9", "c6", "c3"]


def test_a_limit_reads_no_further_than_it_needs() -> None:
    tape = many(300)
    read = 0

    class Counting(Tape):
        def logs(self, **bounds):  # type: ignore[no-untyped-def]  # noqa: ANN003, ANN202 - passes on
            nonlocal read
            for each in super().logs(**bounds):
                read += 1
                yield each

    list_orders(Counting(logs_kept=tape.logs_kept), Wanted(limit=5))
    assert 0 < read < 20


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(strategy="S1"), ["c3", "c1"]),
        (Wanted(venue="Binance", status="rejected"), ["c3", "c0"]),
        (Wanted(symbol="ETH/USDT"), []),
        (Wanted(since_ns=NOON + 1500 * MS), ["c3", "c2"]),
        (Wanted(until_ns=NOON + 1500 * MS), ["c1", "c0"]),
    ],
)
def test_orders_are_chosen_by_what_they_are(wanted: Wanted, expected: list[str]) -> None:
    assert listed(many(4), wanted) == expected


def test_orders_of_which_nobody_knows_the_outcome_are_listed_as_no_answer() -> None:
    assert listed(scenes.everything(), Wanted(status="no_answer")) == ["cl-4"]


def test_orders_whose_end_is_not_known_are_listed_as_open_filled_in_part_or_not() -> None:
    tape = scenes.everything()
    tape.order(20_000, trace=OTHER, client_id="rests", id="7")
    tape.order(21_000, trace="d" * 32, client_id="in-part", id="8")
    filled: dict[str, Any] = {"filled": 0.1, "status": "partially_filled"}
    tape.event(events.TRADING_ORDER_FILLED, 21_500, trace="", client_id="in-part", id="8", venue="binance", **filled)
    assert listed(tape, Wanted(status="open")) == ["in-part", "rests", "cl-4"]


def test_an_order_submitted_before_the_period_is_not_listed_for_a_fill_within() -> None:
    tape = Tape()
    tape.order(client_id="old", id="1")
    tape.event(events.TRADING_ORDER_FILLED, 5000, trace="", client_id="old", venue="binance", filled=0.5)
    tape.order(6000, trace=OTHER, client_id="new", id="2")
    assert listed(tape, Wanted(since_ns=NOON + 4000 * MS)) == ["new"]


def test_an_order_sent_by_another_process_is_listed_for_what_is_seen_of_it() -> None:
    tape = Tape()
    tape.event(events.TRADING_ORDER_FILLED, 5000, trace="", client_id="manual", venue="binance", filled=0.5)
    assert listed(tape, Wanted(since_ns=NOON)) == ["manual"]


def test_an_unknown_id_has_no_story() -> None:
    assert find_stories(scenes.everything(), "nothing").stories == []


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("cl-7f", ["cl-7f3a-0001"]),
        ("cl-7f3a-0001-x", ["cl-7f3a-0001"]),
        ("CL-7F3A-0002", []),
        ("cl-7f3a-0002", ["cl-7f3a-0001"]),
    ],
)
def test_ids_that_begin_alike_or_resemble_are_near(wanted: str, near: list[str]) -> None:
    assert near_ids(scenes.filled_in_two(), wanted) == near


def test_an_id_that_records_only_mention_is_counted() -> None:
    tape = scenes.everything()
    tape.log("netting", 1, trace="", related=["ghost", "cl-2"])
    assert find_stories(tape, "ghost") == ([], 1)
