"""What contracts, orders and executions of either library are in our terms."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from otel_trading.instrumentation.ib import fields

_UNSET = 1.7976931348623157e308


@pytest.mark.parametrize(
    ("contract", "symbol", "kind"),
    [
        (("Stock", ("AAPL", "SMART", "USD"), {}), "AAPL", "equity"),
        (("Forex", ("EURUSD",), {}), "EURUSD", "spot"),
        (("Crypto", ("BTC", "PAXOS", "USD"), {}), "BTCUSD", "spot"),
        (("Future", ("ES", "20261218", "CME"), {"localSymbol": "ESZ6"}), "ESZ6", "future"),
        (("Future", ("ES", "20261218", "CME"), {}), "ES 20261218", "future"),
        (("Option", ("SPY", "20261218", 500.5, "C", "SMART"), {}), "SPY 20261218 C500.5", "option"),
        (("Index", ("SPX", "CBOE"), {}), "SPX", "other"),
        (("Bag", (), {"symbol": "AAPL"}), "AAPL", "other"),
        (("Contract", (), {"conId": 265598}), "conId 265598", ""),
        (("Contract", (), {}), "", ""),
    ],
)
def test_a_contract_is_called_what_users_call_it(lib: Any, contract: Any, symbol: str, kind: str) -> None:
    name, arguments, named = contract
    found = getattr(lib, name)(*arguments, **named)
    assert (fields.symbol_of(found), fields.instrument_type_of(found)) == (symbol, kind)


def test_a_limit_order_asks_for_a_price(lib: Any) -> None:
    order = lib.LimitOrder("BUY", 10, 99.5, tif="GTC")
    asked = fields.request_of(lib.Stock("AAPL", "SMART", "USD"), order, "mine-1")
    assert (asked.venue, asked.symbol, asked.instrument_type) == ("interactive_brokers", "AAPL", "equity")
    assert (asked.side, asked.type, asked.quantity, asked.price) == ("buy", "limit", 10.0, 99.5)
    assert (asked.stop_price, asked.time_in_force, asked.client_id) == (None, "gtc", "mine-1")


@pytest.mark.parametrize(
    ("order", "kind", "price", "stop_price"),
    [
        (("MarketOrder", ("SELL", 1), {}), "market", None, None),
        (("StopOrder", ("SELL", 1, 90.0), {}), "stop", None, 90.0),
        (("StopLimitOrder", ("SELL", 1, 89.0, 90.0), {}), "stop_limit", 89.0, 90.0),
        (("Order", (), {"orderType": "TRAIL", "auxPrice": 2.0, "trailStopPrice": 88.0}), "trailing_stop", None, 88.0),
        (("Order", (), {"orderType": "MIT", "auxPrice": 110.0}), "take_profit", None, 110.0),
        (("Order", (), {"orderType": "MKT", "lmtPrice": 0.0}), "market", None, None),
        (("Order", (), {"orderType": "PEG MID"}), "other", None, None),
    ],
)
def test_each_type_of_order_has_the_prices_that_it_means(
    lib: Any, order: Any, kind: str, price: float | None, stop_price: float | None
) -> None:
    name, arguments, named = order
    asked = fields.request_of(lib.Stock("AAPL", "SMART", "USD"), getattr(lib, name)(*arguments, **named))
    assert (asked.type, asked.price, asked.stop_price) == (kind, price, stop_price)


@pytest.mark.parametrize("value", [_UNSET, -_UNSET, float("nan"), None, "", "?"])
def test_a_number_that_is_not_set_is_none(value: Any) -> None:
    assert fields.number(value) is None


def test_an_execution_has_its_price_its_time_and_who_made_the_market(lib: Any) -> None:
    at = datetime(2026, 11, 23, 14, 30, 0, 250_000, tzinfo=timezone.utc)
    told = lib.Execution(execId="a.b.01.01", time=at, shares=4.0, price=100.5, lastLiquidity=1)
    found = fields.execution_of(told, "a.b.01.01", lib.CommissionReport(commission=1.25, currency="USD"))
    assert (found.id, found.quantity, found.price, found.liquidity) == ("a.b.01.01", 4.0, 100.5, "maker")
    assert (found.fee_amount, found.fee_currency) == (1.25, "USD")
    assert found.transact_time == int(at.timestamp()) * 10**9 + 250_000_000


def test_a_commission_that_is_not_known_is_no_fee(lib: Any) -> None:
    report = lib.CommissionReport(commission=_UNSET, currency="USD")
    assert fields.execution_of(lib.Execution(shares=1.0), "a", report).fee_amount is None


@pytest.mark.parametrize(
    ("bid", "ask", "kind", "mid"),
    [
        (99.0, 101.0, 1, 100.0),
        (99.0, 101.0, 3, None),  # delayed by a quarter of an hour
        (99.0, 101.0, 2, None),  # of the last close
        (float("nan"), 101.0, 1, None),
        (-1.0, 101.0, 1, None),
    ],
)
def test_a_mid_price_is_of_a_bid_and_an_ask_of_now(bid: float, ask: float, kind: int, mid: float | None) -> None:
    assert fields.mid_of(SimpleNamespace(bid=bid, ask=ask, marketDataType=kind)) == mid
