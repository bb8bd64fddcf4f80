"""Which events and spans mean what in a story."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.url_attributes import URL_FULL

from otel_trading.semconv import attributes, events
from otel_trading.story.model import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from otel_trading.telemetry.records import SpanRecord

ORDER_EVENTS: dict[str, StepKind] = {
    events.TRADING_ORDER_SUBMITTED: StepKind.SUBMIT,
    events.TRADING_ORDER_ACKNOWLEDGED: StepKind.ACKNOWLEDGED,
    events.TRADING_ORDER_UNCONFIRMED: StepKind.UNCONFIRMED,
    events.TRADING_ORDER_REJECTED: StepKind.REJECTED,
    events.TRADING_ORDER_FILLED: StepKind.FILL,
    events.TRADING_ORDER_FEE: StepKind.FEE,
    events.TRADING_ORDER_CANCEL_REQUESTED: StepKind.CANCEL_REQUESTED,
    events.TRADING_ORDER_CANCELED: StepKind.CANCELED,
    events.TRADING_ORDER_CANCEL_REJECTED: StepKind.CANCEL_REJECTED,
    events.TRADING_ORDER_AMEND_REQUESTED: StepKind.AMEND_REQUESTED,
    events.TRADING_ORDER_AMENDED: StepKind.AMENDED,
    events.TRADING_ORDER_AMEND_REJECTED: StepKind.AMEND_REJECTED,
    events.TRADING_ORDER_EXPIRED: StepKind.EXPIRED,
    events.TRADING_ORDER_UPDATED: StepKind.UPDATED,
    events.TRADING_ORDER_INVALID_TRANSITION: StepKind.INVALID_TRANSITION,
}
"""The events of an order's life."""

OTHER_EVENTS: dict[str, StepKind] = {
    events.TRADING_DECISION: StepKind.DECISION,
    events.TRADING_RISK_CHECK: StepKind.RISK_CHECK,
    events.TRADING_KILL_SWITCH_CHANGED: StepKind.KILL_SWITCH,
    events.TRADING_BOT_UNHANDLED_EXCEPTION: StepKind.CRASH,
}
"""Events with a form of their own in a story."""


def kind_of_event(name: str) -> StepKind:
    """Return what an event is in a story; a record without event name is a log line."""
    if not name:
        return StepKind.LOG
    return ORDER_EVENTS.get(name) or OTHER_EVENTS.get(name) or StepKind.EVENT


class Role(Enum):
    """What a span stands for."""

    ORDER = "order"
    SUBMIT = "submit"
    BATCH = "batch"
    AMEND = "amend"
    CANCEL = "cancel"
    UPDATE = "update"
    QUERY = "query"
    HTTP = "http"
    OTHER = "other"


OWN = frozenset({Role.SUBMIT, Role.BATCH, Role.AMEND, Role.CANCEL, Role.UPDATE})
"""Spans that belong to the orders they work for, with everything below them."""

_NAMES = {
    "submit_order": Role.SUBMIT,
    "submit_orders": Role.BATCH,
    "amend_order": Role.AMEND,
    "cancel_order": Role.CANCEL,
    "cancel_orders": Role.CANCEL,
    "order_update": Role.UPDATE,
}


def role_of(span: SpanRecord) -> Role:
    """Return what a span stands for, by the first word of its name, else by its attributes."""
    role = _NAMES.get(span.name.split(" ", 1)[0])
    if role is not None:
        return role
    if span.name == "order":
        return Role.ORDER
    if http_method(span):
        return Role.HTTP
    return Role.QUERY if attributes.TRADING_OPERATION in span.attributes else Role.OTHER


_REQUESTS = frozenset({Role.SUBMIT, Role.AMEND, Role.CANCEL, Role.QUERY})


def inner_requests(spans: Iterable[SpanRecord]) -> frozenset[Place]:
    """Return the spans of requests that were made for the same request of another library, which stands above them.

    Where one library runs on another (freqtrade on ccxt) both have a span of it; the outer one tells the story.
    """
    roles = {Place(span.trace_id, span.span_id): (role_of(span), span.parent_span_id) for span in spans}
    return frozenset(
        place
        for place, (role, parent) in roles.items()
        if role in _REQUESTS and role is roles.get(Place(place.trace_id, parent), (None,))[0]
    )


# Instrumentations that were not told otherwise still use the names from before HTTP's were stable.
_OLD_METHOD, _OLD_URL, _OLD_STATUS = "http.method", "http.url", "http.status_code"


def http_method(span: SpanRecord) -> str:
    """Return the method of an HTTP request's span; empty for another span."""
    return str(span.attributes.get(HTTP_REQUEST_METHOD) or span.attributes.get(_OLD_METHOD) or "")


def http_url(span: SpanRecord) -> str:
    """Return the URL of an HTTP request's span."""
    return str(span.attributes.get(URL_FULL) or span.attributes.get(_OLD_URL) or "")


def http_status(span: SpanRecord) -> int:
    """Return the status code that an HTTP request was answered with; 0 without an answer."""
    status = span.attributes.get(HTTP_RESPONSE_STATUS_CODE) or span.attributes.get(_OLD_STATUS)
    return status if isinstance(status, int) else 0


class Place(NamedTuple):
    """A span, as the place of other records."""

    trace_id: str
    span_id: str
