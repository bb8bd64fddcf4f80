from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_trading.demo.venue import ManualClock, VenueThread
from otel_trading.demo.venue.accounts import Account
from otel_trading.demo.venue.exchange import Exchange
from otel_trading.demo.venue.orders import Detail, OrderType, Side, Ticket, TimeInForce
from otel_trading.demo.venue.symbols import SYMBOLS

START_MS = 1_790_000_000_000
BITCOIN = SYMBOLS[0]


def history(seed: int) -> list[Any]:
    """Return all that a client would see of a fixed sequence of commands."""
    clock = ManualClock(START_MS)
    account = Account()
    exchange = Exchange(SYMBOLS, [account], clock, seed=seed)
    seen: list[Any] = []
    exchange.tell = lambda _account, event: seen.append(event)
    exchange.moved = lambda market: seen.extend([market.book.flush(), *market.fresh()])
    for number in range(20):
        clock.advance(0.1)
        exchange.step()
        price = exchange.market("BTCUSDT").book.best_bid.price
        exchange.engine.place(account, ticket(f"order-{number}", price))
    return seen


def ticket(client_id: str, price: Decimal, quantity: str = "0.01", side: Side = Side.BUY) -> Ticket:
    return Ticket(
        BITCOIN,
        side,
        OrderType.LIMIT,
        client_id,
        Detail.FULL,
        TimeInForce.GTC,
        quantity=Decimal(quantity),
        price=price,
    )


def test_the_same_seed_and_commands_give_the_same_history() -> None:
    assert history(7) == history(7)


def test_another_seed_gives_another_history() -> None:
    assert history(7) != history(8)


def test_what_clients_do_does_not_move_the_price() -> None:
    clock = ManualClock(START_MS)
    quiet, busy = (Exchange(SYMBOLS, [Account()], clock, seed=3) for _ in range(2))
    for number in range(20):
        busy.engine.place(busy.accounts["venue-demo-key"], ticket(f"n{number}", Decimal(60_100), "0.5"))
        quiet.step()
        busy.step()
        assert busy.market("BTCUSDT").mid == quiet.market("BTCUSDT").mid


def test_two_servers_with_one_seed_tell_the_same_prices() -> None:
    with VenueThread(seed=5) as first, VenueThread(seed=5) as second:
        first.step(10)
        second.step(10)
        assert first.mid("ETHUSDT") == second.mid("ETHUSDT")


def test_speed_makes_the_market_move_farther() -> None:
    def range_of(speed: float) -> Decimal:
        exchange = Exchange(SYMBOLS, [Account()], ManualClock(START_MS), seed=7, speed=speed)
        mids = []
        for _ in range(100):
            exchange.step()
            mids.append(exchange.market("BTCUSDT").mid)
        return max(mids) - min(mids)

    assert range_of(100.0) > 5 * range_of(1.0)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1_000),
    commands=st.lists(
        st.tuples(
            st.sampled_from(["buy", "sell", "cancel", "step"]),
            st.integers(59_900, 60_100),
            st.integers(1, 300),
        ),
        max_size=30,
    ),
)
def test_no_sequence_of_commands_makes_or_loses_money(seed: int, commands: list[tuple[str, int, int]]) -> None:
    account = Account()
    exchange = Exchange(SYMBOLS[:1], [account], ManualClock(START_MS), seed=seed)
    for number, (what, price, hundredths) in enumerate(commands):
        still_open = exchange.blotter.open(account)
        if what == "step":
            exchange.step()
        elif what == "cancel" and still_open:
            exchange.engine.cancel(still_open[0], f"cancel-{number}")
        elif what in ("buy", "sell"):
            side = Side.BUY if what == "buy" else Side.SELL
            quantity = str(Decimal(hundredths) / 10_000)
            exchange.engine.place(account, ticket(f"n{number}", Decimal(price), quantity, side))
    orders = exchange.blotter.of(account)
    fills = [(order, fill) for order in orders for fill in order.fills]
    coins = sum((fill.quantity if order.buy else -fill.quantity for order, fill in fills), Decimal(0))
    paid = sum((fill.price * (fill.quantity if order.buy else -fill.quantity) for order, fill in fills), Decimal(0))
    fees = {
        asset: sum((fill.commission for _, fill in fills if fill.commission_asset == asset), Decimal(0))
        for asset in ("BTC", "USDT")
    }
    bitcoin, dollars = account.balance("BTC"), account.balance("USDT")
    assert bitcoin.free + bitcoin.locked == 10 + coins - fees["BTC"]
    assert dollars.free + dollars.locked == pytest.approx(1_000_000 - paid - fees["USDT"])
    locked = sum((order.remaining for order in orders if order.is_open and not order.buy), Decimal(0))
    assert bitcoin.locked == locked
