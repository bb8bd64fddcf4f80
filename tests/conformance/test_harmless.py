"""The bot is the same with and without instrumentation, and so is what the venue sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import events
from tests.conformance.driver import Behaviour, has_stream, pulls, takes_names
from tests.conformance.reading import CLIENT_ID, Desk
from tests.conformance.runs import Runs, both
from tests.conformance.surface import functions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conformance.driver import Bot
    from tests.conformance.found import Case
    from tests.recording import Recorded

_kept: dict[str, Runs] = {}


@pytest.fixture
async def runs(case: Case, bare: None, recorded: Recorded) -> Runs:  # noqa: ARG001 - comes first, and records
    """The same session without and with instrumentation, run once for the tests that compare them."""
    if str(case) not in _kept:
        _kept[str(case)] = await both(case)
    return _kept[str(case)]


@pytest.mark.asks(Behaviour.UNCHANGED)
async def test_the_bot_gets_what_it_would_get_without_us(runs: Runs) -> None:
    assert "submit" in runs.plain.got
    assert runs.instrumented.got == runs.plain.got


@pytest.mark.asks(Behaviour.UNCHANGED)
async def test_the_bots_handler_is_called_with_what_it_would_be_called_with_without_us(case: Case, runs: Runs) -> None:
    assert runs.plain.said or not has_stream(case.driver, case.variant)
    if pulls(case.driver, case.variant):  # what has changed since the bot took the last message is one
        assert runs.instrumented.said[-1:] == runs.plain.said[-1:]
    else:
        assert runs.instrumented.said == runs.plain.said


@pytest.mark.asks(Behaviour.EXCEPTIONS)
async def test_the_bot_is_raised_what_it_would_be_raised_without_us(runs: Runs) -> None:
    assert [error for error in runs.plain.errors.values() if error is not None], "nothing failed: list it as missing"
    assert runs.instrumented.errors == runs.plain.errors


@pytest.mark.asks(Behaviour.NO_LEAK)
async def test_the_venue_sees_what_it_would_see_without_us(case: Case, runs: Runs) -> None:
    assert len(runs.plain.seen) > 1
    if takes_names(case.driver, case.variant):
        assert [request for request in runs.plain.seen if CLIENT_ID in request] != []
    assert runs.instrumented.seen == runs.plain.seen


@pytest.mark.asks(Behaviour.NO_LEAK)
async def test_neither_trace_nor_baggage_reaches_the_venue(runs: Runs) -> None:
    seen = "\n".join(runs.instrumented.seen).lower()
    assert "traceparent" not in seen
    assert "secret-desk" not in seen


@pytest.mark.asks(Behaviour.RESTORE)
@pytest.mark.usefixtures("bare")
async def test_uninstrumenting_puts_back_the_very_same_functions(case: Case) -> None:
    async with case.driver.open(case.variant):
        pass  # some of a library is made when it is used first
    before = functions(case.driver.library)
    instrumentor = case.driver.instrumentor()
    instrumentor.instrument()
    between = functions(case.driver.library)
    instrumentor.uninstrument()
    assert _changed(before, between) != [], "the instrumentor did nothing"
    assert _changed(before, functions(case.driver.library)) == []


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) is not after.get(name)]


@pytest.mark.asks(Behaviour.RESTORE)
async def test_a_bot_that_goes_on_after_uninstrumenting_is_not_recorded(desk: Desk, bot: Bot, case: Case) -> None:
    if has_stream(case.driver, case.variant):
        await bot.follow_orders()
    case.driver.instrumentor().uninstrument()
    desk.recorded.clear()
    order = await bot.submit(quantity=case.driver.quantity, price=case.driver.price, client_id=CLIENT_ID)
    if has_stream(case.driver, case.variant):
        said = len(bot.said())
        bot.execute(order, case.driver.quantity)
        await desk.until(lambda: len(bot.said()) > said)
    await bot.query()
    assert desk.recorded.spans() == []
    assert desk.names() == []


@pytest.mark.asks(Behaviour.RESTORE)
@pytest.mark.usefixtures("instrumented")
async def test_instrumenting_again_records_again_and_once(case: Case, recorded: Recorded) -> None:
    instrumentor = case.driver.instrumentor()
    instrumentor.uninstrument()
    instrumentor.instrument()
    async with case.driver.open(case.variant) as bot:
        desk = Desk(case, bot, recorded)
        await desk.send()
        assert len(desk.events(events.TRADING_ORDER_SUBMITTED)) == 1
