"""Finding an order by an id: never by guess, and never without bound."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading import Order, find_order, settings
from otel_trading.orders.registry import registry

if TYPE_CHECKING:
    import pytest


def at_most(size: int, seconds: float = 3600.0) -> None:
    found, _ = settings.load({"OTEL_TRADING_REGISTRY_SIZE": str(size), "OTEL_TRADING_REGISTRY_SECONDS": str(seconds)})
    settings.replace_current(found)


def over(client_id: str) -> Order:
    order = Order(client_id=client_id)
    order.canceled()
    return order


def test_an_order_is_found_by_each_of_its_ids() -> None:
    this = Order(client_id="cl-1")
    this.acknowledged(id="1001")
    assert find_order("cl-1") is this
    assert find_order("1001") is this


def test_an_id_that_nobody_has_finds_nothing() -> None:
    assert find_order("cl-1") is None


def test_a_number_is_an_id_as_well() -> None:
    this = Order(id=28173645)  # type: ignore[arg-type] # what a bot does
    assert find_order("28173645") is this
    assert find_order(28173645) is this  # type: ignore[arg-type] # what a bot does


def test_an_id_that_two_venues_gave_is_found_by_its_venue() -> None:
    binance, kraken = Order(id="7", venue="binance"), Order(id="7", venue="kraken")
    assert find_order("7", venue="binance") is binance
    assert find_order("7", venue="kraken") is kraken


def test_an_id_that_a_venue_gave_in_two_symbols_is_found_by_its_symbol() -> None:
    bitcoin, ether = (
        Order(id="7", venue="binance", symbol="BTC/USDT"),
        Order(id="7", venue="binance", symbol="ETH/USDT"),
    )
    assert find_order("7", symbol="BTC/USDT") is bitcoin
    assert find_order("7", venue="binance", symbol="ETH/USDT") is ether


def test_an_id_that_fits_two_orders_finds_neither() -> None:
    keep = [Order(id="7", venue="binance"), Order(id="7", venue="kraken")]
    assert find_order("7") is None
    assert len(keep) == len(registry)


def test_an_order_whose_venue_is_unknown_fits_any() -> None:
    this = Order(client_id="cl-1")
    assert find_order("cl-1", venue="binance", symbol="BTC/USDT") is this


def test_a_client_id_may_be_used_again_once_its_order_is_over() -> None:
    first = over("grid-1")
    second = Order(client_id="grid-1")
    assert find_order("grid-1") is second
    assert first is not second


def test_of_two_orders_that_are_both_over_none_is_meant() -> None:
    keep = over("grid-1"), over("grid-1")
    assert find_order("grid-1") is None
    assert len(keep) == len(registry)


def test_the_oldest_finished_orders_are_forgotten_first() -> None:
    at_most(3)
    for number in range(5):
        over(f"cl-{number}")
    assert [f"cl-{number}" in registry for number in range(5)] == [False, False, True, True, True]
    assert len(registry) == 3


def test_an_order_at_work_is_remembered_though_thousands_came_after_it() -> None:
    at_most(10)
    resting = Order(client_id="resting")
    for number in range(2000):
        over(f"cl-{number}")
    assert find_order("resting") is resting


def test_not_even_orders_at_work_are_remembered_without_bound() -> None:
    at_most(10)
    for number in range(200):
        Order(client_id=f"cl-{number}")
    assert len(registry) == 10
    assert "cl-199" in registry


def test_a_finished_order_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(100, seconds=60)
    over("old")
    resting = Order(client_id="resting")
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    over("new")
    assert find_order("old") is None
    assert find_order("resting") is resting


def test_an_old_order_at_work_does_not_keep_finished_ones_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(100, seconds=60)
    Order(client_id="resting")
    over("old")
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    over("new")
    assert "old" not in registry


def test_a_forgotten_order_leaves_no_id_behind() -> None:
    at_most(1)
    this = Order(client_id="cl-1")
    this.acknowledged(id="1001")
    this.amended(client_id="cl-2", id="1002")
    this.canceled()
    over("last")
    assert [name for name in ("cl-1", "1001", "cl-2", "1002") if name in registry] == []
