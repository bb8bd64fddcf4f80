"""Whatever the order in which the feeds of a venue arrive, and however often they repeat themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.state import Execution, Explained, Filled, Moved, OrderState
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.orders.state import Change


class Snapshot(NamedTuple):
    """An order as a stream of orders or a poll tells of it: CumQty and AvgPx."""

    cumulative: float
    average: float | None


class Total(NamedTuple):
    """What a bot's dashboards add up."""

    quantity: float
    notional: float
    fees: float


Report = Execution | Snapshot | Status


def take(state: OrderState, report: Report) -> list[Change]:
    if isinstance(report, Execution):
        return state.execute(report)
    if isinstance(report, Snapshot):
        return state.total(*report)
    return state.move(report)


def told(changes: Sequence[Change]) -> Total:
    fills = [change for change in changes if isinstance(change, Filled)]
    counted = [change for change in changes if isinstance(change, (Filled, Explained))]
    return Total(
        sum(fill.execution.quantity for fill in fills),
        sum(change.notional for change in counted),
        sum(change.execution.fee_amount or 0.0 for change in counted),
    )


def feeds(executions: Sequence[Execution], *, averages: bool) -> list[Report]:
    """Return what a stream of trades, a stream of trades without fees, and one of the order tell of executions."""
    quantity, notional = 0.0, 0.0
    found: list[Report] = []
    for execution in executions:
        quantity += execution.quantity
        notional += execution.quantity * (execution.price or 0.0)
        found += [
            execution,
            execution._replace(fee_amount=None),
            Snapshot(quantity, notional / quantity if averages else None),
        ]
    return found


@st.composite
def venues(draw: st.DrawFn, *, averages: bool) -> tuple[list[Execution], list[Report]]:
    """Draw executions, and reports of them in any interleaving, each at least once and some more often."""
    tenths = draw(st.lists(st.tuples(st.integers(1, 50), st.integers(900, 1100), st.integers(0, 9)), max_size=5))
    executions = [
        Execution(quantity / 10, price / 10, f"e{number}", fee_amount=fee / 100, fee_currency="USDT")
        for number, (quantity, price, fee) in enumerate(tenths)
    ]
    reports = feeds(executions, averages=averages)
    repeated = draw(st.lists(st.sampled_from(reports), max_size=6)) if reports else []
    return executions, draw(st.permutations(reports + repeated))


def assert_told_once(executions: Sequence[Execution], reports: Sequence[Report]) -> None:
    truth = Total(
        sum(execution.quantity for execution in executions),
        sum(execution.quantity * (execution.price or 0.0) for execution in executions),
        sum(execution.fee_amount or 0.0 for execution in executions),
    )
    state = OrderState(truth.quantity or None)
    total = told([change for report in reports for change in take(state, report)])
    assert total == pytest.approx(truth)
    assert state.cumulative == pytest.approx(truth.quantity)
    if executions:
        assert state.average == pytest.approx(truth.notional / truth.quantity)
        assert state.status is Status.FILLED


@given(venues(averages=True))
def test_quantity_value_and_fees_do_not_depend_on_which_feed_was_faster(
    drawn: tuple[list[Execution], list[Report]],
) -> None:
    assert_told_once(*drawn)


@given(venues(averages=False))
def test_nor_where_the_venue_tells_no_average_price(drawn: tuple[list[Execution], list[Report]]) -> None:
    assert_told_once(*drawn)


@given(venues(averages=True))
def test_totals_alone_tell_quantity_and_value(drawn: tuple[list[Execution], list[Report]]) -> None:
    executions, reports = drawn
    state = OrderState(None)
    total = told([change for item in reports if isinstance(item, Snapshot) for change in take(state, item)])
    assert total.quantity == pytest.approx(sum(execution.quantity for execution in executions))
    assert total.notional == pytest.approx(sum(item.quantity * (item.price or 0.0) for item in executions))


