"""A bot at its venue, and what was recorded of it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.conformance.driver import LooksUp, has_stream
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry._logs import LogRecord
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_trading.semconv.instrument import Instrument
    from tests.conformance.driver import Bot, Placed
    from tests.conformance.found import Case
    from tests.recording import Recorded

CLIENT_ID = "conform-1"
_SECONDS = 20.0
_PREFIX = "trading.order."


class Desk:
    """Where a test stands: what it has the bot and the venue do, and what it sees of it."""

    def __init__(self, case: Case, bot: Bot, recorded: Recorded) -> None:
        self.case = case
        self.driver = case.driver
        self.bot = bot
        self.recorded = recorded
        self._follows = False

    async def follow(self) -> None:
        """Have the bot follow the stream of its own orders, where there is one; a second call changes nothing."""
        if has_stream(self.driver, self.case.variant) and not self._follows:
            self._follows = True
            await self.bot.follow_orders()

    async def send(self, *, client_id: str = CLIENT_ID, **changes: Any) -> Placed:
        """Have the bot send an order that rests at the venue, and wait for what acknowledges it."""
        if self.driver.streams_follow:
            await self.follow()
        asked = {"quantity": self.driver.quantity, "price": self.driver.price} | changes
        order = await self.bot.submit(client_id=client_id, **asked)
        await self.until(lambda: self.events(events.TRADING_ORDER_ACKNOWLEDGED, order))
        return order

    async def send_and_follow(self, **changes: Any) -> Placed:
        """The same with the stream of orders open, where there is one."""
        await self.follow()
        return await self.send(**changes)

    async def execute(self, order: Placed, quantity: float) -> None:
        """Have the venue execute a part of an order, and the bot hear of it: one fill more is recorded."""
        before = len(self.fills())
        self.bot.execute(order, quantity)
        await self.hear(order)
        await self.until(lambda: len(self.fills()) > before)

    async def hear(self, order: Placed) -> None:
        """Have a bot without a stream ask what became of its order."""
        if not has_stream(self.driver, self.case.variant):
            assert isinstance(self.bot, LooksUp), "a bot without a stream has to ask"
            await self.bot.look_up(order)

    async def be_refused(self) -> BaseException | None:
        """Have the venue refuse an order for want of money; return what the bot was raised, if anything."""
        if self.driver.streams_follow:
            await self.follow()
        self.bot.refuse_next()
        return await self.fail()

    async def fail(self) -> BaseException | None:
        """Have the bot send an order that will fail; return what it was raised, if anything."""
        try:
            await self.bot.submit(quantity=self.driver.quantity, price=self.driver.price, client_id=CLIENT_ID)
        except Exception as error:  # noqa: BLE001 - each library has its own
            return error
        return None

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is true; fail, with what was recorded, when it takes too long."""
        deadline = time.monotonic() + _SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"it never became true; recorded: {self.names()}"
            await asyncio.sleep(0.01)

    def names(self) -> list[str]:
        """Return the names of the events about orders, without ``trading.order.``, as they came."""
        return [(each.event_name or "").removeprefix(_PREFIX) for each in self.order_events()]

    def order_events(self) -> list[LogRecord]:
        """Return the events that are about an order."""
        return [event for event in self.recorded.events() if (event.event_name or "").startswith(_PREFIX)]

    def events(self, name: str, order: Placed | None = None) -> list[LogRecord]:
        """Return the events of a name, about ``order`` where it is given."""
        return [event for event in self.recorded.events(name) if order is None or names(event, order)]

    def event(self, name: str) -> dict[str, Any]:
        """Return the attributes of the one event of a name."""
        return attributes(self.recorded.event(name))

    def fills(self) -> Sequence[dict[str, Any]]:
        """Return the attributes of every fill, as they came."""
        return [attributes(event) for event in self.recorded.events(events.TRADING_ORDER_FILLED)]

    def submit_span(self) -> ReadableSpan:
        """Return the span of the request that the order's story begins with."""
        (submitted,) = self.recorded.events(events.TRADING_ORDER_SUBMITTED)
        (found,) = [span for span in self.recorded.spans() if span.context.span_id == submitted.span_id]
        return found

    def spans_of(self, operation: str) -> list[ReadableSpan]:
        """Return the spans of requests of a kind: ``submit_order``, ``amend_order``, ``cancel_order``."""
        return self.recorded.spans(f"{operation} {self.driver.venue}")

    def total(self, definition: Instrument, **conditions: Any) -> float:
        """Return a counter's value, or how many values a histogram took."""
        return self.recorded.total(definition, **conditions)

    def age(self) -> float:
        """Return the age of the market data that is oldest, in seconds; below zero where there is none."""
        points = self.recorded.metric(metrics.TRADING_MARKET_DATA_AGE, **{a.TRADING_VENUE: self.driver.venue})
        return max((point.value for point in points), default=-1.0)

    def connections(self) -> float:
        """Return how many streams are counted as connected."""
        return self.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE)


def names(event: LogRecord, order: Placed) -> bool:
    """Tell whether an event is about ``order``, by either of its ids."""
    told = attributes(event)
    ids = {order.client_id, order.id} - {""}
    return bool(ids & {told.get(a.TRADING_ORDER_CLIENT_ID), told.get(a.TRADING_ORDER_ID)})
