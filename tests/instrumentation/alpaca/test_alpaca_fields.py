"""The mapping of alpaca-py's names, on what the venue's documentation shows and the library makes of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import msgpack  # type: ignore[import-untyped] # untyped upstream
import pytest
from alpaca.trading.enums import OrderSide
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    LimitOrderRequest,
    MarketOrderRequest,
    OptionLegRequest,
    ReplaceOrderRequest,
    StopLimitOrderRequest,
    StopLossRequest,
    TakeProfitRequest,
)

from otel_trading.instrumentation.alpaca import fields
from otel_trading.instrumentation.alpaca.times import nanoseconds, seconds
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

ID, CLIENT_ID = "61e69015-8549-4bfd-b9c3-01e75843f47d", "eb9e2aaa-f71a-4f51-b5b4-52a6c565dad4"
EXECUTION = "7922ab44-5b33-4049-ab9a-0cfd805ba989"


def order(**changes: Any) -> dict[str, Any]:
    """An order as Alpaca writes it."""
    return {
        "id": ID,
        "client_order_id": CLIENT_ID,
        "created_at": "2021-03-16T18:38:01.942282Z",
        "updated_at": "2021-03-16T18:38:01.942282123Z",
        "submitted_at": "2021-03-16T18:38:01.937734Z",
        "filled_at": None,
        "asset_id": "b0b6dd9d-8b9b-48a9-ba46-b9d54906e415",
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "notional": None,
        "qty": "10",
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": "",
        "order_type": "limit",
        "type": "limit",
        "side": "buy",
        "time_in_force": "day",
        "limit_price": "187.5",
        "stop_price": None,
        "status": "accepted",
        "extended_hours": False,
        "legs": None,
        "replaced_by": None,
        "replaces": None,
    } | changes


def test_an_order_is_told_alike_as_raw_data_and_as_a_model() -> None:
    raw = order(status="partially_filled", filled_qty="4", filled_avg_price="187.45")
    told = fields.order_update(raw)
    assert told.symbol == "AAPL"
    assert (told.id, told.client_id) == (ID, CLIENT_ID)
    assert told.status is Status.PARTIALLY_FILLED
    assert (told.quantity, told.price, told.cumulative_quantity, told.average_price) == (10.0, 187.5, 4.0, 187.45)
    assert (told.side, told.type, told.instrument_type) == ("buy", "limit", "equity")
    assert told.transact_time == 1_615_919_881_942_282_123
    model = fields.order_update(Order(**raw))
    assert model.transact_time == told.transact_time // 1000 * 1000  # a datetime has no nanoseconds
    assert model._replace(transact_time=None) == told._replace(transact_time=None)


@pytest.mark.parametrize("status", ["accepted", "pending_new", "accepted_for_bidding", "stopped", "calculated"])
def test_what_says_only_that_alpaca_has_the_order_is_no_step_of_it(status: str) -> None:
    assert fields.order_update(order(status=status)).status is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("new", Status.NEW),
        ("filled", Status.FILLED),
        ("canceled", Status.CANCELED),
        ("expired", Status.EXPIRED),
        ("rejected", Status.REJECTED),
        ("replaced", Status.REPLACED),
        ("pending_cancel", Status.PENDING_CANCEL),
        ("pending_replace", Status.PENDING_REPLACE),
        ("suspended", Status.SUSPENDED),
        ("held", Status.SUSPENDED),
        ("done_for_day", Status.SUSPENDED),
        ("of a later version", None),
    ],
)
def test_statuses_are_those_of_fix(status: str, expected: Status | None) -> None:
    assert fields.order_update(order(status=status)).status is expected


def test_a_price_of_zero_before_anything_was_filled_is_none() -> None:
    assert fields.order_update(order(filled_avg_price="0")).average_price is None


def test_an_order_for_an_amount_of_money_has_no_quantity() -> None:
    asked = MarketOrderRequest(symbol="AAPL", notional=500, side="buy", time_in_force="day")
    assert fields.request(asked).quantity is None
    assert fields.order_update(order(notional="500", qty=None)).quantity is None


def test_a_request_is_told_with_all_that_it_asks_for() -> None:
    asked = StopLimitOrderRequest(
        symbol="AAPL",
        qty=3,
        side="sell",
        time_in_force="gtc",
        stop_price=180.5,
        limit_price=180.25,
        client_order_id="cl-1",
    )
    told = fields.request(asked)
    assert (told.venue, told.symbol, told.side, told.type) == ("alpaca", "AAPL", "sell", "stop_limit")
    assert (told.quantity, told.price, told.stop_price) == (3.0, 180.25, 180.5)
    assert (told.time_in_force, told.instrument_type, told.client_id) == ("gtc", "equity", "cl-1")


def test_an_oco_order_has_its_price_in_what_takes_the_profit() -> None:
    asked = LimitOrderRequest(
        symbol="AAPL",
        qty=1,
        side="sell",
        time_in_force="gtc",
        order_class="oco",
        take_profit=TakeProfitRequest(limit_price=200),
        stop_loss=StopLossRequest(stop_price=170),
    )
    assert fields.request(asked).price == 200.0


def test_a_multi_leg_order_is_of_options_and_has_neither_symbol_nor_side() -> None:
    legs = [
        OptionLegRequest(symbol="AAPL260116C00200000", ratio_qty=1, side=OrderSide.BUY),
        OptionLegRequest(symbol="AAPL260116C00210000", ratio_qty=1, side=OrderSide.SELL),
    ]
    asked = MarketOrderRequest(qty=1, time_in_force="day", order_class="mleg", legs=legs)
    told = fields.request(asked)
    assert (told.symbol, told.side, told.instrument_type) == ("", "", "option")
    answer = order(order_class="mleg", symbol="", asset_class="", side="", legs=[order(id=EXECUTION, type=None)])
    parent, leg = (fields.order_update(each) for each in fields.with_legs(Order(**answer)))
    assert (parent.symbol, parent.side, parent.instrument_type) == ("", "", "")
    assert leg.id == EXECUTION


def test_times_in_force_of_the_auctions_are_other() -> None:
    assert [fields.time_in_force(word) for word in ("day", "ioc", "opg", "cls", None)] == [
        "day",
        "ioc",
        "other",
        "other",
        "",
    ]


def test_a_replacement_asks_for_what_it_changes_only() -> None:
    told = fields.replacement(ReplaceOrderRequest(limit_price=186.5, client_order_id="cl-2"), "AAPL")
    assert (told.symbol, told.quantity, told.price, told.client_id) == ("AAPL", None, 186.5, "cl-2")


@pytest.mark.parametrize(
    ("written", "known", "kind"),
    [
        ("BTC/USD", "BTC/USD", "spot"),
        ("BTCUSD", "BTC/USD", "spot"),
        ("ETHBTC", "ETH/BTC", "spot"),
        ("USDTUSD", "USDT/USD", "spot"),
        ("BTCUSDT", "BTC/USDT", "spot"),
        ("AAPL", "AAPL", "equity"),
        ("BRK.B", "BRK.B", "equity"),
        ("SPY260116P00500000", "SPY260116P00500000", "option"),
        ("", "", ""),
    ],
)
def test_one_symbol_stands_for_one_instrument(written: str, known: str, kind: str) -> None:
    assert fields.symbol(written) == known
    assert fields.instrument_type(known) == kind


def test_the_asset_class_tells_more_than_the_symbol() -> None:
    assert fields.instrument_type("BTC-PERP", "crypto_perp") == "swap"


def test_a_position_may_be_named_by_its_asset() -> None:
    assert fields.closing(UUID(ID), None).symbol == fields.closing(ID, None).symbol == ""
    assert fields.closing("BTCUSD", {"qty": "0.5"})[:5] == ("alpaca", "BTC/USD", "", "market", 0.5)


def test_a_fill_is_told_with_its_execution() -> None:
    data = {
        "event": "partial_fill",
        "execution_id": EXECUTION,
        "timestamp": "2021-03-16T18:38:02.500000001Z",
        "price": "187.49",
        "qty": "4",
        "position_qty": "4",
        "order": order(status="partially_filled", filled_qty="4", filled_avg_price="187.49"),
    }
    told = fields.trade_update(data)
    assert told.executions == (Execution(4.0, 187.49, EXECUTION, transact_time=1_615_919_882_500_000_001),)
    assert (told.cumulative_quantity, told.transact_time) == (4.0, 1_615_919_882_500_000_001)


def test_a_message_that_is_no_fill_has_no_execution() -> None:
    data = {"event": "canceled", "timestamp": "2021-03-16T18:38:02Z", "order": order(status="canceled")}
    assert fields.trade_update(data).executions == ()


def test_moments_are_read_however_they_are_written() -> None:
    moment = datetime(2021, 3, 16, 18, 38, 1, 942_282, tzinfo=timezone.utc)
    expected = 1_615_919_881_942_282_000
    assert nanoseconds(moment) == nanoseconds("2021-03-16T14:38:01.942282-04:00") == expected
    assert nanoseconds(msgpack.Timestamp.from_datetime(moment)) == expected
    assert seconds("2021-03-16T18:38:01Z") == 1_615_919_881.0
    assert [nanoseconds(each) for each in (None, "", "yesterday", moment.replace(tzinfo=None), 12)] == [None] * 5
