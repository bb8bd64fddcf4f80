"""ExecutionReports of FIX 4.0 to 5.0 SP2 as updates of orders."""

from __future__ import annotations

import pytest

from otel_trading.instrumentation.fix import reports
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.instrumentation.fix.shapes import (
    FIX40_FILL,
    FIX42_FILL,
    FIX44_CANCELED,
    FIX44_NEW,
    FIX44_REJECTED,
    FIX44_REPLACED,
    FIX44_TRADE,
    message,
)

_TRADED_AT = 1_767_323_046_120_456_000


def test_an_acknowledgement_brings_the_venues_id_and_time() -> None:
    update = reports.update(message(FIX44_NEW), "exch")
    assert (update.id, update.client_id, update.status) == ("V1001", "cl-1", Status.NEW)
    assert (update.cumulative_quantity, update.average_price, update.executions) == (0.0, None, ())
    assert update.transact_time == 1_767_323_045_120_000_000
    assert (update.quantity, update.price, update.side, update.type) == (2.0, 59_000.0, "buy", "limit")


def test_a_trade_is_an_execution_with_its_fee() -> None:
    update = reports.update(message(FIX44_TRADE), "exch")
    assert update.executions == (Execution(0.5, 58_999.5, "E2", "maker", 0.25, "USD", _TRADED_AT),)
    assert (update.status, update.cumulative_quantity, update.average_price) == (
        Status.PARTIALLY_FILLED,
        0.5,
        58_999.5,
    )


def test_fix_4_2_calls_a_trade_a_fill() -> None:
    update = reports.update(message(FIX42_FILL), "exch")
    assert [(each.quantity, each.price, each.id) for each in update.executions] == [(100.0, 10.5, "F9")]
    assert (update.status, update.side) == (Status.FILLED, "sell")
    partial = reports.update(message(FIX42_FILL, _150="1", _39="1", _32="40", _14="40"), "exch")
    assert [each.quantity for each in partial.executions] == [40.0]


def test_fix_4_0_has_no_execution_type_and_the_status_says_it() -> None:
    update = reports.update(message(FIX40_FILL), "exch")
    assert [(each.quantity, each.id) for each in update.executions] == [(40.0, "F1")]
    assert update.status is Status.PARTIALLY_FILLED


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (FIX44_TRADE, {"_150": "I"}),  # an answer to OrderStatusRequest repeats the last trade
        (FIX42_FILL, {"_20": "3"}),
        (FIX44_TRADE, {"_150": "4", "_39": "4"}),  # a cancel that repeats it
        (FIX44_TRADE, {"_32": "0"}),
        (FIX44_TRADE, {"_32": ""}),
    ],
)
def test_what_tells_of_a_trade_again_is_no_execution(text: str, changes: dict[str, str]) -> None:
    update = reports.update(message(text, **changes), "exch")
    assert update.executions == ()
    assert update.cumulative_quantity


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (FIX44_TRADE, {"_150": "H"}),
        (FIX44_TRADE, {"_150": "G"}),
        (FIX42_FILL, {"_20": "1"}),
        (FIX42_FILL, {"_20": "2"}),
        (FIX44_TRADE, {"_442": "2"}),
    ],
)
def test_a_correction_and_a_leg_name_the_order_and_add_nothing(text: str, changes: dict[str, str]) -> None:
    update = reports.update(message(text, **changes), "exch")
    assert (update.id, bool(update.client_id)) == (message(text)["37"], True)
    assert (update.status, update.executions, update.cumulative_quantity) == (None, (), None)


def test_the_report_of_a_cancel_is_about_the_order_and_not_about_the_cancel() -> None:
    update = reports.update(message(FIX44_CANCELED), "exch")
    assert (update.client_id, update.status) == ("cl-1", Status.CANCELED)


def test_the_report_of_a_replacement_has_the_new_client_id() -> None:
    replaced = message(FIX44_REPLACED)
    assert reports.is_replaced(replaced)
    assert reports.update(replaced, "exch").client_id == "cl-1-b"


@pytest.mark.parametrize(("filled", "status"), [("0", Status.NEW), ("0.5", Status.PARTIALLY_FILLED)])
def test_an_order_that_fix_4_2_calls_replaced_works_on(filled: str, status: Status) -> None:
    assert reports.status(message(FIX44_REPLACED, _39="5", _14=filled)) is status


def test_a_refusal_is_told_by_type_or_by_status() -> None:
    assert reports.is_rejected(message(FIX44_REJECTED))
    assert reports.is_rejected(message(FIX44_REJECTED, _150=""))
    assert not reports.is_rejected(message(FIX44_REJECTED, _150="I"))
    assert not reports.is_rejected(message(FIX44_NEW))


@pytest.mark.parametrize("flag", ["_43", "_97"])
def test_either_flag_says_that_a_message_may_be_a_repetition(flag: str) -> None:
    assert reports.is_flagged(message(FIX44_NEW, **{flag: "Y"}))
    assert not reports.is_flagged(message(FIX44_NEW, **{flag: "N"}))


@pytest.mark.parametrize(
    ("changes", "fee"),
    [
        ({"_13": "3"}, (0.25, "USD")),
        ({"_13": ""}, (0.25, "USD")),
        ({"_13": "1"}, (0.125, "USD")),
        ({"_13": "2", "_12": "0.001"}, (29.49975, "USD")),
        ({"_13": "4"}, (None, "")),
        ({"_12": ""}, (None, "")),
        ({"_479": "", "_15": "EUR"}, (0.25, "EUR")),
        ({"_136": "1", "_137": "0.7", "_138": "BTC"}, (0.7, "BTC")),
    ],
)
def test_a_fee_is_given_in_several_ways(changes: dict[str, str], fee: tuple[float | None, str]) -> None:
    (execution,) = reports.update(message(FIX44_TRADE, **changes), "exch").executions
    assert (execution.fee_amount, execution.fee_currency) == (pytest.approx(fee[0]) if fee[0] else None, fee[1])
