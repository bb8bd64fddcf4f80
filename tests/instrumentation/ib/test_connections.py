"""The bot's connection to TWS, TWS's own to the broker, and the data farms behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry._logs import SeverityNumber

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.recording import attributes

if TYPE_CHECKING:
    from opentelemetry._logs import LogRecord

    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

_LOST = "Connectivity between IB and Trader Workstation has been lost."
_BACK = "Connectivity between IB and Trader Workstation has been restored - data maintained."


def active(recorded: Recorded) -> float:
    return recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE)


def lost(recorded: Recorded) -> list[LogRecord]:
    return recorded.events(events.TRADING_STREAM_DISCONNECTED)


async def test_the_connection_and_the_farm_behind_it_are_counted(bot: Bot, recorded: Recorded) -> None:
    assert bot.ib.isConnected()
    assert active(recorded) == 2


async def test_a_broker_out_of_reach_is_a_lost_connection_though_the_socket_is_open(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.error(1100, _LOST)
    await bot.until(lambda: lost(recorded))
    (event,) = lost(recorded)
    assert event.severity_number is SeverityNumber.WARN
    assert attributes(event)[a.TRADING_STREAM_CLOSE_CODE] == 1100
    assert attributes(event)[a.TRADING_STREAM_CLOSE_REASON] == _LOST
    assert active(recorded) == 1
    gateway.error(1102, _BACK)
    await bot.until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1)
    assert active(recorded) == 2


async def test_a_data_farm_that_breaks_is_told_by_its_name(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    gateway.error(2103, "Market data farm connection is broken:usfarm")
    await bot.until(lambda: lost(recorded))
    assert attributes(lost(recorded)[0])["server.address"] == "usfarm"
    assert active(recorded) == 1
    gateway.error(2104, "Market data farm connection is OK:usfarm")
    await bot.until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1)


async def test_a_farm_that_says_again_that_it_is_well_is_no_news(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    heard: list[int] = []
    bot.ib.errorEvent += lambda *error: heard.append(error[1])
    gateway.error(2104, "Market data farm connection is OK:usfarm")
    await bot.until(lambda: 2104 in heard)
    assert recorded.events(events.TRADING_STREAM_CONNECTED) == []
    assert active(recorded) == 2


async def test_a_connection_that_the_bot_ends_is_no_loss(bot: Bot, recorded: Recorded) -> None:
    bot.closing = True
    bot.ib.disconnect()
    assert active(recorded) == 0
    assert {event.severity_number for event in lost(recorded)} == {SeverityNumber.INFO}


async def test_a_connection_that_breaks_is_made_up_for_by_the_next(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.drop()
    await bot.until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 2)
    assert [event.severity_number for event in lost(recorded)] == [SeverityNumber.WARN] * 2
    assert active(recorded) == 2
