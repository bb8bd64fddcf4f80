"""Blocks of a bot's code that work for one order, or for one strategy."""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Status as SpanStatus
from opentelemetry.trace import StatusCode

from otel_trading.orders import emit, left
from otel_trading.orders.contain import contained
from otel_trading.orders.context import ORDER_KEY, STRATEGY_KEY, attach, current_strategy, detach, use_value
from otel_trading.orders.order import Order
from otel_trading.orders.registry import registry
from otel_trading.orders.values import as_text
from otel_trading.semconv import spans

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from contextvars import Token

    from opentelemetry.context import Context

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def order(
    *,
    venue: str = "",
    symbol: str = "",
    side: str = "",
    type: str = "",  # noqa: A002 - FIX and every trading library call it so
    quantity: float | None = None,
    price: float | None = None,
    stop_price: float | None = None,
    time_in_force: str = "",
    instrument_type: str = "",
    client_id: str = "",
    strategy: str = "",
    arrival_price: float | None = None,
) -> Iterator[Order]:
    """Work for one order: all that is recorded in the block belongs to its story.

    ``side`` is "buy" or "sell", ``type`` "market", "limit" and so on; quantities and prices are numbers in the
    instrument's units. An order call of an instrumented library in the block *is* this order. Without such a
    library, report on the :class:`Order` that the block is given: ``submitted()``, ``acknowledged(...)``,
    ``filled(...)``, ``canceled()``, ``rejected(...)``. The order outlives the block: later reports join its
    story from any thread or task.

    An exception of the block is recorded and passes on unchanged.
    """
    left.mend()
    this = Order(
        venue=venue,
        symbol=symbol,
        side=side,
        type=type,
        quantity=quantity,
        price=price,
        stop_price=stop_price,
        time_in_force=time_in_force,
        instrument_type=instrument_type,
        client_id=client_id,
        strategy=strategy or current_strategy(),
        arrival_price=arrival_price,
    )
    context = otel.set_value(STRATEGY_KEY, this.strategy, otel.set_value(ORDER_KEY, this))
    span: trace.Span = trace.INVALID_SPAN
    with contained():
        span = emit.tracer().start_span(spans.TRADING_ORDER.name, context, attributes=emit.identity(this))
    this.adopt_span(span.get_span_context())
    token = attach(trace.set_span_in_context(span, context))
    try:
        yield this
    except BaseException as error:
        with contained():
            span.set_attribute(ERROR_TYPE, type_name(error))
            span.set_status(SpanStatus(StatusCode.ERROR, type_name(error)))
            span.record_exception(error)
        raise
    finally:
        with contained():
            span.set_attributes(emit.known(emit.description(this)))
            span.end()
        detach(token)


def type_name(error: BaseException) -> str:
    """Return the qualified name of an exception's class, as ``error.type`` and ``exception.type`` have it."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


_entered: ContextVar[tuple[Token[Context], ...]] = ContextVar("otel_trading.strategy.entered", default=())


class strategy:  # noqa: N801 - used like the functions beside it
    """Work for one strategy: as a context manager, or as a decorator of a function or coroutine function.

    Orders, logs and measures in it carry ``strategy_id``, which is on metrics too: keep to a bounded set. One
    instance may be used in several threads and tasks at once.
    """

    def __init__(self, strategy_id: str) -> None:
        self._id = as_text(strategy_id)

    def __enter__(self) -> None:
        left.mend()
        _entered.set((*_entered.get(), attach(otel.set_value(STRATEGY_KEY, self._id))))

    def __exit__(self, *error: object) -> None:
        *outer, token = _entered.get()
        _entered.set(tuple(outer))
        detach(token)

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """Make ``function`` work for the strategy whenever it is called."""

        @functools.wraps(function)
        def within(*args: P.args, **kwargs: P.kwargs) -> T:
            with use_value(STRATEGY_KEY, self._id):
                return function(*args, **kwargs)

        @functools.wraps(function)
        async def within_coroutine(*args: P.args, **kwargs: P.kwargs) -> object:
            with use_value(STRATEGY_KEY, self._id):
                return await cast("Awaitable[object]", function(*args, **kwargs))

        return cast("Callable[P, T]", within_coroutine) if inspect.iscoroutinefunction(function) else within


def find_order(order_id: str, *, venue: str = "", symbol: str = "") -> Order | None:
    """Return the order known by a client id or venue id, to report on it; None where none or several fit."""
    return registry.find(as_text(order_id), venue=venue, symbol=symbol)
