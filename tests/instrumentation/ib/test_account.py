"""What TWS tells besides orders: positions, profit and loss, its time, market data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.orders import market
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.venues.ib import account, contracts
from tests.venues.ib.account import ACCOUNT
from tests.venues.ib.wire import message

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.venues.ib.bots import Bot
    from tests.venues.ib.gateway import Gateway

VENUE = "interactive_brokers"
AAPL = contracts.TRADED[0]


def position(recorded: Recorded) -> float:
    return float(recorded.point(metrics.TRADING_POSITION_QUANTITY, **{a.TRADING_SYMBOL: "AAPL"}).value)


async def test_the_position_at_the_start_is_known(bot: Bot, recorded: Recorded) -> None:
    assert bot.ib.positions()
    assert position(recorded) == 100.0


async def test_a_position_is_what_all_accounts_hold(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    gateway.say(account.position(AAPL, -30.0, "DU1111111"))
    await bot.until(lambda: len(bot.ib.positions()) == 2)
    assert position(recorded) == 70.0


async def test_a_position_that_is_closed_is_none(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    gateway.say(account.position(AAPL, 0.0))
    await bot.until(lambda: bot.ib.positions() == [])
    assert position(recorded) == 0.0


async def test_the_portfolio_tells_the_position_too(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    gateway.say(account.portfolio(AAPL, 40.0, 1.0))
    await bot.until(lambda: bot.ib.portfolio()[0].position == 40.0)
    assert position(recorded) == 40.0


async def test_profit_and_loss_are_those_of_the_account_in_its_currency(bot: Bot, recorded: Recorded) -> None:
    told = bot.ib.reqPnL(ACCOUNT)
    await bot.until(lambda: told.realizedPnL == 12.5)
    realized, unrealized = recorded.point(metrics.TRADING_PNL_REALIZED), recorded.point(metrics.TRADING_PNL_UNREALIZED)
    assert (realized.value, unrealized.value) == (12.5, -3.25)
    assert dict(realized.attributes) == {a.TRADING_VENUE: VENUE, a.TRADING_CURRENCY: "USD"}


async def test_profit_and_loss_that_tws_has_not_computed_are_left_out(
    bot: Bot, gateway: Gateway, recorded: Recorded
) -> None:
    gateway.profit = (1.7976931348623157e308, -3.25)
    told = bot.ib.reqPnL(ACCOUNT)
    await bot.until(lambda: told.unrealizedPnL == -3.25)
    assert recorded.metric(metrics.TRADING_PNL_REALIZED) == []


async def test_profit_and_loss_of_one_contract_are_told_under_its_symbol(bot: Bot, recorded: Recorded) -> None:
    told = bot.ib.reqPnLSingle(ACCOUNT, "", AAPL.con_id)
    await bot.until(lambda: told.realizedPnL == 12.5)
    point = recorded.point(metrics.TRADING_PNL_REALIZED)
    assert dict(point.attributes) == {a.TRADING_VENUE: VENUE, a.TRADING_SYMBOL: "AAPL"}


@pytest.mark.parametrize(("ahead", "within"), [(0.0, (0.0, 0.0)), (30.0, (28.9, 30.1)), (-30.0, (-30.1, -28.9))])
async def test_the_clocks_offset_is_the_least_that_whole_seconds_allow(
    bot: Bot, gateway: Gateway, recorded: Recorded, ahead: float, within: tuple[float, float]
) -> None:
    least, most = within
    gateway.clock_ahead = ahead
    await bot.query()
    assert least <= recorded.point(metrics.TRADING_CLOCK_OFFSET).value <= most


async def test_a_tickers_age_is_known_and_its_mid_is_the_last_quote(bot: Bot, recorded: Recorded) -> None:
    await bot.follow_market()
    point = recorded.point(metrics.TRADING_MARKET_DATA_AGE, **{a.TRADING_SYMBOL: "AAPL"})
    quote = market.last_quote(VENUE, "AAPL")
    assert point.attributes[a.TRADING_STREAM_NAME] == "ticker"
    assert quote is not None
    assert 150.0 < quote.mid < 150.1


async def test_a_snapshot_is_a_quote_and_has_no_age(bot: Bot, recorded: Recorded) -> None:
    (ticker,) = await bot.ib.reqTickersAsync(bot.contract)
    assert ticker.bid > 0
    asked_once = bot.ib.reqMktData(bot.library.Forex("EURUSD", conId=12087792), snapshot=True)
    await bot.until(lambda: asked_once.bid > 0)
    assert market.last_quote(VENUE, "AAPL") is not None
    assert market.last_quote(VENUE, "EURUSD") is not None
    assert recorded.metric(metrics.TRADING_MARKET_DATA_AGE) == []


async def test_delayed_prices_are_no_quote(bot: Bot, gateway: Gateway) -> None:
    await bot.follow_market()
    (request,) = bot.ib.wrapper.reqId2Ticker
    market.reset()
    gateway.silence()
    gateway.say(message(58, 1, request, 3), account.ticks(request, 10.0, 10.02))
    ticker = bot.ib.wrapper.reqId2Ticker[request]
    await bot.until(lambda: ticker.ask == 10.02)
    assert market.last_quote(VENUE, "AAPL") is None


async def test_bars_that_keep_coming_have_an_age(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    bars = bot.ib.reqRealTimeBars(bot.contract, 5, "TRADES", useRTH=False)
    gateway.say(message(50, 3, bars.reqId, int(time.time()), 1.0, 2.0, 0.5, 1.5, 10, 1.2, 3))
    await bot.until(lambda: bars)
    point = recorded.point(metrics.TRADING_MARKET_DATA_AGE)
    assert dict(point.attributes)[a.TRADING_STREAM_NAME] == "bars"


async def test_an_order_book_that_is_reset_is_a_gap(bot: Bot, gateway: Gateway, recorded: Recorded) -> None:
    ticker: Any = bot.ib.reqMktDepth(bot.contract)
    (request,) = bot.ib.wrapper.reqId2Ticker
    heard: list[int] = []
    bot.ib.errorEvent += lambda *error: heard.append(error[1])
    gateway.error(317, "Market depth data has been RESET", request)
    await bot.until(lambda: 317 in heard)
    assert ticker.contract.symbol == "AAPL"
    assert recorded.total(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS) == 1
