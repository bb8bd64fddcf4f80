"""Amendments: in place, or as a replacement under a new venue id, whose quantities begin at zero again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading import find_order
from otel_trading.orders import updates
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import working

if TYPE_CHECKING:
    from tests.recording import Recorded

pytestmark = pytest.mark.usefixtures("recorded")

BINANCE = OrderUpdate("binance", "BTC/USDT")


def test_an_amended_order_keeps_what_it_filled() -> None:
    this = working()
    this.filled(quantity=0.2, price=60_000.0)
    this.amended(quantity=0.8)
    assert this.cumulative_quantity == 0.2
    assert this.leaves_quantity == 0.6


def test_a_replacement_asks_for_its_quantity_on_top_of_what_was_filled() -> None:
    this = working()
    this.filled(quantity=0.2, price=60_000.0)
    this.amended(quantity=0.8, id="1002")
    assert (this.quantity, this.leaves_quantity) == (1.0, 0.8)


def test_totals_of_a_replacement_count_from_zero(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=60_000.0, execution_id="e1")
    this.amended(quantity=0.3, id="1002")
    this.report(status=Status.FILLED, cumulative_quantity=0.3, average_price=59_000.0)
    assert this.cumulative_quantity == 0.5
    assert this.average_price == pytest.approx(59_400.0)
    assert recorded.total(metrics.TRADING_EXECUTION_NOTIONAL) == pytest.approx(0.2 * 60_000 + 0.3 * 59_000)


def test_a_replaced_order_is_found_by_its_old_ids_too() -> None:
    this = working("cl-1", "1001")
    this.amended(client_id="cl-2", id="1002")
    assert [find_order(name) for name in ("cl-1", "1001", "cl-2", "1002")] == [this] * 4


def test_the_end_of_the_old_id_is_not_the_end_of_the_order(recorded: Recorded) -> None:
    this = working()
    this.amended(quantity=0.3, id="1002")
    updates.take(BINANCE._replace(id="1001", status=Status.CANCELED), new_orders=True)
    assert this.status is Status.NEW
    assert recorded.events(events.TRADING_ORDER_CANCELED) == []


def test_a_late_fill_of_the_old_id_counts_beside_the_replacement() -> None:
    this = working()
    this.amended(quantity=0.3, id="1002")
    late = (Execution(0.1, 60_000.0, "e1"),)
    updates.take(BINANCE._replace(id="1001", executions=late), new_orders=True)
    updates.take(BINANCE._replace(id="1002", cumulative_quantity=0.3, average_price=60_000.0), new_orders=True)
    assert this.cumulative_quantity == pytest.approx(0.4)
    assert this.status is Status.FILLED


def test_the_execution_behind_a_fill_inferred_before_the_replacement_is_not_a_second_one(recorded: Recorded) -> None:
    this = working()
    this.report(cumulative_quantity=0.2, average_price=60_000.0)
    this.amended(quantity=0.3, id="1002")
    seen = (Execution(0.2, 60_000.0, "e1"),)
    updates.take(BINANCE._replace(id="1001", executions=seen), new_orders=True)
    assert this.cumulative_quantity == 0.2
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1


def test_a_cancel_reported_while_an_amendment_is_under_way_waits_for_its_answer(recorded: Recorded) -> None:
    this = working()
    this.amend_requested(price=59_000.0)
    this.report(status=Status.CANCELED)
    assert this.status is Status.NEW
    assert recorded.events(events.TRADING_ORDER_CANCELED) == []


def test_a_cancel_that_was_the_replacements_doing_is_not_told(recorded: Recorded) -> None:
    this = working()
    this.amend_requested(price=59_000.0)
    this.report(status=Status.CANCELED)
    this.amended(price=59_000.0, id="1002")
    assert this.status is Status.NEW
    assert recorded.events(events.TRADING_ORDER_CANCELED) == []


def test_a_cancel_stands_where_the_amendment_was_refused(recorded: Recorded) -> None:
    this = working()
    this.amend_requested(price=59_000.0)
    this.report(status=Status.CANCELED)
    this.amend_rejected("unknown_order", "Order does not exist.")
    assert this.status is Status.CANCELED
    assert len(recorded.events(events.TRADING_ORDER_CANCELED)) == 1


def test_a_cancel_stands_where_nothing_took_the_orders_place(recorded: Recorded) -> None:
    this = working()
    this.amend_requested(quantity=0.4)
    this.report(status=Status.CANCELED)
    this.amended(quantity=0.4)
    assert this.status is Status.CANCELED
    assert len(recorded.events(events.TRADING_ORDER_CANCELED)) == 1


def test_an_order_may_be_replaced_again_and_again() -> None:
    this = working(venue_id="1")
    for leg in range(2, 6):
        this.filled(quantity=0.1, price=60_000.0, execution_id=f"e{leg}")
        this.amended(quantity=0.4, id=str(leg))
    assert this.cumulative_quantity == 0.4
    assert this.superseded == {"1", "2", "3", "4"}
    assert this.leaves_quantity == 0.4
