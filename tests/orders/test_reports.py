"""Each report of an order, and the event it becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry._logs import SeverityNumber

from otel_trading import Order, order
from otel_trading.orders.state import Execution
from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import TERMS, sent, working
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = {
    names.TRADING_ORDER_CLIENT_ID: "cl-1",
    names.TRADING_VENUE: "binance",
    names.TRADING_SYMBOL: "BTC/USDT",
    names.TRADING_STRATEGY_ID: "grid-btc",
}
KNOWN_TO_VENUE = IDENTITY | {names.TRADING_ORDER_ID: "1001"}


def test_submitted_says_all_that_is_asked_for(recorded: Recorded) -> None:
    with order(client_id="cl-1", **TERMS, stop_price=59_000.0, time_in_force="gtc", arrival_price=60_001.5) as this:
        this.submitted()
    event = recorded.event(events.TRADING_ORDER_SUBMITTED)
    assert event.body == "submit buy 0.5 BTC/USDT limit at 60000"
    assert attributes(event) == IDENTITY | {
        names.TRADING_INSTRUMENT_TYPE: "spot",
        names.TRADING_ORDER_SIDE: "buy",
        names.TRADING_ORDER_TYPE: "limit",
        names.TRADING_ORDER_QUANTITY: 0.5,
        names.TRADING_ORDER_PRICE: 60_000.0,
        names.TRADING_ORDER_STOP_PRICE: 59_000.0,
        names.TRADING_ORDER_TIME_IN_FORCE: "gtc",
        names.TRADING_ORDER_ARRIVAL_PRICE: 60_001.5,
    }


def test_what_is_not_known_of_an_order_is_left_out(recorded: Recorded) -> None:
    with order(symbol="BTC/USDT") as this:
        this.submitted()
    assert attributes(recorded.event()) == {names.TRADING_SYMBOL: "BTC/USDT"}


def test_acknowledged_brings_the_venues_id(recorded: Recorded) -> None:
    this = sent()
    this.acknowledged(id="1001", transact_time=1_795_415_643_502_118_000)
    event = recorded.event(events.TRADING_ORDER_ACKNOWLEDGED)
    assert attributes(event) == KNOWN_TO_VENUE | {
        names.TRADING_ORDER_STATUS: "new",
        names.TRADING_ORDER_TRANSACT_TIME: 1_795_415_643_502_118_000,
    }
    assert this.status is Status.NEW


def test_the_first_acknowledgement_counts_and_a_later_one_adds_its_ids(recorded: Recorded) -> None:
    this = sent()
    this.acknowledged()
    this.acknowledged(id="1001")
    assert len(recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)) == 1
    assert this.id == "1001"


def test_filled_is_one_execution_with_the_totals_after_it(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=59_999.5, execution_id="e1", liquidity="maker", fee=0.0002, fee_currency="BTC")
    event = recorded.event(events.TRADING_ORDER_FILLED)
    assert event.body == "filled 0.2 @ 59999.5"
    assert attributes(event) == KNOWN_TO_VENUE | {
        names.TRADING_EXECUTION_ID: "e1",
        names.TRADING_EXECUTION_QUANTITY: 0.2,
        names.TRADING_EXECUTION_PRICE: 59_999.5,
        names.TRADING_EXECUTION_LIQUIDITY: "maker",
        names.TRADING_EXECUTION_FEE_AMOUNT: 0.0002,
        names.TRADING_EXECUTION_FEE_CURRENCY: "BTC",
        names.TRADING_ORDER_SIDE: "buy",
        names.TRADING_ORDER_STATUS: "partially_filled",
        names.TRADING_ORDER_CUMULATIVE_QUANTITY: 0.2,
        names.TRADING_ORDER_LEAVES_QUANTITY: 0.3,
        names.TRADING_ORDER_AVERAGE_PRICE: 59_999.5,
    }


def test_the_last_fill_leaves_nothing_open(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=59_999.5)
    this.filled(quantity=0.3, price=60_000.0)
    last = attributes(recorded.events(events.TRADING_ORDER_FILLED)[-1])
    assert last[names.TRADING_ORDER_STATUS] == "filled"
    assert last[names.TRADING_ORDER_LEAVES_QUANTITY] == 0.0
    assert last[names.TRADING_ORDER_AVERAGE_PRICE] == pytest.approx(59_999.8)


def test_a_fill_that_only_a_total_tells_of_is_marked_as_inferred(recorded: Recorded) -> None:
    working().report(cumulative_quantity=0.2, average_price=59_999.5)
    event = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert event[names.TRADING_EXECUTION_INFERRED] is True
    assert names.TRADING_EXECUTION_ID not in event


def test_a_fee_that_comes_later_is_an_event_of_its_own(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=59_999.5, execution_id="e1")
    this.filled(quantity=0.2, price=59_999.5, execution_id="e1", fee=0.0002, fee_currency="BTC")
    event = recorded.event(events.TRADING_ORDER_FEE)
    assert event.body == "fee 0.0002 BTC"
    assert attributes(event)[names.TRADING_EXECUTION_ID] == "e1"
    assert len(recorded.events(events.TRADING_ORDER_FILLED)) == 1


def test_canceled_says_what_was_filled_before(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=59_999.5)
    this.cancel_requested()
    this.canceled(transact_time=7)
    assert attributes(recorded.event(events.TRADING_ORDER_CANCEL_REQUESTED)) == KNOWN_TO_VENUE
    assert attributes(recorded.event(events.TRADING_ORDER_CANCELED)) == KNOWN_TO_VENUE | {
        names.TRADING_ORDER_STATUS: "canceled",
        names.TRADING_ORDER_PREVIOUS_STATUS: "partially_filled",
        names.TRADING_ORDER_CUMULATIVE_QUANTITY: 0.2,
        names.TRADING_ORDER_TRANSACT_TIME: 7,
    }


def test_expired_is_the_end_by_time_in_force(recorded: Recorded) -> None:
    this = working()
    this.expired()
    assert attributes(recorded.event(events.TRADING_ORDER_EXPIRED))[names.TRADING_ORDER_STATUS] == "expired"
    assert this.leaves_quantity == 0.0


def test_a_change_without_an_event_of_its_own_is_an_update(recorded: Recorded) -> None:
    working().report(status=Status.SUSPENDED)
    event = attributes(recorded.event(events.TRADING_ORDER_UPDATED))
    assert event[names.TRADING_ORDER_STATUS] == "suspended"
    assert event[names.TRADING_ORDER_PREVIOUS_STATUS] == "new"


@pytest.mark.parametrize(
    ("report", "name", "severity", "status"),
    [
        (Order.rejected, events.TRADING_ORDER_REJECTED, SeverityNumber.ERROR, "rejected"),
        (Order.unconfirmed, events.TRADING_ORDER_UNCONFIRMED, SeverityNumber.ERROR, "pending_new"),
        (Order.cancel_rejected, events.TRADING_ORDER_CANCEL_REJECTED, SeverityNumber.WARN, "pending_new"),
        (Order.amend_rejected, events.TRADING_ORDER_AMEND_REJECTED, SeverityNumber.WARN, "pending_new"),
    ],
)
def test_a_refusal_says_why_in_one_word_and_in_the_venues_words(
    recorded: Recorded, report: Callable[..., None], name: str, severity: SeverityNumber, status: str
) -> None:
    report(sent(), Category.RISK_LIMIT, "Filter failure: MAX_POSITION", "ccxt.InvalidOrder")
    event = recorded.event(name)
    assert event.severity_number is severity
    assert str(event.body).endswith(": Filter failure: MAX_POSITION")
    assert attributes(event) == IDENTITY | {
        names.TRADING_ORDER_REJECTION_CATEGORY: "risk_limit",
        names.TRADING_ORDER_REJECTION_REASON: "Filter failure: MAX_POSITION",
        names.TRADING_ORDER_STATUS: status,
        "error.type": "ccxt.InvalidOrder",
    }


@pytest.mark.parametrize(("word", "category"), [("Insufficient_Funds", "insufficient_funds"), ("gremlins", "other")])
def test_a_category_may_be_given_as_a_word(recorded: Recorded, word: str, category: str) -> None:
    sent().rejected(word)
    assert attributes(recorded.event(events.TRADING_ORDER_REJECTED))[names.TRADING_ORDER_REJECTION_CATEGORY] == category


def test_a_rejection_that_is_reported_twice_is_one(recorded: Recorded) -> None:
    this = sent()
    this.rejected(Category.INSUFFICIENT_FUNDS)
    this.report(status=Status.REJECTED)
    assert len(recorded.events(events.TRADING_ORDER_REJECTED)) == 1


def test_amended_tells_the_new_terms(recorded: Recorded) -> None:
    this = working()
    this.amend_requested(quantity=0.6, price=59_000)
    this.amended(quantity=0.6, price=59_000, client_id="cl-2")
    asked = attributes(recorded.event(events.TRADING_ORDER_AMEND_REQUESTED))
    assert (asked[names.TRADING_ORDER_QUANTITY], asked[names.TRADING_ORDER_PRICE]) == (0.6, 59_000.0)
    assert attributes(recorded.event(events.TRADING_ORDER_AMENDED)) == KNOWN_TO_VENUE | {
        names.TRADING_ORDER_CLIENT_ID: "cl-2",
        names.TRADING_ORDER_ORIGINAL_CLIENT_ID: "cl-1",
        names.TRADING_ORDER_QUANTITY: 0.6,
        names.TRADING_ORDER_PRICE: 59_000.0,
    }


def test_a_fill_after_the_end_is_counted_and_told_to_be_impossible(recorded: Recorded) -> None:
    this = working()
    this.canceled()
    this.filled(quantity=0.2, price=60_000.0, execution_id="late")
    assert (this.cumulative_quantity, this.status) == (0.2, Status.CANCELED)
    assert len(recorded.events(events.TRADING_ORDER_FILLED)) == 1
    impossible = recorded.event(events.TRADING_ORDER_INVALID_TRANSITION)
    assert impossible.body == "reported partially_filled after canceled"
    assert impossible.severity_number is SeverityNumber.ERROR


def test_a_status_that_cannot_follow_is_told_and_otherwise_ignored(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.5, price=60_000.0)
    this.rejected(Category.OTHER)
    assert this.status is Status.FILLED
    assert recorded.events(events.TRADING_ORDER_REJECTED) == []
    event = attributes(recorded.event(events.TRADING_ORDER_INVALID_TRANSITION))
    assert event[names.TRADING_ORDER_STATUS] == "rejected"
    assert event[names.TRADING_ORDER_PREVIOUS_STATUS] == "filled"


def test_an_older_snapshot_does_not_move_an_order_back(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.5, price=60_000.0, execution_id="e1")
    this.report(status=Status.PARTIALLY_FILLED, cumulative_quantity=0.2)
    assert this.status is Status.FILLED
    assert recorded.events(events.TRADING_ORDER_INVALID_TRANSITION) == []


def test_an_unconfirmed_order_is_acknowledged_by_whatever_tells_of_it(recorded: Recorded) -> None:
    this = sent()
    this.unconfirmed(Category.TIMEOUT, "no answer within 10 s")
    this.report(executions=(Execution(0.5, 60_000.0, "e1"),))
    assert [event.event_name for event in recorded.events()] == [
        events.TRADING_ORDER_SUBMITTED,
        events.TRADING_ORDER_UNCONFIRMED,
        events.TRADING_ORDER_ACKNOWLEDGED,
        events.TRADING_ORDER_FILLED,
    ]
    assert this.status is Status.FILLED


def test_an_unconfirmed_order_is_pending_until_something_tells_of_it(recorded: Recorded) -> None:
    this = sent()
    this.unconfirmed(Category.TIMEOUT)
    this.report(status=Status.PENDING_NEW)
    assert this.status is Status.PENDING_NEW
    assert recorded.events(events.TRADING_ORDER_ACKNOWLEDGED) == []


@pytest.mark.parametrize("number", [1, Decimal(1), "1"])
def test_a_number_is_recorded_as_a_double_whatever_it_was(recorded: Recorded, number: Any) -> None:
    this = sent(quantity=number, price=number, stop_price=number, arrival_price=number)
    this.amend_requested(quantity=number, price=number)
    this.amended(quantity=number, price=number)
    this.filled(quantity=number, price=number, fee=number, execution_id="e1")
    numbers = [
        (event.event_name, key, value)
        for event in recorded.events()
        for key, value in attributes(event).items()
        if key.endswith(("price", "quantity", "amount"))
    ]
    assert len(numbers) == 14
    assert [told for told in numbers if type(told[2]) is not float] == []


@pytest.mark.parametrize(("given", "side"), [("BUY", "buy"), (" Sell", "sell"), ("long", "")])
def test_a_side_is_one_of_two_words(given: str, side: str) -> None:
    assert Order(side=given).side == side


def test_a_word_that_is_unknown_is_other() -> None:
    this = Order(type="ICEBERG", time_in_force="GTC", instrument_type="perp")
    assert (this.type, this.time_in_force, this.instrument_type) == ("other", "gtc", "other")
