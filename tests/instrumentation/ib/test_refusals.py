"""What TWS refuses, and what only looks like it: one channel tells of orders, of requests and of warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.instrumentation.ib.stories import names, told
from tests.venues.ib import reports
from tests.venues.ib.desk import Key
from tests.venues.ib.wire import message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

    Eventually = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_refusal_says_why_though_inactive_came_before_the_error(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.desk.refuse()
    await bot.submit(price=100.0, client_id="poor-1")
    rejected = told(recorded, "rejected")
    assert names(recorded) == ["submitted", "rejected"]
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    assert rejected[a.TRADING_ORDER_REJECTION_REASON].startswith("Order rejected - reason:")
    assert rejected["error.type"] == "201"


async def test_an_order_that_becomes_inactive_without_a_word_is_rejected(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.mute("3")
    bot.ib.placeOrder(bot.contract, held := bot.order("buy", 1.0, 100.0, "held-1"))
    held_at_venue = message(3, held.orderId, "Inactive", 0.0, 1.0, 0.0, 1720009999, 0, 0.0, 7, "locate", 0.0)
    gateway.say(held_at_venue)
    await bot.until(lambda: "rejected" in names(recorded))
    assert told(recorded, "rejected")[a.TRADING_ORDER_REJECTION_REASON] == "locate"


async def test_an_order_that_worked_and_becomes_inactive_is_suspended(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    placed = await bot.submit(price=100.0)
    resting = gateway.desk.orders[Key(7, placed.native.order.orderId)]
    resting.status = "Inactive"
    gateway.say(reports.order_status(resting))
    await bot.until(lambda: "updated" in names(recorded))
    assert told(recorded, "updated")[a.TRADING_ORDER_STATUS] == "suspended"
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


@pytest.mark.parametrize("code", [399, 404, 2109, 10349])
async def test_a_warning_about_an_order_leaves_its_story_as_it_is(
    bot: Bot, gateway: Gateway, recorded: Recorded, code: int
) -> None:
    placed = await bot.submit(price=100.0)
    heard: list[int] = []
    bot.ib.errorEvent += lambda *error: heard.append(error[1])
    gateway.error(code, "Order Message: it will be held until the market opens", placed.native.order.orderId)
    await bot.until(lambda: code in heard)
    assert names(recorded) == ["submitted", "acknowledged"]


async def test_a_price_off_the_step_is_an_invalid_order(bot: Bot, recorded: Recorded) -> None:
    bot.ib.placeOrder(bot.contract, bot.order("buy", 1.0, 100.001))
    await bot.until(lambda: "rejected" in names(recorded))
    assert told(recorded, "rejected")[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


async def test_a_contract_that_is_unknown_rejects_the_order(bot: Bot, recorded: Recorded) -> None:
    bot.ib.placeOrder(bot.library.Stock("NOSUCH", "SMART", "USD"), bot.order("buy", 1.0, 100.0))
    await bot.until(lambda: "rejected" in names(recorded))
    assert told(recorded, "rejected")[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_symbol"


async def test_a_change_that_is_refused_leaves_the_order_at_work(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    gateway.desk.refuse(201, "Order rejected - reason:The size exceeds the precautionary limit")
    placed.native.order.totalQuantity = 4000.0
    bot.ib.placeOrder(bot.contract, placed.native.order)
    await bot.until(lambda: "amend_rejected" in names(recorded))
    assert names(recorded) == ["submitted", "acknowledged", "amend_requested", "amend_rejected"]
    assert told(recorded, "amend_rejected")[a.TRADING_ORDER_REJECTION_CATEGORY] == "risk_limit"
    bot.execute(placed, 4.0)
    await bot.until(lambda: "filled" in names(recorded))
    assert told(recorded, "filled")[a.TRADING_ORDER_STATUS] == "filled"


async def test_a_change_is_made_when_tws_says_so_and_not_before(bot: Bot, recorded: Recorded) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    placed.native.order.lmtPrice = 101.0
    bot.ib.placeOrder(bot.contract, placed.native.order)
    assert names(recorded)[-1] == "amend_requested"
    await bot.until(lambda: "amended" in names(recorded))
    assert told(recorded, "amended")[a.TRADING_ORDER_PRICE] == 101.0


async def test_a_change_that_comes_too_late_is_refused(bot: Bot, recorded: Recorded) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    bot.execute(placed, 4.0)  # which the bot has not heard of yet
    placed.native.order.lmtPrice = 101.0
    bot.ib.placeOrder(bot.contract, placed.native.order)
    await bot.until(lambda: "amend_rejected" in names(recorded))
    assert told(recorded, "amend_rejected")[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 1


async def test_a_cancel_that_comes_too_late_is_refused_and_the_fill_stays(bot: Bot, recorded: Recorded) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0)
    bot.execute(placed, 4.0)
    bot.ib.cancelOrder(placed.native.order)
    await bot.until(lambda: "cancel_rejected" in names(recorded))
    refused = told(recorded, "cancel_rejected")
    assert refused[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    assert refused[a.TRADING_ORDER_STATUS] == "filled"
    assert "canceled" not in names(recorded)


async def test_an_order_that_is_called_submitted_while_it_is_canceled_stays_under_way(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    placed = await bot.submit(price=100.0)
    resting = gateway.desk.orders[Key(7, placed.native.order.orderId)]
    gateway.mute("4")
    bot.ib.cancelOrder(placed.native.order)
    heard: list[int] = []
    bot.ib.errorEvent += lambda *error: heard.append(error[1])
    gateway.say(reports.order_status(resting), reports.error(-1, 2106, "HMDS data farm connection is OK:ushmds"))
    await bot.until(lambda: heard)
    updated = told(recorded, "updated")
    assert updated[a.TRADING_ORDER_STATUS] == "pending_cancel"


async def test_a_cancel_of_an_order_that_nobody_knows_is_counted(bot: Bot, recorded: Recorded) -> None:
    unknown = bot.library.Order(orderId=4711, clientId=7)
    assert bot.ib.cancelOrder(unknown) is None
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1
    assert names(recorded) == []


async def test_without_a_connection_the_bot_gets_the_librarys_error_and_the_order_is_rejected(
    bot: Bot, recorded: Recorded
) -> None:
    bot.closing = True
    bot.ib.disconnect()
    with pytest.raises(ConnectionError, match=r"^Not connected$"):
        bot.ib.placeOrder(bot.contract, bot.order("buy", 1.0, 100.0, "late-1"))
    rejected = told(recorded, "rejected")
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"
    assert rejected["error.type"] == "ConnectionError"


async def test_a_change_of_an_order_that_is_done_raises_what_the_library_raises(bot: Bot, recorded: Recorded) -> None:
    placed = await bot.submit(price=100.0)
    await bot.cancel(placed)
    with pytest.raises(AssertionError) as raised:
        bot.ib.placeOrder(bot.contract, placed.native.order)
    assert raised.value.args == ()
    assert raised.traceback[-1].name == "placeOrder"
    assert told(recorded, "amend_rejected")[a.TRADING_ORDER_REJECTION_REASON] == "the order is done"


async def test_an_order_that_is_unanswered_when_the_connection_breaks_is_unconfirmed(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.break_next()
    bot.ib.placeOrder(bot.contract, bot.order("buy", 1.0, 100.0, "lost-1"))
    await bot.until(lambda: "unconfirmed" in names(recorded))
    unconfirmed = told(recorded, "unconfirmed")
    assert unconfirmed[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"
    assert unconfirmed[a.TRADING_ORDER_STATUS] == "pending_new"
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1


async def test_what_happened_while_the_bot_was_away_is_told_when_it_is_back(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    placed = await bot.submit(price=100.0, quantity=4.0, client_id="away-1")
    gateway.drop()
    bot.execute(placed, 3.0)
    await bot.until(lambda: "fee" in names(recorded))
    assert names(recorded, "away-1").count("filled") == 1
    assert told(recorded, "filled")[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == 3.0
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 3.0
