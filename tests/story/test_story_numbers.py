"""States, sums and written numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import events
from otel_trading.story.fields import grouped, number, plain
from otel_trading.story.find import find_stories
from otel_trading.story.times import duration, iso, offset
from tests.story.tape import Tape

if TYPE_CHECKING:
    from otel_trading.story.model import Story

FILLED = events.TRADING_ORDER_FILLED
IDS: dict[str, Any] = {"client_id": "c1", "id": "1"}


def told(tape: Tape) -> Story:
    [story] = find_stories(tape, "c1").stories
    return story


def test_an_acknowledgement_after_a_fill_is_no_step_back() -> None:
    tape = Tape()
    tape.order(**IDS)
    tape.update(FILLED, 20, execution="e", filled=0.1, status="partially_filled", **IDS)
    assert told(tape).order.status == "partially_filled"


def test_a_last_fill_reported_after_the_cancel_counts() -> None:
    tape = Tape()
    tape.order(**IDS)
    tape.update(events.TRADING_ORDER_CANCELED, 100, status="canceled", **IDS)
    tape.update(FILLED, 200, execution="e", filled=0.5, status="filled", **IDS)
    assert told(tape).order.status == "filled"


def test_an_execution_reported_twice_counts_once() -> None:
    tape = Tape()
    tape.order(**IDS)
    for at in (100, 150):
        tape.update(FILLED, at, execution="e1", filled=0.2, fill_price=60000.0, fee=1.5, fee_currency="USDT", **IDS)
    story = told(tape)
    assert (story.numbers.fills, story.numbers.filled, story.numbers.fees) == (1, "0.200", {"USDT": "1.5"})
    assert [(step.ordinal, step.repeated) for step in story.steps if step.ordinal] == [(1, False), (1, True)]


def test_executions_without_id_are_each_their_own() -> None:
    tape = Tape()
    tape.order(**IDS)
    for at in (100, 150):
        tape.update(FILLED, at, filled=0.2, fill_price=60000.0, **IDS)
    assert told(tape).numbers.fills == 2


def test_a_fee_that_becomes_known_later_counts_once() -> None:
    tape = Tape()
    tape.order(**IDS)
    tape.update(FILLED, 100, execution="e1", filled=0.2, fill_price=60000.0, **IDS)
    for at in (200, 300):
        tape.update(events.TRADING_ORDER_FEE, at, execution="e1", fee=0.7, fee_currency="USDT", **IDS)
    assert told(tape).numbers.fees == {"USDT": "0.7"}


@pytest.mark.parametrize(("side", "slippage"), [("buy", "1.67"), ("sell", "-1.67")])
def test_slippage_is_positive_where_the_execution_is_worse(side: str, slippage: str) -> None:
    tape = Tape()
    tape.order(side=side, arrival=60000.0, **IDS)
    tape.update(FILLED, 100, filled=0.5, fill_price=60010.0, **IDS)
    assert told(tape).numbers.slippage_bp == slippage


def test_without_arrival_price_there_is_no_slippage() -> None:
    tape = Tape()
    tape.order(arrival=None, **IDS)
    tape.update(FILLED, 100, filled=0.5, fill_price=60010.0, **IDS)
    assert told(tape).numbers.slippage_bp == ""


def test_without_every_price_the_average_is_the_reported_one_or_unknown() -> None:
    tape = Tape()
    tape.order(**IDS)
    tape.update(FILLED, 100, filled=0.2, fill_price=60010.0, **IDS)
    tape.update(FILLED, 200, filled=0.3, inferred=True, **IDS)
    assert told(tape).numbers.average_price == ""


def test_an_average_that_is_no_round_number_has_two_decimals_more() -> None:
    tape = Tape()
    tape.order(**IDS)
    tape.update(FILLED, 100, filled=0.1, fill_price=60000.0, **IDS)
    tape.update(FILLED, 200, filled=0.2, fill_price=60000.01, **IDS)
    assert told(tape).numbers.average_price == "60000.0067"


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (0.1 + 0.2, None, "0.3"),
        (60000.0, None, "60000"),
        (60000.0, 2, "60000.00"),
        (0.00001234, 4, "0.00001234"),
        (1e-8, None, "0.00000001"),
        (1e21, None, "1000000000000000000000"),
        (-0.0, 2, "0.00"),
        (7, None, "7"),
    ],
)
def test_a_double_is_written_by_its_shortest_decimals(value: float, places: int | None, written: str) -> None:
    assert plain(number({"x": value}, "x"), places) == written


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf")])
def test_what_is_no_number_is_none(value: Any) -> None:
    assert number({"x": value}, "x") is None


def test_thousands_are_grouped_and_decimals_kept() -> None:
    assert grouped(plain(Decimal("1234567.8900"), 4)) == "1,234,567.8900"


@pytest.mark.parametrize(
    ("nanoseconds", "written"),
    [
        (0, "0 us"),
        (850_000, "850 us"),
        (46_100_000, "46.1 ms"),
        (1_284_000_000, "1.284 s"),
        (133 * 10**9, "2 min 13 s"),
        (7_500 * 10**9, "2 h 05 min"),
        (100_000 * 10**9, "1 d 03 h"),
        (-5_000_000, "-5.0 ms"),
    ],
)
def test_durations_have_the_digits_that_matter(nanoseconds: int, written: str) -> None:
    assert duration(nanoseconds) == written


@pytest.mark.parametrize(
    ("nanoseconds", "written"),
    [
        (400_000, "+0.4 ms"),
        (1_284_000_000, "+1.284 s"),
        (134_030 * 10**6, "+02:14.030"),
        (3_661_500 * 10**6, "+1:01:01.500"),
        (-2_000_000, "-2.0 ms"),
    ],
)
def test_offsets_become_clocks_beyond_a_minute(nanoseconds: int, written: str) -> None:
    assert offset(nanoseconds) == written


def test_iso_keeps_nanoseconds() -> None:
    assert iso(1_795_435_394_502_118_007) == "2026-11-23T12:03:14.502118007Z"
