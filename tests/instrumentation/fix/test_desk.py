"""Requests and the answers to them, whichever library they go through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.fix.desk import Desk, outgoing
from otel_trading.instrumentation.fix.waiting import Session
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.wrapping import Call
from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.fix.shapes import (
    CANCEL,
    FIX42_FILL,
    FIX44_CANCELED,
    FIX44_NEW,
    FIX44_REJECTED,
    FIX44_REPLACED,
    FIX44_TRADE,
    NEW_ORDER,
    REPLACE,
    message,
)
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from otel_trading.orders.order import Order

SESSION = Session("exch", "DESK")
PENDING_REPLACE = FIX44_REPLACED.replace("150=5|39=1", "150=E|39=E").replace("17=E4", "17=E3b")


class Trader:
    """Sends and receives what a test tells it."""

    def __init__(self, recorded: Recorded) -> None:
        self.desk = Desk()
        self._recorded = recorded

    def send(self, text: str, **changes: str) -> None:
        asked = message(text, **changes)
        with self.desk.departing(Fields(), Call(None, "send", {}, 0.0), asked, outgoing(asked)) as departure:
            departure.numbered(asked["34"])
            departure.left()

    def receive(self, text: str, **changes: str) -> Order | None:
        return self.desk.received(message(text, **changes))

    def names(self) -> list[str]:
        return [(event.event_name or "").removeprefix("trading.order.") for event in self._recorded.events()]

    def last(self) -> dict[str, Any]:
        return attributes(self._recorded.events()[-1])


@pytest.fixture
def trader(recorded: Recorded) -> Trader:
    """A trader whose first order the venue has taken."""
    found = Trader(recorded)
    found.send(NEW_ORDER)
    found.receive(FIX44_NEW)
    return found


def test_an_order_is_submitted_when_it_leaves_and_acknowledged_when_the_venue_says_so(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.send(NEW_ORDER)
    assert (trader.names(), recorded.total(metrics.TRADING_ORDER_SUBMISSIONS)) == (["submitted"], 0)
    trader.receive(FIX44_NEW)
    assert (trader.names(), recorded.total(metrics.TRADING_ORDER_SUBMISSIONS)) == (["submitted", "acknowledged"], 1)
    assert attributes(recorded.span("submit_order exch"))[a.TRADING_OPERATION] == "new_order_single"


def test_a_refused_order_has_the_venues_reason(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.send(NEW_ORDER)
    trader.receive(FIX44_REJECTED)
    assert trader.names() == ["submitted", "rejected"]
    assert (trader.last()[a.TRADING_ORDER_REJECTION_CATEGORY], trader.last()[a.TRADING_ORDER_REJECTION_REASON]) == (
        "unknown_symbol",
        "no such symbol",
    )
    assert a.TRADING_ORDER_ID not in trader.last()


@pytest.mark.parametrize("flag", ["_43", "_97"])
def test_a_report_that_is_sent_again_adds_nothing(trader: Trader, recorded: Recorded, flag: str) -> None:
    trader.receive(FIX44_TRADE)
    before = trader.names()
    order = trader.receive(FIX44_NEW, **{flag: "Y"})
    assert order is trader.receive(FIX44_TRADE, **{flag: "Y"})
    assert order is not None
    assert trader.names() == before
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1


def test_an_order_that_is_over_is_not_disturbed_by_what_was_said_before(trader: Trader, recorded: Recorded) -> None:
    trader.send(CANCEL)
    trader.receive(FIX44_CANCELED, _14="0", _6="0")
    before = trader.names()
    assert trader.receive(FIX44_NEW, _43="Y") is registry.find("cl-1")
    assert trader.names() == before
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


def test_a_report_that_is_sent_again_without_saying_so_is_one_fill_too(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE)
    trader.receive(FIX44_TRADE)
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


def test_a_report_that_fills_a_gap_is_news_though_it_is_flagged(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE, _43="Y")
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1


def test_a_status_report_tells_what_was_missed_and_no_fill_twice(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE, _150="I", _17="0")
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert (fill[a.TRADING_EXECUTION_QUANTITY], fill[a.TRADING_EXECUTION_INFERRED]) == (0.5, True)
    trader.receive(FIX44_TRADE)
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 0.5


def test_a_replaced_order_goes_on_under_its_new_client_id(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE)
    trader.send(REPLACE)
    trader.receive(PENDING_REPLACE)
    trader.receive(FIX44_REPLACED)
    order = registry.find("cl-1-b")
    assert order is not None
    assert order is registry.find("cl-1")
    assert (order.quantity, order.price, order.cumulative_quantity, order.status.value) == (
        3.0,
        58_000.0,
        0.5,
        "partially_filled",
    )
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 1
    span = attributes(recorded.span("amend_order exch"))
    assert (span[a.TRADING_ORDER_CLIENT_ID], span[a.TRADING_ORDER_ORIGINAL_CLIENT_ID]) == ("cl-1", "cl-1")


def test_quantities_go_on_when_a_replacement_has_a_venue_id_of_its_own(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE)
    trader.send(REPLACE)
    trader.receive(FIX44_REPLACED, _37="V2002")
    trader.receive(FIX44_TRADE, _37="V2002", _11="cl-1-b", _17="E9", _32="2.5", _14="3", _39="2", _38="3")
    order = registry.find("V2002")
    assert order is not None
    assert (order.quantity, order.cumulative_quantity, order.status.value) == (3.0, 3.0, "filled")
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 3.0


def test_an_order_may_be_changed_anew_before_the_venue_answered(trader: Trader, recorded: Recorded) -> None:
    trader.send(REPLACE)
    trader.send(REPLACE, _11="cl-1-c", _41="cl-1-b", _34="4", _44="57000")
    trader.receive(FIX44_REPLACED, _39="0", _14="0")
    trader.receive(FIX44_REPLACED, _39="0", _14="0", _11="cl-1-c", _41="cl-1-b", _17="E5", _44="57000")
    order = registry.find("cl-1-c")
    assert order is not None
    assert order is registry.find("cl-1")
    assert order.price == 57_000.0
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 2


@pytest.mark.parametrize(
    ("request_text", "response_to", "name"),
    [
        (CANCEL, "1", "cancel_rejected"),
        (REPLACE, "2", "amend_rejected"),
        (REPLACE, "", "amend_rejected"),  # FIX 4.1 does not say to what
    ],
)
def test_a_refused_change_leaves_the_order_as_it_was(
    trader: Trader, recorded: Recorded, request_text: str, response_to: str, name: str
) -> None:
    trader.send(request_text)
    client_id = message(request_text)["11"]
    trader.receive(PENDING_REPLACE, _11=client_id, _14="0")
    trader.receive(f"35=9|49=EXCH|56=DESK|37=V1001|11={client_id}|41=cl-1|39=0|102=0|58=too late|", _434=response_to)
    assert [step for step in trader.names() if "rejected" in step] == [name]
    order = registry.find("cl-1")
    assert order is not None
    assert (order.status.value, order.price) == ("new", 59_000.0)
    counter = metrics.TRADING_ORDER_CANCELLATIONS if response_to == "1" else metrics.TRADING_ORDER_AMENDMENTS
    assert recorded.total(counter) == 1
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


def test_a_refused_cancel_of_an_order_unknown_to_the_venue_does_not_end_it(trader: Trader) -> None:
    trader.send(CANCEL)
    trader.receive("35=9|49=EXCH|56=DESK|37=NONE|11=cl-1-c|41=cl-1|39=8|434=1|102=1|")
    assert trader.last()[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    order = registry.find("cl-1")
    assert order is not None
    assert order.status.value == "new"


@pytest.mark.parametrize(
    "refusal",
    [
        "35=3|49=EXCH|56=DESK|45=2|371=44|372=D|373=5|58=Price is wrong|",
        "35=j|49=EXCH|56=DESK|45=2|372=D|380=5|58=Price is wrong|",
        "35=j|49=EXCH|56=DESK|372=D|379=cl-1|380=5|58=Price is wrong|",
    ],
)
def test_a_message_that_the_venue_refuses_as_such_is_a_refused_order(recorded: Recorded, refusal: str) -> None:
    trader = Trader(recorded)
    trader.send(NEW_ORDER)
    order = trader.receive(refusal)
    assert order is registry.find("cl-1")
    assert trader.names() == ["submitted", "rejected"]
    assert (trader.last()[a.TRADING_ORDER_REJECTION_CATEGORY], trader.last()[a.TRADING_ORDER_REJECTION_REASON]) == (
        "invalid_order",
        "Price is wrong",
    )
    trader.receive(refusal)
    assert trader.names() == ["submitted", "rejected"]


def test_a_refusal_of_another_sessions_message_is_of_no_order(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.send(NEW_ORDER)
    assert trader.receive("35=3|49=EXCH|56=OTHER|45=2|372=D|373=5|") is None
    assert trader.names() == ["submitted"]


def test_what_a_session_did_not_answer_is_unconfirmed_when_it_ends(trader: Trader) -> None:
    trader.send(NEW_ORDER, _11="cl-9", _34="5")
    trader.send(CANCEL)
    trader.desk.ended(Session("exch", "OTHER"), "gone")
    assert trader.names()[-1] == "cancel_requested"
    trader.desk.ended(SESSION, "gone")
    assert trader.names()[-2:] == ["unconfirmed", "cancel_rejected"]
    assert trader.last()[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"


def test_an_unconfirmed_order_is_acknowledged_by_a_report_that_comes_after_all(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.send(NEW_ORDER)
    trader.desk.ended(SESSION, "gone")
    trader.receive(FIX44_NEW, _43="Y")
    assert trader.names() == ["submitted", "unconfirmed", "acknowledged"]


def test_a_cancel_is_done_when_the_venue_says_so(trader: Trader, recorded: Recorded) -> None:
    trader.send(CANCEL)
    trader.receive(FIX44_CANCELED, _14="0", _6="0")
    assert trader.names()[-2:] == ["cancel_requested", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_a_trade_that_is_taken_back_leaves_what_was_recorded(trader: Trader, recorded: Recorded) -> None:
    trader.receive(FIX44_TRADE)
    before = trader.names()
    order = trader.receive(FIX44_TRADE, _150="H", _17="E7", _39="0", _14="0")
    assert order is registry.find("cl-1")
    assert trader.names() == before
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []


def test_an_order_that_the_venue_reduces_is_filled_with_less(trader: Trader) -> None:
    trader.receive(FIX44_NEW, _150="D", _38="0.5", _17="E8")
    trader.receive(FIX44_TRADE, _38="0.5", _39="2")
    assert trader.last()[a.TRADING_ORDER_STATUS] == "filled"


def test_an_order_of_another_process_gets_a_story_of_its_own(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.receive(FIX42_FILL)
    assert trader.names() == ["filled"]
    assert (trader.last()[a.TRADING_ORDER_CLIENT_ID], trader.last()[a.TRADING_SYMBOL]) == ("cl-2", "IBM")


def test_a_cancel_of_an_order_of_another_process_is_counted_and_is_no_story(recorded: Recorded) -> None:
    trader = Trader(recorded)
    trader.send(CANCEL)
    assert trader.names() == []
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1
    span = attributes(recorded.span("cancel_order exch"))
    assert (span[a.TRADING_ORDER_CLIENT_ID], span[a.TRADING_ORDER_ID]) == ("cl-1", "V1001")


def test_a_mass_cancel_is_one_request_of_which_the_reports_tell_the_rest(trader: Trader, recorded: Recorded) -> None:
    trader.send("35=q|49=DESK|56=EXCH|34=8|11=mass|530=7|")
    assert len(recorded.spans("cancel_orders exch")) == 1
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1
    trader.receive(FIX44_CANCELED, _11="cl-1", _41="", _14="0", _6="0")
    assert trader.names()[-1] == "canceled"