_any_report = st.one_of(
    st.sampled_from(Status),
    st.builds(Snapshot, st.floats(0, 10), st.none() | st.floats(0.1, 100)),
    st.builds(Execution, st.floats(0, 10), st.none() | st.floats(0.1, 100), st.sampled_from(["", "a", "b", "c"])),
)


@settings(max_examples=200)
@given(st.none() | st.floats(0.1, 10), st.lists(_any_report, max_size=20))
def test_no_sequence_of_reports_raises_or_takes_back_what_was_filled(
    quantity: float | None, reports: list[Report]
) -> None:
    state = OrderState(quantity)
    for report in reports:
        before = (state.cumulative, state.status)
        take(state, report)
        assert state.cumulative >= before[0]
        assert state.status is before[1] or before[1] not in TERMINAL
        assert state.leaves is None or state.leaves >= 0


def test_an_execution_counts_once_however_often_it_is_reported() -> None:
    state = OrderState(1.0)
    changes = [change for _ in range(3) for change in state.execute(Execution(0.4, 100.0, "e1"))]
    assert [type(change) for change in changes] == [Filled]
    assert state.cumulative == 0.4


def test_two_executions_without_an_id_are_two() -> None:
    state = OrderState(1.0)
    state.execute(Execution(0.4, 100.0))
    state.execute(Execution(0.4, 100.0))
    assert state.cumulative == 0.8


def test_a_total_beyond_the_known_executions_is_a_fill_nobody_saw() -> None:
    state = OrderState(1.0)
    state.execute(Execution(0.4, 100.0, "e1"))
    (fill,) = state.total(0.6, 101.0)
    assert isinstance(fill, Filled)
    assert fill.execution.inferred
    assert fill.execution.quantity == pytest.approx(0.2)
    assert fill.execution.price == pytest.approx(103.0)


def test_the_execution_behind_an_inferred_fill_brings_its_fee_and_nothing_else() -> None:
    state = OrderState(1.0)
    state.total(0.4, 100.0)
    execution = Execution(0.4, 100.0, "e1", fee_amount=0.02, fee_currency="USDT")
    assert state.execute(execution) == [Explained(execution, 0.0)]


def test_an_inferred_fill_of_unknown_price_gets_its_value_from_the_execution_behind_it() -> None:
    state = OrderState(1.0)
    (fill,) = state.total(0.4, None)
    assert isinstance(fill, Filled)
    assert (fill.execution.price, fill.notional) == (None, 0.0)
    (explained,) = state.execute(Execution(0.4, 100.0, "e1"))
    assert isinstance(explained, Explained)
    assert explained.notional == pytest.approx(40.0)
    assert state.average == pytest.approx(100.0)


def test_a_fee_known_later_counts_once() -> None:
    state = OrderState(1.0)
    state.execute(Execution(0.4, 100.0, "e1"))
    with_fee = Execution(0.4, 100.0, "e1", fee_amount=0.02, fee_currency="USDT")
    assert state.execute(with_fee) == [Explained(with_fee, 0.0)]
    assert state.execute(with_fee) == []


def test_an_older_total_adds_nothing() -> None:
    state = OrderState(1.0)
    state.execute(Execution(0.4, 100.0, "e1"))
    assert state.is_behind(0.2)
    assert state.total(0.2, 100.0) == []


def test_an_order_is_filled_although_doubles_add_up_to_a_little_less() -> None:
    state = OrderState(0.3)
    for number in range(3):
        state.execute(Execution(0.1, 1.0, f"e{number}"))
    assert state.status is Status.FILLED


def test_an_order_taken_over_does_not_count_what_it_did_before() -> None:
    state = OrderState(1.0)
    state.begin_at(Status.PARTIALLY_FILLED, 0.5, 100.0)
    changes = state.total(1.0, 101.0)
    assert told(changes) == pytest.approx(Total(0.5, 51.0, 0.0))
    assert state.average == pytest.approx(101.0)


def test_a_status_that_is_repeated_changes_nothing() -> None:
    state = OrderState(1.0)
    assert state.move(Status.NEW) == [Moved(Status.NEW, Status.PENDING_NEW)]
    assert state.move(Status.NEW) == []
