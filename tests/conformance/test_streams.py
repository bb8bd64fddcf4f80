"""Queries, market data and connections: what a monitor sees when the venue answers, falls silent or goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.trace import SpanKind, StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.conformance.driver import Behaviour, tells_time
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conformance.found import Case
    from tests.conformance.reading import Desk
    from tests.recording import Recorded

_SILENCE = 0.4
"""Longer than any venue here goes between two messages, in seconds."""


@pytest.mark.asks(Behaviour.QUERY)
async def test_a_query_is_a_client_span_with_its_duration(desk: Desk) -> None:
    before = desk.total(metrics.TRADING_REQUEST_DURATION)
    await desk.bot.query()
    (span,) = [span for span in desk.recorded.spans() if (span.instrumentation_scope or span).name == "otel_trading"]
    told = attributes(span)
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    assert told[a.TRADING_VENUE] == desk.driver.venue
    assert span.name == f"{told[a.TRADING_OPERATION]} {desk.driver.venue}"
    point = desk.recorded.point(metrics.TRADING_REQUEST_DURATION, **{a.TRADING_OPERATION: told[a.TRADING_OPERATION]})
    assert desk.total(metrics.TRADING_REQUEST_DURATION) == before + 1
    assert 0 < point.sum < 5


@pytest.mark.asks(Behaviour.MARKET_DATA)
async def test_market_data_has_an_age(desk: Desk) -> None:
    await desk.bot.follow_market()
    await desk.until(lambda: desk.age() >= 0)
    point = desk.recorded.metric(metrics.TRADING_MARKET_DATA_AGE, **{a.TRADING_SYMBOL: desk.driver.symbol})[0]
    assert point.attributes[a.TRADING_VENUE] == desk.driver.venue
    assert point.attributes[a.TRADING_STREAM_NAME]
    assert point.value < 5


@pytest.mark.asks(Behaviour.MARKET_DATA)
async def test_market_data_that_tells_its_time_has_a_latency(desk: Desk) -> None:
    if not tells_time(desk.driver, desk.case.variant):
        pytest.skip("its market data tells no time of the venue's")
    await desk.bot.follow_market()
    await desk.until(lambda: desk.total(metrics.TRADING_MARKET_DATA_LATENCY) >= 1)
    point = desk.recorded.metric(metrics.TRADING_MARKET_DATA_LATENCY, **{a.TRADING_SYMBOL: desk.driver.symbol})[0]
    assert point.attributes[a.TRADING_VENUE] == desk.driver.venue
    assert point.sum / point.count < 5


@pytest.mark.asks(Behaviour.MARKET_DATA)
async def test_market_data_makes_no_spans(desk: Desk) -> None:
    await desk.bot.follow_market()
    await desk.until(lambda: desk.age() >= 0)
    assert [span.name for span in desk.recorded.spans() if span.kind is SpanKind.CONSUMER] == []


@pytest.mark.asks(Behaviour.SILENCE)
async def test_market_data_of_a_silent_stream_grows_old_while_it_is_connected(desk: Desk) -> None:
    await desk.bot.follow_market()
    await desk.until(lambda: 0 <= desk.age() < _SILENCE)
    connected = desk.connections()
    desk.bot.silence_streams()
    await desk.until(lambda: desk.age() > _SILENCE)
    first = desk.age()
    await desk.until(lambda: desk.age() > 2 * _SILENCE)
    assert desk.age() > first
    assert desk.connections() == connected
    assert desk.recorded.events(events.TRADING_STREAM_DISCONNECTED) == []


@pytest.mark.asks(Behaviour.RECONNECT)
async def test_an_open_stream_is_counted_and_told(desk: Desk) -> None:
    before = desk.connections()
    opened = len(desk.recorded.events(events.TRADING_STREAM_CONNECTED))
    await desk.bot.follow_market() if desk.case.has(Behaviour.MARKET_DATA) else await desk.bot.follow_orders()
    await desk.until(lambda: desk.connections() >= 1)
    told = len(desk.recorded.events(events.TRADING_STREAM_CONNECTED)) - opened
    assert desk.connections() - before == told
    assert desk.total(metrics.TRADING_STREAM_RECONNECTS) == 0


@pytest.mark.asks(Behaviour.RECONNECT)
async def test_a_lost_stream_is_a_warning_and_the_one_that_takes_its_place_a_reconnect(desk: Desk) -> None:
    await desk.bot.follow_orders()
    await desk.until(lambda: desk.connections() >= 1)
    open_before = desk.connections()
    desk.bot.drop_streams()
    await desk.until(lambda: len(desk.recorded.events(events.TRADING_STREAM_DISCONNECTED)) == open_before)
    await desk.until(lambda: desk.total(metrics.TRADING_STREAM_RECONNECTS) == open_before)
    assert desk.connections() == open_before
    for event in desk.recorded.events(events.TRADING_STREAM_DISCONNECTED):
        assert event.severity_number is SeverityNumber.WARN
        assert attributes(event)[a.TRADING_VENUE] == desk.driver.venue


@pytest.mark.asks(Behaviour.RECONNECT)
@pytest.mark.usefixtures("instrumented")
async def test_a_stream_that_the_bot_closes_is_neither_lost_nor_counted_as_open(
    case: Case, recorded: Recorded, eventually: Callable[..., Awaitable[None]]
) -> None:
    async with case.driver.open(case.variant) as bot:
        await bot.follow_orders()
        await eventually(lambda: recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) >= 1)
    await eventually(lambda: recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0)
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 0
    severities = {event.severity_number for event in recorded.events(events.TRADING_STREAM_DISCONNECTED)}
    assert severities == {SeverityNumber.INFO}
