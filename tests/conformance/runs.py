"""The same session of a bot, without instrumentation and with it."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import baggage, context, propagate, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otel_trading.orders.context import use_context
from otel_trading.telemetry.propagation import GatedPropagator
from tests.conformance.comparing import Raised, comparable, raised, shape
from tests.conformance.driver import Behaviour, LooksUp, has_stream, pulls
from tests.conformance.reading import CLIENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from tests.conformance.driver import Bot, Placed
    from tests.conformance.found import Case

_SECONDS = 20.0
_QUIET = 0.2
"""How long no message comes when there are no more, in s."""


class Run(NamedTuple):
    """What a session gave the bot, raised, and called its handler with, and what the venue saw; without what varies."""

    got: dict[str, str]
    errors: dict[str, Raised | None]
    said: list[str]
    seen: list[str]


class Runs(NamedTuple):
    """A session without instrumentation, and with it."""

    plain: Run
    instrumented: Run


async def both(case: Case) -> Runs:
    """Run the session twice, each time at a venue of its own."""
    plain = await _run(case)
    with _instrumented(case):
        return Runs(plain, await _run(case, plain.said))


@contextmanager
def _instrumented(case: Case) -> Iterator[None]:
    """Have all at work that a distribution switches on, and all current that could leak."""
    before = propagate.get_global_textmap()
    everything = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
    propagate.set_global_textmap(GatedPropagator(everything, ()))
    instrumentors = (case.driver.instrumentor(), RequestsInstrumentor(), AioHttpClientInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument()
    try:
        here = baggage.set_baggage("desk", "secret-desk", context.get_current())
        with use_context(here), trace.get_tracer("bot").start_as_current_span("work"):
            yield
    finally:
        for instrumentor in instrumentors:
            instrumentor.uninstrument()
        propagate.set_global_textmap(before)


async def _run(case: Case, before: Sequence[str] = ()) -> Run:
    """Run the session; what the bot's handler said ``before`` tells how much it is to hear of at least."""
    driver = case.driver
    async with driver.open(case.variant) as bot:
        got, order = await _trade(case, bot)
        errors = await _fail(case, bot, order)
        said = await _said(case, bot, before)
        seen = [comparable(driver, request) for request in bot.seen()]
    return Run({name: comparable(driver, str(shape(value))) for name, value in got.items()}, errors, said, seen)


async def _trade(case: Case, bot: Bot) -> tuple[dict[str, Any], Placed]:
    """Trade as far as the library can; return what each call gave, and the order."""
    driver, got = case.driver, {}
    if has_stream(driver, case.variant):
        await bot.follow_orders()
    order = await bot.submit(quantity=driver.quantity, price=driver.price, client_id=CLIENT_ID)
    got["submit"] = order.native
    if driver.streams_follow:
        await _until(bot.said)
    if isinstance(bot, LooksUp):
        got["look up"] = await bot.look_up(order)
    if case.has(Behaviour.AMEND):
        order = await bot.amend(order, quantity=2 * driver.quantity, price=lower(driver.price))
        got["amend"] = order.native
    if case.has(Behaviour.CANCEL):
        got["cancel"] = await bot.cancel(order)
    if case.has(Behaviour.QUERY):
        got["query"] = await bot.query()
    return got, order


async def _fail(case: Case, bot: Bot, order: Placed) -> dict[str, Raised | None]:
    """Have requests fail in each way that there is; return what each raised."""
    errors = {}
    if case.has(Behaviour.CANCEL) and not case.driver.streams_follow:  # else the call says nothing of it
        errors["cancel again"] = await _raised(case, bot.cancel(order))
    for way, go_wrong in {Behaviour.REJECT: bot.refuse_next, Behaviour.UNANSWERED: bot.ignore_next}.items():
        if case.has(way):
            go_wrong()
            again = bot.submit(quantity=case.driver.quantity, price=case.driver.price, client_id=CLIENT_ID)
            errors[way.value] = await _raised(case, again)
    return errors


async def _raised(case: Case, doing: Coroutine[Any, Any, object]) -> Raised | None:
    try:
        await doing
    except Exception as error:  # noqa: BLE001 - each library has its own
        return _comparable(case, raised(error))
    return None


async def _said(case: Case, bot: Bot, before: Sequence[str]) -> list[str]:
    """Return what the bot's handler said of each message, once nothing more comes.

    A bot that takes each message itself may find two in one, so it is only the last that has to come again.
    """

    def said() -> list[str]:
        return [comparable(case.driver, line) for line in bot.said()]

    def has_heard() -> bool:
        return said()[-1:] == list(before[-1:]) if pulls(case.driver, case.variant) else len(said()) >= len(before)

    await _until(lambda: not before or has_heard())
    found: list[str] = []
    while len(found) < len(bot.said()):
        found = said()
        await asyncio.sleep(_QUIET)
    return found


def _comparable(case: Case, error: Raised | None) -> Raised | None:
    if error is None:
        return None
    return error._replace(
        arguments=comparable(case.driver, error.arguments),
        words=comparable(case.driver, error.words),
        cause=_comparable(case, error.cause),
        context=_comparable(case, error.context),
    )


async def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


def lower(price: float) -> float:
    """Return a price a little below, where a buy rests all the more."""
    return round(price * 0.99, 2)
