"""Bots on ccxt, tested without a network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import ccxt
import ccxt.async_support
import pytest

from otel_trading.testing import ccxt_config
from otel_trading.testing.venue import MissingDemoError, started_venue

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread
    from otel_trading.testing import RecordedOrders

ORDER = ("BTC/USDT", "limit", "buy", 0.01, 59_000)


def kinds(orders: RecordedOrders, any_id: str) -> list[str]:
    steps = [step.kind.value for step in orders.story(any_id).steps]
    return [kind for kind in steps if kind not in ("span", "request")]


def test_an_order_of_a_ccxt_bot_has_its_story(recorded_orders: RecordedOrders, simulated_venue: VenueThread) -> None:
    exchange: Any = ccxt.binance(ccxt_config(simulated_venue))
    order = exchange.create_order(*ORDER, {"clientOrderId": "cl-1"})
    exchange.cancel_order(order["id"], "BTC/USDT")
    exchange.session.close()
    assert kinds(recorded_orders, order["id"]) == ["submit", "acknowledged", "cancel_requested", "canceled"]
    assert recorded_orders.metric("trading.order.submissions", **{"trading.venue": "binance"}) == 1


async def test_so_has_one_of_an_async_bot(recorded_orders: RecordedOrders, simulated_venue: VenueThread) -> None:
    exchange: Any = ccxt.async_support.binance(ccxt_config(simulated_venue, timeout_on_exit=0))
    await exchange.create_order(*ORDER, {"clientOrderId": "cl-1"})
    await exchange.close()
    assert kinds(recorded_orders, "cl-1") == ["submit", "acknowledged"]


def test_the_market_moves_when_the_test_moves_it(recorded_orders: RecordedOrders, simulated_venue: VenueThread) -> None:
    exchange: Any = ccxt.binance(ccxt_config(simulated_venue))
    exchange.create_order(*ORDER, {"clientOrderId": "cl-1"})
    simulated_venue.set_price("BTCUSDT", "58000")
    exchange.fetch_my_trades("BTC/USDT")
    exchange.session.close()
    assert recorded_orders.story("cl-1").order.status == "filled"


def test_the_configuration_takes_what_a_bot_adds_or_changes(simulated_venue: VenueThread) -> None:
    config = ccxt_config(simulated_venue, enableRateLimit=True, options={"defaultType": "spot"})
    assert (config["enableRateLimit"], config["options"]) == (True, {"defaultType": "spot"})
    assert (config["apiKey"], config["secret"]) == (simulated_venue.account.key, simulated_venue.account.secret)


def test_an_error_of_the_venue_itself_is_not_taken_for_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "otel_trading.demo.venue", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        started_venue()
    assert not isinstance(caught.value, MissingDemoError)
