"""Requests that are no orders: one span and one duration each, whichever way the bot waits for the answer."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode

from otel_trading.orders.blocks import order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.recording import attributes
from tests.venues.ib.bots import CLIENT_ID, SYNC, bot_of

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

_OPERATION = a.TRADING_OPERATION


async def test_a_plain_method_goes_on_returning_a_future(bot: Bot) -> None:
    asked = bot.ib.reqPositionsAsync()
    assert isinstance(asked, asyncio.Future)
    (position,) = await asked
    assert position.position == 100.0


async def test_a_method_that_asks_several_times_is_one_query(bot: Bot, recorded: Recorded) -> None:
    found = await bot.ib.qualifyContractsAsync(bot.contract, bot.library.Forex("EURUSD"))
    assert len(found) == 2
    assert recorded.span().name == "qualifyContracts interactive_brokers"
    assert recorded.total(metrics.TRADING_REQUEST_DURATION, **{_OPERATION: "reqContractDetails"}) == 0


@pytest.mark.usefixtures("instrumented")
async def test_a_call_that_waits_is_told_once(package: str, recorded: Recorded) -> None:
    async with bot_of(package, SYNC) as bot:
        recorded.clear()
        await bot.query()
        assert [span.name for span in recorded.spans()] == ["reqCurrentTime interactive_brokers"]
        assert recorded.total(metrics.TRADING_REQUEST_DURATION, **{_OPERATION: "reqCurrentTime"}) == 1


async def test_a_query_says_which_contract_it_is_about(bot: Bot, recorded: Recorded) -> None:
    bars = await bot.ib.reqHistoricalDataAsync(bot.contract, "", "2 D", "1 day", "TRADES", useRTH=True)
    assert len(bars) == 2
    assert attributes(recorded.span())[a.TRADING_SYMBOL] == "AAPL"


async def test_a_request_that_tws_refuses_fails_its_span_though_the_result_is_empty(
    bot: Bot, recorded: Recorded
) -> None:
    assert await bot.ib.reqContractDetailsAsync(bot.library.Stock("NOSUCH", "SMART", "USD")) == []
    span = recorded.span()
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span)["error.type"] == "200"
    assert attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_symbol"


async def test_a_request_that_raises_raises_what_the_library_raises(
    bot: Bot, lib: Any, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.ib, "RaiseRequestErrors", True)
    with pytest.raises(lib.wrapper.RequestError) as raised:
        await bot.ib.reqContractDetailsAsync(lib.Stock("NOSUCH", "SMART", "USD"))
    assert raised.value.code == 200
    assert recorded.span().status.status_code is StatusCode.ERROR


async def test_an_error_that_nobody_takes_is_still_one_that_asyncio_tells_of(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.ib, "RaiseRequestErrors", True)
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    asked = bot.ib.reqContractDetailsAsync(bot.library.Stock("NOSUCH", "SMART", "USD"))
    await bot.until(asked.done)
    await asyncio.sleep(0)  # what was to be called when it was done has been called
    del asked
    await bot.until(lambda: told)
    assert told[0]["message"] == "Future exception was never retrieved"


@pytest.mark.usefixtures("instrumented")
async def test_connecting_is_one_query_however_much_it_asks(package: str, recorded: Recorded) -> None:
    async with bot_of(package, SYNC):
        connecting = [span.name for span in recorded.spans()]
    assert connecting == ["connect interactive_brokers", "qualifyContracts interactive_brokers"]


async def test_what_is_going_on_while_the_bot_connects_is_over_for_its_messages(
    bot: Bot, lib: Any, gateway: Gateway
) -> None:
    ib = lib.IB()
    with order(client_id="elsewhere"), trace.get_tracer("bot").start_as_current_span("start"):
        await ib.connectAsync("127.0.0.1", gateway.port, clientId=CLIENT_ID + 1)
    seen: list[Any] = []
    ib.pendingTickersEvent += lambda _: seen.append(trace.get_current_span().get_span_context().trace_id)
    ib.reqMktData(bot.contract)
    await bot.until(lambda: seen)
    ib.disconnect()
    assert seen[0] == 0


async def test_a_query_that_is_given_up_is_told_as_unanswered(bot: Bot, recorded: Recorded) -> None:
    bot.gateway.mute("49")
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bot.ib.reqCurrentTimeAsync(), 0.05)
    await bot.until(recorded.spans)
    span = recorded.span()
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY] == "timeout"


def test_threads_are_left_as_they_were() -> None:
    assert [thread.name for thread in threading.enumerate() if thread.name in {"bot", "gateway"}] == []
