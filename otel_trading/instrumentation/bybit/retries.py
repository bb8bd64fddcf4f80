"""What became of the earlier attempts of a request: pybit repeats it by itself, and raises only for the last."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import trace

from otel_trading.instrumentation.bybit.errors import category_of
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from otel_trading.instrumentation.toolkit.terms import Failure
    from otel_trading.instrumentation.toolkit.wrapping import Call


class _Earlier(NamedTuple):
    """The earlier attempts of the request that ``span`` is of."""

    span: Span
    unanswered: bool = False
    code: int = 0


_earlier: ContextVar[_Earlier | None] = ContextVar("otel_trading.bybit.earlier", default=None)


def unanswered(_: Call) -> None:
    """Take note that an attempt got no answer, or none that could be read."""
    _earlier.set(_of_this_request()._replace(unanswered=True))


def refused(call: Call) -> None:
    """Take note that an attempt was refused by a code after which pybit tries again."""
    _earlier.set(_of_this_request()._replace(code=call.get("error_code", 0)))


def in_view_of(failure: Failure) -> Failure:
    """Return what the failure of the last attempt means together with the earlier ones.

    A duplicate id after an attempt without an answer says that the attempt did reach the venue, and an attempt
    without an answer may have done so whatever the later ones were refused for.
    """
    earlier = _of_this_request()
    if failure.category is Category.OTHER and earlier.code:
        failure = failure._replace(category=category_of(earlier.code))
    return failure._replace(answered=failure.answered and not earlier.unanswered)


def _of_this_request() -> _Earlier:
    span, found = trace.get_current_span(), _earlier.get()
    is_same = found is not None and found.span is span and span.get_span_context().is_valid
    return found if found is not None and is_same else _Earlier(span)
