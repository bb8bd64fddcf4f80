from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ccxt
import pytest

from otel_trading.demo.venue import Account, Balance, VenueThread, ccxt_urls

if TYPE_CHECKING:
    from collections.abc import Callable

SYMBOL = "BTC/USDT"


def balance(client: Any, asset: str) -> tuple[float, float]:
    """Return what is free and what is locked."""
    told = client.fetch_balance()[asset]
    return told["free"], told["used"]


def test_a_resting_buy_locks_its_cost(client: Any) -> None:
    client.create_order(SYMBOL, "limit", "buy", 0.5, 50_000)
    assert balance(client, "USDT") == (975_000.0, 25_000.0)


def test_a_resting_sell_locks_its_quantity(client: Any) -> None:
    client.create_order(SYMBOL, "limit", "sell", 0.5, 70_000)
    assert balance(client, "BTC") == (9.5, 0.5)


def test_cancelling_frees_what_was_locked(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.5, 50_000)
    client.cancel_order(order["id"], SYMBOL)
    assert balance(client, "USDT") == (1_000_000.0, 0.0)


def test_a_buy_pays_the_commission_in_what_it_receives(client: Any) -> None:
    order = client.create_order(SYMBOL, "market", "buy", 0.1)
    assert order["fees"] == [{"currency": "BTC", "cost": 0.0001}]
    assert balance(client, "BTC") == (10.0999, 0.0)
    assert balance(client, "USDT")[0] == pytest.approx(1_000_000 - order["cost"])


def test_a_sell_pays_the_commission_in_what_it_receives(client: Any) -> None:
    order = client.create_order(SYMBOL, "market", "sell", 0.1)
    assert order["fees"][0]["currency"] == "USDT"
    assert balance(client, "USDT")[0] == pytest.approx(1_000_000 + order["cost"] * 0.999)


def test_a_limit_order_filled_better_than_its_limit_gets_the_difference_back(client: Any) -> None:
    order = client.create_order(SYMBOL, "limit", "buy", 0.1, 61_000)
    free, locked = balance(client, "USDT")
    assert locked == 0.0
    assert free == pytest.approx(1_000_000 - order["cost"])


def test_a_partly_filled_order_that_is_cancelled_frees_the_rest(client: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.5])
    order = client.create_order(SYMBOL, "limit", "buy", 0.1, 50_000)
    client.cancel_order(order["id"], SYMBOL)
    assert balance(client, "USDT") == (997_500.0, 0.0)


def test_a_triggered_stop_settles_what_it_had_locked(client: Any, venue: VenueThread) -> None:
    client.create_order(SYMBOL, "market", "buy", 0.01, None, {"stopLossPrice": 61_000})
    venue.set_price("BTCUSDT", "61100")
    trade = client.fetch_my_trades(SYMBOL)[0]
    free, locked = balance(client, "USDT")
    assert locked == 0.0
    assert free == pytest.approx(1_000_000 - trade["cost"])


def test_a_deposit_arrives(client: Any, venue: VenueThread) -> None:
    venue.deposit("USDT", "500")
    assert balance(client, "USDT") == (1_000_500.0, 0.0)


def test_my_trades_can_be_asked_from_a_trade_on_and_for_an_order(client: Any) -> None:
    orders = [client.create_order(SYMBOL, "market", "buy", 0.001) for _ in range(3)]
    trades = client.fetch_my_trades(SYMBOL)
    assert [trade["order"] for trade in trades] == [order["id"] for order in orders]
    later = client.fetch_my_trades(SYMBOL, params={"fromId": trades[1]["id"]})
    assert [trade["id"] for trade in later] == [trade["id"] for trade in trades[1:]]
    only = client.fetch_my_trades(SYMBOL, params={"orderId": orders[0]["id"]})
    assert [trade["id"] for trade in only] == [trades[0]["id"]]


def test_accounts_do_not_see_one_another() -> None:
    accounts = [Account(key=f"account-{name}", secret=name, balances={"USDT": Balance()}) for name in "ab"]
    with VenueThread(seed=1, accounts=accounts) as venue:
        first, second = (_client(venue, account) for account in accounts)
        venue.deposit("USDT", "1000")
        order = first.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
        assert second.fetch_open_orders(SYMBOL) == []
        with pytest.raises(ccxt.OrderNotFound):
            second.cancel_order(order["id"], SYMBOL)


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"apiKey": "?"}, ccxt.AuthenticationError, -2014),
        ({"apiKey": "some-other-key"}, ccxt.AuthenticationError, -2015),
        ({"secret": "wrong"}, ccxt.AuthenticationError, -1022),
    ],
)
def test_who_cannot_prove_himself_is_refused(
    config: dict[str, Any], change: dict[str, str], kind: type[Exception], code: int
) -> None:
    stranger = ccxt.binance({**config, **change})
    with pytest.raises(kind, match=f'"code":{code},'):
        stranger.private_get_account()
    stranger.session.close()


@pytest.mark.parametrize(
    ("sent", "kind", "code"),
    [
        (lambda now: {"timestamp": now - 20_000}, ccxt.InvalidNonce, -1021),
        (lambda now: {"timestamp": now + 20_000}, ccxt.InvalidNonce, -1021),
        (lambda now: {"timestamp": now - 700, "recvWindow": 500}, ccxt.InvalidNonce, -1021),
        (lambda _: {"recvWindow": 70_000}, ccxt.ExchangeError, -1131),
    ],
)
def test_a_request_has_to_be_of_its_time(
    client: Any, sent: Callable[[int], dict[str, int]], kind: type[Exception], code: int
) -> None:
    with pytest.raises(kind, match=f'"code":{code},'):
        client.private_get_account(sent(client.milliseconds()))


def _client(venue: VenueThread, account: Account) -> Any:
    return ccxt.binance(
        {
            "apiKey": account.key,
            "secret": account.secret,
            "urls": ccxt_urls(venue.url),
            "enableRateLimit": False,
        }
    )
