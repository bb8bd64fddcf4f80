"""Freqtrade's arguments and orders in the terms of ours, on shapes that it gave; freqtrade itself is not needed."""

from __future__ import annotations

from otel_trading.instrumentation.freqtrade import fields
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.instrumentation.freqtrade.shapes import (
    CONTRACT_PAIR,
    DRY_ID,
    FILLED,
    PAIR,
    Exchange,
    asked,
    dry_order,
    live_order,
)


def test_a_limit_order_is_told_with_quantity_and_price_as_freqtrade_will_send_them() -> None:
    request = fields.request(Exchange(), asked())
    assert (request.venue, request.symbol, request.side, request.type) == ("binance", PAIR, "buy", "limit")
    assert (request.quantity, request.price) == (0.00166, 60_018.32)
    assert (request.quantity_precision, request.price_precision) == (5, 2)
    assert (request.time_in_force, request.instrument_type, request.client_id) == ("gtc", "spot", "")


def test_a_market_order_has_no_price_though_freqtrade_gives_the_rate_it_expects() -> None:
    request = fields.request(Exchange(), asked(ordertype="market"))
    assert (request.type, request.price, request.time_in_force) == ("market", None, "")


def test_a_time_in_force_is_told() -> None:
    assert fields.request(Exchange(), asked(time_in_force="IOC")).time_in_force == "ioc"
    assert fields.request(Exchange(), asked(time_in_force="PO")).time_in_force == "gtx"


def test_contracts_are_told_in_base_currency() -> None:
    request = fields.request(Exchange(), asked(pair=CONTRACT_PAIR, amount=0.0579))
    assert (request.quantity, request.instrument_type) == (0.05, "swap")


def test_without_markets_an_order_is_told_as_it_was_asked_for_and_none_are_fetched_for_that() -> None:
    request = fields.request(Exchange(loaded=False), asked())
    assert (request.quantity, request.price) == (0.0016662, 60_018.318)


def test_an_unknown_pair_is_told_as_it_was_asked_for() -> None:
    request = fields.request(Exchange(), asked(pair="NO/SUCH"))
    assert (request.symbol, request.quantity, request.price) == ("NO/SUCH", 0.0016662, 60_018.318)


def test_a_stop_loss_on_the_exchange_is_a_stop_order_at_its_stop_price() -> None:
    given = {"pair": PAIR, "amount": 0.1, "stop_price": 58_818.41, "side": "sell", "leverage": 1.0}
    limit = fields.stop_request(Exchange(), given | {"order_types": {"stoploss": "limit"}})
    market = fields.stop_request(Exchange(), given | {"order_types": {"stoploss": "market"}})
    unsaid = fields.stop_request(Exchange(), given | {"order_types": {}})
    assert (limit.type, limit.side, limit.stop_price, limit.price) == ("stop_limit", "sell", 58_818.41, None)
    assert [market.type, unsaid.type] == ["stop", "stop"]


def test_an_order_is_named_by_its_id_and_pair() -> None:
    reference = fields.reference(Exchange(), {"order_id": "42585494", "pair": PAIR})
    assert (reference.venue, reference.symbol, reference.id) == ("binance", PAIR, "42585494")


def test_an_order_of_the_venues_is_told_as_ccxt_gives_it() -> None:
    (update,) = fields.order_updates(Exchange(), live_order(filled=0.04, average=50_000.0))
    assert (update.id, update.client_id) == ("42585494", "x-TKT5PX2F9d82dfb1196d2debbf3b46")
    assert (update.status, update.cumulative_quantity, update.executions) == (Status.NEW, 0.04, ())


def test_a_simulated_order_that_is_open_has_no_execution() -> None:
    (update,) = fields.order_updates(Exchange(dry_run=True), dry_order())
    assert (update.id, update.status, update.executions) == (DRY_ID, Status.NEW, ())


def test_a_simulated_order_that_is_filled_has_one_execution_with_its_fee_however_often_it_is_told() -> None:
    told = [fields.order_updates(Exchange(dry_run=True), dry_order(**FILLED)) for _ in range(2)]
    expected = Execution(0.1, 50_000.0, id=DRY_ID, fee_amount=5.0, fee_currency="USDT")
    assert [update.executions for updates in told for update in updates] == [(expected,), (expected,)]


def test_a_cancel_in_dry_run_that_finds_no_order_tells_of_none() -> None:
    assert fields.order_updates(Exchange(dry_run=True), {}) == []


def test_executions_that_the_venue_lists_are_told_with_their_ids_and_fees() -> None:
    trade = {
        "id": "7",
        "order": "42585494",
        "symbol": PAIR,
        "side": "buy",
        "price": 50_000.0,
        "amount": 0.1,
        "takerOrMaker": "maker",
        "fee": {"currency": "BTC", "cost": 0.0001},
        "timestamp": 1_795_440_305_612,
    }
    (update,) = fields.trade_updates(Exchange(), [trade])
    (execution,) = update.executions
    assert (update.id, execution.id, execution.liquidity) == ("42585494", "7", "maker")
    assert (execution.fee_amount, execution.fee_currency) == (0.0001, "BTC")


def test_a_bot_without_configuration_is_no_dry_run() -> None:
    assert not fields.is_dry_run(object())
    assert fields.is_dry_run(Exchange(dry_run=True))
