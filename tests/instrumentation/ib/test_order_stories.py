"""Orders of either library from the call to the last message, at a gateway that speaks TWS's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.ib import book
from otel_trading.orders.blocks import find_order, order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from otel_trading.testing.fresh import forget
from tests.instrumentation.ib.stories import names, told, told_of
from tests.recording import attributes
from tests.venues.ib import reports
from tests.venues.ib.account import ACCOUNT
from tests.venues.ib.desk import Key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

    Eventually = Callable[[Callable[[], object]], Awaitable[None]]


async def test_an_order_without_a_reference_is_called_by_its_client_and_order_id(bot: Bot, recorded: Recorded) -> None:
    placed = await bot.submit(price=100.0)
    number = placed.native.order.orderId
    acknowledged = told(recorded, "acknowledged")
    assert acknowledged[a.TRADING_ORDER_CLIENT_ID] == f"7:{number}"
    assert acknowledged[a.TRADING_ORDER_ID] == str(placed.native.order.permId)


async def test_a_reference_that_several_orders_bear_names_the_first_only(bot: Bot, recorded: Recorded) -> None:
    first = await bot.submit(price=100.0, client_id="momentum")
    second = await bot.submit(price=99.0, client_id="momentum")
    number = second.native.order.orderId
    assert names(recorded, "momentum") == ["submitted", "acknowledged"]
    assert names(recorded, f"7:{number}") == ["acknowledged"]
    assert find_order(first.id) is not find_order(second.id)


async def test_the_block_that_an_order_is_placed_in_is_its_story(bot: Bot, recorded: Recorded) -> None:
    with order(client_id="block-1") as this:
        await bot.submit(price=100.0)
    assert this.id
    assert names(recorded, "block-1") == ["submitted", "acknowledged"]


async def test_an_execution_is_a_fill_and_its_fee_follows(bot: Bot, recorded: Recorded, eventually: Eventually) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    bot.execute(placed, 4.0)
    await eventually(lambda: "fee" in names(recorded))
    filled, fee = told(recorded, "filled"), told(recorded, "fee")
    assert filled[a.TRADING_EXECUTION_LIQUIDITY] == "taker"
    assert filled[a.TRADING_EXECUTION_ID] == fee[a.TRADING_EXECUTION_ID] == placed.native.fills[0].execution.execId
    assert (fee[a.TRADING_EXECUTION_FEE_AMOUNT], fee[a.TRADING_EXECUTION_FEE_CURRENCY]) == (1.0, "USD")
    assert recorded.total(metrics.TRADING_EXECUTION_FEES) == 1.0
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1


async def test_a_status_that_comes_before_its_execution_is_the_same_fill(
    bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    resting = gateway.desk.orders[Key(7, placed.native.order.orderId)]
    fill = resting.execute(4.0, 100.0)
    gateway.say(reports.order_status(resting))
    await eventually(lambda: "filled" in names(recorded))
    gateway.say(reports.execution(resting, fill, bot.ib.client.serverVersion()), reports.commission(fill))
    await eventually(lambda: "fee" in names(recorded))
    assert names(recorded).count("filled") == 1
    assert told(recorded, "filled")[a.TRADING_EXECUTION_PRICE] == 100.0
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 4.0


async def test_a_corrected_execution_is_counted_once(
    bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    resting = gateway.desk.orders[Key(7, placed.native.order.orderId)]
    fill = resting.execute(2.0, 100.0)
    corrected = fill._replace(id=fill.id[:-2] + "02")
    for told_fill in (fill, corrected):
        gateway.say(reports.execution(resting, told_fill, bot.ib.client.serverVersion()))
    await eventually(lambda: len(placed.native.fills) == 2)
    assert names(recorded).count("filled") == 1
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 2.0


async def test_a_combination_is_filled_once_and_costs_what_its_legs_cost(
    bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually
) -> None:
    bag = bot.library.Bag(symbol="AAPL", exchange="SMART", currency="USD")
    trade = bot.ib.placeOrder(bag, bot.order("buy", 4.0, 100.0, "pair-1"))
    await eventually(lambda: trade.orderStatus.status == "Submitted")
    resting = gateway.desk.orders[Key(7, trade.order.orderId)]
    fill, version = resting.execute(4.0, 100.0), bot.ib.client.serverVersion()
    leg = fill._replace(id=fill.id.replace(".01.01", ".91.01"))
    gateway.say(reports.execution(resting, fill, version))
    resting.contract = resting.contract._replace(security_type="STK")
    gateway.say(reports.execution(resting, leg, version), reports.commission(leg))
    await eventually(lambda: "fee" in names(recorded))
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 4.0
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.total(metrics.TRADING_EXECUTION_FEES) == 1.0


async def test_a_bracket_is_three_stories(bot: Bot, recorded: Recorded, eventually: Eventually) -> None:
    bracket = bot.ib.bracketOrder("BUY", 4.0, 100.0, 120.0, 90.0, orderRef="bracket-1")
    for each in bracket:
        bot.ib.placeOrder(bot.contract, each)
    await eventually(lambda: names(recorded).count("acknowledged") >= 1)
    submitted = [each for each in told_of(recorded) if each["name"] == "submitted"]
    assert [each[a.TRADING_ORDER_TYPE] for each in submitted] == ["limit", "limit", "stop"]
    assert len({each["trace_id"] for each in submitted}) == 3
    assert {each.get(a.TRADING_ORDER_CLIENT_ID) for each in submitted} == {"bracket-1", None}


async def restart(bot: Bot, recorded: Recorded) -> None:
    """Forget everything and connect again, as a process that starts anew."""
    connected: list[bool] = []
    bot.ib.connectedEvent += lambda: connected.append(True)
    bot.ib.disconnect()  # the bot connects again by itself
    recorded.clear()
    forget()
    book._books.clear()
    await bot.until(lambda: connected)


async def test_an_order_of_an_earlier_session_gets_a_story_when_it_is_filled(
    bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    await restart(bot, recorded)
    gateway.execute(7, placed.native.order.orderId, 4.0)
    await eventually(lambda: "filled" in names(recorded))
    filled = told(recorded, "filled")
    assert (filled[a.TRADING_ORDER_ID], filled[a.TRADING_ORDER_STATUS]) == (placed.id, "filled")
    assert (filled[a.TRADING_SYMBOL], filled[a.TRADING_ORDER_SIDE]) == ("AAPL", "buy")


async def test_what_an_order_did_in_an_earlier_session_is_not_told_again(
    bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    bot.execute(placed, 1.0)
    await eventually(lambda: "fee" in names(recorded))
    await restart(bot, recorded)
    assert names(recorded) == []
    gateway.execute(7, placed.native.order.orderId, 3.0)
    await eventually(lambda: "fee" in names(recorded))
    assert names(recorded) == ["filled", "fee"]
    filled = told(recorded, "filled")
    assert (filled[a.TRADING_EXECUTION_QUANTITY], filled[a.TRADING_ORDER_CUMULATIVE_QUANTITY]) == (3.0, 4.0)


async def test_an_order_of_an_earlier_session_is_canceled_in_a_story(
    bot: Bot, recorded: Recorded, eventually: Eventually
) -> None:
    await bot.submit(price=100.0, client_id="old-1")
    await restart(bot, recorded)
    (trade,) = bot.ib.openTrades()
    assert find_order("old-1") is not None
    bot.ib.cancelOrder(trade.order)
    await eventually(lambda: "canceled" in names(recorded))
    assert names(recorded, "old-1") == ["cancel_requested", "updated", "canceled"]


async def test_a_cancel_of_all_cancels_each(bot: Bot, recorded: Recorded, eventually: Eventually) -> None:
    for number in (1, 2):
        await bot.submit(price=100.0, client_id=f"open-{number}")
    bot.ib.reqGlobalCancel()
    await eventually(lambda: names(recorded).count("canceled") == 2)
    for number in (1, 2):
        assert names(recorded, f"open-{number}")[-3:] == ["cancel_requested", "updated", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 2
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_an_order_that_never_left_tws_is_canceled_at_once(bot: Bot, recorded: Recorded) -> None:
    held = bot.order("buy", 1.0, 100.0, "held-1")
    held.transmit = False
    bot.ib.placeOrder(bot.contract, held)
    bot.ib.cancelOrder(held)
    assert names(recorded)[-1] == "canceled"


async def test_a_what_if_order_is_a_question_and_no_order(bot: Bot, recorded: Recorded) -> None:
    state = await bot.ib.whatIfOrderAsync(bot.contract, bot.order("buy", 1.0, 100.0))
    assert float(state.initMarginChange) == 2000.0
    assert names(recorded) == []
    assert recorded.span().name == "whatIfOrder interactive_brokers"


async def test_no_account_is_told_of(bot: Bot, gateway: Gateway, recorded: Recorded, eventually: Eventually) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    bot.execute(placed, 2.0)
    gateway.desk.refuse(201, f"Order rejected - reason:account {ACCOUNT} has no trading permissions")
    await bot.submit(price=100.0)
    bot.ib.reqPnL(ACCOUNT)
    await bot.ib.reqPositionsAsync()
    await eventually(lambda: {"fee", "rejected"} <= set(names(recorded)))
    recorded_of_it: list[Any] = [dict(span.attributes or {}) for span in recorded.spans()]
    recorded_of_it += [(event.body, attributes(event)) for event in recorded.events()]
    assert ACCOUNT not in str(recorded_of_it)
    assert told(recorded, "rejected")[a.TRADING_ORDER_REJECTION_CATEGORY] == "permission"


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_slippage_is_measured_against_the_mid_of_the_bots_own_ticks(
    bot: Bot, recorded: Recorded, eventually: Eventually, side: str
) -> None:
    await bot.follow_market()
    await bot.submit(side=side, quantity=4.0)
    await eventually(lambda: "filled" in names(recorded))
    arrival = told(recorded, "submitted")[a.TRADING_ORDER_ARRIVAL_PRICE]
    assert 150.0 < arrival < 150.1
    assert recorded.total(metrics.TRADING_EXECUTION_SLIPPAGE) == 1
    assert recorded.total(metrics.TRADING_TICK_TO_TRADE_DURATION) == 1
