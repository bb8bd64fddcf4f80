"""The bot's own handlers run as ever, and what they log and place belongs to the order that they are told of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from opentelemetry import trace

from otel_trading.orders.context import current_order
from otel_trading.semconv import attributes as a
from tests.instrumentation.ib.stories import told_of

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway


class _Heard:
    """What was at work when a handler ran."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.traces: list[int] = []

    def __call__(self, *_: Any) -> None:
        this = current_order()
        self.ids.append(this.client_id if this is not None else "")
        self.traces.append(trace.get_current_span().get_span_context().trace_id)


async def test_every_event_of_an_order_is_handled_with_the_order_at_work(bot: Bot) -> None:
    heard = {name: _Heard() for name in ("newOrder", "orderStatus", "execDetails", "commissionReport", "cancelOrder")}
    for name, handler in heard.items():
        event = getattr(bot.ib, f"{name}Event")
        event += handler
    placed = await bot.submit(price=100.0, quantity=4.0, client_id="mine-1")
    bot.execute(placed, 2.0)
    await bot.until(lambda: heard["commissionReport"].ids)
    await bot.cancel(placed)
    for name, handler in heard.items():
        assert set(handler.ids) == {"mine-1"}, name
        assert len(set(handler.traces)) == 1, name
        assert handler.traces[0] != 0, name


async def test_an_error_about_an_order_is_handled_with_the_order_at_work(bot: Bot, gateway: Gateway) -> None:
    handler = _Heard()
    placed = await bot.submit(price=100.0, client_id="mine-1")
    bot.ib.errorEvent += handler
    gateway.error(399, "Order Message: a warning", placed.native.order.orderId)
    gateway.error(2106, "HMDS data farm connection is OK:ushmds")
    await bot.until(lambda: len(handler.ids) == 2)
    assert handler.ids == ["mine-1", ""]


async def test_an_async_handler_works_for_the_order_too(bot: Bot) -> None:
    heard: list[str] = []

    async def on_fill(trade: Any, fill: Any) -> None:  # noqa: ARG001 - as the library calls it
        await asyncio.sleep(0)
        this = current_order()
        heard.append(this.client_id if this is not None else "")

    trade = bot.ib.placeOrder(bot.contract, bot.order("buy", 4.0, 100.0, "mine-1"))
    trade.fillEvent += on_fill
    await bot.until(lambda: trade.orderStatus.status == "Submitted")
    bot.gateway.execute(7, trade.order.orderId, 4.0)
    await bot.until(lambda: heard)
    assert heard == ["mine-1"]


async def test_an_order_that_a_handler_places_is_a_story_of_its_own(bot: Bot, recorded: Recorded) -> None:
    def hedge(trade: Any, _: Any) -> None:
        if trade.order.orderRef == "entry-1":
            bot.ib.placeOrder(bot.contract, bot.order("sell", 4.0, 200.0, "hedge-1"))

    bot.ib.execDetailsEvent += hedge
    placed = await bot.submit(price=100.0, quantity=4.0, client_id="entry-1")
    bot.execute(placed, 4.0)
    await bot.until(lambda: [each for each in told_of(recorded, "hedge-1") if each["name"] == "acknowledged"])
    assert [each["name"] for each in told_of(recorded, "hedge-1")] == ["submitted", "acknowledged"]
    assert told_of(recorded, "hedge-1")[0][a.TRADING_ORDER_SIDE] == "sell"


async def test_no_listener_is_added_to_any_event(bot: Bot) -> None:
    placed = await bot.submit(price=100.0)
    listening = {name: len(getattr(bot.ib, name)) for name in bot.ib.events}
    assert {name for name, count in listening.items() if count} == {"disconnectedEvent", "errorEvent"}
    assert listening["errorEvent"] == 1, "the library's own"
    assert [name for name in placed.native.events if len(getattr(placed.native, name))] == []
