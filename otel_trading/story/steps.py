"""From an order's records to the steps of its story."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_TYPE

from otel_trading.semconv import attributes as names
from otel_trading.story.fields import number, plain, text
from otel_trading.story.kinds import (
    Place,
    Role,
    http_method,
    http_status,
    http_url,
    inner_requests,
    kind_of_event,
    role_of,
)
from otel_trading.story.model import HttpCall, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from otel_trading.telemetry.records import LogRecord, SpanRecord

STATUS_ERROR = 2
"""OTLP's status code of a failed span."""

_TOLD_BY = {
    Role.SUBMIT: StepKind.SUBMIT,
    Role.BATCH: StepKind.SUBMIT,
    Role.AMEND: StepKind.AMEND_REQUESTED,
    Role.CANCEL: StepKind.CANCEL_REQUESTED,
    Role.QUERY: StepKind.REQUEST,
    Role.OTHER: StepKind.SPAN,
}
"""The step that a span stands behind. Spans of other roles only hold other records together."""


def steps_of(
    spans: Sequence[SpanRecord], logs: Sequence[LogRecord], quantity_places: int | None = None
) -> tuple[Step, ...]:
    """Return the steps in time order: one for each event, log line and span that is not told by an event."""
    inner = inner_requests(spans)
    calls = _calls(spans, inner)
    behind = {Place(span.trace_id, span.span_id): span for span in spans}
    told: set[Place] = set()
    steps: list[Step] = []
    for log in logs:
        step = _from_log(log)
        place = Place(log.trace_id, log.span_id)
        span = behind.get(place)
        if span is not None and _TOLD_BY.get(role_of(span)) is step.kind and place not in told:
            told.add(place)
            step = _with_span(step, span, calls.get(place, []))
        steps.append(step)
    for place, span in behind.items():
        kind = _TOLD_BY.get(role_of(span))
        if role_of(span) is Role.HTTP and not _caller(span, behind, inner):
            kind = StepKind.REQUEST
        if kind is not None and place not in told and place not in inner:
            bare = Step(kind, span.start_ns, span.name, span.trace_id, span.span_id, span.attributes)
            steps.append(_with_span(bare, span, calls.get(place, [])))
    steps.sort(key=lambda step: step.time_ns)
    return tuple(_numbered(steps, quantity_places))


def failure_of(span: SpanRecord) -> str:
    """Return what a failed span failed of; empty for one that did not fail."""
    if span.status_code != STATUS_ERROR:
        return ""
    raised = [text(event.attributes, EXCEPTION_TYPE) for event in span.events]
    return (
        text(span.attributes, ERROR_TYPE) or next(filter(None, reversed(raised)), "") or span.status_message or "failed"
    )


def _from_log(log: LogRecord) -> Step:
    return Step(
        kind_of_event(log.event_name),
        log.time_ns or log.observed_ns,
        log.event_name or log.scope,
        log.trace_id,
        log.span_id,
        log.attributes,
        severity=log.severity_text,
        severity_number=log.severity_number,
        body=log.body if isinstance(log.body, str) else "" if log.body is None else str(log.body),
    )


def _with_span(step: Step, span: SpanRecord, calls: list[HttpCall]) -> Step:
    return replace(step, duration_ns=span.end_ns - span.start_ns, calls=tuple(calls), error=failure_of(span))


def _calls(spans: Iterable[SpanRecord], inner: frozenset[Place]) -> dict[Place, list[HttpCall]]:
    """Return the HTTP requests made below each span that a step stands for."""
    by_place = {Place(span.trace_id, span.span_id): span for span in spans}
    calls: dict[Place, list[HttpCall]] = {}
    for place, span in by_place.items():
        parent = by_place.get(Place(span.trace_id, span.parent_span_id))
        if role_of(span) is not Role.HTTP or (parent and role_of(parent) is Role.HTTP):
            continue  # a library on top of another one records the same request twice
        call = HttpCall(
            http_method(span),
            urlsplit(http_url(span)).path,
            http_status(span),
            span.start_ns,
            span.end_ns,
        )
        calls.setdefault(_caller(span, by_place, inner) or place, []).append(call)
    return calls


def _caller(span: SpanRecord, by_place: dict[Place, SpanRecord], inner: frozenset[Place]) -> Place | None:
    """Return the nearest span above an HTTP request that tells a request to the venue."""
    parent = by_place.get(Place(span.trace_id, span.parent_span_id))
    for _ in by_place:
        if parent is None:
            return None
        place = Place(parent.trace_id, parent.span_id)
        if role_of(parent) in _TOLD_BY and role_of(parent) is not Role.OTHER and place not in inner:
            return place
        parent = by_place.get(Place(parent.trace_id, parent.parent_span_id))
    return None


def _numbered(steps: Iterable[Step], places: int | None) -> Iterable[Step]:
    """Give the fills their numbers, and what is filled after each."""
    seen: dict[str, int] = {}
    count, filled = 0, Decimal(0)
    for step in steps:
        if step.kind is not StepKind.FILL:
            yield step
            continue
        execution = text(step.attributes, names.TRADING_EXECUTION_ID)
        repeated = execution in seen and bool(execution)
        if not repeated:
            count += 1
            filled += number(step.attributes, names.TRADING_EXECUTION_QUANTITY) or 0
            seen[execution] = count
        reported = number(step.attributes, names.TRADING_ORDER_CUMULATIVE_QUANTITY)
        yield replace(
            step,
            ordinal=seen[execution] if repeated else count,
            repeated=repeated,
            filled=plain(filled if reported is None else reported, places),
        )
