"""What the answers to requests about an order make of its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.terms import OrderRequest
from otel_trading.orders import updates
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import sent, working
from tests.recording import attributes

if TYPE_CHECKING:
    from tests.recording import Recorded

REFUSED = OrderUpdate("okx", id="1001", status=Status.REJECTED, reason="gone", category=Category.UNKNOWN_ORDER)


@pytest.mark.parametrize("id_", ["1001", ""])
def test_a_refused_cancel_leaves_the_order_as_it_was_whether_the_refusal_names_it_or_not(
    id_: str, recorded: Recorded
) -> None:
    order = working()
    answers.canceled(order, REFUSED._replace(id=id_))
    told = attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))
    assert (told[a.TRADING_ORDER_REJECTION_CATEGORY], told[a.TRADING_ORDER_REJECTION_REASON]) == (
        "unknown_order",
        "gone",
    )
    assert order.status is Status.NEW
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


@pytest.mark.parametrize("id_", ["1001", ""])
def test_a_refused_amendment_leaves_the_order_as_it_was_whether_the_refusal_names_it_or_not(
    id_: str, recorded: Recorded
) -> None:
    order = working()
    answers.amended(order, OrderRequest("okx", quantity=2.0), REFUSED._replace(id=id_))
    told = attributes(recorded.event(events.TRADING_ORDER_AMEND_REJECTED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    assert (order.status, order.quantity) == (Status.NEW, 0.5)


def test_an_order_that_was_never_taken_may_turn_out_to_be_refused_when_it_is_canceled(recorded: Recorded) -> None:
    order = sent()
    answers.canceled(order, REFUSED)
    assert order.status is Status.REJECTED
    assert recorded.events(events.TRADING_ORDER_CANCEL_REJECTED) == []


@pytest.mark.parametrize("status", [Status.NEW, Status.PENDING_CANCEL])
def test_an_answer_that_a_stream_has_overtaken_is_no_step_back(status: Status, recorded: Recorded) -> None:
    order = working()
    updates.take(OrderUpdate("binance", id="1001", status=Status.CANCELED), new_orders=True)
    before = len(recorded.events())
    answers.canceled(order, OrderUpdate("binance", id="1001", status=status))
    assert order.status is Status.CANCELED
    assert len(recorded.events()) == before


def test_the_answer_to_a_submission_that_a_stream_has_overtaken_is_no_step_back(recorded: Recorded) -> None:
    order = sent()
    updates.take(OrderUpdate("binance", client_id="cl-1", status=Status.EXPIRED), new_orders=True)
    answers.accepted(order, OrderUpdate("binance", id="1001", status=Status.NEW))
    assert (order.status, order.id) == (Status.EXPIRED, "1001")
    assert recorded.metric(metrics.TRADING_ORDER_INVALID_TRANSITIONS) == []
