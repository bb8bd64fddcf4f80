"""Which status may follow which: FIX 4.4, volume 4, appendix D, with the allowances that venues need."""

from __future__ import annotations

import itertools

import pytest

from otel_trading.orders.lifecycle import TERMINAL, is_possible
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

_FOLLOWERS = {
    "pending_new": "new partially_filled filled canceled rejected expired pending_cancel pending_replace replaced "
    "suspended",
    "new": "partially_filled filled canceled rejected expired pending_cancel pending_replace replaced suspended",
    "partially_filled": "filled canceled expired pending_cancel pending_replace replaced suspended",
    "pending_cancel": "new partially_filled filled canceled rejected expired pending_replace replaced suspended",
    "pending_replace": "new partially_filled filled canceled rejected expired pending_cancel replaced suspended",
    "replaced": "new partially_filled filled canceled expired pending_cancel pending_replace suspended",
    "suspended": "new partially_filled filled canceled rejected expired pending_cancel pending_replace replaced",
    "filled": "",
    "canceled": "",
    "rejected": "",
    "expired": "",
}


def test_the_table_of_these_tests_has_every_status() -> None:
    assert set(_FOLLOWERS) == {status.value for status in Status}


@pytest.mark.parametrize(("previous", "status"), list(itertools.permutations(Status, 2)))
def test_a_status_follows_another_where_the_matrix_says_so(previous: Status, status: Status) -> None:
    assert is_possible(previous, status) == (status.value in _FOLLOWERS[previous.value].split())


@pytest.mark.parametrize("status", Status)
def test_a_venue_may_repeat_itself(status: Status) -> None:
    assert is_possible(status, status)


def test_an_order_leaves_no_terminal_status() -> None:
    assert {status for status in Status if not _FOLLOWERS[status.value]} == TERMINAL
