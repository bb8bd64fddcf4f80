"""NautilusTrader's names as ours, on the shapes of its events: no part of the library is needed for it."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace as Shape
from typing import Any

import pytest

from otel_trading.instrumentation.nautilus import fields


class Named(Enum):
    """An enum as NautilusTrader's: what counts is the name of a member."""

    BUY = 1
    SELL = 2
    LIMIT = 3
    STOP_LIMIT = 4
    TRAILING_STOP_MARKET = 5
    MARKET_IF_TOUCHED = 6
    MARKET_TO_LIMIT = 7
    GTC = 8
    AT_THE_OPEN = 9
    MAKER = 10
    NO_LIQUIDITY_SIDE = 11
    SPOT = 12
    SWAP = 13
    CFD = 14
    EQUITY = 15
    CRYPTOCURRENCY = 16


def instrument_id(symbol: str = "BTCUSDT-PERP", venue: str = "BINANCE") -> Any:
    return Shape(symbol=Shape(value=symbol), venue=Shape(value=venue))


def initialized(**changes: Any) -> Any:
    return Shape(
        **{
            "instrument_id": instrument_id(),
            "client_order_id": Shape(value="O-1"),
            "strategy_id": Shape(value="Grid-001"),
            "side": Named.BUY,
            "order_type": Named.STOP_LIMIT,
            "quantity": "0.500",
            "time_in_force": Named.GTC,
            "post_only": False,
            "quote_quantity": False,
            "options": {"price": "50000.10", "trigger_price": "50001.00"},
        }
        | changes
    )


def perpetual() -> Any:
    return Shape(instrument_class=Named.SWAP, asset_class=Named.CRYPTOCURRENCY, price_precision=1, size_precision=3)


def filled(**changes: Any) -> Any:
    return Shape(
        **{
            "last_qty": "0.500",
            "last_px": "50000.10",
            "trade_id": Shape(value="T-1"),
            "liquidity_side": Named.MAKER,
            "commission": None,
            "ts_event": 1_600_000_000_000_000_000,
        }
        | changes
    )


def test_the_venue_is_in_lower_case_and_no_part_of_the_symbol() -> None:
    assert fields.place(instrument_id()) == ("binance", "BTCUSDT-PERP")
    assert fields.place(instrument_id("AUD/USD", "SIM")) == ("sim", "AUD/USD")


def test_an_order_is_told_with_all_that_it_asks_for() -> None:
    assert fields.asked_for(initialized(), perpetual()) == {
        "venue": "binance",
        "symbol": "BTCUSDT-PERP",
        "side": "buy",
        "type": "stop_limit",
        "quantity": 0.5,
        "price": 50000.1,
        "stop_price": 50001.0,
        "time_in_force": "gtc",
        "instrument_type": "swap",
        "client_id": "O-1",
        "strategy": "Grid-001",
        "price_precision": 1,
        "quantity_precision": 3,
    }


def test_an_order_in_an_instrument_that_the_cache_lacks_is_told_without_what_that_knows() -> None:
    told = fields.asked_for(initialized(options=None), None)
    assert (told["instrument_type"], told["price"], told["price_precision"]) == ("", None, None)


def test_a_quantity_in_the_quote_currency_is_no_quantity_of_the_instrument() -> None:
    assert fields.asked_for(initialized(quote_quantity=True), perpetual())["quantity"] is None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Named.LIMIT, "limit"),
        (Named.TRAILING_STOP_MARKET, "trailing_stop"),
        (Named.MARKET_IF_TOUCHED, "take_profit"),
        (Named.MARKET_TO_LIMIT, "other"),
    ],
)
def test_the_type_of_an_order_is_one_of_ours(kind: Named, told: str) -> None:
    assert fields.order_type(kind) == told


def test_post_only_until_canceled_is_what_crypto_venues_call_gtx() -> None:
    assert fields.time_in_force(initialized(post_only=True)) == "gtx"


@pytest.mark.parametrize(
    ("kind", "asset", "told"),
    [
        (Named.SPOT, Named.CRYPTOCURRENCY, "spot"),
        (Named.SPOT, Named.EQUITY, "equity"),
        (Named.SWAP, Named.CRYPTOCURRENCY, "swap"),
        (Named.CFD, Named.EQUITY, "other"),
    ],
)
def test_the_kind_of_an_instrument_is_that_of_its_class(kind: Named, asset: Named, told: str) -> None:
    assert fields.instrument_type(Shape(instrument_class=kind, asset_class=asset)) == told


class Money:
    """An amount, as NautilusTrader's Money has it."""

    currency = "USDT"

    def __float__(self) -> float:
        return -0.25


def test_an_execution_has_its_fee_and_its_time() -> None:
    told = fields.execution(filled(commission=Money()))
    assert (told.quantity, told.price, told.id, told.liquidity) == (0.5, 50000.1, "T-1", "maker")
    assert (told.fee_amount, told.fee_currency) == (-0.25, "USDT")
    assert told.transact_time == 1_600_000_000_000_000_000


def test_an_execution_without_fee_and_side_leaves_them_out() -> None:
    told = fields.execution(filled(liquidity_side=Named.NO_LIQUIDITY_SIDE))
    assert (told.fee_amount, told.fee_currency, told.liquidity) == (None, "", "")


def test_the_middle_of_a_quote() -> None:
    assert fields.mid(Shape(bid_price="99.0", ask_price="101.0")) == 100.0
    assert fields.mid(None) is None
