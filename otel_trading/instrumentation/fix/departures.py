"""A request of the bot's on its way out: its span, the event that says so, and what is told if it does not leave."""

from __future__ import annotations

from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Status as SpanStatus
from opentelemetry.trace import StatusCode

from otel_trading.instrumentation.fix import requests, tags
from otel_trading.instrumentation.fix.requests import ASKED, Kind
from otel_trading.instrumentation.fix.waiting import Request
from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.spans import client_span, send
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.semconv import attributes, metrics, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.trace import Span

    from otel_trading.instrumentation.fix.message import Message
    from otel_trading.instrumentation.fix.waiting import Session, Waiting
    from otel_trading.instrumentation.toolkit.terms import Failure, Fields, OrderReference
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.order import Order
    from otel_trading.semconv.instrument import Instrument
    from otel_trading.semconv.span_type import SpanType

_SPANS: Mapping[Kind, SpanType] = MappingProxyType(
    {
        Kind.SUBMIT: spans.TRADING_ORDER_SUBMIT,
        Kind.AMEND: spans.TRADING_ORDER_AMEND,
        Kind.CANCEL: spans.TRADING_ORDER_CANCEL,
        Kind.CANCEL_ALL: spans.TRADING_ORDER_CANCEL_ALL,
    }
)
_COUNTERS: Mapping[Kind, Instrument] = MappingProxyType(
    {
        Kind.AMEND: metrics.TRADING_ORDER_AMENDMENTS,
        Kind.CANCEL: metrics.TRADING_ORDER_CANCELLATIONS,
        Kind.CANCEL_ALL: metrics.TRADING_ORDER_CANCELLATIONS,
    }
)


class Departure:
    """One request on its way out."""

    def __init__(self, waiting: Waiting, span: Span, kind: Kind, session: Session, request: Request | None) -> None:
        self._waiting = waiting
        self._span = span
        self._kind = kind
        self._session = session
        self._request = request  # None where it is about an order that this process knows nothing of

    def numbered(self, number: str) -> None:
        """Take note of the MsgSeqNum (34) with which the request leaves: a Reject (3) names nothing else of it.

        To be told before it leaves, or the venue's answer, in another thread, may be quicker.
        """
        if self._request is not None and number:
            self._waiting.number(self._request, number)

    def left(self) -> None:
        """Report that the request left: what it asks for is known when the answer comes."""
        if self._request is None:
            answers.count_unknown(_COUNTERS[self._kind], self._session.venue, Outcome())

    def failed(self, failure: Failure, outcome: Outcome) -> None:
        """Report that the request did not leave, or perhaps did not; nothing, if it was answered meanwhile."""
        if self._request is None:
            answers.count_unknown(_COUNTERS[self._kind], self._session.venue, outcome)
        elif not self._waiting.answered(self._request):
            return
        name = answers.error_name(outcome)
        self._span.set_status(SpanStatus(StatusCode.ERROR, failure.reason or failure.category.value))
        self._span.set_attributes(
            {
                ERROR_TYPE: name or failure.category.value,
                attributes.TRADING_ORDER_REJECTION_CATEGORY: failure.category.value,
            }
        )
        if self._request is not None:
            refused(self._request, failure, name)


@contextmanager
def departing(waiting: Waiting, fields: Fields, call: Call, message: Message, session: Session) -> Iterator[Departure]:
    """Begin the span of a request that is about to leave, in its order's trace, with the order as the one at work."""
    kind, name = ASKED[message[tags.MSG_TYPE]]
    order, reference = _about(waiting, kind, message, session)
    with client_span(_SPANS[kind], fields, call._replace(name=name), order, reference) as span:
        request = None
        if order is not None:
            request = Request(session, kind, message[tags.CL_ORD_ID], order)
            waiting.add(request)  # first: the answer may come, in the engine's thread, before the call returns
            _tell(order, kind, message, span)
        yield Departure(waiting, span, kind, session, request)


def _about(
    waiting: Waiting, kind: Kind, message: Message, session: Session
) -> tuple[Order | None, OrderReference | None]:
    """Return the order that a request is about, and how the request names it."""
    if kind is Kind.SUBMIT:
        return answers.order_for(requests.request(message, session.venue)), None
    reference = requests.reference(message, session.venue)
    if kind is Kind.CANCEL_ALL:
        return None, reference
    before = waiting.find(session, reference.client_id)  # an order may be changed anew before the venue answered
    return (before.order if before is not None else answers.known(reference)), reference


def _tell(order: Order, kind: Kind, message: Message, span: Span) -> None:
    if kind is Kind.SUBMIT:
        send(order, span)
    elif kind is Kind.AMEND:
        span.set_attribute(attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID, message[tags.ORIG_CL_ORD_ID])
        order.amend_requested(quantity=message.number(tags.ORDER_QTY), price=message.number(tags.PRICE))
    else:
        order.cancel_requested()


def refused(request: Request, failure: Failure, error_type: str = "") -> None:
    """Write into an order's story that a request about it was refused, or that nobody knows."""
    order = request.order
    tell = {
        Kind.SUBMIT: order.rejected if failure.answered else order.unconfirmed,
        Kind.AMEND: order.amend_rejected,
        Kind.CANCEL: order.cancel_rejected,
    }[request.kind]
    tell(failure.category, failure.reason, error_type)
