"""What streams and lists tell of orders, executions and positions, without a network."""

from __future__ import annotations

from typing import Any

import pytest

from otel_trading.instrumentation.bybit import reports
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.instrumentation.bybit.shapes import EXECUTION, ORDER, POSITION


def test_an_order_is_told_with_its_ids_its_state_and_what_it_asks_for() -> None:
    update = reports.order_update(ORDER | {"orderStatus": "PartiallyFilled", "cumExecQty": "0.5", "avgPrice": "72501"})
    assert (update.venue, update.symbol, update.client_id) == ("bybit", "BTCUSDT", "cl-1")
    assert update.id == ORDER["orderId"]
    assert (update.status, update.cumulative_quantity, update.average_price) == (Status.PARTIALLY_FILLED, 0.5, 72501.0)
    assert (update.side, update.type, update.instrument_type) == ("sell", "limit", "swap")
    assert (update.quantity, update.price, update.reason) == (1.5, 72500.5, "")
    assert update.transact_time == 1_672_364_262_457_000_000


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("New", Status.NEW),
        ("PartiallyFilled", Status.PARTIALLY_FILLED),
        ("Filled", Status.FILLED),
        ("Cancelled", Status.CANCELED),
        ("PartiallyFilledCanceled", Status.CANCELED),
        ("Rejected", Status.REJECTED),
        ("Untriggered", Status.NEW),
        ("Triggered", Status.NEW),
        ("Deactivated", Status.CANCELED),
        ("Something", None),
        (None, None),
    ],
)
def test_each_status_is_one_of_fix(word: Any, status: Status | None) -> None:
    assert reports.order_update(ORDER | {"orderStatus": word}).status is status


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        ("EC_PostOnlyWillTakeLiquidity", "invalid_order"),
        ("EC_LimitOrderInvalidPrice", "invalid_order"),
        ("EC_InvalidSymbolStatus", "market_closed"),
        ("EC_DuplicatedClOrdID", "duplicate_order"),
        ("EC_ReachRiskPriceLimit", "risk_limit"),
        ("EC_Others", "other"),
        ("EC_ThatIsNew", "other"),
    ],
)
def test_a_rejected_order_tells_why(reason: str, category: str) -> None:
    found = reports.order_update(ORDER | {"orderStatus": "Rejected", "rejectReason": reason})
    assert (found.reason, found.category.value) == (reason, category)


def test_a_market_order_has_no_price_and_an_amount_of_quote_coin_is_no_quantity() -> None:
    item = ORDER | {"category": "spot", "orderType": "Market", "side": "Buy", "price": "0", "marketUnit": "quoteCoin"}
    update = reports.order_update(item)
    assert (update.price, update.quantity, update.average_price) == (None, None, None)


def test_an_execution_is_told_with_its_fee_in_the_coin_that_the_contract_is_settled_in() -> None:
    update = reports.execution_update(EXECUTION)
    assert update is not None
    (execution,) = update.executions
    assert (update.id, update.client_id, update.side) == (EXECUTION["orderId"], "cl-1", "sell")
    assert (execution.quantity, execution.price, execution.id) == (0.5, 72501.0, EXECUTION["execId"])
    assert (execution.liquidity, execution.fee_amount, execution.fee_currency) == ("taker", 0.3, "USDT")
    assert execution.transact_time == 1_672_364_174_443_000_000


@pytest.mark.parametrize(
    ("category", "symbol", "told", "currency"),
    [
        ("spot", "BTCUSDT", "BTC", "BTC"),
        ("spot", "BTCUSDT", "", ""),
        ("linear", "BTCPERP", "", "USDC"),
        ("inverse", "ETHUSDH25", "", "ETH"),
        ("option", "BTC-29DEC23-40000-C", "", "USDC"),
        ("option", "BTC-26DEC25-40000-C-USDT", "", "USDT"),
    ],
)
def test_a_fees_currency_is_as_told_or_the_settlement_coin(
    category: str, symbol: str, told: str, currency: str
) -> None:
    update = reports.execution_update(EXECUTION | {"category": category, "symbol": symbol, "feeCurrency": told})
    assert update is not None
    assert update.executions[0].fee_currency == currency


def test_the_fast_stream_tells_no_fee() -> None:
    left_out = {"execFee", "feeCurrency", "execType", "orderType", "orderQty", "orderPrice"}
    update = reports.execution_update({key: value for key, value in EXECUTION.items() if key not in left_out})
    assert update is not None
    assert (update.executions[0].fee_amount, update.executions[0].fee_currency) == (None, "")


@pytest.mark.parametrize("kind", ["Funding", "Settle", "Delivery", "MovePosition", "UNKNOWN"])
def test_what_no_order_did_is_no_execution(kind: str) -> None:
    assert reports.execution_update(EXECUTION | {"execType": kind}) is None


def test_a_short_position_is_negative() -> None:
    leg = reports.leg(POSITION)
    assert leg is not None
    assert (leg.symbol, leg.size, leg.unrealized, leg.realized, leg.currency) == ("BTCUSDT", -2.5, -12.5, 40.0, "USDT")


def test_a_position_without_a_size_is_none() -> None:
    assert reports.leg(POSITION | {"size": ""}) is None
