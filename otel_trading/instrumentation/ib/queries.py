"""Requests that are no orders: a span from the request to its answer, whichever way the library waits for it.

A ``…Async`` method is a coroutine, or a plain function that returns a ``Future``; its twin without the suffix runs
the event loop until that is done. The ``Async`` one is what is watched, so each request is told once, under the name
without the suffix. TWS's refusal of a request is no exception, unless the user asks for that: the result is empty.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, Status, StatusCode

from otel_trading.instrumentation.ib import errors
from otel_trading.instrumentation.ib.book import book_of
from otel_trading.instrumentation.toolkit.layers import Watching, layer
from otel_trading.instrumentation.toolkit.spans import KIND_KEY, Work, is_inside, mark
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders import emit, instruments
from otel_trading.orders.blocks import type_name
from otel_trading.orders.contain import contained
from otel_trading.orders.context import use_context
from otel_trading.semconv import attributes, metrics, spans

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_ASKED_KEY = otel.create_key("otel_trading.ib.asked")


class Asked:
    """One request that is waited for."""

    def __init__(self, fields: Fields, call: Call) -> None:
        self._fields = fields
        self._call = call._replace(name=call.name.removesuffix("Async"))
        self._began = time.perf_counter()
        self._error = ""
        self._entries: list[tuple[dict[Any, Asked], Any]] = []
        self._of = {attributes.TRADING_VENUE: fields.venue(call), attributes.TRADING_OPERATION: self._call.name}
        told = emit.known(self._of | {attributes.TRADING_SYMBOL: fields.symbol(call)})
        self._span = emit.tracer().start_span(spans.TRADING_QUERY.named(told), None, SpanKind.CLIENT, told)

    @property
    def context(self) -> Context:
        """The context in which the request is what is going on."""
        here = otel.set_value(KIND_KEY, Work("query", self._fields.layer))
        return trace.set_span_in_context(self._span, otel.set_value(_ASKED_KEY, self, here))

    def known_as(self, key: Any, asked: dict[Any, Asked]) -> None:
        """Be found in ``asked`` under the id by which TWS answers, as long as it is waited for."""
        asked[key] = self
        self._entries.append((asked, key))

    def refused(self, code: int, said: str) -> None:
        """Take note that TWS refused the request."""
        self._error = str(code)
        self._span.set_status(Status(StatusCode.ERROR, said))
        told = {ERROR_TYPE: self._error, attributes.TRADING_ORDER_REJECTION_CATEGORY: errors.category(code, said).value}
        self._span.set_attributes(told)

    def end(self, outcome: Outcome) -> None:
        """Record how the request ended."""
        seconds = time.perf_counter() - self._began
        for asked, key in self._entries:
            asked.pop(key, None)
        failure = mark(self._fields, self._span, outcome)
        self._span.end()
        name = self._error if outcome.error is None else type_name(outcome.error)
        error = {ERROR_TYPE: name} if name else {}
        instruments.record(metrics.TRADING_REQUEST_DURATION, seconds, self._of | error)
        if failure is None and not self._error:
            self._fields.observe(self._call, outcome.result)

    def done(self, future: asyncio.Future[Any]) -> None:
        """Record how a future ended.

        Its exception is looked at without being taken: one that the bot never takes is one that asyncio tells it of.
        """
        with contained(), use_context(self.context):
            if future.cancelled():
                self.end(Outcome(error=asyncio.CancelledError()))
                return
            error = getattr(future, "_exception", None)
            self.end(Outcome(error=error) if error is not None else Outcome(future.result()))


def query(fields: Fields, call: Call) -> Watching | None:
    """Watch a request: until the call returns, or until the future is done that it returned."""
    return layer(spans.TRADING_QUERY, fields, call) if is_inside("query") else _query(fields, call)


def _query(fields: Fields, call: Call) -> Watching:
    asked = Asked(fields, call)
    with use_context(asked.context):
        outcome = yield
        if isinstance(outcome.result, asyncio.Future):
            outcome.result.add_done_callback(asked.done)
        else:
            asked.end(outcome)


def started(call: Call) -> None:
    """Take note of the id under which TWS will answer the request that is going on."""
    asked = otel.get_value(_ASKED_KEY)
    if isinstance(asked, Asked):
        asked.known_as(call.get("key"), book_of(call.target.ib).asked)
